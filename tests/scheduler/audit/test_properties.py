"""The audit against the reference on random small worlds: honest runs pass, tampered ones do not."""

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from itertools import chain, combinations
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from models import Reason
from scheduler.audit import AuditReport, audit
from scheduler.audit.facts import derive
from tests.quick import tried
from tests.scheduler.audit.case import Reference, Run, at, snapshot_of

pytestmark = pytest.mark.slow

AGENTS = ("ann", "bob", "cy")
REASONS = tuple(reason.value for reason in Reason)
TASKS = tuple(f"t{n}" for n in range(6))


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


def some(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


moments = st.integers(-120, 420).map(lambda halves: at(halves / 2))
task = st.fixed_dictionaries(
    {
        "created_at": maybe(moments),
        "due_at": maybe(moments),
        "not_before": some(None, None, None, at(10.25), at(60), at(200)),
        "expires_at": some(None, None, None, at(-5), at(0.5), at(45), at(100.1)),
        "value": some(None, 10, 10.01, 0.125, 7.335, 100, 0, 1.5),
        "penalty": some(None, None, 0.125, 2.5, 1.005),
        "minutes": some(None, 5, 12.5, 7.3, 20, 33.4),
        "skills": some(None, None, "a", "a>=2", "b", "a;b|c", "a;b>=2", "z"),
        "status": some(None, None, None, "new", "in_progress", "in_progress", "held", "canceled"),
        "agent_id": maybe(some(*AGENTS)),
        "requested_agent": maybe(some(*AGENTS)),
        "tenant": some(None, "acme"),
        "segment": some(None, "gold"),
    }
)
agent = st.fixed_dictionaries(
    {
        "cost_per_hour": some(None, 25, 30.33),
        "max_utilization": some(None, 0.8, 0.3333333333333333, 0.9375),
        "max_tasks": some(None, None, 0, 1, 2),
    }
)
shift = st.tuples(some("work", "work", "break", "reserved"), st.integers(-120, 420), st.integers(1, 600)).map(
    lambda drawn: {"kind": drawn[0], "start": at(drawn[1] / 2), "end": at((drawn[1] + drawn[2]) / 2)}
)
pair = st.fixed_dictionaries(
    {
        "allowed": some(None, True, False),
        "minutes": some(None, 3.5, 40),
        "bonus": some(None, -2, 0.005, 3),
    }
)
skill = st.fixed_dictionaries({"level": some(None, 1, 2), "efficiency": some(None, 0.8, 1.25, 0.7, 3)})
policies = st.fixed_dictionaries(
    {
        "sla": some("soft", "soft", "hard"),
        "time": st.fixed_dictionaries({"grain": some("60s", "300s", "90s")}),
        "payoff": st.fixed_dictionaries(
            {"cost_weight": some(0, 0, 0.1, 0.015), "ageing_per_day": some(0.1, 30), "late_share": some(0.5, 0.5, 0)}
        ),
        "weights": some({}, {"tenant": {"acme": 1.5}, "segment": {"gold": 0.1, "x": 7}}),
    }
)


FREE = dict.fromkeys(("not_before", "expires_at", "skills", "status"))


@st.composite
def references(draw: st.DrawFn, *, busy: bool = False) -> Reference:
    """A world of some tasks and agents under some policy; a ``busy`` one has time and a task that little forbids."""
    tasks = draw(st.lists(task, min_size=1, max_size=len(TASKS)))
    tasks[:1] = [tasks[0] | FREE] if busy else tasks[:1]
    agents = draw(st.lists(agent, min_size=1, max_size=len(AGENTS)))
    names, ids = AGENTS[: len(agents)], TASKS[: len(tasks)]
    windows = [{"agent_id": name, **window} for name in names for window in draw(st.lists(shift, max_size=3))]
    if busy or draw(st.booleans()):
        windows += [{"agent_id": name, "start": at(-30), "end": at(200.5)} for name in names]
    held = draw(st.dictionaries(st.tuples(some(*names), some("a", "b", "c")), skill))
    known = draw(st.dictionaries(st.tuples(some(*ids), some(*names)), pair, max_size=6))
    snapshot = snapshot_of(
        [{"task_id": name, **row} for name, row in zip(ids, tasks, strict=True)],
        [{"agent_id": name, **row} for name, row in zip(names, agents, strict=True)],
        shifts=windows or [{"agent_id": names[0], "start": at(0), "end": at(1)}],
        processes=[{"process": "p", "minutes": 15, "sla_minutes": 90, "tenant": "base"}],
        agent_skills=[{"agent_id": a, "skill": s, **row} for (a, s), row in held.items()],
        pairs=[{"task_id": t, "agent_id": a, **row} for (t, a), row in known.items()],
        horizon=draw(some("4h", "200m", *([] if busy else ["95s"]))),
    )
    return Reference(snapshot, draw(policies))


plans = st.dictionaries(some(*AGENTS), st.permutations(TASKS))
full_plans = st.fixed_dictionaries({name: st.permutations(TASKS) for name in AGENTS})
idles = st.dictionaries(some(*TASKS), st.integers(0, 3))
common = settings(
    max_examples=tried(40), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def run_of(reference: Reference, lists: dict[str, list[str]], idle: dict[str, int]) -> Run:
    known = {
        agent: [task for task in tasks if task in reference.tasks]
        for agent, tasks in lists.items()
        if agent in reference.agents
    }
    return reference.run(known, idle)


def audited(reference: Reference, run: Run) -> AuditReport:
    return audit(
        reference.snapshot, run.run, run.plan, run.unplanned, run.rejects, run.certificate, of_tasks=run.of_tasks
    )


@common
@given(references(), plans, idles)
def test_an_honest_run_is_accepted(reference, lists, idle):
    report = audited(reference, run_of(reference, lists, idle))
    assert report.violations == ()
    assert report.ok


TAMPERINGS: dict[str, Callable[[Run], Run]] = {
    "later start": lambda run: _shifted(run, "start_at", 1),
    "earlier start": lambda run: _shifted(run, "start_at", -1),
    "later end": lambda run: _shifted(run, "end_at", 1),
    "earlier end": lambda run: _shifted(run, "end_at", -1),
    "payoff": lambda run: run.with_plan(_first(run), payoff=run.plan["payoff"][0] + 0.01),
    "minutes": lambda run: run.with_plan(_first(run), minutes=run.plan["minutes"][0] + 1),
    "outcome": lambda run: run.with_plan(
        _first(run), outcome="late" if run.plan["outcome"][0] == "on_time" else "on_time"
    ),
    "pinned": lambda run: run.with_plan(_first(run), pinned=not run.plan["pinned"][0]),
    "sequence": lambda run: run.with_plan(_first(run), sequence=run.plan["sequence"][0] + 1),
    "dropped": lambda run: Run(run.run, run.plan[1:], run.unplanned, run.rejects),
    "twice": lambda run: Run(run.run, pl.concat([run.plan, run.plan[:1]]), run.unplanned, run.rejects),
    "unknown task": lambda run: run.with_plan(_first(run), task_id="nobody"),
    "unknown agent": lambda run: run.with_plan(_first(run), agent_id="nobody"),
    "other value": lambda run: run.with_plan(_first(run), value=run.plan["value"][0] + 1),
    "other process": lambda run: run.with_plan(_first(run), process="q"),
    "objective": lambda run: run.with_run(objective=run.run["objective"] - 0.01),
    "empty objective": lambda run: run.with_run(empty_objective=run.run["empty_objective"] + 0.01),
    "count": lambda run: run.with_run(counts={**run.run["counts"], "on_time": -1}),
    "working minutes": lambda run: run.with_run(agents={**run.run["agents"], "working_minutes": 1e6}),
}


def _first(run: Run) -> str:
    return str(run.plan["task_id"][0])


def _shifted(run: Run, column: str, minutes: int) -> Run:
    return run.with_plan(_first(run), **{column: run.plan[column][0] + timedelta(minutes=minutes)})


@settings(common, max_examples=tried(25))
@given(references(busy=True), full_plans, idles, some(*(tuple(TAMPERINGS)[n::6] for n in range(6))))
def test_a_tampered_run_is_not(reference, lists, idle, tamperings):
    run = run_of(reference, lists, idle)
    assume(run.plan.height)
    for tampering in tamperings:
        assert not audited(reference, TAMPERINGS[tampering](run)).ok, tampering


@common
@given(references(), some(*REASONS))
def test_any_other_reason_is_refused(reference, reason):
    run = reference.run()
    assume(run.unplanned.height and run.unplanned["reason"][0] != reason)
    report = audited(reference, run.with_unplanned(run.unplanned["task_id"][0], reason=reason))
    assert report.totals == {"reason": 1}


prices = st.lists(
    st.tuples(st.integers(0, 250), st.integers(0, 3_000_000)),
    min_size=1,
    max_size=4,
    unique_by=lambda p: p[0],
).map(lambda drawn: list(zip(sorted(g for g, _ in drawn), sorted((p for _, p in drawn), reverse=True), strict=True)))


def proved(reference: Reference, ask: dict[str, list[tuple[int, int]]], per_task: dict[str, int]) -> int:
    """The bound of a certificate, task by task and grain by grain."""

    def price(agent: str, deadline: int) -> int:
        return [p for since, p in ask[agent] if since <= deadline][-1]

    total = Fraction(0)
    for name in reference.tasks:
        pin = reference.pins.get(name)
        if pin:
            late = reference.late(name, pin[0], pin[1] + pin[2])
            total += reference.planned_payoff(name, pin[0], late, pin[2])
            continue
        left = reference.unplanned_payoff(name)
        total += left
        if name in reference.pins or not reference.plannable(name):
            continue
        margins = [Fraction(0)]
        for who in reference.agents:
            for late, moments in reference.steps(name):
                if reference.possible(name, who, moments):
                    grains = reference.duration(name, who, reference.efficiency(name, who) or 1.0)
                    gain = reference.planned_payoff(name, who, late, grains) - left
                    asked = grains * price(who, reference.grain_of(moments)) + per_task[who]
                    margins.append(gain - Fraction(asked, 1 << 20))
        total += max(margins)
    for who, row in reference.agents.items():
        clock, load = reference.clock[who], reference.load[who]
        for t in range(1, reference.grains + 1):
            slices = max(0, clock[t] - load) - max(0, clock[t - 1] - load)
            total += Fraction(slices * price(who, t), 1 << 20)
        if row["max_tasks"] is not None:
            pinned = sum(pin is not None and pin[0] == who for pin in reference.pins.values())
            total += Fraction(max(0, row["max_tasks"] - pinned) * per_task[who], 1 << 20)
    return -(-total.numerator // total.denominator)


@common
@given(references(), st.lists(prices, min_size=3, max_size=3), st.integers(0, 2_000_000), plans)
def test_a_certificate_proves_its_bound(reference, asked, per_task, lists):
    ask = {a: [(0, rows[0][1]), *rows[1:]] for a, rows in zip(reference.agents, asked, strict=False)}
    limited = {a: per_task if row["max_tasks"] is not None else 0 for a, row in reference.agents.items()}
    rows = [
        {"agent_id": a, "from_grain": since, "price": price, "task_price": limited[a]}
        for a in reference.agents
        for since, price in ask[a]
    ]
    bound = proved(reference, ask, limited)
    run = run_of(reference, lists, {})
    run = reference.with_bound(run, bound).with_run(bound_source="certificate")
    run.certificate = pl.DataFrame(rows)
    report = audited(reference, run)
    assert report.certified_bound == bound
    assert report.violations == ()
    assert not audited(reference, run.with_run(bound=(bound - 1) / 100)).ok


def proved_by_tasks(reference: Reference, ask: dict[str, int], per_task: dict[str, int]) -> int:
    """The bound that prices of tasks prove, every set of every agent tried."""
    total = Fraction(0)
    for name in reference.tasks:
        pin = reference.pins.get(name)
        if pin:
            late = reference.late(name, pin[0], pin[1] + pin[2])
            total += reference.planned_payoff(name, pin[0], late, pin[2])
            continue
        total += reference.unplanned_payoff(name)
        if name not in reference.pins and reference.plannable(name):
            total += Fraction(ask[name], 1 << 20)
    for who, row in reference.agents.items():
        pinned = sum(pin is not None and pin[0] == who for pin in reference.pins.values())
        places = len(reference.tasks) if row["max_tasks"] is None else max(0, row["max_tasks"] - pinned)
        total += Fraction(places * per_task[who], 1 << 20)
        jobs = [] if places == 0 else _jobs(reference, who, ask, per_task[who])
        chosen = chain.from_iterable(combinations(jobs, n) for n in range(len(jobs) + 1))
        total += max(sum((margin for _, _, margin in rows), Fraction(0)) for rows in chosen if _in_time(rows))
    return -(-total.numerator // total.denominator)


def _jobs(reference: Reference, who: str, ask: dict[str, int], fee: int) -> list[tuple[int, int, Fraction]]:
    """Deadline on the clock behind pinned work, grains and margin of all that earns anything, by deadline."""
    jobs = []
    for name in reference.tasks:
        if name in reference.pins or not reference.plannable(name):
            continue
        for late, moments in reference.steps(name):
            if reference.possible(name, who, moments):
                grains = reference.duration(name, who, reference.efficiency(name, who) or 1.0)
                gain = reference.planned_payoff(name, who, late, grains) - reference.unplanned_payoff(name)
                due = reference.clock[who][reference.grain_of(moments)] - reference.load[who]
                jobs.append((due, grains, gain - Fraction(ask[name] + fee, 1 << 20)))
    return sorted(job for job in jobs if job[2] > 0)


def _in_time(rows: tuple[tuple[int, int, Fraction], ...]) -> bool:
    return all(sum(grains for _, grains, _ in rows[: k + 1]) <= rows[k][0] for k in range(len(rows)))


@common
@given(references(), st.lists(st.integers(0, 2_000_000_000), min_size=20), st.integers(0, 200_000_000), plans)
def test_prices_of_tasks_prove_their_bound(reference, asked, per_task, lists):
    ask = dict(zip(reference.tasks, asked, strict=False))
    limited = {a: per_task if row["max_tasks"] is not None else 0 for a, row in reference.agents.items()}
    bound = proved_by_tasks(reference, ask, limited)
    run = reference.with_bound(run_of(reference, lists, {}), bound).with_run(bound_source="programmes")
    fees = [(a, 0, 0, fee) for a, fee in limited.items()]
    run.certificate = pl.DataFrame(fees, ("agent_id", "from_grain", "price", "task_price"), orient="row")
    run.of_tasks = pl.DataFrame({"task_id": list(ask), "price": list(ask.values())})
    report = audited(reference, run)
    assert report.certified_bound == bound
    assert report.violations == ()
    assert not audited(reference, run.with_run(bound=(bound - 1) / 100)).ok


@common
@given(references())
def test_clocks_are_those_of_the_reference(reference):
    facts = derive(reference.snapshot, reference.run().run)
    for number, clock in enumerate(reference.clock.values()):
        grains = pl.Series(range(len(clock))).to_numpy()
        assert facts.clocks.capacity(grains * 0 + number, grains).tolist() == clock
