"""The policy's numbers, read from ``run.json`` as exact numbers (contract section 5)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from models import CheckError
from scheduler.audit.exact import decimal

WEIGHTED = ("tenant", "department", "process", "segment", "channel")

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """Everything of a policy that enters rules and payoffs."""

    grain_s: int
    hard: bool
    default_value: Fraction
    late_share: Fraction
    ageing_per_day: Fraction
    ageing_cap: Fraction
    requested_agent_share: Fraction
    cost_weight: Fraction
    weights: Mapping[str, Mapping[str, Fraction]]


def read_numbers(policy: Mapping[str, Any]) -> Numbers:
    """The numbers of a policy in the shape of its file; a missing key has the contract's default.

    Raises:
        CheckError: a value cannot be read.
    """
    payoff = policy.get("payoff", {})

    def number(key: str, default: str) -> Fraction:
        return _number(payoff.get(key, Fraction(default)), f"payoff.{key}")

    return Numbers(
        grain_s=_seconds(policy.get("time", {}).get("grain", "1m")),
        hard=policy.get("sla", "soft") == "hard",
        default_value=number("default_value", "1"),
        late_share=number("late_share", "0.5"),
        ageing_per_day=number("ageing_per_day", "0.1"),
        ageing_cap=number("ageing_cap", "3"),
        requested_agent_share=number("requested_agent_share", "0.1"),
        cost_weight=number("cost_weight", "0"),
        weights={
            field: {name: _number(weight, f"weights.{field}.{name}") for name, weight in named.items()}
            for field, named in policy.get("weights", {}).items()
        },
    )


def _number(value: object, key: str) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        raise CheckError(f"run.json: policy {key} is {value!r}, a number is needed")
    return value if isinstance(value, Fraction) else decimal(value)


def _seconds(grain: object) -> int:
    read = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd])\s*", str(grain))
    seconds = Fraction(read[1]) * _UNITS[read[2]] if read else Fraction(0)
    if seconds < 1 or seconds.denominator != 1:
        raise CheckError(f"run.json: policy time.grain is {grain!r}; whole seconds are needed, as in '1m'")
    return int(seconds)
