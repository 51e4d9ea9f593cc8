"""Ten re-plans over a day: arrivals, finished work, people who fall ill or come late."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from data import read_snapshot, write_sample
from scheduler import plan
from scheduler.audit import audit_run
from scheduler.replanning import ReplanRequest, replan

pytestmark = pytest.mark.slow

OPTIONS = {"effort": 1, "xlsx": False, "html": False}
HOURS = 10
_FORCED = {"agent_gone", "no_room"}
"""Reasons of this day for which a task cannot stay: nobody is pinned to work or loses a skill."""
_CHOSEN = {"more_value", "new_work"}


class Day:
    """A day as a system of record would see it go by."""

    def __init__(self, folder: Path) -> None:
        write_sample(folder / "snapshot", tasks=48, agents=5, seed=11)
        self.folder = folder
        first = read_snapshot(folder / "snapshot")
        self.start, self.zone = first.as_of, first.timezone
        self.end = first.horizon_end
        read = {name: pl.read_csv(folder / "snapshot" / f"{name}.csv", infer_schema=False) for name in self.tables}
        self.source = read

    tables = ("tasks", "processes", "agents", "agent_skills", "shifts")

    def at(self, hour: int, finished: set[str], begun: dict[str, str]) -> dict:
        """The snapshot at an hour: what is done is gone, what is begun is in progress, new work has come."""
        tasks = self.source["tasks"].filter(~pl.col("task_id").is_in(list(finished)))
        mine = pl.col("task_id").is_in(list(begun))
        who = pl.col("task_id").replace_strict(begun, default=None, return_dtype=pl.String)
        tasks = tasks.with_columns(
            status=pl.when(mine).then(pl.lit("in_progress")).otherwise("status"),
            agent_id=pl.when(mine).then(who).otherwise("agent_id"),
        )
        arrivals = (
            self.source["tasks"]
            .slice(4 * hour, 3)
            .with_columns(
                task_id=pl.format("NEW-{}-{}", pl.lit(hour), pl.col("task_id")),
                status=pl.lit("queued"),
                agent_id=pl.lit(None, pl.String),
            )
        )
        self.source["tasks"] = pl.concat([self.source["tasks"], arrivals])
        period = {"as_of": self.start + timedelta(hours=hour), "horizon_end": self.end, "timezone": self.zone}
        tables = {name: self.source[name] for name in self.tables}
        return {**tables, "snapshot": period, "tasks": pl.concat([tasks, arrivals])}


def gone_by(rows: pl.DataFrame, moment) -> tuple[set[str], dict[str, str]]:
    """What of a plan is finished at a moment, and what is begun by whom."""
    times = rows.with_columns(pl.col("start_at", "end_at").dt.convert_time_zone("UTC"))
    finished = set(times.filter(pl.col("end_at") <= moment)["task_id"])
    begun = times.filter((pl.col("start_at") < moment) & (pl.col("end_at") > moment))
    return finished, dict(begun.select("task_id", "agent_id").iter_rows())


def test_ten_re_plans_move_nobody_without_a_reason(tmp_path, record_property):
    day = Day(tmp_path)
    rows = plan(day.at(0, set(), {}), out=tmp_path / "run-0", **OPTIONS).plan
    ill = rows["agent_id"].unique().sort().to_list()
    finished: set[str] = set()
    total = 0
    for hour in range(1, HOURS + 1):
        done, begun = gone_by(rows, day.start + timedelta(hours=hour))
        finished |= done
        source = day.at(hour, finished, begun)
        edits = {3: (("agent_out", ill[0]),), 6: (("agent_out", ill[1]),)}.get(hour, ())
        earlier, out = tmp_path / f"run-{hour - 1}", tmp_path / f"run-{hour}"
        result = replan(ReplanRequest(source=source, earlier=earlier, out=out, edits=edits, **OPTIONS))
        report = audit_run(read_snapshot(source), out)
        assert report.ok, report.violations
        moved = result.changes.filter(pl.col("kind").is_in(["moved", "dropped"]))
        gone = set(moved.filter(pl.col("why") == "agent_gone")["from_agent"])
        assert gone <= {agent for at, agent in zip((3, 6), ill, strict=False) if at <= hour}
        assert set(moved["why"]) <= _FORCED | _CHOSEN
        # whoever moves, again or back, does so because it earns what a change must earn
        by_choice = moved.filter(pl.col("why").is_in(list(_CHOSEN)))
        assert (by_choice["together"] >= result.run["replan"]["stability_points"]).all()
        assert earned(result.run)
        total += moved.height
        rows = result.plan
    record_property("changes", total)
    assert 0 < total < day.source["tasks"].height


def earned(run: dict) -> bool:
    """Whether the changes made by choice are worth what a change must earn."""
    told = run["replan"]
    won = run["objective"] - told["kept_objective"]
    return won >= told["changes"] * told["stability_points"] - 1e-6


@pytest.mark.parametrize("hour", [1])
def test_the_day_goes_by(tmp_path, hour):
    day = Day(tmp_path)
    source = day.at(hour, {"T000001"}, {})
    assert "T000001" not in set(source["tasks"]["task_id"])
    assert source["snapshot"]["as_of"] == day.start + timedelta(hours=hour)
