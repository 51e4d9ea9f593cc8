"""The result of an engine. Why it stopped and what it proved are separate fields."""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from models.plans.limits import Limits, relative_gap
from models.plans.plan import Plan
from models.problem.problem import Problem
from models.runs.messages import Message

ENGINES = ("auto", "exact", "pulp", "scale", "greedy")
"""The values of ``--engine``; :func:`models.engines.make_engine` returns the engine of each."""


class Stop(Enum):
    """Why an engine stopped; run.json has the value."""

    OPTIMAL = "optimal"  # the plan's value met the bound
    GAP = "gap"  # the requested gap was reached
    TIME = "time_limit"  # the time ran out; the plan may differ from run to run
    EFFORT = "effort"  # the effort was used up
    FINISHED = "finished"  # the method came to its end and has nothing left to try
    INTERRUPTED = "interrupted"  # the best plan so far was requested


class BoundSource(StrEnum):
    """What proved a bound; run.json has the value."""

    NONE = "none"  # nothing: there is no bound
    CERTIFICATE = "certificate"  # prices of people's time, kept as the certificate
    TASK_PRICES = "programmes"  # prices of people's time and of tasks, kept as the certificate
    EXACT = "exact"  # CP-SAT
    PULP = "pulp"  # the solver behind PuLP


class Move(StrEnum):
    """What an engine spends its time on; log.jsonl has the value."""

    SEARCH = "search"  # small changes to the plan
    SWEEPS = "sweeps"  # of best response, between them
    START = "start"  # a plan that follows new prices
    DIVE = "dive"  # a whole plan out of prices of tasks, and some search from it
    DIVE_IN_PARTS = "dive in parts"  # of a few people each, the others' work being fixed
    PRICES = "prices"  # of people's time: a better bound
    TASK_PRICES = "task prices"  # a better bound yet


class Turn(NamedTuple):
    """A stretch of time that an engine gave to one move, and what came of it.

    ``won`` is in hundredths, of the plan or of the bound; ``objective`` and ``bound`` are the best known at its end.
    """

    move: Move
    moment: float  # of :func:`time.monotonic`, when it ended
    seconds: float
    won: int
    objective: int
    bound: int | None


class Proof(Enum):
    """What is known about the plan's distance from the best one."""

    OPTIMAL = "optimal"  # no plan is worth more
    GAP = "gap"  # no plan is worth more than the bound
    NONE = "none"  # nothing was proved


def proof_of(objective: int, bound: int | None) -> Proof:
    """What a bound proves about a plan."""
    if bound is None:
        return Proof.NONE
    return Proof.OPTIMAL if bound == objective else Proof.GAP


@dataclass(frozen=True, eq=False, kw_only=True)
class Prices:
    """A price per grain of each agent's clock, by deadline, that proves a bound (see :mod:`models.bounds.certificate`).

    ``edges`` are grains, ascending from 0; ``price[a, j]`` is what a grain promised by a deadline in
    ``edges[j] .. edges[j + 1]`` costs on agent a's clock, in units of 2**-20 hundredths, never rising with j.
    ``fee[a]`` in the same unit is the additional cost of each task, 0 for agents without ``max_tasks``. ``task[i]``, if
    there are prices of tasks, is the price of doing task i: with the fees these prove a bound of their own
    (:mod:`models.bounds.task_prices`), and ``time_fee[a]`` are those with which the prices of time prove one.
    """

    edges: NDArray[np.int64]
    price: NDArray[np.int64]
    fee: NDArray[np.int64]
    task: NDArray[np.int64] | None = None
    time_fee: NDArray[np.int64] | None = None

    @property
    def fee_of_time(self) -> NDArray[np.int64]:
        """The fees that go with the prices of time; those of tasks may be others."""
        return self.fee if self.time_fee is None else self.time_fee


@dataclass(frozen=True, eq=False, kw_only=True)
class Outcome:
    """An engine's plan with what was proved about it.

    ``bound`` is an upper limit on the objective of any plan, in hundredths, ``None`` when there is none;
    ``bound_source`` is what proved it, ``prices`` are its certificate, if any. ``engine_reason`` is why `auto` chose
    the engine; ``turns`` are what the time went to, as far as it is told.

    Raises:
        ValueError: the plan is worth more than the bound.
    """

    engine: str
    plan: Plan
    objective: int
    bound: int | None
    bound_source: BoundSource
    stop: Stop
    prices: Prices | None = None
    engine_reason: Message | None = None
    turns: tuple[Turn, ...] = ()

    def __post_init__(self) -> None:
        if self.bound is not None and self.objective > self.bound:
            raise ValueError(f"a plan worth {self.objective} stands above its bound {self.bound}")

    @property
    def proof(self) -> Proof:
        """What the bound proves about the plan."""
        return proof_of(self.objective, self.bound)

    @property
    def gap(self) -> float | None:
        """The relative gap, ``None`` without a bound."""
        return None if self.bound is None else relative_gap(self.bound, self.objective)


class Observer(Protocol):
    """A function that an engine calls with its progress; values in hundredths of a point."""

    def __call__(self, stage: str, objective: int | None = None, bound: int | None = None) -> None:
        """Receives the stage, and the value of the best plan and the best bound so far."""


class Engine(Protocol):
    """Finds a plan: the one signature every engine has."""

    def __call__(self, problem: Problem, limits: Limits, observer: Observer, start: Plan | None = None) -> Outcome:
        """The best plan found within the limits, never worse than ``start``."""


def silent(stage: str, objective: int | None = None, bound: int | None = None) -> None:
    """An observer that does nothing."""
