"""Agents who choose whole tasks at prices of tasks, and prices that follow what they choose.

In a pass every agent, in any order, picks its best set of jobs above the prices, by the one-agent programme. The pass
goes in batches: before each all prices fall a little, behind it each task that was chosen becomes dearer by a
step for each agent who chose it, so that a task chosen by one agent stays at its price. Within a batch everybody sees
the same prices, so the agents of a large one are shared among threads.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.bounds.task_prices import Jobs
from models.compiled import compiled
from models.engines.pricing.programme import programme, rows_of_memory
from models.plans.limits import Limits

_BATCHES = 50
_CELLS_OF_A_THREAD = 4_000_000
"""Of a batch, were every job worth its price (few are): a tenth of a millisecond or so, some times what it takes to
wake a thread."""

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]


class Table(NamedTuple):
    """The jobs with working memory for their programmes; ``order`` holds the rows of one agent's jobs."""

    first: Any
    task: Any
    step: Any
    job_grains: Any
    job_due: Any
    worth: Any
    job_gain: Any
    best: Any
    taken: Any
    order: Any


class Bidders:
    """The agents of a problem with the jobs they choose from; the same for a seed.

    ``fee`` is what each agent asks for a task, in hundredths, ``open_tasks`` which tasks may still be chosen.
    """

    def __init__(self, jobs: Jobs, fee: Float64, n_tasks: int, limits: Limits) -> None:
        self.table = make_table(jobs, fee)
        self.open_tasks = np.ones(n_tasks, np.bool_)
        self._random = np.random.default_rng(limits.seed)
        self._tables = [self.table, *(with_memory(self.table) for _ in range(self._threads(limits.workers) - 1))]
        self._pool = ThreadPoolExecutor(len(self._tables)) if len(self._tables) > 1 else None

    @property
    def cells(self) -> int:
        """The cells of everybody's programmes, were every job worth its price: what a pass costs."""
        table = self.table
        last = np.maximum(table.first[1:] - 1, table.first[:-1])
        due = table.job_due[np.minimum(last, max(0, len(table.job_due) - 1))] if len(table.job_due) else last
        return int((np.diff(table.first) * (due + 1)).sum())

    def bid(self, agents: Int64, price: Float64, step: float, limits: Limits) -> bool:
        """One pass over the agents, which changes the prices; whether the limits let it come to its end."""
        if not len(agents):
            return True
        batches = np.array_split(self._random.permutation(agents), min(_BATCHES, len(agents)))
        for batch in batches:
            if limits.exhausted():
                return False
            fall(price, step / len(batches))
            for rows in self._choose(batch, price):
                rise(self.table, rows, price, step)
        return True

    def _choose(self, batch: Int64, price: Float64) -> Iterable[Int64]:
        """What the agents of a batch choose, in their order."""
        if self._pool is None or len(batch) < 2 * len(self._tables):
            return [choose(self.table, batch, price, self.open_tasks)]
        parts = np.array_split(batch, len(self._tables))
        return self._pool.map(lambda table, part: choose(table, part, price, self.open_tasks), self._tables, parts)

    def _threads(self, workers: int) -> int:
        """As many as have enough to do in a batch for it to pay to start them."""
        return max(1, min(workers, self.cells // _BATCHES // _CELLS_OF_A_THREAD))


def with_memory(table: Table) -> Table:
    """The same jobs with working memory for another thread; ``job_gain`` is shared, an agent's rows being its own."""
    best, taken, order = (np.zeros_like(memory) for memory in (table.best, table.taken, table.order))
    return table._replace(best=best, taken=taken, order=order)


def make_table(jobs: Jobs, fee: Float64) -> Table:
    """Working memory for the jobs; what they are worth is their gain after their agent's fee."""
    most = int(np.diff(jobs.first).max(initial=0))
    worth = jobs.gain - fee[jobs.agent]
    memory = rows_of_memory(int(jobs.due.max(initial=0)), most)
    order = np.zeros(most, np.int64)
    return Table(jobs.first, jobs.task, jobs.step, jobs.grains, jobs.due, worth, np.zeros_like(worth), *memory, order)


@compiled
def fall(price, step):  # type: ignore[no-untyped-def]
    """All prices fall by a step, but not below 0."""
    for i in range(len(price)):
        price[i] = max(0.0, price[i] - step)


@compiled
def rise(B, rows, price, step):  # type: ignore[no-untyped-def]
    """The tasks of these jobs become dearer by a step each time."""
    for k in rows:
        price[B.task[k]] += step


@compiled
def choose(B, agents, price, open_tasks):  # type: ignore[no-untyped-def]
    """The rows of the jobs that the agents do best to choose, one agent's behind the other's."""
    most = 0
    for a in agents:
        most += B.first[a + 1] - B.first[a]
    chosen, count = np.empty(most, np.int64), 0
    for a in agents:
        count += choose_of(B, a, price, open_tasks, chosen[count:])
    return chosen[:count]


@compiled
def choose_of(B, a, price, open_tasks, chosen):  # type: ignore[no-untyped-def]
    """Writes the rows of the jobs of agent ``a``'s best set at the prices; how many."""
    jobs = 0
    for k in range(B.first[a], B.first[a + 1]):
        margin = B.worth[k] - price[B.task[k]]
        if margin > 0.0 and open_tasks[B.task[k]]:
            B.job_gain[k] = margin
            B.order[jobs] = k
            jobs += 1
    if jobs == 0:
        return 0
    order, count = B.order[:jobs], 0
    taken = programme(B, order, np.int64(B.job_due[order[jobs - 1]]))
    for j in range(jobs):
        if taken[j]:
            chosen[count] = order[j]
            count += 1
    return count
