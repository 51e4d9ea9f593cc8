"""The template's examples are known again in every language, and nothing else is taken for one."""

import polars as pl
import pytest

from data.tables.examples import EXAMPLES, example_rows, examples_in
from data.tables.headers import TEMPLATE_LANGUAGES
from data.tables.schemas import ROW, TABLES


def frame(table: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    """The rows as a workbook's cells, after what is chosen from a list was read."""
    names = TABLES[table].names
    texts = {name: [None if row.get(name) is None else str(row[name]) for row in rows] for name in names}
    return pl.DataFrame(texts, schema=dict.fromkeys(names, pl.String)).with_columns(
        pl.int_range(2, pl.len() + 2).alias(ROW)
    )


def in_contract_words(table: str, language: str) -> list[dict[str, object]]:
    chosen = [column.name for column in TABLES[table].columns if column.choices]
    pairs = zip(EXAMPLES[table], examples_in(language, table), strict=True)
    return [{**said, **{name: own.get(name) for name in chosen}} for own, said in pairs]


@pytest.mark.parametrize("language", TEMPLATE_LANGUAGES)
@pytest.mark.parametrize("table", [name for name in EXAMPLES if name in TABLES])
def test_every_example_is_known_again(table: str, language: str) -> None:
    rows = in_contract_words(table, language)
    assert example_rows(TABLES[table], frame(table, rows)) == list(range(2, len(rows) + 2))


def test_an_example_that_was_changed_is_a_row_like_any_other() -> None:
    changed = [{**row, "minutes": 46} for row in in_contract_words("tasks", "en")]
    assert example_rows(TABLES["tasks"], frame("tasks", changed)) == []


def test_no_rows_and_ids_of_another_type_are_no_examples() -> None:
    assert example_rows(TABLES["tasks"], frame("tasks", [])) == []
    numbers = frame("tasks", in_contract_words("tasks", "en")).with_columns(task_id=pl.lit(1))
    assert example_rows(TABLES["tasks"], numbers) == []


def test_a_table_without_examples_has_none() -> None:
    assert examples_in("de", "nothing") == []
