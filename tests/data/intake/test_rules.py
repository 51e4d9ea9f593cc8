"""Rules: which apply, in which order, what they see, what they set, and what becomes of a row on which one fails."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from data.intake.operations import Ruled
from data.intake.rules import SETTABLE, Rules, read_rules
from data.tables.schemas import DTYPES, TABLES

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


def rules(*tables: dict[str, Any]) -> Rules:
    read, faults = read_rules(tables)
    assert faults == []
    return read


def rule(name: str = "r", **keys: Any) -> dict[str, Any]:
    return {"name": name, **keys}


def after(ruled: Rules, *rows: dict[str, Any], **options: Any) -> list[Ruled]:
    return ruled.apply_to_rows(rows, as_of=NOW, **options)


def one(ruled: Rules, row: dict[str, Any], **options: Any) -> Ruled:
    return after(ruled, row, **options)[0]


def processes(*rows: dict[str, Any]) -> pl.DataFrame:
    schema = {column.name: DTYPES[column.kind] for column in TABLES["processes"].columns}
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


PLATINUM = rule(
    "platinum complaints",
    when="segment = 'platinum' AND process = 'complaint'",
    set={"value": "value * 2", "skills": "'complaints>=2'"},
)


def test_where_a_condition_holds_columns_are_set_and_it_is_known_by_which_rule():
    rows = [
        {"task_id": "1", "process": "complaint", "segment": "platinum", "value": 10.0, "note": "x"},
        {"task_id": "2", "process": "complaint", "segment": "gold", "value": 10.0},
        {"task_id": "3", "process": "complaint", "value": 10.0},
    ]
    first, *others = after(rules(PLATINUM), *rows)
    assert first.values == {**rows[0], "value": 20.0, "skills": "complaints>=2"}
    assert first.set_by == {"value": "platinum complaints", "skills": "platinum complaints"}
    assert others == [Ruled(row) for row in rows[1:]]


def test_those_for_all_come_first_then_departments_then_processes_each_as_written():
    ruled = rules(
        rule("process", process="claim", set={"value": "4"}),
        rule("both", process="claim", department="motor", set={"channel": "'both'"}),
        rule("department", department="motor", set={"value": "3", "channel": "'department'"}),
        rule("first", set={"value": "1", "channel": "'first'", "segment": "'first'"}),
        rule("second", set={"value": "2", "segment": "'second'"}),
    )
    rows = [
        {"process": "claim", "department": "motor"},
        {"process": "query", "department": "motor"},
        {"process": "claim"},
    ]
    got = after(ruled, *rows)
    assert [(row.values["value"], row.set_by["value"]) for row in got] == [
        (4.0, "process"),
        (3.0, "department"),
        (4.0, "process"),
    ]
    assert [row.values["channel"] for row in got] == ["both", "department", "first"]
    assert [row.set_by["segment"] for row in got] == ["second"] * 3


def test_every_rule_sees_the_values_as_they_came():
    ruled = rules(
        rule("a", set={"value": "value * 2", "segment": "'gold'"}),
        rule("b", set={"penalty": "value"}),
        rule("c", when="segment = 'gold'", set={"value": "1000"}),
        rule("d", process="p", set={"value": "value * 3"}),
    )
    row = one(ruled, {"process": "p", "value": 5.0})
    assert (row.values["value"], row.values["penalty"]) == (15.0, 5.0)
    again = one(ruled, {"process": "p", "value": 5.0})
    assert again == row


def test_what_a_process_gives_by_default_is_seen_and_not_written():
    ruled = rules(rule("double", when="tenant = 'acme'", department="motor", set={"value": "value * 2"}))
    known = processes({"process": "p", "tenant": "acme", "department": "motor", "value": 7.0, "minutes": 5.0})
    row = one(ruled, {"process": "p"}, processes=known)
    assert row.values == {"process": "p", "value": 14.0}
    assert one(ruled, {"process": "p"}).values == {"process": "p"}
    assert one(ruled, {"process": "p", "department": "home"}, processes=known).set_by == {}


def test_a_rule_that_gives_nothing_sets_nothing():
    ruled = rules(rule(set={"value": "penalty", "segment": "NULL", "channel": "''"}))
    assert one(ruled, {"value": 5.0, "segment": "gold", "channel": "mail"}).set_by == {}


def test_rules_look_at_the_clock_they_are_given():
    ruled = rules(rule("soon", when="due_at - as_of < INTERVAL '2 hours'", set={"segment": "'urgent'"}))
    rows = [{"due_at": NOW + timedelta(hours=1)}, {"due_at": NOW + timedelta(hours=3)}, {}]
    assert [row.values.get("segment") for row in after(ruled, *rows)] == ["urgent", None, None]
    later = ruled.apply_to_rows(rows, as_of=NOW + timedelta(hours=2))
    assert [row.values.get("segment") for row in later] == ["urgent", "urgent", None]


def test_times_are_set_in_utc_and_hours_are_those_of_the_zone():
    ruled = rules(
        rule("late", when="EXTRACT(hour FROM created_at) >= 9", set={"due_at": "created_at + INTERVAL '2 hours'"}),
        rule("text", set={"not_before": "'2026-03-03T08:00'", "expires_at": "'2026-03-03T08:00Z'"}),
    )
    row = one(ruled, {"created_at": NOW}, zone="Europe/Berlin").values
    assert row["due_at"] == NOW + timedelta(hours=2)
    assert row["not_before"] == datetime(2026, 3, 3, 7, tzinfo=UTC)
    assert row["expires_at"] == datetime(2026, 3, 3, 8, tzinfo=UTC)
    assert "due_at" not in one(ruled, {"created_at": NOW}).values


def test_columns_that_sources_bring_besides_are_text():
    ruled = rules(
        rule("south", when="region = 'south'", set={"value": "TRY_CAST(amount AS DOUBLE)"}),
        rule("big", when="TRY_CAST(amount AS DOUBLE) > 100", set={"segment": "'big'"}),
    )
    assert ruled.further_columns == ("region", "amount")
    assert ruled.remarks()[0].startswith("rule 'south' looks at 'region', 'amount', no column of tasks")
    row = one(ruled, {"region": "south", "amount": 500, "other": True})
    assert (row.values["value"], row.values["segment"], row.values["amount"]) == (500.0, "big", 500)


@pytest.mark.parametrize(
    ("sets", "said"),
    [
        ({"skills": '"note"'}, "rule 'bad': set.skills: 'a>=' in 'a>=' has no readable level"),
        (
            {"value": "TRY_CAST(note AS DOUBLE)"},
            "rule 'bad': set.value: TRY_CAST(note AS DOUBLE): a value cannot be cast",
        ),
        ({"value": "penalty - 10"}, "rule 'bad': set.value: -5.0 is not at least 0 and at most 10000000000"),
        ({"value": "penalty / 0"}, "rule 'bad': set.value: inf is not at least 0"),
        ({"value": "(penalty - 5) / 0"}, "rule 'bad': set.value: NaN is not at least 0"),
        ({"minutes": "0"}, "rule 'bad': set.minutes: 0 is not above 0"),
        ({"due_at": '"note"'}, "rule 'bad': set.due_at: a>= is not a time"),
        ({"due_at": "due_at + INTERVAL '9000 years'"}, "rule 'bad': set.due_at:"),
    ],
)
def test_a_rule_that_fails_on_a_row_is_told_and_the_row_stays_as_it_came(sets, said):
    ruled = rules(rule("good", set={"channel": "'mail'"}), rule("bad", when="segment = 'x'", set=sets))
    rows = [{"segment": "x", "note": "a>=", "penalty": 5.0, "due_at": NOW}, {"segment": "y", "note": "a>="}]
    failed, fine = after(ruled, *rows)
    assert failed.failed is not None
    assert failed.failed.startswith(said)
    assert (failed.values, failed.set_by) == (rows[0], {})
    assert (fine.failed, fine.set_by) == (None, {"channel": "good"})


def test_the_first_rule_that_fails_is_told():
    ruled = rules(
        rule("process", process="p", set={"value": "-1"}),
        rule("one", set={"value": "-2"}),
        rule("two", set={"penalty": "-3"}),
    )
    assert str(one(ruled, {"process": "p"}).failed).startswith("rule 'one': set.value: -2")


def test_frames_of_any_size_are_ruled_in_their_order():
    ruled = rules(PLATINUM, rule("q", process="q", set={"value": "value + 1"}))
    frame = pl.DataFrame(
        {
            "task_id": [str(n) for n in range(1000)],
            "process": ["complaint", "q"] * 500,
            "segment": ["platinum", None] * 500,
            "value": [float(n) for n in range(1000)],
        }
    )
    ruled_frame = ruled.apply(frame, as_of=NOW)
    assert ruled_frame.values["task_id"].equals(frame["task_id"])
    assert ruled_frame.values["value"].to_list() == [n + 1 if n % 2 else 2 * n for n in range(1000)]
    assert ruled_frame.set_by["value"].to_list() == ["platinum complaints", "q"] * 500
    assert ruled_frame.failed.null_count() == 1000
    assert ruled.apply(frame[:0], as_of=NOW).values.height == 0


def test_without_rules_everything_stays():
    assert after(rules(), {"value": 1.0}) == [Ruled({"value": 1.0})]
    assert rules().apply(pl.DataFrame({"value": [1.0]}), as_of=NOW).values["value"].to_list() == [1.0]


def test_all_faults_are_said_at_once_and_by_rule():
    said = "\n".join(
        read_rules(
            [
                rule(
                    "x",
                    when="segmnt = 'a'",
                    set={
                        "valeu": "1",
                        "value": "'5'",
                        "status": "'held'",
                        "segment": "platinum",
                        "skills": "5",
                        "due_at": "value",
                        "channel": "(SELECT channel FROM other)",
                    },
                ),
                {"nam": "y", "process": 5},
                "text",
                rule("x", when="value", set={"value": "SUM(value)"}),
                rule("z", when="value = 'a'", set={"value": "value + segment"}),
            ]
        )[1]
    )
    for fault in (
        "rule 'x': 'when': there is no column 'segmnt'; did you mean 'segment'?",
        "rule 'x': 'set.valeu' is no column of tasks; did you mean 'value'?",
        "rule 'x': 'set.value': it gives text; value is a number",
        "rule 'x': 'set.status' is said by operations",
        "rule 'x': 'set.segment': there is no column 'platinum' of tasks; text stands in single quotes,",
        "rule 'x': 'set.skills': it gives a number; skills is text",
        "rule 'x': 'set.due_at': it gives a number; due_at is a time",
        "rule 'x': 'set.channel': SELECT does not belong in an expression",
        "rule 2: unknown key 'nam'; did you mean 'name'?",
        "rule 2: 'process': 5 is no text",
        "rule 2: has no name",
        "rule 2: sets nothing",
        "rule 3: 'text' is not a table",
        "rule 'x': 'when': it gives a number; a condition is true or false",
        "rule 'x': 'set.value': SUM looks at other rows",
        "rule 'x': there is another rule with this name",
        "rule 'z': 'when': cannot compare",
        "rule 'z': 'set.value': arithmetic on dtypes",
    ):
        assert fault in said, fault


def test_values_that_try_sql_stay_values():
    nasty = "x' OR '1'='1"
    row = one(rules(rule(when="segment = 'gold'", set={"channel": "segment || '!'"})), {"segment": nasty})
    assert row == Ruled({"segment": nasty})


def test_a_rule_sets_all_columns_but_those_that_operations_say():
    assert set(TABLES["tasks"].names) - set(SETTABLE) == {"task_id", "status", "agent_id"}
