"""The policy: what a plan is worth and which rules it keeps, read from TOML and checked as a whole."""

import re
from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from importlib.resources import files
from math import inf
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from data import Calendars, read_calendars, read_toml
from models import WEIGHT_FIELDS, PolicyError, SnapshotError, Terms, exact, nearest, parse_duration
from scheduler.run.guards import parse_age

Number = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]

_IN_WORDS = "in_words"
"""Faults whose message says all."""


class _Section(BaseModel):
    """Keys that may not be misspelt and do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Time(_Section):
    """The unit of time."""

    grain: str = "1m"

    @field_validator("grain")
    @classmethod
    def _whole_seconds(cls, text: str) -> str:
        length = parse_duration(text)
        if length.microseconds or length.total_seconds() < 1:
            raise ValueError(f"{text} is not a whole number of seconds of at least 1s")
        return text

    @property
    def grain_s(self) -> int:
        """The grain in seconds."""
        return int(parse_duration(self.grain).total_seconds())


class Payoff(_Section):
    """What finishing a task pays."""

    default_value: Number = 1.0
    late_share: Share = 0.5
    ageing_per_day: Number = 0.1
    ageing_cap: Number = 3.0
    requested_agent_share: Number = 0.1
    cost_weight: Number = 0.0


class Weights(_Section):
    """Factors on the value of tasks, by tenant, department, process, segment and channel."""

    tenant: dict[str, Number] = Field(default_factory=dict)
    department: dict[str, Number] = Field(default_factory=dict)
    process: dict[str, Number] = Field(default_factory=dict)
    segment: dict[str, Number] = Field(default_factory=dict)
    channel: dict[str, Number] = Field(default_factory=dict)


class Report(_Section):
    """How results are shown; no plan depends on it."""

    language: Literal["en", "zh"] = "en"
    unit: Annotated[str, Field(min_length=1, max_length=20)] = "points"
    target_utilization: list[Share] = Field(default=[0.7, 0.9], min_length=2, max_length=2)
    warning_margin: str = "30m"

    @field_validator("target_utilization")
    @classmethod
    def _least_and_most(cls, band: list[float]) -> list[float]:
        if band[0] > band[1]:
            raise ValueError("the first share is the least, the second the most")
        return band

    @field_validator("warning_margin")
    @classmethod
    def _length(cls, text: str) -> str:
        parse_duration(text)
        return text


class Replan(_Section):
    """How close a re-plan stays to the earlier plan."""

    freeze: str = "15m"
    stability: Number | str = "10%"

    @field_validator("freeze")
    @classmethod
    def _length(cls, text: str) -> str:
        parse_freeze(text)
        return text

    @field_validator("stability")
    @classmethod
    def _points_or_share(cls, given: float | str) -> float | str:
        parse_stability(given)
        return given


def parse_freeze(text: str) -> timedelta:
    """The length of time for which the earlier plan is frozen; 0 for none.

    Raises:
        ValueError: it is no length of time.
    """
    return timedelta(0) if text.strip() in ("0", "0s", "0m", "0h") else parse_duration(text)


def parse_stability(given: float | str) -> tuple[float, float]:
    """What a change must gain: points, and a share of what a planned task pays on average.

    Raises:
        ValueError: it is neither points (2.5) nor a share (10%), or less than nothing.
    """
    if not isinstance(given, str):
        if not 0 <= given < inf:
            raise ValueError(f"{given:g} points are nothing that a change can earn: give 0 or more")
        return float(given), 0.0
    number = given.strip().removesuffix("%")
    if not re.fullmatch(r"\d{1,9}(\.\d+)?", number.strip()):
        raise ValueError(f"'{given}' is neither points, such as 2.5, nor a share of a task's worth, such as 10%")
    return (0.0, float(number) / 100) if given.strip().endswith("%") else (float(number), 0.0)


class Policy(_Section):
    """A whole policy; every key has a default."""

    sla: Literal["soft", "hard"] = "soft"
    max_reject_share: Share = 0.05
    max_age: str = ""
    shrink: Share = 0.5
    time: Time = Time()
    payoff: Payoff = Payoff()
    weights: Weights = Weights()
    report: Report = Report()
    replan: Replan = Replan()
    calendar: dict[str, Any] = Field(default_factory=dict)

    @field_validator("calendar")
    @classmethod
    def _readable(cls, tables: dict[str, Any]) -> dict[str, Any]:
        calendars, faults = read_calendars(tables)
        if faults:
            raise PydanticCustomError(_IN_WORDS, "{faults}", {"faults": "\n  ".join(faults)})
        return dict(calendars.as_tables())

    @field_validator("max_age")
    @classmethod
    def _length_or_none(cls, text: str) -> str:
        parse_age(text)
        return text

    def with_calendars(self, tables: Mapping[str, Any], origin: str) -> "Policy":
        """The policy with the calendars of another file besides its own.

        Raises:
            PolicyError: they cannot be read, or both have a calendar of a name, and not the same.
        """
        others = _checked({"calendar": tables}, origin).calendar
        unlike = [name for name, table in others.items() if self.calendar.get(name, table) != table]
        if unlike:
            raise PolicyError(f"{origin} and the policy have different calendars of one name: {', '.join(unlike)}")
        return read_policy({**self.model_dump(), "calendar": {**self.calendar, **others}})

    @property
    def calendars(self) -> Calendars:
        """Its calendars, read."""
        return read_calendars(self.calendar)[0]

    @property
    def further_packages(self) -> tuple[str, ...]:
        """The packages beside the usual ones that a plan depends on."""
        return ("holidays",) if any("holidays" in table for table in self.calendar.values()) else ()

    def terms(self) -> Terms:
        """The numbers that enter rules and payoffs, exact."""
        payoff = {name: exact(getattr(self.payoff, name)) for name in Payoff.model_fields}
        return Terms(
            grain_s=self.time.grain_s,
            sla_hard=self.sla == "hard",
            weights={field: _exact_weights(getattr(self.weights, field)) for field in WEIGHT_FIELDS},
            **payoff,
        )


def _exact_weights(weights: Mapping[str, float]) -> dict[str, Fraction]:
    return {name: exact(weight) for name, weight in weights.items()}


def default_policy_text() -> str:
    """The whole default policy with its comments, as TOML."""
    return files("scheduler").joinpath("policy.toml").read_text(encoding="utf-8")


def read_policy(source: "Policy | Mapping[str, Any] | str | Path | None") -> Policy:
    """The policy in a TOML file, a mapping of the same shape, or the default for ``None``.

    Raises:
        PolicyError: the file is unreadable, or a key is unknown or has a bad value; all of them are named.
    """
    if source is None:
        return Policy()
    if isinstance(source, Policy):
        return source
    if isinstance(source, Mapping):
        return _checked(source, "policy")
    try:
        keys = read_toml(Path(source).read_bytes(), f"policy {source}")
    except OSError as error:
        raise PolicyError(f"policy {source} cannot be read: {error}") from error
    except SnapshotError as error:
        raise PolicyError(str(error)) from error
    return _checked(keys, str(source))


def _checked(keys: Mapping[str, Any], origin: str) -> Policy:
    try:
        return Policy.model_validate(keys)
    except ValidationError as error:
        faults = "\n".join(f"  {_fault(dict(fault))}" for fault in error.errors())
        raise PolicyError(f"{origin}:\n{faults}\nRun `allot policy` to see every key with its meaning.") from error


def _fault(fault: dict[str, Any]) -> str:
    """One line about a key: which, what is wrong, and the nearest known name of an unknown one."""
    path = [str(part) for part in fault["loc"]]
    key = ".".join(path)
    if fault["type"] == _IN_WORDS:
        return str(fault["msg"])
    if fault["type"] == "extra_forbidden":
        return f"unknown key '{key}'{nearest(path[-1], _siblings(path[:-1]))}"
    return f"'{key}': {fault['msg']}, not {fault['input']!r}"


def _siblings(path: list[str]) -> list[str]:
    section: type[BaseModel] = Policy
    for part in path:
        annotation = section.model_fields[part].annotation
        assert isinstance(annotation, type)
        section = annotation
    return list(section.model_fields)
