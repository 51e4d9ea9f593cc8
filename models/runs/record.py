"""The record of a run: the content of run.json, typed. docs/data-contract.md explains each key.

Values and payoffs are in points, times in minutes unless a name says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from models.runs.notices import Notice
from models.runs.plain import from_plain, key_of, record_to_plain, to_plain
from models.runs.watched import AlertRecord, TargetRecord

SCHEMA_VERSION = 1
"""The version of the format of run folders."""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The number of task rows by outcome: tasks = rejected + planned + unplanned."""

    tasks: int
    rejected: int
    plannable: int
    planned: int
    on_time: int
    late: int
    unplanned: int


@dataclass(frozen=True, kw_only=True)
class PeopleTime:
    """The time of all agents together; ``utilization`` is the planned share of it, ``None`` if nobody works."""

    working_minutes: float
    capacity_minutes: float
    planned_minutes: float
    utilization: float | None


@dataclass(frozen=True, kw_only=True)
class HourWorth:
    """What one more hour of a requirement is worth, if it begins between two moments."""

    requirement: str
    from_time: datetime = field(metadata={"key": "from"})
    until_time: datetime = field(metadata={"key": "until"})
    points_per_hour: float


@dataclass(frozen=True, kw_only=True)
class CheckRecord:
    """Whether the plan keeps every rule, and which it breaks."""

    ok: bool
    violations: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class IdlePeople:
    """People with free time while work waits that they could do; the first ``agents`` and tasks by name."""

    people: int
    hours: float
    tasks: int
    agents: tuple[str, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EditCost:
    """The cost of an edit: the difference of the two plans found, and the proved range."""

    points: float
    at_least: float | None
    at_most: float | None


@dataclass(frozen=True, kw_only=True)
class EditRecord:
    """An edit as people write it; ``carried`` marks an edit of an earlier run."""

    edit: str
    carried: bool
    cost: EditCost | None = None


@dataclass(frozen=True, kw_only=True)
class CurveRecord:
    """The best value found with at most this many changes."""

    allowed: int
    changes: int
    objective: float
    bound: float | None


@dataclass(frozen=True, kw_only=True)
class ReplanRecord:
    """How a re-plan differs from the ``earlier`` run, and what that gains.

    ``changes`` are made by choice, ``forced`` ones cannot be avoided; ``dropped`` to ``added`` count tasks by kind of
    change. ``kept_objective`` is the value of the earlier plan as far as it could be kept.
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


@dataclass(frozen=True, kw_only=True)
class PartsRecord:
    """In how many ``groups`` of people a plan was made, and in how many ``rounds``."""

    groups: int
    rounds: int


@dataclass(frozen=True)
class PolicyRecord:
    """The policy of a run: ``settings`` holds all of it, by section and key.

    The properties are the keys that reports need; a key that a policy of an earlier version lacks has its default.
    """

    settings: Mapping[str, Any]

    @classmethod
    def from_json(cls, plain: Any) -> "PolicyRecord":
        """The policy in run.json.

        Raises:
            TypeError: it is not an object.
        """
        return cls(dict(plain))

    def as_json(self) -> dict[str, Any]:
        """The policy as JSON."""
        return {name: to_plain(value) for name, value in self.settings.items()}

    @property
    def language(self) -> str:
        """The language of the reports."""
        return str(self._section("report").get("language", "en"))

    @property
    def unit(self) -> str:
        """The unit of value, for reports."""
        return str(self._section("report").get("unit", "points"))

    @property
    def target_utilization(self) -> tuple[float, float]:
        """The target range of utilization; reports point out people outside it."""
        low, high = self._section("report").get("target_utilization", (0.7, 0.9))
        return low, high

    @property
    def warning_margin(self) -> str:
        """Tasks that end this shortly before they are due are at risk; a duration as people write it."""
        return str(self._section("report").get("warning_margin", "30m"))

    @property
    def late_share(self) -> float:
        """The share of its value that a late task earns."""
        return float(self._section("payoff").get("late_share", 0.5))

    def weights(self, column: str) -> Mapping[str, float]:
        """The weights that multiply the value of tasks, by column and value."""
        found: Mapping[str, float] = self._section("weights").get(column, {})
        return found

    def _section(self, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.settings.get(name, {})
        return found


@dataclass(frozen=True)
class LaterNotice:
    """A notice of a later version, for which this one has no words."""

    plain: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The notice as in run.json."""
        return dict(self.plain)


def _notice(plain: Any) -> Notice | LaterNotice:
    try:
        return Notice.from_dict(plain)
    except (KeyError, TypeError, ValueError):
        return LaterNotice(dict(plain))


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """The record of a run.

    ``engine`` made the plan, ``engine_asked`` is the one requested. ``stop`` and ``proof`` are values of
    :class:`models.Stop` and :class:`models.Proof`. The moments carry the offset of ``timezone``. ``counts``, ``agents``
    and ``hour_value`` are ``None`` if the plan is malformed and only kept for analysis; ``hour_value`` also without
    prices. ``replan`` is ``None`` for a plan made from scratch, ``calendars`` if no deadline follows from one,
    ``parts`` if it was made in one piece, ``alerts`` and ``targets`` if nothing is watched and there is no target.
    ``inputs`` are the SHA-256 of the files read, ``snapshot`` is their path, ``None`` for a snapshot in memory.
    ``further`` are keys of a later version.

    Fields added after the first version have a default, so runs without them can be read.
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
    parts: PartsRecord | None = field(default=None, metadata={"left_out": True})
    alerts: tuple[AlertRecord, ...] | None = field(default=None, metadata={"left_out": True})
    targets: tuple[TargetRecord, ...] | None = field(default=None, metadata={"left_out": True})
    kpis: Mapping[str, Any] | None = field(default=None, metadata={"left_out": True})
    further: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, plain: Any) -> "RunRecord":
        """The record in run.json.

        Raises:
            ValueError: a key is missing, or a value has the wrong type; the message names the key.
        """
        known = {key_of(each) for each in fields(cls)} - {"further"}
        found = from_plain(cls, {name: plain[name] for name in plain if name in known - {"notices"}})
        return replace(
            found,
            notices=tuple(_notice(each) for each in plain.get("notices") or ()),
            further={name: value for name, value in plain.items() if name not in known},
        )

    def as_json(self) -> dict[str, Any]:
        """The content of run.json."""
        plain = record_to_plain(self)
        further: dict[str, Any] = plain.pop("further")
        return plain | further

    @property
    def counted(self) -> Counts:
        """The number of task rows by outcome.

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
