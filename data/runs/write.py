"""The files of a run for programs, written into its folder."""

import json
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from models import RUN_TABLES, InternalError, RunRecord

AsText = Callable[[pl.Series], pl.Series]


def write_record(folder: Path, run: RunRecord) -> None:
    """Writes run.json."""
    write_json(folder / "run.json", run.as_json())


def write_json(file: Path, content: Mapping[str, Any]) -> None:
    """Writes JSON for programs and people."""
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_log(folder: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Writes log.jsonl, a line an event."""
    texts = (json.dumps(line, ensure_ascii=False) for line in lines)
    (folder / "log.jsonl").write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")


def write_tables(folder: Path, tables: Mapping[str, pl.DataFrame | None], as_text: AsText) -> None:
    """Writes the tables of a run by their names, rejects as CSV and all others as Parquet; ``None`` is not written.

    Columns that are passed through may be of a type that Parquet does not know: they are written ``as_text``.

    Raises:
        InternalError: one is not what a run's table of its name is.
    """
    for name, frame in tables.items():
        if frame is not None:
            _refuse_other(name, frame)
            _write_table(folder, name, frame, as_text)


def _refuse_other(name: str, frame: pl.DataFrame) -> None:
    faults = RUN_TABLES[name].faults(frame)
    if faults:
        raise InternalError(f"the table {name} is not as it should be: {'; '.join(faults)}")


def _write_table(folder: Path, name: str, frame: pl.DataFrame, as_text: AsText) -> None:
    if name == "rejects":
        frame.write_csv(folder / "rejects.csv")
        return
    file = folder / f"{name}.parquet"
    try:
        frame.write_parquet(file)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        odd = [name for name in frame.columns if not _is_parquet(frame.select(pl.col(name).head(1)))]
        frame.with_columns(as_text(frame[name]) for name in odd).write_parquet(file)


def _is_parquet(frame: pl.DataFrame) -> bool:
    try:
        frame.write_parquet(BytesIO())
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return False
    return True
