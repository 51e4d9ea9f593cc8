"""Alerts, actions, silences and messages as the store keeps them, in SQLite and PostgreSQL."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from data import (
    Silence,
    Store,
    actions_on,
    add_action,
    add_silence,
    all_alerts,
    end_silence,
    find_alert,
    note_seen,
    open_alerts,
    save_alerts,
    seen_runs,
    silences_at,
)
from tests.data.store.alerted import HOUR, LATE
from tests.data.store.planned import EIGHT


def test_alerts_keep_their_number_until_they_are_over(store: Store) -> None:
    with store.writing() as connection:
        (first, passing) = save_alerts(connection, [LATE, replace(LATE, key="Bonn", state="pending", fired_at=None)])
        assert (first.alert_id, passing.alert_id) == (1, 2)
        over = [replace(row, state="resolved", until=EIGHT + HOUR, value=3.5) for row in (first, passing)]
        assert save_alerts(connection, over) == over
        save_alerts(connection, [LATE])
    with store.reading() as connection:
        assert [row.alert_id for row in open_alerts(connection)] == [3]
        assert [row.alert_id for row in all_alerts(connection)] == [1, 3]  # what never fired is not told
        assert find_alert(connection, 1) == over[0]
        shown = connection.execute(sa.text("SELECT alert_id, key, value, state FROM alerts ORDER BY alert_id"))
        assert [tuple(row) for row in shown] == [(1, "Köln", 3.5, "resolved"), (3, "Köln", None, "firing")]


def test_what_is_open_is_there_once(store: Store) -> None:
    with pytest.raises(sa.exc.IntegrityError), store.writing() as connection:
        save_alerts(connection, [LATE, LATE])


def test_actions_silences_and_runs_that_were_seen(store: Store) -> None:
    with store.writing() as connection:
        save_alerts(connection, [LATE])
        made = add_action(connection, 1, at=EIGHT, by="karim", kind="lend", text="three people")
        kept = add_silence(connection, Silence(name="late", since=EIGHT, until=EIGHT + HOUR, by="ana", reason=""))
        assert seen_runs(connection) == (None, set())
        note_seen(connection, [("A", EIGHT), ("B", EIGHT + HOUR)])
    with store.writing() as connection:
        assert actions_on(connection, 1) == actions_on(connection) == [made]
        shown = connection.execute(sa.text('SELECT action_id, alert_id, "by", kind, text FROM actions')).all()
        assert [tuple(row) for row in shown] == [(1, 1, "karim", "lend", "three people")]
        assert silences_at(connection, EIGHT) == [kept]
        assert end_silence(connection, kept.silence_id, EIGHT + HOUR / 2)
        assert not end_silence(connection, kept.silence_id, EIGHT + HOUR / 2)
        assert silences_at(connection, EIGHT + HOUR / 2) == []
        assert seen_runs(connection) == (EIGHT + HOUR, {"B"})
