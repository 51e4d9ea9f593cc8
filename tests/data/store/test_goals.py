"""Targets: one at a time for each figure."""

from datetime import date

import pytest

from data import (
    Store,
    StoreError,
    end_target,
    read_targets,
    set_target,
    target_on,
)

KOELN = ("site", "Köln", "sla_share")


def test_a_target_changed_in_may_leaves_april(store: Store) -> None:
    with store.writing() as connection:
        assert set_target(connection, *KOELN, 0.92, date(2026, 4, 1), None) is None
        assert set_target(connection, *KOELN, 0.95, date(2026, 5, 1), None) == date(2026, 4, 30)
        days = [date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 30), date(2026, 5, 1)]
        assert [target_on(connection, *KOELN, day) for day in days] == [None, 0.92, 0.92, 0.95]
        assert end_target(connection, *KOELN, date(2026, 5, 31)) == 1
        assert target_on(connection, *KOELN, date(2026, 6, 1)) is None
        assert read_targets(connection, "site").select("value", "valid_from", "valid_to").rows() == [
            (0.92, date(2026, 4, 1), date(2026, 4, 30)),
            (0.95, date(2026, 5, 1), date(2026, 5, 31)),
        ]


@pytest.mark.parametrize(
    ("since", "until"),
    [(date(2026, 4, 1), None), (date(2026, 3, 1), date(2026, 4, 1)), (date(2026, 4, 30), date(2026, 5, 2))],
)
def test_targets_do_not_overlap(store: Store, since: date, until: date | None) -> None:
    with store.writing() as connection:
        set_target(connection, *KOELN, 0.92, date(2026, 4, 1), date(2026, 4, 30))
        with pytest.raises(StoreError, match=r"site:Köln has a target for sla_share from 2026-04-01 until 2026-04-30"):
            set_target(connection, *KOELN, 0.95, since, until)


def test_a_target_of_one_day_and_none_that_ends_before_it_begins(store: Store) -> None:
    day = date(2026, 4, 1)
    with store.writing() as connection:
        set_target(connection, *KOELN, 0.92, day, day)
        assert [target_on(connection, *KOELN, date(2026, n, 1)) for n in (3, 4, 5)] == [None, 0.92, None]
        with pytest.raises(StoreError, match="a target from 2026-04-01 cannot end on 2026-03-31, before it begins"):
            set_target(connection, *KOELN, 0.92, day, date(2026, 3, 31))


def test_figures_do_not_know_each_other(store: Store) -> None:
    others = [
        ("site", "Bonn", "sla_share"),
        ("site", "Köln", "late"),
        ("team", "Köln", "sla_share"),
        ("enterprise", "", "late"),
    ]
    with store.writing() as connection:
        for number, figure in enumerate([KOELN, *others]):
            assert set_target(connection, *figure, float(number), date(2026, 4, 1), None) is None
        assert end_target(connection, *KOELN, date(2026, 4, 30)) == 1
        assert [target_on(connection, *figure, date(2026, 5, 1)) for figure in (KOELN, *others)] == [None, 1, 2, 3, 4]
        assert read_targets(connection, measure="late").select("level", "key").rows() == [
            ("enterprise", ""),
            ("site", "Köln"),
        ]


def test_an_end_removes_what_begins_later_and_leaves_what_was_over(store: Store) -> None:
    with store.writing() as connection:
        for month in (4, 5, 6):
            set_target(connection, *KOELN, month / 10, date(2026, month, 1), date(2026, month, 20))
        assert end_target(connection, *KOELN, date(2026, 5, 10)) == 2
        found = read_targets(connection).select("value", "valid_to").rows()
        assert found == [(0.4, date(2026, 4, 20)), (0.5, date(2026, 5, 10))]
        assert end_target(connection, *KOELN, date(2026, 5, 10)) == 0


def test_the_enterprise_is_named_without_a_key(store: Store) -> None:
    figure, day = ("enterprise", "", "late"), date(2026, 4, 1)
    with store.writing() as connection:
        set_target(connection, *figure, 5, day, None)
        with pytest.raises(
            StoreError, match="enterprise has a target for late from 2026-04-01 until further notice, 5,"
        ):
            set_target(connection, *figure, 6, day, None)
