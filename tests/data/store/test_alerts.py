"""Alerts, actions, silences and messages as the store keeps them, in SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from data import (
    AlertRow,
    Silence,
    Store,
    actions_on,
    add_action,
    add_message,
    add_silence,
    all_alerts,
    count_untold,
    end_silence,
    find_alert,
    forget_alerts,
    names_told,
    note_seen,
    note_told,
    note_untold,
    open_alerts,
    people_in_alerts,
    records_of_person,
    rename_in_alerts,
    save_alerts,
    seen_runs,
    silences_at,
    waiting_messages,
)
from tests.data.store.planned import EIGHT

LATE = AlertRow(
    name="late", level="site", key="Köln", measure="late", state="firing", severity="red", since=EIGHT, fired_at=EIGHT
)
HOUR = timedelta(hours=1)


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


def test_messages_wait_for_each_until_it_has_them(store: Store) -> None:
    with store.writing() as connection:
        made = add_message(connection, EIGHT, ["late", "late", "idle"], {"subject": "a"}, ["office", "chat"])
        note_untold(connection, "office", made.message_id, "is down")
        note_told(connection, "chat", made.message_id)
    with store.reading() as connection:
        assert waiting_messages(connection, "office") == [made]
        assert waiting_messages(connection, "chat") == []
        assert count_untold(connection) == 1
        assert names_told(connection, EIGHT, EIGHT + HOUR) == {"late": 1, "idle": 1}
        assert names_told(connection, EIGHT + HOUR, EIGHT + 2 * HOUR) == {}


def _over(store: Store, *keys: str, level: str = "agent") -> None:
    """Alerts that are over after an hour, each with an action, a silence and a message that everybody has."""
    rows = [replace(LATE, level=level, key=key, state="resolved", until=EIGHT + HOUR) for key in keys]
    with store.writing() as connection:
        for row in save_alerts(connection, rows):
            add_action(connection, row.alert_id or 0, at=EIGHT, by="karim", kind="lend", text="three people")
            held = Silence(level=level, key=row.key, since=EIGHT, until=EIGHT + HOUR, by="ana", reason="")
            add_silence(connection, held)
            add_message(connection, EIGHT, ["late"], {"alerts": [{"level": level, "key": row.key}]}, [])


def test_what_is_long_over_is_forgotten_and_no_number_is_given_twice(store: Store) -> None:
    _over(store, "A1", "A2", "A3")
    with store.writing() as connection:
        save_alerts(connection, [replace(LATE, key="Bonn")])
        assert forget_alerts(connection, EIGHT + HOUR) == 0
        assert forget_alerts(connection, EIGHT + 2 * HOUR) == 3
        assert [row.alert_id for row in all_alerts(connection)] == [4]
        assert actions_on(connection) == []
        save_alerts(connection, [replace(LATE, alert_id=4, key="Bonn", state="resolved", until=EIGHT + HOUR)])
        assert forget_alerts(connection, EIGHT + 2 * HOUR) == 0
        (row,) = save_alerts(connection, [LATE])
        assert row.alert_id == 5
        assert add_message(connection, EIGHT, ["late"], {}, []).message_id == 4


def test_people_get_other_names_in_what_is_long_over(store: Store) -> None:
    _over(store, "A1")
    with store.writing() as connection:
        save_alerts(connection, [replace(LATE, level="agent", key="A2")])
        assert people_in_alerts(connection, EIGHT + 2 * HOUR) == {"A1", "ana", "karim"}
        assert people_in_alerts(connection) == {"A1", "A2", "ana", "karim"}
        assert [len(rows) for rows in records_of_person(connection, "A1").values()] == [1, 0, 1]
        rename_in_alerts(connection, {"A1": "P7", "A2": "P8", "karim": "P9"}, EIGHT + 2 * HOUR)
        assert [row.key for row in all_alerts(connection)] == ["P7", "A2"]
        assert [action.by for action in actions_on(connection)] == ["P9"]


def test_a_person_is_erased_from_alerts_and_messages(store: Store) -> None:
    _over(store, "A1", "A%")
    with store.writing() as connection:
        rename_in_alerts(connection, {"A%": "P7"})
        assert people_in_alerts(connection) == {"A1", "P7", "ana", "karim"}
        contents = connection.execute(sa.text("SELECT content FROM message")).scalars()
        assert [content.count("A1") for content in contents] == [1]
