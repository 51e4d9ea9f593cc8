"""A small clean snapshot in every form it may come in, to be broken in one place at a time."""

import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import polars as pl

Rows = Sequence[Sequence[object]]

SETTINGS = {"as_of": "2026-01-05T08:00", "horizon_end": "2026-01-05T18:00", "timezone": "Europe/Berlin"}

TABLES: dict[str, Rows] = {
    "processes": [["process", "minutes", "skills"], ["claim", "20", "motor"], ["query", "5", None]],
    "agents": [["agent_id", "name"], ["A1", "Ana"], ["A2", "Bo"]],
    "tasks": [
        ["task_id", "process", "due_at", "minutes"],
        ["T1", "claim", "2026-01-05T12:00", "30"],
        ["T2", "query", None, None],
        ["T3", "claim", "2026-01-06T12:00", None],
    ],
    "agent_skills": [["agent_id", "skill", "level"], ["A1", "motor", "2"]],
    "shifts": [
        ["agent_id", "start", "end"],
        ["A1", "2026-01-05T08:00", "2026-01-05T16:00"],
        ["A2", "2026-01-05T08:00", "2026-01-05T16:00"],
    ],
}


def tables(**changed: Rows) -> dict[str, Rows]:
    """The rows of the clean snapshot, header first, with these tables instead of its own."""
    return TABLES | changed


def csv_text(rows: Rows, separator: str = ",") -> str:
    """The rows as the text of a CSV file."""
    return "".join(separator.join("" if v is None else str(v) for v in row) + "\n" for row in rows)


def toml_text(settings: dict[str, str]) -> str:
    """The settings as the text of snapshot.toml."""
    return "".join(f'{key} = "{value}"\n' for key, value in settings.items())


def write_folder(folder: Path, files: Mapping[str, str | bytes] | None = None, /, **changed: Rows) -> Path:
    """The folder with the snapshot as CSV; ``files`` replaces the content of whole files."""
    folder.mkdir(exist_ok=True)
    texts: dict[str, str | bytes] = {f"{name}.csv": csv_text(rows) for name, rows in tables(**changed).items()}
    texts["snapshot.toml"] = toml_text(SETTINGS)
    for name, text in {**texts, **(files or {})}.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def write_frames(frames: Mapping[str, pl.DataFrame], folder: Path, kind: str) -> Path:
    """The tables as a snapshot in files of a kind: ``csv``, ``parquet`` or ``xlsx``."""
    if kind == "xlsx":
        return write_workbook(folder / "s.xlsx", **{name: [f.columns, *f.iter_rows()] for name, f in frames.items()})
    write_folder(folder)
    for name, frame in frames.items():
        (folder / f"{name}.csv").unlink()
        frame.write_csv(folder / f"{name}.csv") if kind == "csv" else frame.write_parquet(folder / f"{name}.parquet")
    return folder


def write_workbook(path: Path, settings: Rows | None = None, /, **changed: Rows) -> Path:
    """The workbook with the snapshot, a sheet per table."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    sheets = tables(**changed) | {"snapshot": settings or [["key", "value"], *SETTINGS.items()]}
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def frames(**changed: Rows) -> dict[str, pl.DataFrame]:
    """The tables of the snapshot as frames of text."""
    return {
        name: pl.DataFrame(rows[1:], schema=[str(head) for head in rows[0]], orient="row")
        for name, rows in tables(**changed).items()
    }


def packed(text: str) -> bytes:
    """The text as the content of a .gz file."""
    return gzip.compress(text.encode())
