"""An earlier run as the next one needs it: who did what, the prices that proved its bound, its edits."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data import Snapshot, read_file, read_further, read_record, read_tables
from models import NO_LIMIT, Plan, Prices, Problem, RunRecord, is_too_large, task_surplus
from scheduler.edits import Edit, read_edits_json
from scheduler.run.policy import Policy, read_policy


@dataclass(frozen=True, kw_only=True)
class EarlierRun:
    """What a run folder says, the times of its plan in UTC; ``certificate`` is ``None`` where the run has none."""

    folder: Path
    run: RunRecord
    plan: pl.DataFrame
    unplanned: pl.DataFrame
    certificate: pl.DataFrame | None
    of_tasks: pl.DataFrame | None
    messages: pl.DataFrame | None
    edits: tuple[Edit, ...]
    frozen: tuple[tuple[str, str], ...]

    @property
    def as_of(self) -> datetime:
        """The moment of its snapshot."""
        return self.run.as_of

    @property
    def policy(self) -> Policy:
        """The policy it was made with; keys that came later have their defaults."""
        return read_policy(self.run.policy.settings)

    @property
    def standing(self) -> int:
        """How many of its edits count on; an unpin is done with."""
        return sum(edit.kind != "unpin" for edit in self.edits)

    def is_of(self, snapshot: Snapshot, policy: Policy) -> bool:
        """Whether it was made of this snapshot, with its moment and horizon, under this policy."""
        moments = (self.as_of, self.run.horizon_end) == (snapshot.as_of, snapshot.horizon_end)
        return moments and self.is_of_files(snapshot) and self.policy == policy

    def is_of_files(self, snapshot: Snapshot) -> bool:
        """Whether it was made of the same files, whatever the moment."""
        return dict(self.run.inputs) == snapshot.inputs


def read_earlier(folder: Path) -> EarlierRun:
    """The run in a folder.

    Raises:
        NotARunFolderError: there is no run.
        UnreadableRunError: a file is missing, damaged, or of another version; the message names it.
    """
    run, written = read_record(folder), folder / "edits.json"
    tables = read_tables(folder, run)
    edits, frozen = read_file(written, read_edits_json) if written.exists() else ([], [])
    return EarlierRun(
        folder=folder,
        run=run,
        plan=_in_utc(tables["plan"]),
        unplanned=tables["unplanned"],
        certificate=read_further(folder, "certificate"),
        of_tasks=read_further(folder, "certificate_tasks"),
        messages=read_further(folder, "messages"),
        edits=tuple(edits),
        frozen=tuple(frozen),
    )


def _in_utc(plan: pl.DataFrame) -> pl.DataFrame:
    return plan.with_columns(pl.col("start_at", "end_at", "due_at").dt.convert_time_zone("UTC"))


def numbers_of(problem: Problem, tasks: pl.Series, agents: pl.Series) -> pl.DataFrame:
    """The problem's numbers of task and agent ids, as columns ``task`` and ``agent``; null for what is not there."""
    known = pl.DataFrame({"task_id": problem.task_ids}).with_row_index("task")
    people = pl.DataFrame({"agent_id": problem.agent_ids}).with_row_index("agent")
    pairs = pl.DataFrame({"task_id": tasks, "agent_id": agents})
    joined = pairs.join(known, on="task_id", how="left", maintain_order="left")
    joined = joined.join(people, on="agent_id", how="left", maintain_order="left")
    return joined.select(pl.col("task", "agent").cast(pl.Int64))


def prices_of(earlier: EarlierRun, problem: Problem, as_of: datetime) -> Prices | None:
    """The earlier certificate's prices for the agents of a problem; new agents ask what others ask on average.

    ``None`` without a certificate, or when it counts in grains of another length.
    """
    rows, then = earlier.certificate, earlier.as_of
    grain_s = problem.grain_s
    if rows is None or rows.is_empty() or earlier.policy.time.grain_s != grain_s:
        return None
    passed = int((as_of - then).total_seconds() // grain_s)
    people = pl.DataFrame({"agent_id": problem.agent_ids}).with_row_index("agent")
    rows = rows.join(people, on="agent_id", how="inner").with_columns(
        pl.col("agent").cast(pl.Int64), at=(pl.col("from_grain") - passed).clip(lower_bound=0)
    )
    rows = rows.filter(pl.col("at") <= problem.horizon).sort("agent", "from_grain").unique(["agent", "at"], keep="last")
    if rows.is_empty():
        return None
    edges = np.unique(np.append(rows["at"].to_numpy(), 0))
    price = np.full((problem.n_agents, len(edges)), -1, np.int64)
    price[rows["agent"].to_numpy(), np.searchsorted(edges, rows["at"].to_numpy())] = rows["price"].to_numpy()
    known = price.max(axis=1, initial=-1) >= 0
    for b in range(1, len(edges)):
        price[:, b] = np.where(price[:, b] < 0, price[:, b - 1], price[:, b])
    price = np.maximum(price, 0)
    of_time = "task_price_of_time" if "task_price_of_time" in rows.columns else "task_price"
    fee, time_fee = (_fees(rows, column, problem) for column in ("task_price", of_time))
    price[~known] = price[known].mean(axis=0).astype(np.int64)
    falling = np.minimum.accumulate(price, axis=1)
    return Prices(edges=edges, price=falling, fee=fee, task=_of_tasks(earlier, problem), time_fee=time_fee)


def with_new_tasks(prices: Prices, earlier: EarlierRun, problem: Problem) -> Prices:
    """The prices in which new tasks ask what they keep at the prices of people's time, where tasks have prices."""
    known = problem.task_ids.is_in(pl.concat([earlier.plan["task_id"], earlier.unplanned["task_id"]]).implode())
    if prices.task is None or known.all() or is_too_large(problem):
        return prices
    return replace(prices, task=np.where(known.to_numpy(), prices.task, np.maximum(task_surplus(problem, prices), 0)))


def _fees(rows: pl.DataFrame, column: str, problem: Problem) -> NDArray[np.int64]:
    fee = np.zeros(problem.n_agents, np.int64)
    fee[rows["agent"].to_numpy()] = rows[column].to_numpy()
    return np.where(problem.max_tasks < NO_LIMIT, fee, 0)


def _of_tasks(earlier: EarlierRun, problem: Problem) -> NDArray[np.int64] | None:
    """What tasks asked for being done, if they did; new ones ask nothing."""
    if earlier.of_tasks is None:
        return None
    asked = pl.DataFrame({"task_id": problem.task_ids}).join(
        earlier.of_tasks, on="task_id", how="left", maintain_order="left"
    )
    return asked["price"].fill_null(0).to_numpy()


def plan_of(earlier: EarlierRun, problem: Problem, as_of: datetime) -> Plan | None:
    """The earlier plan, to the minute, in the problem's numbers; ``None`` when somebody or something in it is gone."""
    rows = earlier.plan
    numbers = numbers_of(problem, rows["task_id"], rows["agent_id"])
    if numbers.null_count().sum_horizontal().item():
        return None
    tasks, agents = numbers["task"].to_numpy(), numbers["agent"].to_numpy()
    grains = (rows["start_at"] - as_of).dt.total_seconds().to_numpy() // problem.grain_s
    agent, start = np.full(problem.n_tasks, -1, np.int32), np.full(problem.n_tasks, -1, np.int64)
    agent[tasks], start[tasks] = agents, problem.clocks.capacity(agents, grains)
    return Plan(agent=agent, start=start)
