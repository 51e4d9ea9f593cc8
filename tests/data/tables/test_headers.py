"""Names in German and Chinese: each means one thing, and the contract's own come first."""

from itertools import chain

import polars as pl
import pytest

from data.tables.columns import from_frame, from_grid
from data.tables.headers import COLUMNS, KEYS, SHEETS, VALUES, Names, columns_of, spelling
from data.tables.schemas import SHEETS_BESIDE, TABLES

EVERY = {**TABLES, **SHEETS_BESIDE}
GROUPS: dict[str, list[Names]] = {
    **{name: [names[name] for names in COLUMNS.values()] for name in EVERY},
    **{f"values of {column}": [names[column] for names in VALUES.values()] for column in VALUES["de"]},
    "sheets": [*SHEETS.values()],
    "keys": [*KEYS.values()],
}


@pytest.mark.parametrize("group", GROUPS)
def test_every_name_means_one_thing(group: str) -> None:
    meanings: dict[str, set[str]] = {}
    for name, texts in chain.from_iterable(names.items() for names in GROUPS[group]):
        for text in texts.split("|"):
            meanings.setdefault(spelling(text), set()).add(name)
    assert {text: names for text, names in meanings.items() if len(names) > 1} == {}


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("language", COLUMNS)
def test_no_name_is_the_contracts_name_of_another_column(name: str, language: str) -> None:
    own = {spelling(column): column for column in EVERY[name].names}
    for column, texts in COLUMNS[language][name].items():
        assert {own.get(spelling(text), column) for text in texts.split("|")} == {column}
    assert set(COLUMNS[language][name]) == set(EVERY[name].names)


def test_the_contracts_name_wins() -> None:
    headers = ["task_id", "process", "agent_id", "Bearbeiter", "Fällig"]
    assert columns_of(TABLES["tasks"], headers) == ["task_id", "process", "agent_id", None, "due_at"]


def test_a_column_in_another_language_among_the_contracts_is_told() -> None:
    raw = from_frame(TABLES["tasks"], pl.DataFrame({"task_id": ["1"], "process": ["p"], "Termin": [None]}), "tasks")
    assert raw.warnings == ("tasks: column 'Termin' is read as 'due_at'; rename it if it is something else",)


def test_values_in_another_language_are_the_contracts() -> None:
    grid = pl.DataFrame([["Mitarbeiter", "A1"], ["Beginn", "x"], ["Ende", "y"], ["Art", "URLAUB"]]).transpose()
    grid = pl.DataFrame([["Mitarbeiter", "Beginn", "Ende", "Art"], ["A1", "x", "y", "URLAUB"]], orient="row")
    assert from_grid(TABLES["shifts"], grid, "shifts").frame["kind"].to_list() == ["reserved"]
