"""What a run says of itself: the content of run.json, typed. docs/data-contract.md says more of each key.

Values and payoffs are in points, times in minutes unless a name says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from models.runs.notices import Notice
from models.runs.plain import from_plain, key_of, record_to_plain, to_plain

SCHEMA_VERSION = 1
"""The version of what a run's folder holds."""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What became of every task row: tasks = rejected + planned + unplanned."""

    tasks: int
    rejected: int
    plannable: int
    planned: int
    on_time: int
    late: int
    unplanned: int


@dataclass(frozen=True, kw_only=True)
class PeopleTime:
    """The time of all agents together; ``utilization`` is planned per working minute, ``None`` when nobody works."""

    working_minutes: float
    capacity_minutes: float
    planned_minutes: float
    utilization: float | None


@dataclass(frozen=True, kw_only=True)
class HourWorth:
    """What one more hour of a requirement is worth, begun between two moments."""

    requirement: str
    from_time: datetime = field(metadata={"key": "from"})
    until_time: datetime = field(metadata={"key": "until"})
    points_per_hour: float


@dataclass(frozen=True, kw_only=True)
class CheckRecord:
    """Whether the plan kept every rule, and which it broke."""

    ok: bool
    violations: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class IdlePeople:
    """Who is free while work waits that they have the skills for; the first ``agents`` and tasks by name."""

    people: int
    hours: float
    tasks: int
    agents: tuple[str, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EditCost:
    """What an edit costs: the difference of the two plans found, and the range that is proved."""

    points: float
    at_least: float | None
    at_most: float | None


@dataclass(frozen=True, kw_only=True)
class EditRecord:
    """An edit as people write it; ``carried`` says that it was made for an earlier run."""

    edit: str
    carried: bool
    cost: EditCost | None = None


@dataclass(frozen=True, kw_only=True)
class CurveRecord:
    """The best value found with so many changes allowed."""

    allowed: int
    changes: int
    objective: float
    bound: float | None


@dataclass(frozen=True, kw_only=True)
class ReplanRecord:
    """How far a re-plan is from the ``earlier`` run, and what that gained.

    ``changes`` are by choice, ``forced`` ones could not be avoided; ``dropped`` to ``added`` count tasks by what
    happened to them. ``kept_objective`` is the value of the earlier plan as far as it could be kept.
    """

    earlier: str = field(metadata={"key": "from"})
    changes: int
    forced: int
    dropped: int
    moved: int
    gone: int
    added: int
    people: int
    kept_objective: float
    bound_within_budget: float | None = None
    stability_points: float = 0.0
    max_changes: int | None = None
    frozen: int = 0
    edits: tuple[EditRecord, ...] = ()
    curve: tuple[CurveRecord, ...] = ()


@dataclass(frozen=True)
class PolicyRecord:
    """The policy that a run was made with: ``settings`` is the whole of it, by section and key.

    The properties are what reports ask of it. A policy of an earlier version, without a key, has its default.
    """

    settings: Mapping[str, Any]

    @classmethod
    def from_json(cls, plain: Any) -> "PolicyRecord":
        """The policy that run.json has.

        Raises:
            TypeError: it is no object.
        """
        return cls(dict(plain))

    def as_json(self) -> dict[str, Any]:
        """The policy as run.json has it."""
        return {name: to_plain(value) for name, value in self.settings.items()}

    @property
    def language(self) -> str:
        """The language that people read the run in."""
        return str(self._section("report").get("language", "en"))

    @property
    def unit(self) -> str:
        """What value is counted in."""
        return str(self._section("report").get("unit", "points"))

    @property
    def target_utilization(self) -> tuple[float, float]:
        """Who is used less or more of the working time is pointed out."""
        low, high = self._section("report").get("target_utilization", (0.7, 0.9))
        return low, high

    @property
    def warning_margin(self) -> str:
        """Tasks that end this shortly before they are due are at risk; a length of time as people write it."""
        return str(self._section("report").get("warning_margin", "30m"))

    @property
    def late_share(self) -> float:
        """The share of its value that a late task earns."""
        return float(self._section("payoff").get("late_share", 0.5))

    def weights(self, column: str) -> Mapping[str, float]:
        """What the value of tasks is multiplied by, by their entry in a column."""
        found: Mapping[str, float] = self._section("weights").get(column, {})
        return found

    def _section(self, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.settings.get(name, {})
        return found


@dataclass(frozen=True)
class LaterNotice:
    """A notice of a later version, which this one has no words for."""

    plain: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The notice as it stands in run.json."""
        return dict(self.plain)


def _notice(plain: Any) -> Notice | LaterNotice:
    try:
        return Notice.from_dict(plain)
    except (KeyError, TypeError, ValueError):
        return LaterNotice(dict(plain))


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """What a run says of itself.

    ``engine`` made the plan, ``engine_asked`` is what was asked for. ``stop`` and ``proof`` are values of
    :class:`models.Stop` and :class:`models.Proof`. The moments carry the offset of ``timezone``. ``counts``, ``agents``
    and ``hour_value`` are ``None`` of a plan that was not even one, which is only kept for study; ``hour_value`` also
    without prices. ``replan`` is ``None`` of a plan made from scratch,
    ``calendars`` where no deadline follows from one. ``inputs`` are the SHA-256 of what was read,
    ``snapshot`` where it lay, ``None`` for one in memory. ``further`` are keys of a later version.

    What came after the first version has a default: runs without it are read.
    """

    schema_version: int = SCHEMA_VERSION
    run_id: str
    as_of: datetime
    horizon_end: datetime
    timezone: str
    engine: str
    engine_asked: str = ""
    engine_reason: str = ""
    stop: str
    proof: str
    objective: float
    bound: float | None
    bound_source: str = ""
    gap: float | None
    gain_gap: float | None
    empty_objective: float
    counts: Counts | None
    agents: PeopleTime | None
    hour_value: tuple[HourWorth, ...] | None = None
    timings_s: Mapping[str, float] = field(default_factory=dict)
    check: CheckRecord
    warnings: tuple[str, ...]
    not_written: tuple[str, ...] = ()
    notices: tuple[Notice | LaterNotice, ...] = ()
    seed: int
    effort: int | None = None
    policy: PolicyRecord
    snapshot: str | None = None
    inputs: Mapping[str, str]
    versions: Mapping[str, str]
    idle: IdlePeople | None = None
    replan: ReplanRecord | None = field(default=None, metadata={"left_out": True})
    calendars: Mapping[str, Any] | None = field(default=None, metadata={"left_out": True})
    kpis: Mapping[str, Any] | None = field(default=None, metadata={"left_out": True})
    further: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, plain: Any) -> "RunRecord":
        """The record that run.json holds.

        Raises:
            ValueError: it lacks a key, or a value is of another type; the message names the key.
        """
        known = {key_of(each) for each in fields(cls)} - {"further"}
        found = from_plain(cls, {name: plain[name] for name in plain if name in known - {"notices"}})
        return replace(
            found,
            notices=tuple(_notice(each) for each in plain.get("notices") or ()),
            further={name: value for name, value in plain.items() if name not in known},
        )

    def as_json(self) -> dict[str, Any]:
        """What run.json holds."""
        plain = record_to_plain(self)
        further: dict[str, Any] = plain.pop("further")
        return plain | further

    @property
    def counted(self) -> Counts:
        """What became of every task row.

        Raises:
            ValueError: nothing was counted.
        """
        if self.counts is None:
            raise ValueError(f"run {self.run_id} has no plan that could be counted")
        return self.counts

    @property
    def people_time(self) -> PeopleTime:
        """The time of all agents together.

        Raises:
            ValueError: nothing was counted.
        """
        if self.agents is None:
            raise ValueError(f"run {self.run_id} has no plan that could be counted")
        return self.agents
