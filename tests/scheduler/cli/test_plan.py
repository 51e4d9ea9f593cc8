"""What a run leaves on disk (contract section 6): files, columns, keys, and figures that agree with each other."""

import json
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import polars as pl
import pytest

from models import ENGINES, Reason
from tests.conftest import BAD_TASKS
from tests.contract import plan_schema, unplanned_schema
from tests.scheduler.command import contents

ZONE = "Europe/Berlin"
PLAN, UNPLANNED = ({**schema(ZONE), "note": pl.String} for schema in (plan_schema, unplanned_schema))
HOURS = {
    "requirement": pl.String,
    "from_time": pl.Datetime("us", ZONE),
    "until_time": pl.Datetime("us", ZONE),
    "points_per_hour": pl.Float64,
    "agents": pl.Int64,
    "minutes_asked": pl.Float64,
}

KEYS = {
    "schema_version": int,
    "run_id": str,
    "as_of": str,
    "horizon_end": str,
    "timezone": str,
    "engine": str,
    "stop": str,
    "proof": str,
    "objective": float,
    "bound": float,
    "gap": float,
    "gain_gap": float,
    "empty_objective": float,
    "counts": dict,
    "agents": dict,
    "timings_s": dict,
    "check": dict,
    "warnings": list,
    "seed": int,
    "policy": dict,
    "inputs": dict,
    "versions": dict,
}
FURTHER_KEYS = {
    *("snapshot", "engine_asked", "engine_reason", "bound_source", "effort", "hour_value", "kpis"),
    *("notices", "not_written", "idle"),
}


@pytest.fixture(params=ENGINES)
def folder(request: pytest.FixtureRequest, run_of: Any) -> Path:
    """The run's folder of each engine."""
    return run_of(request.param)


def read_run(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "run.json").read_text(encoding="utf-8"))


def cents(payoffs: pl.Series) -> Fraction:
    return sum((Fraction(repr(payoff)) for payoff in payoffs), Fraction(0))


def test_a_run_holds_every_file(whole_run):
    written = {path.name for path in whole_run.iterdir()}
    wanted = {"run.json", "plan.parquet", "unplanned.parquet", "rejects.csv", "plan.xlsx", "report.html"}
    assert written == wanted | {
        "plan.csv",
        "unplanned.csv",
        "agents.parquet",
        "certificate.parquet",
        "hours.parquet",
        "kpis.parquet",
        "log.jsonl",
        "messages.parquet",
    }
    assert {path.name for path in whole_run.parent.iterdir()} == {"run", "stdout", "stderr"}


def test_workbook_and_page_can_be_left_out(run_of):
    written = {path.name for path in run_of("greedy").iterdir()}
    assert {"run.json", "plan.parquet", "unplanned.parquet", "rejects.csv"} <= written
    assert not {"plan.xlsx", "report.html"} & written


def test_lists_are_written_for_each_team(inside, sample, tmp_path):
    options = ("--engine", "greedy", "--effort", 1, "--no-xlsx", "--no-html", "--split", "team")
    done = inside("plan", sample, "--out", tmp_path / "run", *options)
    assert done.code == 0, done.err
    people = pl.read_parquet(tmp_path / "run" / "agents.parquet").filter(pl.col("working_minutes") > 0)
    assert {file.stem for file in (tmp_path / "run" / "teams").iterdir()} == set(people["team"])


def test_columns_and_types(folder):
    assert pl.read_parquet_schema(folder / "plan.parquet") == PLAN
    assert pl.read_parquet_schema(folder / "unplanned.parquet") == UNPLANNED
    assert pl.read_parquet_schema(folder / "hours.parquet") == HOURS
    header, *rows = (folder / "rejects.csv").read_text(encoding="utf-8").splitlines()
    assert header == "table,row,id,column,rule,value,message"
    assert [row.split(",")[2:5] for row in rows] == [
        ["BAD-VALUE", "value", "range"],
        ["BAD-STATUS", "status", "unknown_status"],
    ]


def test_run_json_has_every_key(folder):
    run = read_run(folder)
    assert set(run) == set(KEYS) | FURTHER_KEYS
    assert {key for key, kind in KEYS.items() if not isinstance(run[key], kind)} == set()
    assert run["schema_version"] == 1
    assert set(run["agents"]) == {"working_minutes", "capacity_minutes", "planned_minutes", "utilization"}
    assert run["check"] == {"ok": True, "violations": []}
    assert run["proof"] in ("optimal", "gap")
    assert {"read", "build", "solve", "check", "write"} <= set(run["timings_s"])
    assert run["versions"]["allot"]
    assert run["policy"]["time"] == {"grain": "1m"}
    assert (run["seed"], run["effort"]) == (0, 1)


def test_times_carry_the_zone_of_the_snapshot(folder):
    run = read_run(folder)
    assert run["timezone"] == ZONE
    as_of, end = (datetime.fromisoformat(run[key]) for key in ("as_of", "horizon_end"))
    assert as_of == datetime(2026, 3, 2, 8, tzinfo=ZoneInfo(ZONE))
    assert as_of.utcoffset() is not None
    assert (end - as_of).days == 1


def test_counts_add_up(folder):
    run, plan, unplanned = read_run(folder), *frames(folder)
    counts = run["counts"]
    assert set(counts) == {"tasks", "rejected", "plannable", "planned", "on_time", "late", "unplanned"}
    assert counts["tasks"] == counts["rejected"] + counts["planned"] + counts["unplanned"] == 43
    assert counts["rejected"] == len(BAD_TASKS)
    assert (counts["planned"], counts["unplanned"]) == (plan.height, unplanned.height)
    assert plan["outcome"].to_list().count("on_time") == counts["on_time"]
    assert plan["outcome"].to_list().count("late") == counts["late"] == counts["planned"] - counts["on_time"]
    outside = unplanned.filter(pl.col("reason").is_in(["held", "final"]))
    assert outside.height > 0
    assert outside["payoff"].to_list() == [0.0] * outside.height
    assert counts["plannable"] == plan.height + unplanned.height - outside.height
    assert set(plan["task_id"]).isdisjoint(unplanned["task_id"])
    assert set(unplanned["reason"]) <= {reason.value for reason in Reason}


def frames(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    return pl.read_parquet(folder / "plan.parquet"), pl.read_parquet(folder / "unplanned.parquet")


def test_objective_and_gaps_are_those_of_the_rows(folder):
    run, plan, unplanned = read_run(folder), *frames(folder)
    objective, bound, empty = (Fraction(repr(run[key])) for key in ("objective", "bound", "empty_objective"))
    assert cents(plan["payoff"]) + cents(unplanned["payoff"]) == objective
    assert empty <= objective <= bound
    assert run["gap"] == pytest.approx(float((bound - objective) / max(abs(bound), Fraction(1, 10**9))), rel=1e-12)
    assert run["gain_gap"] == pytest.approx(float((bound - objective) / (bound - empty)), rel=1e-12)
    assert (run["proof"] == "optimal") == (objective == bound)


def test_hours_are_those_worth_most_in_run_json(folder):
    hours = pl.read_parquet(folder / "hours.parquet")
    assert hours["points_per_hour"].is_sorted(descending=True)
    assert (hours["points_per_hour"] >= 0).all()
    assert (hours["from_time"] < hours["until_time"]).all()
    shown = read_run(folder)["hour_value"]
    assert 0 < len(shown) <= 20
    for entry, row in zip(shown, hours.iter_rows(named=True), strict=False):
        assert entry == {
            "requirement": row["requirement"],
            "from": row["from_time"].isoformat(),
            "until": row["until_time"].isoformat(),
            "points_per_hour": row["points_per_hour"],
        }


def test_the_engines_agree_on_what_is_possible(run_of):
    runs = {engine: read_run(run_of(engine)) for engine in ENGINES}
    best = max(run["objective"] for run in runs.values())
    assert best <= min(run["bound"] for run in runs.values())
    assert runs["exact"]["proof"] == "optimal"
    assert runs["greedy"]["objective"] < runs["scale"]["objective"] <= runs["exact"]["objective"] == best
    assert runs["greedy"]["stop"] == "finished"
    assert len({run["empty_objective"] for run in runs.values()}) == 1


def test_auto_says_which_engine_it_took_and_why(run_of):
    run = read_run(run_of("auto"))
    assert (run["engine_asked"], run["engine"]) == ("auto", "exact")
    assert "fit a whole model" in run["engine_reason"]


def test_figures_of_people_are_the_sums(folder):
    run, (plan, _) = read_run(folder), frames(folder)
    agents, people = run["agents"], pl.read_parquet(folder / "agents.parquet")
    assert agents["planned_minutes"] == plan["minutes"].sum()
    for key in ("working_minutes", "capacity_minutes", "planned_minutes"):
        assert agents[key] == people[key].sum()
    assert agents["planned_minutes"] <= agents["capacity_minutes"] <= agents["working_minutes"]
    assert agents["utilization"] == agents["planned_minutes"] / agents["working_minutes"]
    assert people["tasks"].sum() == plan.height


def test_an_agent_does_one_task_after_the_other(folder):
    plan, _ = frames(folder)
    assert plan.height > 0
    for _, tasks in plan.group_by("agent_id"):
        rows = tasks.sort("sequence")
        assert rows["sequence"].to_list() == list(range(1, rows.height + 1))
        assert (rows["start_at"] < rows["end_at"]).all()
        assert (rows["end_at"] <= rows["start_at"].shift(-1)).all()
    assert plan["pinned"].any()


def test_unknown_columns_are_passed_through(folder):
    plan, unplanned = frames(folder)
    notes = pl.concat([plan["note"], unplanned["note"]])
    assert notes.str.starts_with("=note ").all()
    assert notes.n_unique() == notes.len()


def test_warnings_name_who_is_not_there(folder):
    warning, *_of_skills = read_run(folder)["warnings"]
    assert "A-GONE" in warning


def test_csv_is_for_excel_and_says_the_same(whole_run):
    for name in ("plan", "unplanned"):
        content = (whole_run / f"{name}.csv").read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        table = pl.read_parquet(whole_run / f"{name}.parquet")
        rows = pl.read_csv(content, infer_schema=False)
        assert rows.columns == table.columns
        assert rows["task_id"].to_list() == table["task_id"].to_list()
        assert rows["payoff"].cast(pl.Float64).to_list() == table["payoff"].to_list()


def test_json_prints_run_json_and_nothing_else(folder):
    assert (folder.parent / "stdout").read_bytes() == (folder / "run.json").read_bytes()
    said = (folder.parent / "stderr").read_text(encoding="utf-8").splitlines()
    assert [line.split(" s  ")[1] for line in said][:3] == [
        "reading the snapshot",
        "building the problem",
        "looking for a plan",
    ]


def test_inputs_are_the_files_by_their_hashes(sample, folder):
    assert read_run(folder)["inputs"] == contents(sample)


def test_the_log_is_one_json_object_a_line(folder):
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    turn = {"move", "took_s", "won"}
    assert all(
        set(line) == {"seconds", "stage", "objective", "bound"} | (turn if line["stage"] == "turn" else set())
        for line in lines
    )
    stages = [line["stage"] for line in lines]
    assert "turn" in stages
    assert [s for s in stages if s in ("read", "build", "solve", "check", "write")] == [
        "read",
        "build",
        "solve",
        "check",
        "write",
    ]
    assert [line["seconds"] for line in lines] == sorted(line["seconds"] for line in lines)


def test_people_can_open_workbook_and_page(whole_run):
    plan, _ = frames(whole_run)
    book = openpyxl.load_workbook(whole_run / "plan.xlsx")
    texts = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert set(plan["task_id"]) <= texts
    assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    page = (whole_run / "report.html").read_text(encoding="utf-8")
    assert page.lstrip().lower().startswith("<!doctype html>")


def test_pulp_leaves_its_model_for_study(run_of):
    model = (run_of("pulp") / "model.lp").read_text(encoding="utf-8")
    assert "Maximize" in model
    assert "Binaries" in model
