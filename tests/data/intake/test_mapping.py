"""Columns of a source made into ours."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from data.intake.mapping import TARGETS, Mapping, MappingError, read_mapping


def mapping(table: dict[str, object], preset: str | None = None) -> Mapping:
    read, faults = read_mapping(table, preset)
    assert faults == []
    return read


def test_expressions_give_our_columns_and_the_others_are_passed_through():
    read = mapping({"value": "TRY_CAST(amount AS DOUBLE) * 2", "process": "'claim'"})
    mapped = read.apply(pl.DataFrame({"task_id": ["1", "2"], "amount": ["10", None]}), "work.csv")
    assert mapped.frame.to_dict(as_series=False) == {
        "task_id": ["1", "2"],
        "amount": ["10", None],
        "value": ["20.0", None],
        "process": ["claim", "claim"],
    }
    assert mapped.faults.to_list() == [None, None]


def test_expressions_look_at_the_source_and_not_at_each_other():
    mapped = mapping({"channel": "segment", "segment": "channel"}).apply(
        pl.DataFrame({"channel": ["mail"], "segment": ["gold"]}), "x"
    )
    assert mapped.frame.row(0, named=True) == {"channel": "gold", "segment": "mail"}


def test_a_row_that_cannot_be_mapped_is_told_and_spoils_no_other():
    table = {"value": "TRY_CAST(amount AS DOUBLE) * 2", "penalty": "COALESCE(TRY_CAST(fine AS DOUBLE), 0)"}
    frame = pl.DataFrame({"amount": ["1", "1.000,50 €", " ", "4"], "fine": ["x", "1", "y", "2"]})
    mapped = mapping(table).apply(frame, "x")
    assert mapped.frame["value"].to_list() == ["2.0", None, None, "8.0"]
    assert mapped.frame["penalty"].to_list() == ["0.0", "1.0", "0.0", "2.0"]
    assert mapped.faults.to_list() == [None, "map.value: a value cannot be cast from amount '1.000,50 €'", None, None]


def test_names_are_matched_whatever_their_spelling():
    mapped = mapping({"value": "TRY_CAST(amount_due AS DOUBLE)"}).apply(pl.DataFrame({"Amount Due": ["3"]}), "x")
    assert mapped.frame["value"].to_list() == ["3.0"]


def test_a_missing_column_is_named_with_the_nearest():
    frame, read = pl.DataFrame({"amont": ["3"]}), mapping({"value": "TRY_CAST(amount AS DOUBLE)"})
    with pytest.raises(MappingError, match=r"work.csv lacks columns .* 'amount'; did you mean 'amont'\?; it has amont"):
        read.apply(frame, "work.csv")
    assert read.apply(frame, "work.json", optional=True).frame["value"].to_list() == [None]


def test_all_faults_are_said_at_once():
    table = {"valeu": "a", "value": "amount * 2", "due_at": "CAST(x AS INT)", "skills": 5, "channel": "(SELECT 1)"}
    said = read_mapping(table, "iwdd")[1]
    for fault in (
        "'preset': 'iwdd' is not known; did you mean 'iwd'?",
        "unknown key 'map.valeu'; did you mean 'value'?",
        "write TRY_CAST(column AS DOUBLE)",
        "'map.due_at': CAST fails the whole batch",
        "'map.skills': an expression must be text",
        "'map.channel': SELECT does not belong",
    ):
        assert any(fault in one for one in said), fault


def test_whatever_a_source_gives_is_text_for_expressions():
    frame = pl.DataFrame(
        {
            "n": [1.5],
            "t": [datetime(2026, 3, 2, 8, tzinfo=UTC)],
            "d": [date(2026, 3, 2)],
            "b": [True],
            "nested": [{"a": 1}],
            "bytes": [b"x"],
        }
    )
    table = {"value": "n", "due_at": "t", "created_at": "d", "segment": "b", "channel": "nested"}
    mapped = mapping(table).apply(frame, "x").frame.row(0, named=True)
    assert (mapped["value"], mapped["segment"], mapped["channel"]) == ("1.5", "true", '{"a": 1}')
    assert datetime.fromisoformat(mapped["due_at"]) == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert mapped["created_at"] == "2026-03-02"


@pytest.mark.parametrize("preset", [None, "iwd"])
def test_no_rows_and_no_map_are_no_trouble(preset):
    read = mapping({}, preset)
    assert read.apply(pl.DataFrame({"task_id": ["1"]}), "x").frame.to_dicts() == [{"task_id": "1"}]
    assert mapping({"value": "amount"}, preset).apply(pl.DataFrame({"amount": []}), "x").frame.height == 0


def test_hostile_values_stay_text():
    nasty = ["'; DROP TABLE tasks; --", "=cmd|' /C calc'!A0", "${HOME}", "../../etc/passwd", "<script>", "\x00"]
    mapped = mapping({"segment": "UPPER(name) || '!'"}).apply(pl.DataFrame({"name": nasty}), "x")
    assert mapped.frame["segment"].to_list() == [f"{text.upper()}!" for text in nasty]


# Genesys iWD


def test_the_names_of_iwd_with_and_without_its_prefixes():
    frame = pl.DataFrame(
        {
            "captureId": ["c1", None],
            "ExternalId": ["e1", "e2"],
            "IWD_businessValue": ["5", None],
            "businessValue": [None, "7"],
            "dueDateTime": ["2026-03-02T10:00:00Z"] * 2,
            "IWD_activationDateTime": ["2026-03-02T09:00:00Z"] * 2,
            "IWD_processId": ["claim"] * 2,
            "IWD_ext_customerSegment": ["gold", "silver"],
            "IWD_ext_requestedAgent": ["A1", None],
            "IWD_ext_productType": ["loan", "card"],
            "priority": ["3", "4"],
            "IWD_category": ["x", "y"],
            "mediaType": ["email"] * 2,
            "status": ["ErrorHeld", "Cancelled"],
            "region": ["south", "west"],
        }
    )
    first, second = mapping({}, "iwd").apply(frame, "x").frame.to_dicts()
    assert first == {
        "capture_id": "c1",
        "ExternalId": "e1",
        "process": "claim",
        "segment": "gold",
        "channel": "email",
        "due_at": "2026-03-02T10:00:00Z",
        "not_before": "2026-03-02T09:00:00Z",
        "value": "5",
        "requested_agent": "A1",
        "status": "errorheld",
        "productType": "loan",
        "priority": "3",
        "category": "x",
        "region": "south",
    }
    assert (second["capture_id"], second["value"], second["status"]) == ("e2", "7", "canceled")


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("New", "new"), ("Captured", "captured"), ("Queued", "queued"), ("Assigned", "assigned"), ("Held", "held"),
        ("NewHeld", "held"), ("ErrorHeld", "errorheld"), ("Completed", "completed"), ("Canceled", "canceled"),
        ("Rejected", "rejected"), ("error held", "errorheld"), ("Elsewhere", "Elsewhere"), (None, None),
    ],
)  # fmt: skip
def test_the_statuses_of_iwd(theirs, ours):
    frame = pl.DataFrame({"IWD_status": [theirs]}, schema={"IWD_status": pl.String})
    assert mapping({}, "iwd").apply(frame, "x").frame["status"].to_list() == [ours]


@pytest.mark.parametrize("word", ["create", "update", "hold", "resume", "cancel", "complete", "restart"])
def test_the_messages_of_iwd_are_operations(word):
    frame = pl.DataFrame({"operation": [f"{word}Task"], "captureId": ["c"]})
    assert mapping({}, "iwd").apply(frame, "x").frame["operation"].to_list() == [word]


def test_a_map_goes_before_the_preset_and_sees_the_names_of_the_source():
    table = {"department": "UPPER(IWD_ext_productType)", "value": "'1'"}
    frame = pl.DataFrame({"IWD_ext_productType": ["loan"], "businessValue": ["9"]})
    row = mapping(table, "iwd").apply(frame, "x").frame.row(0, named=True)
    assert row == {"value": "1", "productType": "loan", "department": "LOAN"}


def test_all_columns_of_tasks_and_operations_can_be_mapped():
    assert {"operation", "task_id", "capture_id", "key", "version", "at", "agent_id", "status", "due_at"} <= set(
        TARGETS
    )
