"""Re-plans of an invented day, each checked against its files by the code of `allot check`, which shares nothing."""

import json
from pathlib import Path

import polars as pl
import pytest

from data import read_snapshot, write_sample
from data.runs.folder import NotARunFolderError
from scheduler import plan
from scheduler.audit import audit_run
from scheduler.replanning import ReplanRequest, replan

pytestmark = pytest.mark.slow

OPTIONS = {"effort": 1, "xlsx": False, "html": False}


@pytest.fixture(scope="module")
def day(tmp_path_factory) -> Path:
    """A folder with the snapshot of a small day and its plan."""
    folder = tmp_path_factory.mktemp("day")
    write_sample(folder / "snapshot", tasks=48, agents=5, seed=4)
    plan(folder / "snapshot", out=folder / "run", **OPTIONS)
    return folder


def again(day: Path, name="again", *, earlier="run", snapshot=None, **options):
    """A re-plan that the audit finds in order."""
    source = snapshot or day / "snapshot"
    request = ReplanRequest(source=source, earlier=day / earlier, out=day / name, **{**OPTIONS, **options})
    result = replan(request)
    report = audit_run(read_snapshot(source, as_of=result.run["as_of"], horizon=result.run["horizon_end"]), day / name)
    assert report.ok, report.violations
    return result


def doers(frame: pl.DataFrame) -> dict[str, str]:
    return dict(frame.select("task_id", "agent_id").iter_rows())


def planned(day: Path, name="run") -> pl.DataFrame:
    return pl.read_parquet(day / name / "plan.parquet")


def free_task(day: Path, nth=-1) -> dict:
    """A planned task that is not in progress and does not start soon."""
    rows = planned(day).filter(~pl.col("pinned")).sort("start_at")
    return rows.row(nth, named=True)


def test_with_nothing_changed_nothing_changes_byte_for_byte(day):
    result = again(day)
    for name in ("plan.parquet", "unplanned.parquet", "agents.parquet", "rejects.csv"):
        assert (day / "again" / name).read_bytes() == (day / "run" / name).read_bytes(), name
    before = json.loads((day / "run" / "run.json").read_text("utf-8"))
    assert (result.run["objective"], result.run["bound"]) == (before["objective"], before["bound"])
    assert (result.run["replan"]["changes"], result.changes.height) == (0, 0)


def test_a_re_plan_with_edits_is_not_changed_by_planning_it_again(day):
    task = free_task(day)
    again(day, "first", edits=(("hold", task["task_id"]), ("agent_out", planned(day)["agent_id"][0])))
    result = again(day, "second", earlier="first")
    assert (day / "second" / "plan.parquet").read_bytes() == (day / "first" / "plan.parquet").read_bytes()
    assert [edit["carried"] for edit in result.run["replan"]["edits"]] == [True, True]


def test_the_same_request_gives_the_same_bytes(day):
    edits = (("agent_out", free_task(day)["agent_id"]),)
    again(day, "one", edits=edits)
    again(day, "two", edits=edits)
    for name in ("plan.parquet", "changes.parquet", "edits.json", "certificate.parquet"):
        assert (day / "one" / name).read_bytes() == (day / "two" / name).read_bytes(), name


def test_who_is_out_loses_all_work_and_everybody_is_told(day):
    agent = free_task(day)["agent_id"]
    result = again(day, edits=(("agent_out", agent),))
    lost = set(planned(day).filter(pl.col("agent_id") == agent)["task_id"])
    assert agent not in doers(result.plan).values()
    told = result.changes.filter(pl.col("from_agent") == agent)
    assert set(told["task_id"]) == lost
    assert set(told["why"]) == {"agent_gone"}
    assert told["detail"].str.contains(f"agent_out {agent}", literal=True).all()


def test_the_change_list_is_the_difference_of_the_two_plans(day):
    result = again(day, edits=(("agent_out", free_task(day)["agent_id"]), ("hold", free_task(day, 5)["task_id"])))
    before, now = doers(planned(day)), doers(result.plan)
    different = {task for task in before.keys() | now.keys() if before.get(task) != now.get(task)}
    assert set(result.changes["task_id"]) == different
    for row in result.changes.iter_rows(named=True):
        assert (row["from_agent"], row["to_agent"]) == (before.get(row["task_id"]), now.get(row["task_id"]))
    dropped = (result.changes["kind"] == "dropped").to_list()
    assert dropped == sorted(dropped, reverse=True)
    rest = result.changes.filter(pl.col("kind") != "dropped")
    assert rest.select(pl.coalesce("to_agent", "from_agent")).to_series().is_sorted()


def test_gains_add_up_to_what_is_won_over_only_keeping(day):
    result = again(day, edits=(("agent_out", free_task(day)["agent_id"]),))
    told = result.run["replan"]
    gain = result.changes.filter(pl.col("kind") != "gone")["gain"].sum()
    # what stays with its agent at another time may pay another amount
    assert gain <= round(result.run["objective"] - told["kept_objective"], 2) + 1e-6


def test_what_was_to_start_soon_stays(day):
    rows = planned(day).filter(~pl.col("pinned"))
    as_of = read_snapshot(day / "snapshot").as_of
    minutes = (rows["start_at"].dt.convert_time_zone("UTC") - as_of).dt.total_minutes()
    soon = rows.filter(minutes < 60)
    leaver = rows.filter(~pl.col("agent_id").is_in(soon["agent_id"].implode()))["agent_id"]
    edits = (("agent_out", leaver[0]),) if len(leaver) else (("hold", free_task(day)["task_id"]),)
    result = again(day, freeze="1h", edits=edits)
    assert soon.height > 0
    assert result.run["replan"]["frozen"] == soon.height
    now = doers(result.plan)
    assert {task: now[task] for task in soon["task_id"]} == doers(soon)
    assert result.plan.filter(pl.col("task_id").is_in(soon["task_id"].implode()))["pinned"].all()


def test_frozen_work_that_cannot_stay_is_let_go_and_said_so(day):
    task = planned(day).filter(~pl.col("pinned")).sort("start_at").row(0, named=True)
    result = again(day, freeze="1h", edits=(("agent_out", task["agent_id"]),))
    row = result.changes.row(by_predicate=pl.col("task_id") == task["task_id"], named=True)
    assert row["frozen_then"]


@pytest.mark.parametrize("most", [0, 2])
def test_no_more_changes_than_asked_for(day, most):
    result = again(day, edits=(("agent_out", free_task(day)["agent_id"]),), max_changes=most)
    assert result.run["replan"]["changes"] <= most


def test_the_curve_is_written(day):
    result = again(day, edits=(("agent_out", free_task(day)["agent_id"]),), curve=True)
    points = pl.read_parquet(day / "again" / "curve.parquet")
    assert points.columns == ["allowed", "changes", "objective", "bound"]
    assert points.height > 1
    assert points["objective"].is_sorted()
    assert (points["bound"] >= points["objective"] - 1e-9).all()
    assert points.to_dicts() == result.run["replan"]["curve"]


def test_new_people_and_tasks_of_a_new_snapshot(day, tmp_path):
    source = {name: pl.read_csv(day / "snapshot" / f"{name}.csv", infer_schema=False) for name in ("tasks", "agents")}
    others = ("processes", "agent_skills", "shifts")
    source |= {name: pl.read_csv(day / "snapshot" / f"{name}.csv", infer_schema=False) for name in others}
    old = read_snapshot(day / "snapshot")
    source["snapshot"] = {"as_of": old.as_of, "horizon_end": old.horizon_end, "timezone": old.timezone}
    for name in ("agents", "agent_skills", "shifts"):
        own = source[name].filter(pl.col("agent_id") == source["agents"]["agent_id"][0])
        source[name] = pl.concat([source[name], own.with_columns(agent_id=pl.lit("NEW"))])
    more = source["tasks"].head(10).with_columns(task_id=pl.lit("N") + pl.col("task_id"))
    source["tasks"] = pl.concat([source["tasks"].tail(38), more])
    theirs = planned(day).filter(~pl.col("pinned") & (pl.col("agent_id") == source["agents"]["agent_id"][0]))
    task = theirs.filter(pl.col("task_id").is_in(source["tasks"]["task_id"].implode()))["task_id"][-1]
    result = again(day, snapshot=source, edits=(("pin", f"{task}=NEW"),))
    assert doers(result.plan)[task] == "NEW"
    gone = set(old.tasks["task_id"].head(10)) & set(planned(day)["task_id"])
    told = result.changes.filter(pl.col("kind") == "gone")
    assert gone <= set(told["task_id"])


def test_a_folder_that_is_no_run_is_refused(day, tmp_path):
    with pytest.raises(NotARunFolderError, match="is not the folder of a run"):
        replan(ReplanRequest(source=day / "snapshot", earlier=tmp_path))


def test_a_pin_lapses_when_its_task_is_gone(day):
    task = free_task(day)
    again(day, "pinned", edits=(("pin", f"{task['task_id']}={task['agent_id']}"),))
    snapshot = day / "shorter"
    if not snapshot.exists():
        snapshot.mkdir()
        for file in (day / "snapshot").iterdir():
            (snapshot / file.name).write_bytes(file.read_bytes())
        tasks = pl.read_csv(snapshot / "tasks.csv", infer_schema=False)
        tasks.filter(pl.col("task_id") != task["task_id"]).write_csv(snapshot / "tasks.csv")
    result = again(day, earlier="pinned", snapshot=snapshot)
    assert any("no longer applies" in warning and task["task_id"] in warning for warning in result.run["warnings"])
    assert result.run["replan"]["edits"] == []


def test_the_audit_sees_a_pin_that_is_not_kept(day):
    rows = planned(day).filter(~pl.col("pinned"))
    task = rows.row(-1, named=True)
    again(day, "pinned", edits=(("pin", f"{task['task_id']}={task['agent_id']}"),))
    content = json.loads((day / "pinned" / "edits.json").read_text("utf-8"))
    others = [a for a in read_snapshot(day / "snapshot").agents["agent_id"] if a != task["agent_id"]]
    content["edits"][0]["agent"] = others[0]
    (day / "pinned" / "edits.json").write_text(json.dumps(content), encoding="utf-8")
    report = audit_run(read_snapshot(day / "snapshot"), day / "pinned")
    assert "E1" in report.totals


def test_the_audit_sees_frozen_work_that_moved(day):
    again(day, "frozen", freeze="1h", edits=(("hold", free_task(day)["task_id"]),))
    content = json.loads((day / "frozen" / "edits.json").read_text("utf-8"))
    assert content["frozen"]
    by_agent: dict[str, list] = {}
    for pair in content["frozen"]:
        by_agent.setdefault(pair["agent"], []).append(pair)
    later = planned(day, "frozen").filter(~pl.col("pinned")).row(-1, named=True)
    content["frozen"].insert(0, {"task": later["task_id"], "agent": later["agent_id"]})
    (day / "frozen" / "edits.json").write_text(json.dumps(content), encoding="utf-8")
    report = audit_run(read_snapshot(day / "snapshot"), day / "frozen")
    assert "E2" in report.totals
