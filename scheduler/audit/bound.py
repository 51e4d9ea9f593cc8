"""Recomputes the bound of a certificate: prices of agents' time that prove an upper bound on every legal plan.

Prices of tasks prove another, lower one: :mod:`scheduler.audit.programme`.

Let agent a ask pi_a(t) >= 0 per grain of its clock for work promised by deadline t, never more for a later
t, and tau_a >= 0 per task. C_a(t) = max(0, c_a(t) - pinned_a) is what pinned work leaves of the clock
before t, and M_a what it leaves of max_tasks. Then no plan is worth more than

    constant + sum_i max(0, max over agents a and possible steps s of g(i,s,a) - p(i,a) pi_a(d_s) - tau_a)
             + sum_a sum_{t = 1..horizon} pi_a(t) (C_a(t) - C_a(t - 1)) + sum_a tau_a M_a

where constant is the payoff of the pinned work and of every other plannable task when left. Proof. In a
legal plan each free task i takes one agent and one outcome s, and gains g(i,s,a) over being left. Write
that gain as margin plus price; the margins add up to at most the second term. The prices: let L_a(t) be the
grains agent a has promised by deadlines <= t. They lie one behind the other after the pinned work and
before c_a(t), so L_a(t) <= C_a(t), for every t at once. With pi_a(horizon + 1) = 0, summation by parts
(Abel) gives
    sum_i p pi_a(d) = sum_t pi_a(t) (L_a(t) - L_a(t - 1)) = sum_t (pi_a(t) - pi_a(t + 1)) L_a(t)
                   <= sum_t (pi_a(t) - pi_a(t + 1)) C_a(t) = sum_t pi_a(t) (C_a(t) - C_a(t - 1)),
since pi never rises. At most M_a tasks pay tau_a. So the slice of clock in (t - 1, t] is priced pi_a(t): a
task with deadline t may use it at that price, one with an earlier deadline pays at least as much.
"""

from collections.abc import Callable
from math import floor
from typing import Any

import numpy as np
import polars as pl

from models import CheckError
from scheduler.audit.exact import Ints, decimal, is_number
from scheduler.audit.facts import NO_LIMIT, Facts
from scheduler.audit.market import Prices, best_margins
from scheduler.audit.programme import earned_alone, read_task_prices
from scheduler.audit.report import Ledger
from scheduler.audit.sweep import SCALE
from scheduler.audit.tasks import index_in
from scheduler.audit.worth import payoffs_of, points

_CERTIFIED = ("certificate", "programmes")
_CLAIMED = ("exact", "pulp")  # solvers, whose word is all there is where their bound is below the certificate's
"""What vouches for a bound that can be added up again: the agents' prices, or those of tasks."""
_COLUMNS = ("agent_id", "from_grain", "price", "task_price")


def verify_certificate(
    certificate: pl.DataFrame, facts: Facts, of_tasks: pl.DataFrame | None = None, claimed: int | None = None
) -> int:
    """The bound, in hundredths, that the prices prove. An agent without prices has price 0.

    With prices ``of_tasks`` it is the bound that these prove, together with the agents' fees; or a higher one that is
    found sooner, if it is no higher than what is ``claimed``, in hundredths.

    Raises:
        CheckError: the certificate breaks a condition of the proof.
    """
    prices = read_prices(certificate, facts)
    if of_tasks is None:
        return rounded_up(of_tasks_at(facts, prices) + of_people_at(facts, prices))
    free = np.flatnonzero(facts.tasks.plannable & (facts.pins.agent < 0))
    asked = read_task_prices(of_tasks, facts)
    total: int = _constant(facts) * SCALE + _task_value(facts, prices)
    total += sum(asked[free].tolist())
    enough = None if claimed is None else claimed * SCALE - total
    return rounded_up(total + earned_alone(facts, free, asked, prices, _rents(facts, prices), enough))


def of_tasks_at(facts: Facts, prices: Prices) -> int:
    """What tasks add to the bound at the agents' prices: the constant, and what is kept above the prices."""
    free = np.flatnonzero(facts.tasks.plannable & (facts.pins.agent < 0))
    margins = best_margins(facts, free, prices)
    # what must be done (E1) has no 0 to fall back on: no legal plan leaves it
    kept = sum(margins[(margins > 0) | (facts.fixed[free] >= 0)].tolist())
    return _constant(facts) * SCALE + int(kept)


def of_people_at(facts: Facts, prices: Prices) -> int:
    """What people's free time and places add to the bound at their prices."""
    return sum(_rents(facts, prices)) + _task_value(facts, prices)


def rounded_up(total: int) -> int:
    """A sum in the unit of prices as hundredths."""
    return -(-total // SCALE)


def read_prices(certificate: pl.DataFrame, facts: Facts) -> Prices:
    """The prices in a certificate.

    Raises:
        CheckError: a column is missing, or prices are of an unknown agent, negative, rising, or not from
            grain 0.
    """
    missing = [c for c in _COLUMNS[:3] if c not in certificate.columns]
    if missing:
        raise CheckError(f"certificate: {', '.join(missing)} missing")
    if "task_price" not in certificate.columns:
        certificate = certificate.with_columns(task_price=pl.lit(0))
    # no deadline lies beyond the horizon
    certificate = certificate.remove(pl.col("from_grain") > facts.span.grains)
    agent = index_in(certificate["agent_id"], facts.agents.ids)
    ids = certificate["agent_id"]
    _refuse(agent < 0, ids, "is not an agent of the snapshot")
    columns = certificate.select(pl.col(_COLUMNS[1:]).cast(pl.Int64))
    _refuse(
        columns.select(pl.any_horizontal(pl.all().is_null())).to_series().to_numpy(),
        ids,
        "has a missing number",
    )
    agent, since, price, per_task, ids = _with_free_agents(agent, columns, ids, facts)
    first = np.concatenate([[True], agent[1:] != agent[:-1]])[: len(agent)]
    later = ~first[1:]
    _refuse(price < 0, ids, "has a negative price")
    _refuse(per_task < 0, ids, "has a negative task_price")
    _refuse(first & (since != 0), ids, "has no price from grain 0")
    _refuse(later & (since[1:] <= since[:-1]), ids[1:], "has two prices from one grain")
    _refuse(later & (price[1:] > price[:-1]), ids[1:], "has a price that rises with the deadline")
    _refuse(later & (per_task[1:] != per_task[:-1]), ids[1:], "has two task prices")
    per_agent = per_task[first]
    unlimited = (facts.agents.max_tasks == NO_LIMIT) & (per_agent > 0)
    _refuse(unlimited, facts.agents.ids, "has a task_price but no max_tasks")
    return Prices(np.searchsorted(agent, np.arange(len(facts.agents.ids) + 1)), since, price, per_agent)


def check_bound(
    run: dict[str, Any],
    certificate: pl.DataFrame | None,
    of_tasks: pl.DataFrame | None,
    facts: Facts,
    ledger: Ledger,
    prove: Callable[[], int] | None = None,
) -> tuple[int | None, str]:
    """The bound that the certificate proves, if any, and a sentence that says what proves the run's bound.

    ``prove`` says what it proves where the facts are not those of the whole run.
    """
    said, source = run.get("bound"), run.get("bound_source")
    claim = f"bound {said} is claimed by {source or 'the run'}, and not re-added"
    if None not in (said, source) and source not in (*_CERTIFIED, *_CLAIMED):
        ledger.add("bound", f"bound_source is {source!r}, which proves nothing: {', '.join((*_CERTIFIED, *_CLAIMED))}")
    if certificate is None:
        if source in _CERTIFIED:
            ledger.add("bound", f"bound_source is '{source}', but the run has no certificate")
        return None, "" if said is None else f"{claim}: there is no certificate"
    whole = source == "programmes"
    if whole and of_tasks is None:
        ledger.add("bound", "bound_source is 'programmes', but the run has no prices of tasks")
    claimed = floor(decimal(said) * 100) if is_number(said) else None
    try:
        proved = prove() if prove else verify_certificate(certificate, facts, of_tasks if whole else None, claimed)
    except CheckError as problem:
        ledger.add("bound", str(problem))
        return None, ""
    if source not in _CERTIFIED:
        return proved, f"the certificate proves the bound {points(proved)}; {claim}"
    # the run may round what agents' terms add up to the next hundredth: a bound that is a little higher holds too
    if claimed is None or claimed < proved:
        ledger.add("bound", f"bound is {said}, its certificate proves only {points(proved)}")
    return proved, f"the certificate proves the bound {points(proved)}"


def _refuse(wrong: Any, ids: pl.Series, message: str) -> None:
    rows = np.flatnonzero(wrong)
    if rows.size:
        more = f" (and {rows.size - 1} more)" if rows.size > 1 else ""
        raise CheckError(f"certificate: {ids[int(rows[0])]}{more} {message}")


def _with_free_agents(
    agent: Ints, columns: pl.DataFrame, ids: pl.Series, facts: Facts
) -> tuple[Ints, Ints, Ints, Ints, pl.Series]:
    """The rows by agent and grain; an agent that is not named asks nothing."""
    unnamed = np.setdiff1d(np.arange(len(facts.agents.ids)), agent)
    nothing = np.zeros(len(unnamed), np.int64)
    agent = np.concatenate([agent, unnamed])
    since, price, per_task = (np.concatenate([columns[c].to_numpy(), nothing]) for c in _COLUMNS[1:])
    order = np.lexsort((since, agent))
    return agent[order], since[order], price[order], per_task[order], facts.agents.ids.gather(agent[order])


def _constant(facts: Facts) -> int:
    """Payoff of the pinned work as H7 plans it and of all other plannable tasks when left."""
    pins = facts.pins
    task = np.flatnonzero(pins.start >= 0)
    agent, grains = pins.agent[task], pins.length[task]
    late = pins.start[task] + grains > facts.clocks.capacity(agent, facts.tasks.due[task])
    left = facts.payoffs.unplanned()
    left[task] = payoffs_of(facts, task, agent, late, grains)
    return sum(left.tolist())


def _rents(facts: Facts, prices: Prices) -> list[int]:
    """What each agent's free time costs: the slice of clock up to t at the price for deadline t."""
    agents, last = np.repeat(np.arange(len(facts.agents.ids)), np.diff(prices.first)), facts.span.grains

    def room(grain: Ints) -> Ints:
        # deadlines of a price segment are from_grain..next - 1, so its slices start one grain earlier
        left: Ints = facts.clocks.capacity(agents, np.maximum(grain - 1, 0)) - facts.pins.load[agents]
        return np.maximum(0, left)

    until = np.append(prices.since[1:], 0)
    until[prices.first[1:] - 1] = last + 1
    slices = room(until) - room(prices.since)
    rents = [0] * len(facts.agents.ids)
    for a, grains, price in zip(agents.tolist(), slices.tolist(), prices.price.tolist(), strict=True):
        rents[a] += grains * price
    return rents


def _task_value(facts: Facts, prices: Prices) -> int:
    """What the places that max_tasks leaves cost."""
    asking = np.flatnonzero(prices.per_task)
    left = np.maximum(0, facts.agents.max_tasks[asking] - facts.pins.count[asking])
    return sum(places * price for places, price in zip(left.tolist(), prices.per_task[asking].tolist(), strict=True))
