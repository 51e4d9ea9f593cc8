"""The tables of prices that prove a run's bound: see docs/certificate.md."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models import Outcome, Prices, Problem


def certificates(problem: Problem, outcome: Outcome) -> dict[str, pl.DataFrame]:
    """The tables of prices that prove the bound of an outcome, by name: none where it has no prices."""
    if outcome.prices is None:
        return {}
    prices = outcome.prices
    if prices.task is None or outcome.bound_source != "programmes":
        return {"certificate": certificate(problem, prices, prices.fee_of_time)}
    of_tasks = certificate_of_tasks(problem, prices.task)
    return {"certificate": certificate(problem, prices, prices.fee), "certificate_tasks": of_tasks}


def certificate(problem: Problem, prices: Prices, fee: NDArray[np.int64]) -> pl.DataFrame:
    """The prices that prove the bound, one row where an agent's price changes: see docs/certificate.md.

    ``price`` is in 2**-20 hundredths per grain, for work promised by deadlines from ``from_grain`` on; ``task_price``,
    the ``fee``, and ``task_price_of_time``, that with which these prices alone prove a bound, are per task.
    """
    width = len(prices.edges)
    rows = pl.DataFrame(
        {
            "agent_id": problem.agent_ids.gather([a for a in range(problem.n_agents) for _ in range(width)]),
            "from_grain": pl.Series(list(prices.edges) * problem.n_agents, dtype=pl.Int64),
            "price": pl.Series(prices.price.reshape(-1), dtype=pl.Int64),
            "task_price": pl.Series(fee.repeat(width), dtype=pl.Int64),
            "task_price_of_time": pl.Series(prices.fee_of_time.repeat(width), dtype=pl.Int64),
        }
    )
    changed = pl.col("price") != pl.col("price").shift(1).over("agent_id")
    return rows.filter(changed.fill_null(value=True))


def certificate_of_tasks(problem: Problem, asked: NDArray[np.int64]) -> pl.DataFrame:
    """The prices of tasks that prove the bound, of open tasks that ask anything: see docs/certificate.md.

    ``price`` is in 2**-20 hundredths.
    """
    rows = pl.DataFrame({"task_id": problem.task_ids, "price": pl.Series(asked, dtype=pl.Int64)})
    return rows.filter((pl.col("price") > 0) & pl.Series(problem.free))
