"""What open tasks are worth to a person, read from a desk: who may have which, in which order, until when."""

from datetime import UTC, datetime, timedelta

import pytest

from data import current_publication
from scheduler.config import read_config
from scheduler.handout.market import Market, Offer, read_market
from scheduler.replanning.earlier import read_earlier
from tests.scheduler.handout.desk import Desk

EIGHT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def market_at(desk: Desk, now: datetime = EIGHT) -> Market | None:
    """The market of the desk at a moment."""
    store = desk.store()
    try:
        with store.reading() as connection:
            publication = current_publication(connection)
            assert publication is not None
            earlier = read_earlier(publication.folder)
            return read_market(connection, read_config(desk.folder / "allot.toml"), publication, earlier, now)
    finally:
        store.close()


def offers(desk: Desk, agent: str) -> list[Offer]:
    market = market_at(desk)
    assert market is not None
    return market.offers(agent)


def names(found: list[Offer]) -> list[str]:
    return [offer.task_id for offer in found]


def test_people_are_offered_what_they_may_do_and_nobody_else_anything(desk: Desk) -> None:
    assert {who: sorted(names(offers(desk, who))) for who in ("A", "B", "C", "?")} == {
        "A": ["M1", "M2", "X1"],
        "B": ["M1", "M2", "M3"],
        "C": ["H1"],
        "?": [],
    }


def test_what_is_in_nobodys_plan_comes_first_then_what_gains_most_over_its_time(desk: Desk) -> None:
    desk.send("task_id,process,value\nN1,motor,3\nN2,motor,30\n")
    found = offers(desk, "B")
    assert names(found)[:2] == ["N2", "N1"]
    assert [offer.planned is None for offer in found] == [True, True, False, False, False]
    for some in (found[:2], found[2:]):
        assert [offer.margin for offer in some] == sorted((offer.margin for offer in some), reverse=True)
    assert all(offer.margin == offer.gain - offer.cost > 0 for offer in found)
    assert (found[0].gain, found[0].minutes) == (30.0, 30.0)


def test_what_somebody_has_or_holds_or_has_ended_is_offered_to_nobody_else(desk: Desk) -> None:
    desk.done("tasks", "assign", "M1", "--agent", "A")
    desk.done("tasks", "hold", "M2")
    desk.done("tasks", "cancel", "M3")
    assert names(offers(desk, "B")) == []
    assert sorted(names(offers(desk, "A"))) == ["M1", "X1"]


@pytest.mark.parametrize("value", [0, -5])
def test_what_is_worth_nothing_is_offered_to_nobody(desk: Desk, value: int) -> None:
    desk.send(f"task_id,process,value\nN1,motor,{value}\n")
    assert "N1" not in names(offers(desk, "B"))


def test_there_is_a_market_until_less_than_a_grain_is_left(desk: Desk) -> None:
    end = EIGHT + timedelta(hours=8)
    last = market_at(desk, end - timedelta(minutes=1))
    assert last is not None
    assert names(last.offers("B")) == []
    assert market_at(desk, end - timedelta(seconds=59)) is None
    assert market_at(desk, end + timedelta(days=1)) is None
