"""People found by id or by a name that only they have."""

import pytest

from data.tables.people import AmbiguousNameError, People

STAFF = People([("A1", "Ana  Lima"), ("A2", "Bo"), ("A3", "bo"), ("A4", None), (None, "Nobody"), ("Bo2", "A1")])


@pytest.mark.parametrize(("text", "agent"), [("A1", "A1"), ("ana LIMA", "A1"), ("A4", "A4"), ("Ann", None), ("", None)])
def test_an_id_comes_before_a_name(text: str, agent: str | None) -> None:
    assert STAFF.id_of(text) == agent


def test_the_name_of_several_is_refused_with_their_ids() -> None:
    with pytest.raises(AmbiguousNameError, match=r"^'BO' is the name of A2 and A3; write the id$"):
        STAFF.id_of("BO")
    assert "BO" in STAFF


def test_who_stands_there_twice_is_one_person() -> None:
    assert People([("A1", "Ana"), ("A1", "Ana")]).id_of("ana") == "A1"


def test_ids_come_first_in_a_list_of_all() -> None:
    assert list(STAFF) == ["A1", "A2", "A3", "A4", "Bo2", "Ana  Lima", "Bo", "bo"]
