"""The plan's rows, and the interval of each on its agent's capacity clock.

The file has times, not places on the clock. They determine the place, because a clock advances by at most one per
grain: ``start_at`` is the last t with c(t) <= s, so s = c(start_at) and the clock advances in the grain that starts
there; ``end_at`` is the first t with c(t) >= s + duration, so the clock has just reached that value there.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from scheduler.audit.exact import Bools, Floats, Ints
from scheduler.audit.facts import Facts
from scheduler.audit.report import Ledger
from scheduler.audit.span import NEVER
from scheduler.audit.tasks import index_in

NOWHERE = -1


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One entry per row of the plan that names a known task and a known agent.

    ``pinned`` is what H7 or E2 places, ``started`` the first of these. ``grains`` is the duration, ``start`` and
    ``end`` the place on the agent's clock (:data:`NOWHERE` when the times name none), ``efficiency`` NaN where H2
    forbids the pair, ``late`` the outcome that follows.
    """

    file: pl.DataFrame
    task: Ints
    agent: Ints
    efficiency: Floats
    pinned: Bools
    started: Bools
    grains: Ints
    start: Ints
    end: Ints
    late: Bools


def read_planned(plan: pl.DataFrame, facts: Facts, ledger: Ledger) -> Planned:
    """The plan's rows with their places; rows of unknown tasks or agents are noted and left out."""
    task, agent = index_in(plan["task_id"], facts.tasks.ids), index_in(plan["agent_id"], facts.agents.ids)
    _note_unknown(plan["task_id"], task, "planned, but not among the good rows of tasks", ledger)
    _note_unknown(plan["agent_id"], agent, "has planned work, but is not among the good rows of agents", ledger)
    known = np.flatnonzero((task >= 0) & (agent >= 0))
    file, task, agent = plan[known], task[known], agent[known]
    efficiency = facts.kinds.efficiencies(facts.tasks.kind[task], agent)
    pinned = facts.pins.agent[task] == agent
    grains = np.where(pinned, facts.pins.length[task], _own_grains(file, task, agent, efficiency, facts))
    start, end = _places(file, agent, grains, facts, ledger)
    missed = end > facts.clocks.capacity(agent, facts.tasks.due[task])
    claimed_late = (file["outcome"] == "late").fill_null(False).to_numpy()
    return Planned(
        file=file,
        task=task,
        agent=agent,
        efficiency=efficiency,
        pinned=pinned,
        started=pinned & ~facts.pins.frozen[task],
        grains=grains,
        start=start,
        end=end,
        late=np.where(start == NOWHERE, claimed_late, missed & (facts.tasks.due_at[task] != NEVER)),
    )


def _note_unknown(names: pl.Series, found: Ints, message: str, ledger: Ledger) -> None:
    ledger.each("tasks", np.flatnonzero(found < 0), lambda row: ((str(names[row]),), message))


def _own_grains(file: pl.DataFrame, task: Ints, agent: Ints, efficiency: Floats, facts: Facts) -> Ints:
    """Durations; where H2 forbids the pair, what the file charges, so that other rules can be looked at."""
    charged = file["minutes"].fill_null(0.0).to_numpy() * (60 / facts.span.grain_s)
    able = ~np.isnan(efficiency)
    grains = facts.grains(task, agent, np.where(able, efficiency, 1.0))
    return np.where(able, grains, np.maximum(1, np.rint(charged)).astype(np.int64))


def _places(file: pl.DataFrame, agent: Ints, grains: Ints, facts: Facts, ledger: Ledger) -> tuple[Ints, Ints]:
    """Start and end on the agents' clocks; times that are none of the clock's are a ``timeline`` fault."""
    span, clocks = facts.span, facts.clocks
    starts, ends = (file[c].to_physical().fill_null(span.as_of - 1).to_numpy() for c in ("start_at", "end_at"))
    first, last = (starts - span.as_of) // span.grain, (ends - span.as_of) // span.grain
    names, who = file["task_id"], file["agent_id"]

    def note(rows: Bools, message: str, times: Ints) -> None:
        ledger.each(
            "timeline",
            np.flatnonzero(rows),
            lambda row: ((names[row], who[row]), message.format(span.show(times[row]), int(grains[row]))),
        )

    aligned = (starts - span.as_of) % span.grain == 0
    inside = aligned & (first >= 0) & (first < span.grains)
    note(
        ~inside,
        f"starts at {{}}, which is no grain of {span.grain_s} s between as_of and the horizon",
        starts,
    )
    at = np.where(inside, first, 0)
    start = clocks.capacity(agent, at)
    runs = inside & (clocks.capacity(agent, np.minimum(at + 1, span.grains)) == start + 1)
    note(inside & ~runs, "starts at {}, where its agent's capacity clock stands still", starts)
    ends_inside = ((ends - span.as_of) % span.grain == 0) & (last >= 1) & (last <= span.grains)
    at = np.where(ends_inside, last, 1) if span.grains else np.zeros_like(last)
    end = start + grains
    reached = clocks.capacity(agent, at) == end
    just = reached & (clocks.capacity(agent, np.maximum(at - 1, 0)) == end - 1)
    note(
        runs & ~(ends_inside & just),
        "ends at {}, where its agent's clock has not just run its {} grains",
        ends,
    )
    return np.where(runs, start, NOWHERE), np.where(runs, end, NOWHERE)
