"""Agents who choose whole tasks at prices of tasks, and prices that follow what they choose.

In a pass every agent, in any order, picks its best set of jobs above the prices, by the one-agent programme. The pass
goes in batches: before each all prices fall a little, behind it each task that was chosen becomes dearer by a
step for each agent who chose it, so that a task chosen by one agent stays at its price. Within a batch everybody sees
the same prices, so the agents of a large one are shared among threads. The fee of an agent who chose more
tasks than it may have rises as well, and falls when it chose fewer.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.bounds.task_prices import Jobs
from models.compiled import Real, Whole, compiled
from models.engines.pricing.programme import Memory, memory_for, programme
from models.plans.limits import Limits
from models.problem.problem import Bool, Float64, Int32, Int64

_BATCHES = 50
"""Batches of a pass. 10 come less far, one for each agent takes longer: `docs/formulation.md`, section 9."""
_CELLS_TOGETHER = 500_000_000
"""Of a pass, up to which one thread makes it without a look at the clock: at most a tenth of a second."""
_CELLS_OF_A_THREAD = 4_000_000
"""Of a batch, were every job worth its price (few are): a tenth of a millisecond or so, some times what it takes to
wake a thread."""

Int8 = NDArray[np.int8]


class Table(NamedTuple):
    """The jobs, an agent's rows by their deadlines, with working memory for their programmes.

    :func:`choose_of` writes ``gain`` and ``order`` for one agent; a dive reads the gain of those chosen afterwards.
    """

    first: Int64  # (a + 1) agent a's rows are first[a]:first[a + 1]
    task: Int32  # (row) i
    step: Int8  # (row) the step that the job ends in
    grains: Int32  # (row) its duration
    due: Int32  # (row) its deadline on the agent's clock, in grains behind the started work
    worth: Int64  # (row) hundredths: what it gains
    gain: Float64  # (row) hundredths: the same less the agent's fee and the task's price
    fee: Float64  # (a) hundredths: what the agent asks for any task
    spare: Int64  # (a) how many tasks the agent may have
    memory: Memory
    order: Int64  # (job of one agent) row: those above the prices


class Bidders:
    """The agents of a problem with the jobs they choose from; the same for a seed.

    ``fee`` is what each agent asks for a task at first, in hundredths, and ``spare`` how many it may have;
    ``open_tasks`` which tasks may still be chosen.
    """

    def __init__(self, jobs: Jobs, fee: Float64, spare: Int64, n_tasks: int, limits: Limits) -> None:
        self.table = make_table(jobs, fee, spare)
        self.open_tasks = np.ones(n_tasks, np.bool_)
        self._random = np.random.default_rng(limits.seed)
        threads = self._threads(len(spare), limits.workers)
        self._tables = [self.table, *(with_memory(self.table) for _ in range(threads - 1))]
        self._pool = ThreadPoolExecutor(len(self._tables) - 1) if len(self._tables) > 1 else None

    @cached_property
    def cells(self) -> int:
        """The cells of everybody's programmes, were every job worth its price: what a pass costs."""
        table = self.table
        last = np.maximum(table.first[1:] - 1, table.first[:-1])
        due = table.due[np.minimum(last, max(0, len(table.due) - 1))] if len(table.due) else last
        return int((np.diff(table.first) * (due + 1)).sum())

    def bid(self, agents: Int64, price: Float64, step: float, limits: Limits) -> bool:
        """One pass over the agents, which changes prices and fees; whether the limits let it come to its end."""
        if not len(agents):
            return True
        order, batches = self._random.permutation(agents), min(_BATCHES, len(agents))
        first = np.arange(batches + 1) * len(agents) // batches
        tables = self._tables[: self._threads(len(agents), len(self._tables))]
        together = 1 if len(tables) > 1 or self.cells > _CELLS_TOGETHER else batches
        for begin in range(0, batches, together):
            if limits.exhausted():
                return False
            if len(tables) == 1:
                few = first[begin : begin + together + 1]
                bid_in_turn(self.table, order, few, price, self.open_tasks, step, step / batches)
            else:
                fall(price, step / batches)
                for rows in self._choose(tables, order[first[begin] : first[begin + 1]], price, step):
                    rise(self.table.task, rows, price, step)
        return True

    def _choose(self, tables: list[Table], batch: Int64, price: Float64, step: float) -> list[Int64]:
        """What the agents of a batch choose, in their order; their fees follow."""
        ends = [len(batch) * n // len(tables) for n in range(len(tables) + 1)]
        tasks = [
            partial(choose, t, batch[u:v], price, self.open_tasks, step)
            for t, u, v in zip(tables, ends, ends[1:], strict=False)
        ]
        later = [] if self._pool is None else [self._pool.submit(task) for task in tasks[1:]]
        return [tasks[0](), *(found.result() for found in later)]  # all of them, before the caller changes the prices

    def _threads(self, agents: int, most: int) -> int:
        """As many as have enough to do, in a batch of a pass over so many agents, for it to pay to wake them."""
        cells = self.cells * agents // max(1, len(self.table.spare))
        return max(1, min(most, cells // _BATCHES // _CELLS_OF_A_THREAD))


def with_memory(table: Table) -> Table:
    """The same jobs with working memory for another thread; ``gain`` is shared, an agent's rows being its own."""
    best, taken = table.memory
    memory = Memory(np.zeros_like(best), np.zeros_like(taken))
    return table._replace(memory=memory, order=np.zeros_like(table.order))


def make_table(jobs: Jobs, fee: Float64, spare: Int64) -> Table:
    """Working memory for the jobs of agents who ask such fees, and how many tasks they may have."""
    most = int(np.diff(jobs.first).max(initial=0))
    memory, order = memory_for(int(jobs.due.max(initial=0)), most), np.zeros(most, np.int64)
    gain = np.zeros(len(jobs.gain))
    return Table(
        jobs.first, jobs.task, jobs.step, jobs.grains, jobs.due, jobs.gain, gain, fee.copy(), spare, memory, order
    )


@compiled
def fall(price: Float64, step: Real) -> None:
    """All prices fall by a step, but not below 0."""
    for i in range(len(price)):
        price[i] = max(0.0, price[i] - step)


@compiled
def rise(task: Int32, rows: Int64, price: Float64, step: Real) -> None:
    """The tasks of these jobs become dearer by a step each time; ``task`` has those of all jobs."""
    for k in rows:
        price[task[k]] += step


@compiled
def choose(table: Table, agents: Int64, price: Float64, open_tasks: Bool, step: Real) -> Int64:
    """The rows of the jobs that the agents do best to choose, one agent's behind the other's.

    The fee of an agent rises by a ``step`` for each task that it chose too many, by two at most, and falls likewise.
    """
    most = 0
    for a in agents:
        most += table.first[a + 1] - table.first[a]
    chosen, count = np.empty(most, np.int64), 0
    for a in agents:
        number = choose_of(table, a, price, open_tasks, chosen[count:])
        table.fee[a] = max(0.0, table.fee[a] + step * min(2, max(-2, number - table.spare[a])))
        count += number
    return chosen[:count]


@compiled
def bid_in_turn(
    table: Table, agents: Int64, first: Int64, price: Float64, open_tasks: Bool, step: Real, less: Real
) -> None:
    """Batches of a pass one after the other: batch n are the agents ``first[n]:first[n + 1]``.

    Before each all prices fall by ``less``.
    """
    for n in range(len(first) - 1):
        fall(price, less)
        rise(table.task, choose(table, agents[first[n] : first[n + 1]], price, open_tasks, step), price, step)


@compiled
def choose_of(table: Table, a: Whole, price: Float64, open_tasks: Bool, chosen: Int64) -> Whole:
    """Writes the rows of agent ``a``'s best set of open tasks at the prices, by deadline, into ``chosen``; how many.

    Leaves their margins over the prices of tasks in ``table.gain``.
    """
    jobs = 0
    for k in range(table.first[a], table.first[a + 1]):
        margin = table.worth[k] - table.fee[a] - price[table.task[k]]
        if margin > 0.0 and open_tasks[table.task[k]]:
            table.gain[k] = margin
            table.order[jobs] = k
            jobs += 1
    if jobs == 0:
        return 0
    order, room = table.order, np.int64(table.due[table.order[jobs - 1]])
    count = programme(table.memory, table.grains, table.due, table.gain, order, jobs, room)
    for n in range(count):
        chosen[n] = order[n]
    return count
