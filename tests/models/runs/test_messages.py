"""A message is the English text of its code and parts."""

import copy
import json

import polars as pl
import pytest

from models import Code, Message, MessageColumn, message_table

LEVEL = Message(Code.NO_LEVEL, piece="a>=x", text="a>=x;b", example="a>=2")


def read_back(message: Message) -> Message:
    (row,) = message_table([message]).iter_rows(named=True)
    return Message.from_plain(row["code"], json.loads(row["parts"]))


def test_it_is_a_text():
    message = Message(Code.NOT_READ, name="pair.csv").then(None, Message(Code.NEAREST, name="pairs.csv"))
    assert message == "'pair.csv' is not read; did you mean 'pairs.csv'?"
    assert json.loads(json.dumps([message])) == [message]
    assert pl.Series([message]).dtype == pl.String


def test_nothing_follows_where_there_is_nothing_more():
    assert LEVEL.then(None) is LEVEL


def test_words_depend_on_the_number_n():
    told = [Message(Code.NOBODY_HAS, skill="x", n=n) for n in (1, 1200)]
    assert told == ["tasks: nobody has the skill 'x' (1 task)", "tasks: nobody has the skill 'x' (1,200 tasks)"]


def test_braces_in_a_part_stay():
    assert Message(Code.NOT_READ, name="{x}") == "'{x}' is not read"


def test_a_part_that_is_missing_is_a_mistake():
    with pytest.raises(KeyError, match="agent"):
        Message(Code.PINNED_TO)


@pytest.mark.parametrize(
    "message",
    [
        Message(Code.NEW_WORK),
        Message(Code.NOBODY_HAS, skill="x", n=3).then(Message(Code.NEAREST, name="y")),
        Message(Code.KNOWN_CHOICES, names=("a", "b")),
        Message(Code.AT, where=Message(Code.CELL, sheet="S", cell="A1"), message=LEVEL).then(
            Message(Code.ALSO, message=LEVEL)
        ),
        Message(Code.COPIES, table="tasks", n=2, examples=[Message(Code.EXAMPLE, value="T; 1", row="1200")]),
    ],
    ids=lambda message: message.code.value,
)
def test_it_comes_back_from_the_table_and_as_a_copy(message):
    for again in (read_back(message), copy.deepcopy(message)):
        assert (again, again.code, list(again.parts)) == (message, message.code, list(message.parts))


def test_the_table_has_each_once_and_no_other_texts():
    table = message_table([LEVEL, "another text", None, LEVEL], message_table([Message(Code.NEW_WORK), LEVEL]), None)
    assert table.select("text", "code").rows() == [(LEVEL, "no_level"), ("new work", "new_work")]


def test_a_column_of_messages_says_the_same():
    rows = pl.DataFrame({"m": ["1.5", '2"'], "n": ["3", "4"]})
    column = MessageColumn(Code.OUTBID, {"minutes": pl.col("m"), "n": pl.col("n")})
    told = [Message(Code.OUTBID, minutes=m, n=n) for m, n in rows.iter_rows()]
    assert rows.select(column.text()).to_series().to_list() == told
    for row, message in zip(column.table(rows).iter_rows(named=True), told, strict=True):
        assert (row["text"], Message.from_plain(row["code"], json.loads(row["parts"]))) == (message, message)
    assert MessageColumn(Code.NEW_WORK, {}).table(rows)["parts"].to_list() == ["{}", "{}"]


def test_no_two_codes_have_the_same_words():
    words = [code.one for code in Code]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("parts", [[], {"then": "x"}, {"then": [{"code": "missing"}]}, {"name": 1.5}])
def test_what_is_damaged_is_no_message(parts):
    with pytest.raises((KeyError, TypeError)):
        Message.from_plain("not_read", {"name": "x", **parts} if isinstance(parts, dict) else parts)


def test_a_code_of_a_later_version_is_none():
    with pytest.raises(ValueError, match="from_mars"):
        Message.from_plain("from_mars", {})
