"""What is kept between calls is read again when it has changed, and not before."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data import BY_HAND, Store, upgrade_store
from scheduler.config import read_config
from scheduler.handout.known import Known, NothingPublishedError, State
from tests.scheduler.handout.desk import Desk, drop

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def known(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Known]:
    """What is known of the desk, by somebody who believes nothing for longer because this machine is slow."""
    monkeypatch.setattr("scheduler.handout.kept._QUICK_S", float("inf"))
    store = desk.store()
    yield Known(read_config(desk.folder / "allot.toml"), store)
    store.close()


def test_without_a_published_plan_it_says_how_to_publish_one(tmp_path: Path) -> None:
    (tmp_path / "allot.toml").write_text("", encoding="utf-8")
    made = Store(f"sqlite:///{tmp_path / 'allot.db'}")
    upgrade_store(made)
    with pytest.raises(NothingPublishedError, match="publish one with: allot publish RUN_DIR"):
        Known(read_config(tmp_path / "allot.toml"), made).state()
    made.close()


def test_what_changes_a_state_and_what_does_not(desk: Desk, known: Known) -> None:
    config, state = read_config(desk.folder / "allot.toml"), known.state()
    later = {name: at + timedelta(hours=1) for name, at in state.moments.items()}
    by_hand = replace(state, moments={**state.moments, BY_HAND: NOW + timedelta(hours=1)})
    tasks = replace(state, moments={**state.moments, "crm": later["crm"]})
    people = replace(state, moments={**state.moments, "people": later["people"]})
    newer = replace(state, publication=replace(state.publication, version=2))

    def same(other: State) -> list[bool]:
        return [
            state.of_people(config) == other.of_people(config),
            state.from_outside == other.from_outside,
            state.whole == other.whole,
        ]

    assert [same(other) for other in (state, by_hand, tasks, people, newer)] == [
        [True, True, True],
        [True, True, False],
        [True, False, False],
        [False, False, False],
        [False, False, False],
    ]


def test_a_state_is_believed_for_a_moment_unless_asked_afresh(
    desk: Desk, known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.handout.known._GLANCE_S", float("inf"))
    before = known.state()
    desk.send("task_id,process\nM9,motor\n")
    assert known.state() is before
    seen = known.state(afresh=True)
    assert seen.moments["crm"] >= before.moments["crm"]
    assert known.state() is seen
    known.look_again()
    assert known.state() is not seen


def test_people_are_read_again_when_a_source_brings_people(desk: Desk, known: Known) -> None:
    before = known.staff(known.state(), NOW)
    desk.at("08:01").send("task_id,process\nM9,motor\n")
    assert known.staff(known.state(afresh=True), NOW) is before
    drop(desk.folder / "people" / "inbound" / "agent_skills.csv", "agent_id,skill,level\nA,home,1\n")
    desk.at("08:02").done("intake", "run")
    after = known.staff(known.state(afresh=True), NOW)
    assert after is not before
    assert (before.levels["A"], after.levels["A"]) == ({"motor": 2}, {"home": 1})


def test_pairs_that_the_published_plan_forbids_are_excluded(desk: Desk, known: Known) -> None:
    folder = known.state().publication.folder
    edits = [
        {"edit": "forbid", "text": "H1,C", "task": "H1", "agent": "C"},
        {"edit": "hold", "text": "M1", "task": "M1"},
    ]
    (folder / "edits.json").write_text(json.dumps({"edits": edits, "frozen": []}), encoding="utf-8")
    assert known.staff(known.state(), NOW).excluded == {("M3", "A"), ("H1", "C")}


def test_the_open_work_is_read_again_for_sources_and_for_people_only_when_asked(desk: Desk, known: Known) -> None:
    first = known.market(known.state(), NOW)
    desk.at("08:01").done("tasks", "hold", "M1")
    held = known.state(afresh=True)
    assert known.market(held, NOW) is first
    whole = known.market(held, NOW, whole=True)
    assert whole is not first
    assert known.market(held, NOW, whole=True) is whole
    desk.at("08:02").send("task_id,process\nM9,motor\n")
    assert known.market(known.state(afresh=True), NOW) is not whole


def test_after_the_end_of_the_plan_there_is_no_open_work(known: Known) -> None:
    state = known.state()
    assert known.market(state, state.publication.horizon_end) is None
