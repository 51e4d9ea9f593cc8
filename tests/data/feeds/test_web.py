"""What comes by HTTP: a body is taken as a whole or not at all, a single operation with its reason."""

import pytest

from data.feeds.web import act_by_hand, json_object, take_body, take_operation
from tests.data.feeds.case import intake_of, outcomes, values


@pytest.fixture(params=["sqlite"])
def store_url(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'allot.db'}"


CREATE = b'[{"task_id": "T1", "process": "claim", "value": 2}, {"task_id": "T2", "value": -1, "process": "claim"}]'


def test_each_operation_of_a_body_is_taken_or_refused_alone(store):
    received = take_body(intake_of(store), CREATE, "k")
    assert (received.counts.applied, received.unreadable) == (1, 1)
    assert values(store) == {"T1": 2.0}
    again = take_body(intake_of(store), CREATE, "k")
    assert (again.counts.applied, again.counts.duplicate) == (0, 2)


@pytest.mark.parametrize("body", [b"", b"[", b"7", b'{"task_id": "T1"} {"task_id": "T2"}', b"\xff"])
def test_a_body_that_is_no_json_of_objects_takes_nothing(store, body):
    with pytest.raises(ValueError, match=r"\w"):
        take_body(intake_of(store), body, "k")
    assert outcomes(store) == {}


def test_one_operation_by_its_kind(store):
    assert take_operation(intake_of(store), "create", "T1", {"process": "claim"}, "a").counts.applied == 1
    assert take_operation(intake_of(store), "hold", "T1", {}, "b").counts.applied == 1
    assert values(store, "status") == {"T1": "held"}


def test_by_hand_one_acts_on_the_tasks_of_a_source_whatever_its_prefix(store):
    intake = intake_of(store, "host", prefix="H-")
    take_body(intake, b'{"capture_id": "1", "process": "claim"}', "a")
    received = act_by_hand(intake_of(store, "other", prefix="O-"), "complete", "H-1", {}, "c")
    assert (received.counts.applied, received.unreadable) == (1, 0)
    assert values(store, "status") == {"H-1": "completed"}


@pytest.mark.parametrize(("reopening", "status"), [((), "completed"), (("other",), "completed"), (("host",), "queued")])
def test_by_hand_a_closed_task_starts_again_only_where_its_source_allows_it(store, reopening, status):
    take_operation(intake_of(store, "host"), "create", "T1", {"process": "claim"}, "a")
    take_operation(intake_of(store, "host"), "complete", "T1", {}, "b")
    act_by_hand(intake_of(store), "restart", "T1", {}, "c", reopening)
    assert values(store, "status") == {"T1": status}


@pytest.mark.parametrize(
    ("body", "read"), [(b"", {}), (b" \n", {}), (b'{"agent_id": "A1", "n": 1.50}', {"agent_id": "A1", "n": "1.50"})]
)
def test_an_object_keeps_numbers_as_they_are_written(body, read):
    assert {name: str(value) for name, value in json_object(body).items()} == read


@pytest.mark.parametrize("body", [b"[]", b"[1]", b'[{"a": 1}, {"a": 2}]', b"nothing"])
def test_what_is_no_object_is_refused(body):
    with pytest.raises(ValueError, match=r"\w"):
        json_object(body)
