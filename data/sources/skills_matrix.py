"""The skills matrix: a row per person, a column per skill, and in each cell a level, an x or nothing."""

from dataclasses import dataclass

import polars as pl

from data.tables.cells import Corner, Place
from data.tables.columns import RawTable
from data.tables.headers import column_names, spelling
from data.tables.people import AmbiguousNameError, People
from data.tables.rejects import show
from data.tables.schemas import ROW, SKILLS_SHEET, TABLES
from models import Code, Message

_YES = {"x", "yes", "y", "true", "ja", "j", "wahr", "是", "有", "✓", "✔", "√"}
_NO = {"0", "0.0", "-", "–", "no", "n", "false", "nein", "falsch", "否", "无", "没有"}


@dataclass(frozen=True)
class Matrix:
    """The grid of a skills matrix, and its position; ``corner`` is ``None`` outside a workbook."""

    grid: pl.DataFrame
    origin: str
    corner: Corner | None

    def cell(self, row: int, column: int) -> Message:
        """What people call a cell, by its distance from the first used row and column."""
        if self.corner:
            return self.corner.cell(row, column)
        return Message(Code.FILE_CELL, file=self.origin, row=str(row + 1), column=str(column + 1))


def matrix_rows(
    matrix: Matrix, people: People, listed: RawTable | None
) -> tuple[list[tuple[dict[str, str | None], Place]], list[str]]:
    """The rows of `agent_skills` that a matrix means, and its certain faults.

    A skill that the list ``listed`` has at the same level is not repeated.
    """
    lines = [[(cell or "").strip() for cell in line] for line in matrix.grid.iter_rows()]
    while lines and not any(lines[0]):
        lines = lines[1:]
    if not lines:
        return [], []
    person, skills = _columns(lines[0])
    known, faults = _levels(listed), list[str]()
    rows: list[tuple[dict[str, str | None], Place]] = []
    above = matrix.grid.height - len(lines)
    for number, line in enumerate(lines[1:], start=1):
        filled = {column: line[column] for column in skills if line[column]}
        try:
            agent = people.id_of(line[person])
        except AmbiguousNameError as error:
            faults.append(f"{matrix.cell(above + number, person)}: {error}")
            continue
        able = {column: text for column, text in filled.items() if text.casefold() not in _NO}
        if agent is None:
            able = dict(list(able.items())[:1])  # one row is enough to be told of
        for column, text in able.items():
            level = "1" if text.casefold() in _YES else text
            place = _place(matrix, above, number, person, column)
            there = known.get((agent, skills[column])) if agent else None  # each unknown person is told of
            if there is None:
                known[agent, skills[column]] = (level, place.cells["level"])
                rows.append(
                    ({"agent_id": agent or line[person] or None, "skill": skills[column], "level": level}, place)
                )
            elif there[0] != level:
                faults.append(
                    f"{place.cells['level']}: {line[person]} has '{skills[column]}' at level {level} here and at level "
                    f"{there[0]} in {there[1]}; keep one of them"
                )
    return rows, faults


def _columns(headers: list[str]) -> tuple[int, dict[int, str]]:
    """The column of the people, and the skills with theirs; what else the table of people has is left out."""
    of_agents = column_names(TABLES["agents"])
    meant = [of_agents.get(spelling(header)) for header in headers]
    person = next((meant.index(name) for name in ("agent_id", "name") if name in meant), None)
    if person is None:
        person = next((i for i, h in enumerate(headers) if spelling(h) in ("person", "agent")), 0)
    return person, {i: h for i, h in enumerate(headers) if h and i != person and meant[i] is None}


def _levels(listed: RawTable | None) -> dict[tuple[str | None, str], tuple[str, str]]:
    """The level of each person's skill in the list, and where it stands."""
    if listed is None:
        return {}
    frame = listed.frame.select(*(show(listed.frame[name]) for name in ("agent_id", "skill", "level")), ROW)
    return {
        (agent, skill): (level or "1", f"{listed.origin} row {row}") for agent, skill, level, row in frame.iter_rows()
    }


def _place(matrix: Matrix, above: int, number: int, person: int, column: int) -> Place:
    here = matrix.cell(above + number, column)
    cells = {
        "agent_id": matrix.cell(above + number, person),
        "skill": matrix.cell(above, column),
        "level": here,
        "efficiency": here,
    }
    return Place(SKILLS_SHEET, number + 1, cells)
