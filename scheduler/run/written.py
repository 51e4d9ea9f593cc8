"""A run read back from its folder for the reports, without its snapshot."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from data import UnreadableRunError, read_file, read_further, read_record, read_rejects, read_tables
from scheduler.edits import what_counts

if TYPE_CHECKING:
    from reports import RunView


def read_view(folder: Path) -> "RunView":
    """The run in a folder as the reports receive it.

    Raises:
        NotARunFolderError: there is no run.
        UnreadableRunError: a file is missing, damaged, or of another version; the message names it.
    """
    from reports import Messages, RunView

    run, edits = read_record(folder), folder / "edits.json"
    tables = read_tables(folder, run, "agents", "kpis")
    try:
        return RunView(
            run=run,
            rejects=read_rejects(folder),
            **tables,
            hours=read_further(folder, "hours"),
            changes=read_further(folder, "changes"),
            messages=Messages(read_further(folder, "messages")),
            edits=read_file(edits, _read_edits) if edits.exists() else (),
        )
    except ValueError as error:
        raise UnreadableRunError(f"{folder} is damaged: {error}") from error


def _read_edits(file: Path) -> tuple[str, ...]:
    return what_counts(json.loads(file.read_text(encoding="utf-8")))
