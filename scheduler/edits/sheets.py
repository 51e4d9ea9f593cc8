"""Edits that a planner has written into the workbook of a run, plan.xlsx."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from data import Workbook, plain_time
from models import Code, Message, SnapshotError, nearest
from reports import NEW_AGENT, NEW_DUE, WORD, EditWords, edit_words
from scheduler.edits.edit import EditError, Written

_HEADER_SEARCH = 10
_TASK, _AGENT = "task_id", "agent_id"
_ENTRIES = (NEW_AGENT, WORD, NEW_DUE)


@dataclass(frozen=True)
class SheetEdits:
    """The edits in a workbook, its faults by cell, and the warnings about it."""

    written: tuple[Written, ...]
    faults: tuple[str, ...]
    remarks: tuple[Message, ...]


def read_edits_workbook(path: Path, run_id: str, plan: pl.DataFrame) -> SheetEdits:
    """The edits in the columns to be filled in, on the sheets Plan and Unplanned, in any language of the workbook.

    The workbook should be of the run with this ``plan``; one of another run is read too, with a warning.

    Raises:
        EditError: the file cannot be read, or has no such sheets.
    """
    remarks = []
    try:
        book = Workbook(path.read_bytes(), path.name)
        agents: dict[str, str] | None = dict(plan.select("task_id", "agent_id").iter_rows())
        if book.subject not in ("", run_id):
            remarks.append(Message(Code.OTHER_RUN, file=path.name, run=book.subject, other=run_id))
            agents = None
        sheets = [_Sheet(book, name, words, agents) for name, words in _edited(book)]
    except OSError as error:
        raise EditError(f"{path.name} cannot be read: {error.strerror or error}") from error
    except SnapshotError as error:
        raise EditError(str(error)) from error
    if not sheets:
        known = ", ".join(f"'{words.plan}'" for words in edit_words())
        raise EditError(f"{path.name} is no workbook of a run: it has no sheet {known}")
    written = [each for sheet in sheets for each in sheet.read()]
    faults = [fault for sheet in sheets for fault in sheet.faults]
    if not written and not faults:
        remarks.append(Message(Code.NO_EDITS, file=path.name))
    return SheetEdits(tuple(written), tuple(faults), tuple(remarks))


def _edited(book: Workbook) -> Iterator[tuple[str, EditWords]]:
    """The sheets that may have edits, with the names of their language."""
    for words in edit_words():
        for name in book.sheets:
            if name.strip().casefold() in (words.plan.casefold(), words.unplanned.casefold()):
                yield name, words


class _Sheet:
    """A sheet of tasks with columns to be filled in; without ``agents`` the sheet's own are believed."""

    def __init__(self, book: Workbook, name: str, words: EditWords, agents: Mapping[str, str] | None) -> None:
        self._book, self._name, self._words, self._agents = book, name, words, agents
        self._corner = book.corner(name)
        self._rows = [[(cell or "").strip() for cell in cells] for cells in book.cells(name).iter_rows()]
        self.faults = book.faults(name, may_be_merged=True)
        self._at: dict[str, int] = {}

    def read(self) -> Iterator[Written]:
        """Its edits; what cannot be read is added to the faults."""
        header = self._header()
        if header is None:
            self.faults.append(
                f"{self._book.origin}, sheet '{self._name}' lacks the columns to fill in, or that of the tasks; "
                "`allot report RUN_DIR` writes the workbook anew"
            )
            return
        for number, cells in enumerate(self._rows[header + 1 :], start=header + 1):
            if any(self._cell(cells, name) for name in _ENTRIES) or self._moved(cells):
                yield from self._edits(number, cells)

    def _header(self) -> int | None:
        """The row of the headers, whose columns are remembered."""
        for number, cells in enumerate(self._rows[:_HEADER_SEARCH]):
            named = [self._words.columns.get(cell.casefold()) for cell in cells]
            at = {name: named.index(name) for name in (_TASK, _AGENT, *_ENTRIES) if name in named}
            if _TASK in at and any(name in at for name in _ENTRIES):
                self._at = at
                return number
        return None

    def _edits(self, number: int, cells: list[str]) -> Iterator[Written]:
        task, agent, word, due = (self._cell(cells, name) for name in (_TASK, *_ENTRIES))
        edit = self._words.words.get(word.casefold(), word.casefold()) if word else ""
        if not task:
            self._blame(number, _TASK, "the row has no task")
        elif edit not in ("", "hold", "cancel", "pin"):
            known = ", ".join(self._words.words)
            self._blame(number, WORD, f"'{word}' is none of {known}{nearest(word, self._words.words)}")
        elif agent and edit in ("hold", "cancel"):
            self._blame(number, WORD, f"'{word}' and a new agent ('{agent}') contradict each other")
        elif self._moved(cells):
            self._blame(number, _AGENT, self._advice(task, self._holder(cells)))
        elif edit == "pin" and not agent and not self._holder(cells):
            self._blame(number, WORD, f"'{word}' needs a new agent: the task is not planned")
        else:
            if agent or edit == "pin":
                column = NEW_AGENT if agent else WORD
                yield Written("pin", f"{task}={agent or self._holder(cells)}", self._place(number, column))
            elif edit:
                yield Written(edit, task, self._place(number, WORD))
            if due:
                yield from self._due(number, task, due)

    def _due(self, number: int, task: str, due: str) -> Iterator[Written]:
        moment = plain_time(due)
        day, _, clock = moment.replace(" ", "T").partition("T")
        if "-" in day and clock in ("", "00:00", "00:00:00"):
            self._blame(number, NEW_DUE, f"'{due}' has no time of day; write it like {day} 17:00")
        else:
            yield Written("due", f"{task}={moment}", self._place(number, NEW_DUE))

    def _holder(self, cells: list[str]) -> str:
        """Who has the task of a row in the plan."""
        if self._agents is None:
            return self._cell(cells, _AGENT)
        return self._agents.get(self._cell(cells, _TASK), "")

    def _moved(self, cells: list[str]) -> bool:
        """Whether somebody else stands in the column of the agents than in the plan."""
        return _AGENT in self._at and self._holder(cells) not in ("", self._cell(cells, _AGENT))

    @staticmethod
    def _advice(task: str, holder: str) -> str:
        return f"the plan has {task} with {holder}; whoever is to do it instead is written as the new agent"

    def _cell(self, cells: list[str], name: str) -> str:
        return cells[self._at[name]] if name in self._at else ""

    def _place(self, number: int, name: str) -> str:
        return f"{self._book.origin}, {self._corner.cell(number, self._at[name])}"

    def _blame(self, number: int, name: str, why: str) -> None:
        self.faults.append(f"{self._place(number, name)}: {why}")
