"""The policy: its defaults, its file, and what it refuses."""

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from models import WEIGHT_FIELDS, PolicyError
from scheduler.run.policy import (
    Payoff,
    Policy,
    Replan,
    Report,
    Weights,
    default_policy_text,
    parse_stability,
    read_policy,
)
from tests.contract import DEFAULT_POLICY


def refusal(policy: Any) -> str:
    with pytest.raises(PolicyError) as refused:
        read_policy(policy)
    return str(refused.value)


def test_the_printed_policy_is_the_default():
    assert read_policy(tomllib.loads(default_policy_text())) == Policy() == read_policy(None)


def test_the_defaults_are_those_of_the_contract():
    assert Policy().model_dump() == DEFAULT_POLICY


def test_the_same_policy_is_written_the_same_whether_said_or_left_out():
    assert read_policy(tomllib.loads(default_policy_text())).model_dump_json() == Policy().model_dump_json()


def test_every_key_is_printed_with_a_comment():
    commented = {}
    section = ""
    for line in default_policy_text().splitlines():
        words, _, comment = line.partition("#")
        if words.startswith("["):
            section = words.strip(" []") + "."
        elif "=" in words:
            commented[section + words.partition("=")[0].strip()] = comment.strip()
    sections = {"payoff": Payoff, "report": Report, "replan": Replan}
    named = ("time", "weights", "calendar", *sections)
    keys = {name for name in Policy.model_fields if name not in named} | {"time.grain"}
    keys |= {f"{section}.{name}" for section, model in sections.items() for name in model.model_fields}
    assert commented.keys() == keys
    assert all(len(comment) > 20 for comment in commented.values())
    for name in Weights.model_fields:
        assert f"[weights.{name}]" in default_policy_text()


def test_the_calendar_that_is_printed_as_an_example_can_be_taken_over():
    lines = default_policy_text().split("# [calendar.bank]")[1].splitlines()
    example = "\n".join(line.removeprefix("# ") for line in lines[1:7])
    table = read_policy({"calendar": {"bank": tomllib.loads(example)}}).calendar["bank"]
    assert table.keys() == {"hours", "holidays", "closed", "timezone", "tenants", "default"}
    assert read_policy({"calendar": {"bank": table}}).calendar["bank"] == table


def test_all_faults_of_calendars_are_said_at_once():
    tables = {
        "bank": {"hours": "Mo-Fr 8-18", "holidys": "DE", "closed": ["24.12.2026"]},
        "shop": {"hours": "Mo 08:00-09:00", "holidays": "DE-BYY", "timezone": "Berlin", "tenants": ["acme"]},
        "late": {"hours": "Mo 08:00-09:00", "default": True, "tenants": ["acme"]},
        "early": {"hours": "Mo 08:00-09:00", "default": True},
        "none": {"closed": []},
        "bare": "Mo-Fr 08:00-18:00",
    }
    said = refusal({"slaa": "soft", "calendar": tables})
    for fault in (
        "unknown key 'slaa'; did you mean 'sla'?",
        "unknown key 'calendar.bank.holidys'; did you mean 'holidays'?",
        "'calendar.bank.hours': '8' is not a time of day",
        "'calendar.bank.closed': '24.12.2026' is no day",
        "'calendar.shop.holidays': 'DE-BYY': DE has no part 'BYY'",
        "'calendar.shop.timezone': 'Berlin' is not an IANA time zone",
        "'calendar.none': has no hours",
        "'calendar.bare': 'Mo-Fr 08:00-18:00' is not a table",
        "the tenant 'acme' belongs to several calendars",
        "the calendars late and early are both the default",
    ):
        assert fault in said


def test_calendars_of_another_file_come_besides():
    bank, shop = {"hours": "Mo-Fr 08:00-18:00"}, {"hours": "Mo-Sa 09:00-20:00", "default": True}
    policy = read_policy({"sla": "hard", "calendar": {"bank": bank}})
    both = policy.with_calendars({"shop": shop, "bank": bank}, "allot.toml")
    assert (both.sla, both.calendar) == ("hard", {"bank": bank, "shop": shop})
    with pytest.raises(PolicyError, match=r"allot.toml and the policy have different calendars of one name: bank"):
        policy.with_calendars({"bank": shop}, "allot.toml")
    with pytest.raises(PolicyError, match="both the default"):
        both.with_calendars({"night": shop}, "allot.toml")


def test_terms_are_exact_fractions():
    policy = read_policy(
        {
            "sla": "hard",
            "time": {"grain": "15m"},
            "payoff": {"default_value": 0.3, "late_share": 0.7, "ageing_per_day": 0.01, "cost_weight": 1e-9},
            "weights": {"tenant": {"acme": 1.1}, "segment": {"gold": 2}},
        }
    )
    terms = policy.terms()
    assert (terms.grain_s, terms.sla_hard) == (900, True)
    assert terms.default_value == Fraction(3, 10)
    assert terms.late_share == Fraction(7, 10)
    assert terms.ageing_per_day == Fraction(1, 100)
    assert terms.ageing_cap == 3
    assert terms.requested_agent_share == Fraction(1, 10)
    assert terms.cost_weight == Fraction(1, 10**9)
    assert terms.weights["tenant"] == {"acme": Fraction(11, 10)}
    assert terms.weights["segment"] == {"gold": Fraction(2)}
    assert tuple(terms.weights) == WEIGHT_FIELDS
    assert Policy().terms().sla_hard is False


@pytest.mark.parametrize(
    ("text", "key", "nearest"),
    [
        ("sl = 'hard'", "sl", "sla"),
        ("max_reject_shares = 0.1", "max_reject_shares", "max_reject_share"),
        ("late_share = 0.1", "late_share", None),
        ("[times]\ngrain = '1m'", "times", "time"),
        ("[time]\ngrains = '1m'", "time.grains", "grain"),
        ("[payoff]\nageing_per_days = 1", "payoff.ageing_per_days", "ageing_per_day"),
        ("[payoff]\nLate_Share = 1", "payoff.Late_Share", "late_share"),
        ("[weight]\ntenant = {}", "weight", "weights"),
        ("[weights]\ntennant = {}", "weights.tennant", "tenant"),
        ("[weights.segments]\ngold = 2", "weights.segments", "segment"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest(text, key, nearest):
    said = refusal(tomllib.loads(text))
    assert f"unknown key '{key}'" in said
    assert nearest is None or f"did you mean '{nearest}'?" in said
    assert "Run `allot policy` to see every key with its meaning." in said


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({"sla": "Hard"}, "'sla': Input should be 'soft' or 'hard', not 'Hard'"),
        ({"max_reject_share": 1.01}, "'max_reject_share': Input should be less than or equal to 1, not 1.01"),
        ({"max_reject_share": -0.01}, "'max_reject_share': Input should be greater than or equal to 0"),
        ({"max_reject_share": "0.1"}, "'max_reject_share': Input should be a valid number, not '0.1'"),
        ({"payoff": {"late_share": 2}}, "'payoff.late_share': Input should be less than or equal to 1, not 2"),
        ({"payoff": {"default_value": -1}}, "'payoff.default_value': Input should be greater than or equal to 0"),
        ({"payoff": {"ageing_per_day": float("nan")}}, "'payoff.ageing_per_day': Input should be"),
        ({"payoff": {"ageing_cap": float("inf")}}, "'payoff.ageing_cap': Input should be"),
        ({"payoff": {"cost_weight": 1e10}}, "'payoff.cost_weight': Input should be less than or equal to"),
        ({"payoff": {"requested_agent_share": True}}, "'payoff.requested_agent_share': Input should be a valid number"),
        ({"payoff": 3}, "'payoff': Input should be"),
        ({"time": "1m"}, "'time': Input should be"),
        ({"time": {"grain": "soon"}}, "'time.grain': Value error, 'soon' is not a length of time"),
        ({"time": {"grain": "1.5s"}}, "1.5s is not a whole number of seconds of at least 1s"),
        ({"time": {"grain": "0.5s"}}, "is not a whole number of seconds"),
        ({"time": {"grain": 60}}, "'time.grain': Input should be a valid string, not 60"),
        ({"weights": {"tenant": {"acme": "2"}}}, "'weights.tenant.acme': Input should be a valid number, not '2'"),
        ({"weights": {"tenant": {"acme": -2}}}, "'weights.tenant.acme': Input should be greater than or equal to 0"),
    ],
)
def test_a_bad_value_is_refused_with_what_would_do(policy, said):
    assert said in refusal(policy)


@pytest.mark.parametrize(
    "policy",
    [
        {"sla": "hard"},
        {"max_reject_share": 0},
        {"max_reject_share": 1},
        {"payoff": {"late_share": 0, "ageing_cap": 0, "default_value": 1_000_000_000}},
        {"time": {"grain": "1s"}},
        {"time": {"grain": "1h"}},
        {"weights": {"channel": {"電話": 0.5}}},
    ],
)
def test_what_the_contract_allows_is_taken(policy):
    read_policy(policy).terms()


def test_all_faults_are_named_at_once():
    said = refusal({"sal": "hard", "payoff": {"late_share": 7, "late": 1}})
    assert [key for key in ("'sal'", "'payoff.late_share'", "'payoff.late'") if key not in said] == []


def test_a_file_is_read_with_or_without_a_bom(tmp_path: Path):
    file = tmp_path / "policy.toml"
    for start in (b"", b"\xef\xbb\xbf"):
        file.write_bytes(start + '[weights.tenant]\n"Ярослав" = 2\n'.encode())
        assert read_policy(file).weights.tenant == {"Ярослав": 2}
        assert read_policy(str(file)) == read_policy(file)


@pytest.mark.parametrize("content", [b"sla = hard", b"sla = 'soft'\nsla = 'hard'"])
def test_a_file_that_is_no_toml_is_refused_by_its_name(tmp_path: Path, content: bytes):
    file = tmp_path / "mine.toml"
    file.write_bytes(content)
    assert f"policy {file} cannot be read: " in refusal(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    assert "cannot be read" in refusal(tmp_path / "nowhere.toml")


def test_a_policy_does_not_change():
    policy = Policy()
    assert read_policy(policy) is policy
    for model, name in ((policy, "sla"), (policy.payoff, "late_share"), (policy.time, "grain")):
        assert isinstance(model, BaseModel)
        with pytest.raises(ValidationError, match="frozen"):
            setattr(model, name, "x")


@pytest.mark.parametrize("key", [{"freeze": "soon"}, {"stability": "much"}, {"stability": -1}, {"freeze": 5}])
def test_what_planning_again_cannot_use_is_refused(key):
    with pytest.raises(PolicyError, match=next(iter(key))):
        read_policy({"replan": key})


@pytest.mark.parametrize("given", [-5.0, float("inf"), float("nan"), "-5", "much"])
def test_a_change_earns_nothing_below_zero(given):
    with pytest.raises(ValueError, match=r"can earn: give 0 or more|neither points"):
        parse_stability(given)


@pytest.mark.parametrize(
    ("given", "points", "share"), [(2.5, 2.5, 0.0), ("2.5", 2.5, 0.0), ("10%", 0.0, 0.1), (" 0 ", 0.0, 0.0)]
)
def test_what_a_change_must_earn_is_points_or_a_share(given, points, share):
    assert parse_stability(given) == (points, share)
    assert read_policy({"replan": {"stability": given}}).replan.stability == given
