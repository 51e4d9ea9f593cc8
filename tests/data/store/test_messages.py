"""Messages: who has yet to be told, and what is kept of it."""

from data import (
    Store,
    add_message,
    count_untold,
    names_told,
    note_told,
    note_untold,
    waiting_messages,
)
from tests.data.store.alerted import HOUR
from tests.data.store.planned import EIGHT


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


def test_the_oldest_message_comes_first_and_names_keep_their_letters(store: Store) -> None:
    with store.writing() as connection:
        made = [add_message(connection, EIGHT + n * HOUR, ["spät"], {"text": f"ä{n}"}, ["office"]) for n in (2, 0, 1)]
        assert waiting_messages(connection, "office") == made
        assert names_told(connection, EIGHT, EIGHT + 2 * HOUR) == {"spät": 2}


def test_a_message_to_nobody_is_kept_and_waits_for_nobody(store: Store) -> None:
    with store.writing() as connection:
        add_message(connection, EIGHT, [], {}, [])
        assert count_untold(connection) == 0
        note_told(connection, "office", 1)
        note_untold(connection, "office", 1, "is down")
        assert waiting_messages(connection, "office") == []
