"""`allot target`: what it takes, what it says, and what it refuses."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scheduler.command import Done

Call = Callable[..., Done]
KOELN = ("site:Köln", "sla_share")


@pytest.fixture
def target(berlin: Path, monkeypatch: pytest.MonkeyPatch, inside: Call) -> Call:
    """The command, with an empty store, late in the evening of 1 March in Berlin."""
    monkeypatch.setenv("ALLOT_NOW", "2026-03-01T23:30:00Z")
    return lambda *arguments: inside("target", *arguments)


def listed(target: Call) -> list[tuple[object, ...]]:
    """Key, value and days of all targets."""
    rows = json.loads(target("list", "--json").out)
    return [(row["key"], row["value"], row["valid_from"], row["valid_to"]) for row in rows]


def test_a_target_begins_today_as_the_day_is_where_the_desk_is(target: Call) -> None:
    assert target("set", *KOELN, 0.9).err == "site:Köln sla_share: 0.9 from 2026-03-02\n"
    assert listed(target) == [("Köln", 0.9, "2026-03-02", None)]


def test_a_target_that_holds_on_ends_when_the_next_begins(target: Call) -> None:
    target("set", *KOELN, 0.9)
    said = target("set", *KOELN, 0.95, "--from", "2026-05-01", "--to", "2026-05-31").err
    assert "0.95 from 2026-05-01 to 2026-05-31; the earlier target ends on 2026-04-30" in said
    assert target("end", *KOELN, "--on", "2026-04-15").code == 0
    assert listed(target) == [("Köln", 0.9, "2026-03-02", "2026-04-15")]


def test_a_key_may_have_a_colon_in_it_and_there_may_be_none(target: Call) -> None:
    for number, of in enumerate(("site:a:b", "site", "enterprise")):
        assert target("set", of, "sla_share", number / 4).code == 0
    said = target("set", "tenant", "sla_share", 0.9).err
    assert "warning: this is the target of what has no tenant; that of a tenant is set with tenant:NAME" in said
    target("end", "tenant", "sla_share")
    assert [row[:2] for row in listed(target)][:3] == [("", 0.5), ("", 0.25), ("a:b", 0.0)]


def test_without_targets_the_list_says_how_to_set_one(target: Call) -> None:
    assert target("list").err == "there are no targets yet; set one with: allot target set\n"
    assert json.loads(target("list", "--json").out) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("set", *KOELN, 0.9, "--from", "1 March"), "'1 March' is no day; write it like 2026-04-01"),
        (("set", *KOELN, 0.9, "--from", "2026-02-30"), "'2026-02-30' is no day"),
        (("set", *KOELN, 0.9, "--to", "2026-03-01"), "cannot end on 2026-03-01, before it begins"),
        (("set", *KOELN, "much"), "much"),
        (("set", *KOELN, "nan"), "a target is a number, not nan"),
        (("set", *KOELN, "inf"), "a target is a number, not inf"),
        (("set", *KOELN, 92), "sla_share is a share, from 0 to 1, not 92; 92 % is 0.92"),
        (("set", *KOELN, 101), "sla_share is a share, from 0 to 1, not 101"),
        (("set", "enterprise:all", "sla_share", 0.9), "the enterprise is one and has no key; write enterprise"),
        (("set", "sight:Köln", "sla_share", 0.9), "did you mean 'site'"),
        (("end", *KOELN), "site:Köln has no target for sla_share after 2026-03-02; see: allot target list"),
    ],
)
def test_what_is_no_target_is_refused_and_nothing_is_set(
    target: Call, arguments: tuple[object, ...], said: str
) -> None:
    done = target(*arguments)
    assert done.code in (2, 3), done.err
    assert said in done.err
    assert listed(target) == []
