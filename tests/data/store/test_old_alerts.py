"""Alerts that are over: forgotten after a time, and people in them under other names."""

from dataclasses import replace

import sqlalchemy as sa

from data import (
    Silence,
    Store,
    actions_on,
    add_action,
    add_message,
    add_silence,
    all_alerts,
    forget_alerts,
    people_in_alerts,
    records_of_person,
    rename_in_alerts,
    save_alerts,
)
from tests.data.store.alerted import HOUR, LATE
from tests.data.store.planned import EIGHT


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
