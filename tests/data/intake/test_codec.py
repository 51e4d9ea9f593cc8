"""What is written to the store is what is read back, whatever it contains."""

from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from data.intake.codec import came_of, event_row, operation_of, state_of, task_row, values_of, values_text
from data.intake.operations import Operation, OperationKind
from data.intake.order import ChainEnd, Order, Place
from data.intake.state import TaskState
from tests.data.intake.operation_case import NOON, op
from tests.strange import STRANGE

TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=8)
MOMENTS = st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**70), 2**70)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "process": TEXT,
        "value": NUMBERS,
        "created_at": MOMENTS,
        "due_at": MOMENTS,
        **{name: TEXT | st.booleans() | NUMBERS for name in STRANGE},
    },
)
PLACES = st.builds(Place, MOMENTS, st.integers(0, 2**62))
VERSIONS = st.integers(-(2**63) + 1, 2**63 - 1)
OPERATIONS = st.builds(
    Operation,
    source=TEXT,
    key=TEXT,
    kind=st.sampled_from(OperationKind),
    task_id=TEXT.filter(bool),
    received_at=MOMENTS,
    capture_id=TEXT.filter(bool),
    version=st.none() | VERSIONS,
    at=st.none() | MOMENTS,
    agent_id=st.none() | TEXT,
    status=st.none() | TEXT,
    values=VALUES,
    person=st.booleans(),
    shared=st.booleans(),
    reopen=st.booleans(),
    fault=st.none() | TEXT,
    arrival=st.integers(0, 2**62),
)
STATES = st.builds(
    TaskState,
    task_id=TEXT,
    source=TEXT,
    capture_id=TEXT,
    values=VALUES,
    stage=st.sampled_from(["queued", "assigned", "in_progress", "completed"]),
    held=st.booleans(),
    error=st.none() | TEXT,
    agent_id=st.none() | TEXT,
    stated=st.sampled_from(["queued", "held"]),
    stated_agent=st.none() | TEXT,
    shared=st.booleans(),
)


@given(OPERATIONS)
def test_an_operation_is_read_back(operation: Operation) -> None:
    assert operation_of(SimpleNamespace(**event_row(operation, "applied", ""))) == operation


def test_a_repetition_keeps_no_values_and_a_task_is_its_own_capture() -> None:
    repeated = operation_of(SimpleNamespace(**event_row(op("create", 7, values={"value": 1.0}), "duplicate", "", 3)))
    assert (repeated.values, repeated.capture_id, repeated.arrival) == ({}, "T1", 7)


@given(STATES, PLACES, st.dictionaries(TEXT, st.builds(ChainEnd, VERSIONS, PLACES), max_size=2), st.booleans())
def test_a_task_is_read_back_with_its_place_in_the_order(
    state: TaskState, last: Place, chains: dict[str, ChainEnd], ruled: bool
) -> None:
    values, set_by = ({**state.values, "process": "ruled"}, {"process": "dear"}) if ruled else (dict(state.values), {})
    row = SimpleNamespace(**task_row(state, Order(last, chains), values, set_by, NOON))
    assert state_of(row) == (state, Order(last, chains))
    assert came_of(row) == state.values


def test_a_task_to_which_nothing_came_is_before_all_moments() -> None:
    state = TaskState(task_id="T1", source="host", capture_id="T1", values={})
    [_, order] = state_of(SimpleNamespace(**task_row(state, Order(), {}, {}, NOON)))
    assert order.after(op("update", 1)) is not None


def test_moments_of_any_zone_are_the_same_moments() -> None:
    moment = datetime(2026, 3, 2, 12, 0, 0, 1, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    assert values_of(values_text({"due_at": moment, "seen": moment})) == {
        "due_at": moment,
        "seen": "2026-03-02T06:15:00.000001Z",
    }
    assert values_of(values_text({"due_at": None})) == {"due_at": None}
