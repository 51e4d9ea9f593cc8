"""The queries of docs/operations.md, as they are written there."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from data import Operation, OperationKind, Ruled, Store, apply_operations

PAGE = Path(__file__).parents[3] / "docs" / "operations.md"
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


def queries() -> list[str]:
    text = PAGE.read_text("utf-8").partition("### Looking into the store\n")[2].partition("\n### ")[0]
    shown = "\n".join(re.findall(r"^    (.*)$", text, re.MULTILINE))
    return [query for query in shown.split(";") if query.strip()]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (queries()[0], [("crm", "queued", 1, 10.0)]),
        (queries()[1], [("crm", "T2", "create", "value is wrong")]),
        (queries()[2], [("T1", 10.0, "gold", "by phone")]),
    ],
    ids=["open work", "refused", "rules"],
)
def test_queries_in_the_documents_find_what_they_say(store: Store, query: str, found: list[tuple[object, ...]]) -> None:
    if not store.is_sqlite:
        query = re.sub(r"json_extract\((\w+), '\$\.(\w+)'\)", r"(\1::json ->> '\2')", query)
    with store.writing() as connection:
        made = Operation(
            source="crm",
            key="1",
            kind=OperationKind.CREATE,
            task_id="T1",
            received_at=NOW,
            values={"value": 5.0, "note": "by phone"},
        )
        wrong = Operation(
            source="crm", key="2", kind=OperationKind.CREATE, task_id="T2", received_at=NOW, fault="value is wrong"
        )
        ruled = Ruled({"value": 10.0, "note": "by phone"}, {"value": "gold"})
        apply_operations(connection, [made, wrong], ruling=lambda tasks: [ruled for _ in tasks])
        assert [tuple(row) for row in connection.execute(sa.text(query.replace(":", "\\:")))] == found
