"""The result of an audit: violations by rule, and the figures it has computed."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

SHOWN_PER_RULE = 20
"""Violations of one rule that are written out; all are counted."""


@dataclass(frozen=True)
class Violation:
    """One broken rule: ``who`` are the ids concerned, ``message`` says by how much.

    ``rule`` is one of H1..H10, E1 (pinned), E2 (frozen), or what else a run must get right: ``tasks`` (each in exactly
    one file), ``timeline`` (start and end on the capacity clock), ``sequence``, ``duration``, ``outcome``, ``payoff``,
    ``reason``, ``columns``, ``rejects``; and of run.json ``run``, ``counts``, ``agents``, ``objective``,
    ``gap``, ``bound``.
    """

    rule: str
    who: tuple[str, ...]
    message: str

    def __str__(self) -> str:
        return f"{self.rule} {', '.join(self.who)}: {self.message}" if self.who else f"{self.rule}: {self.message}"


@dataclass(frozen=True, kw_only=True)
class AuditReport:
    """The outcome of an audit. Money is in hundredths of a point.

    ``violations`` holds at most :data:`SHOWN_PER_RULE` per rule, ``totals`` counts them all.
    ``certified_bound`` is a bound the certificate proves, ``None`` without a readable one. It is the lowest, unless
    prices of tasks prove one that is no higher than the run claims and sooner found.
    ``agents`` holds the same keys as in ``run.json``, in minutes.
    """

    violations: tuple[Violation, ...]
    totals: dict[str, int]
    notes: tuple[str, ...]
    changed_inputs: tuple[str, ...]
    objective: int
    empty_objective: int
    counts: dict[str, int]
    agents: dict[str, float]
    certified_bound: int | None = None

    @property
    def ok(self) -> bool:
        """Whether no rule is broken; changed inputs alone break none."""
        return not self.totals


@dataclass
class Ledger:
    """Collects violations; only the first ones of every rule are written out."""

    violations: list[Violation] = field(default_factory=list)
    totals: Counter[str] = field(default_factory=Counter)

    def add(self, rule: str, message: str, *who: str) -> None:
        """Note one violation."""
        self.each(rule, (0,), lambda _: (who, message))

    def each(self, rule: str, rows: Iterable[int], describe: Callable[[int], tuple[tuple[str, ...], str]]) -> None:
        """Notes a violation for each of the rows; ``describe`` is called only for the first ones."""
        found = [int(row) for row in rows]
        room = max(0, SHOWN_PER_RULE - self.totals[rule])
        self.violations += [Violation(rule, *describe(row)) for row in found[:room]]
        if found:
            self.totals[rule] += len(found)
