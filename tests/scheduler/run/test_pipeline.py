"""The course of a run: its limits, its stages, its stops, and what it says about itself."""

import json
import threading
import time
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from data import read_snapshot
from models import ENGINES, CapabilityError, CheckError, CheckResult, Code, Message, Rule, Violation
from models.engines.pricing import market
from scheduler import plan
from scheduler.audit import audit_run
from scheduler.run import stages
from scheduler.run.context import InterruptedEarlyError
from scheduler.run.pipeline import run_plan
from scheduler.run.request import Request
from tests.data.small import SETTINGS, frames, tables
from tests.scheduler.cli.test_plan import read_run

SMALL: dict[str, Any] = {"snapshot": SETTINGS, **frames()}


def request(**options: Any) -> Request:
    return Request(**({"source": SMALL, "effort": 1} | options))


def test_the_time_limit_keeps_back_what_checking_and_writing_take():
    limits = request(effort=None, time_limit_s=60.0, began=1000.0).limits(n_tasks=100_000)
    assert limits.deadline == pytest.approx(1000 + 60 - 0.5 - 3.4)


def test_without_effort_there_is_a_time_limit():
    limits = request(effort=None, began=1000.0).limits(n_tasks=0)
    assert limits.deadline == pytest.approx(1000 + 60 - 0.5)


def test_effort_counts_no_seconds_unless_asked_to():
    assert request(effort=3).limits(n_tasks=10).deadline is None
    both = request(effort=3, time_limit_s=10.0, began=0.0).limits(n_tasks=0)
    assert (both.effort, both.deadline) == (3, 9.5)


def test_limits_carry_gap_seed_and_cancel():
    cancelled = threading.Event()
    limits = request(gap=0.25, seed=7, cancelled=cancelled).limits(n_tasks=0)
    assert (limits.gap, limits.seed, limits.cancelled) == (0.25, 7, cancelled)


def test_time_that_is_up_still_gives_a_checked_plan():
    for engine in ENGINES:
        late = request(effort=None, time_limit_s=1.0, began=time.monotonic() - 100, engine=engine, gap=0.0)
        result = run_plan(late)
        assert result.run["check"]["ok"]
        assert result.run["counts"]["planned"] == 3, engine


def test_stages_come_in_their_order():
    heard: list[str] = []
    result = run_plan(request(), lambda stage, *_: heard.append(stage))
    stages = ["read", "build", "solve", "arrange", "check", "tables", "figures"]
    assert [stage for stage in heard if stage in result.run["timings_s"]] == stages
    assert list(result.run["timings_s"]) == stages


def test_the_log_of_a_run_ends_with_its_best(tmp_path):
    result = run_plan(request(out=tmp_path / "run", engine="exact", xlsx=False, html=False))
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    best = [line for line in lines if line["objective"] is not None][-1]
    assert (best["objective"], best["bound"]) == (result.run["objective"], result.run["bound"])


@pytest.mark.parametrize("stage", ["read", "build"])
def test_asked_to_stop_before_there_is_a_plan(tmp_path, stage):
    cancelled = threading.Event()

    def stop(now: str, *_: object) -> None:
        if now == stage:
            cancelled.set()

    with pytest.raises(InterruptedEarlyError):
        run_plan(request(out=tmp_path / "run", cancelled=cancelled), stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("engine", ENGINES)
def test_asked_to_stop_while_searching_gives_a_checked_plan(engine, sample):
    cancelled = threading.Event()

    def stop(now: str, *_: object) -> None:
        if now == "solve":
            cancelled.set()

    result = run_plan(request(source=sample, engine=engine, effort=None, gap=0.0, cancelled=cancelled), stop)
    assert result.run["check"]["ok"]
    assert result.run["counts"]["planned"] > result.plan["pinned"].sum()
    assert result.run["stop"] in ("interrupted", "optimal")
    assert engine == "exact" or result.run["stop"] == "interrupted"


def test_a_gap_that_is_reached_ends_the_search(sample):
    result = run_plan(request(source=sample, engine="exact", gap=0.5))
    assert result.run["stop"] == "gap"
    assert result.run["gap"] <= 0.5


def test_a_plan_that_fails_the_check_is_raised_without_a_folder(monkeypatch):
    violation = Violation(
        rule=Rule.H3, who=Message(Code.THE_AGENT, agent="A1"), message=Message(Code.OVERLAP, task="T1", grains="2")
    )
    wrong = CheckResult(violations=(violation,) * 12, total=12, objective=0)
    monkeypatch.setattr(stages, "verify", lambda *_: wrong)
    with pytest.raises(CheckError, match="the plan breaks 12 rules") as failed:
        run_plan(request())
    assert str(failed.value).count("H3 agent A1: overlaps task T1 by 2 grains") == 10


def test_a_plan_that_is_not_even_one_is_kept_for_study_too(tmp_path, monkeypatch):
    violation = Violation(
        rule=Rule.H1, who=Message(Code.THE_PLAN), message=Message(Code.OTHER_SHAPE, shape="(2,)", n=3)
    )
    shapeless = CheckResult(violations=(violation,), total=1, objective=None)
    monkeypatch.setattr(stages, "verify", lambda *_: shapeless)
    with pytest.raises(CheckError, match="The plan is kept for study in"):
        run_plan(request(out=tmp_path / "run"))
    with pytest.raises(CheckError, match=r"H1 plan: \(2,\) agents for 3 tasks"):
        run_plan(request())
    kept = tmp_path / "run.failed"
    run = read_run(kept)
    assert run["check"] == {"ok": False, "violations": ["H1 plan: (2,) agents for 3 tasks"]}
    assert (run["counts"], run["agents"], run["hour_value"]) == (None, None, None)
    assert {path.name for path in kept.iterdir()} == {"run.json", "log.jsonl", "rejects.csv", "certificate.parquet"}
    assert not (tmp_path / "run").exists()


def test_a_run_without_prices_says_nothing_of_hours(tmp_path, monkeypatch):
    solve = stages.solve
    monkeypatch.setattr(stages, "solve", lambda *given: replace(solve(*given), prices=None))
    result = run_plan(request(out=tmp_path / "run"))
    assert result.hours is None
    assert result.run["hour_value"] is None
    assert {"hours.parquet", "certificate.parquet"} & {path.name for path in (tmp_path / "run").iterdir()} == set()
    assert "One more hour" not in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")


def test_an_engine_that_is_not_there_is_refused_before_anything_is_read():
    with pytest.raises(CapabilityError, match=r"no engine 'exat'; did you mean 'exact'\? Engines: auto, exact"):
        plan("no such folder", engine="exat")
    with pytest.raises(CapabilityError, match=r"there is no engine 'q'\. Engines: auto"):
        plan("no such folder", engine="q")


@pytest.mark.slow
def test_the_id_of_a_run_is_that_of_its_input_policy_and_options():
    first = plan(SMALL, effort=1).run["run_id"]
    assert first.startswith("20260105T0700Z-")
    assert plan(SMALL, effort=1).run["run_id"] == first
    assert plan(SMALL, effort=1, policy={"payoff": {"late_share": 0.5}}).run["run_id"] == first
    changed = frames(agents=[["agent_id", "name"], ["A1", "Ana"], ["A2", "Bob"]])
    others: list[tuple[Any, dict[str, Any]]] = [
        (SMALL, {"policy": {"sla": "hard"}}),
        (SMALL, {"seed": 1}),
        (SMALL, {"effort": 2}),
        (SMALL, {"engine": "greedy"}),
        (SMALL, {"gap": 0.5}),
        (SMALL, {"horizon": "3h"}),
        (SMALL, {"as_of": "2026-01-05T09:00"}),
        ({"snapshot": SETTINGS, **changed}, {}),
    ]
    ids = {plan(source, **({"effort": 1} | options)).run["run_id"] for source, options in others}
    assert len(ids) == len(others)
    assert first not in ids


def test_without_a_gain_to_be_had_the_gain_gap_says_nothing():
    """Started work may cost as much as all else can gain: the bound is then what doing nothing is worth."""
    tasks = [
        ["task_id", "process", "minutes", "value", "status", "agent_id"],
        ["started", "query", "60", "0", "in_progress", "A1"],
        ["short", "query", "31", "6.2", None, None],
        ["long", "query", "60", "10", None, None],
    ]
    two_hours = [["agent_id", "start", "end"], ["A1", "2026-01-05T08:00", "2026-01-05T10:00"]]
    options: dict[str, Any] = {"engine": "greedy", "effort": 1}

    def run_with(bonus: float) -> dict[str, Any]:
        pairs = [["task_id", "agent_id", "bonus"], ["started", "A1", str(bonus)]]
        source = {"snapshot": SETTINGS, **frames(tasks=tasks, shifts=two_hours, pairs=pairs)}
        return plan(source, **options).run

    free = run_with(0)
    assert free["objective"] < free["bound"]
    none = run_with(-free["bound"])
    assert none["bound"] == none["empty_objective"] == 0
    assert none["objective"] < 0
    assert none["gain_gap"] is None
    assert none["gap"] > 0


def test_the_certificate_has_a_row_where_a_price_changes(run_of):
    folder = run_of("scale")
    prices = pl.read_parquet(folder / "certificate.parquet")
    numbers = dict.fromkeys(("from_grain", "price", "task_price", "task_price_of_time"), pl.Int64)
    assert prices.schema == {"agent_id": pl.String, **numbers}
    assert (prices["price"] >= 0).all()
    assert (prices["task_price"] == 0).all()  # nobody there has max_tasks
    agents = pl.read_parquet(folder / "agents.parquet")["agent_id"].to_list()
    assert prices["agent_id"].unique(maintain_order=True).to_list() == agents
    for _, rows in prices.group_by("agent_id"):
        assert rows["from_grain"][0] == 0
        assert (rows["from_grain"].diff().drop_nulls() > 0).all()
        assert (rows["price"].diff().drop_nulls() < 0).all()


def test_fees_of_their_own_prove_a_bound_that_the_check_adds_up_again(tmp_path, monkeypatch):
    """As on days with too many ways to do the tasks; the fees that went with the prices of time are kept beside."""
    monkeypatch.setattr("models.engines.pricing.task_prices.MOST_MODES", 0)
    monkeypatch.setattr("models.engines.pricing.prove.count_modes", lambda arrays: 10**9)
    fees = market._best_fee
    wrong = np.linspace(1, 2, 8)  # as those of a class can be for some of its people
    monkeypatch.setattr(market, "_best_fee", lambda *known: wrong * fees(*known))
    names = [f"A{k}" for k in range(8)]
    work = {
        "agents": [["agent_id", "max_tasks"], *([name, "2"] for name in names)],
        "agent_skills": [["agent_id", "skill", "level"], *([name, "motor", "2"] for name in names)],
        "shifts": [["agent_id", "start", "end"], *([name, "2026-01-05T08:00", "2026-01-05T16:00"] for name in names)],
        "tasks": [["task_id", "process", "value"], *([f"T{k}", "claim", str(20 + k)] for k in range(40))],
    }
    snapshot = read_snapshot({"snapshot": SETTINGS, **frames(**work)})
    result = run_plan(request(source=snapshot, out=tmp_path / "run", engine="scale", gap=0.0, xlsx=False, html=False))
    assert result.run["bound_source"] == "programmes"
    report = audit_run(snapshot, tmp_path / "run")
    assert report.violations == ()
    assert report.certified_bound <= round(100 * result.run["bound"])
    fees = pl.read_parquet(tmp_path / "run" / "certificate.parquet").group_by("agent_id").first()
    assert (fees["task_price"] != fees["task_price_of_time"]).any()


def test_the_policy_of_a_run_plans_the_same_again(tmp_path):
    policy = {"sla": "hard", "payoff": {"late_share": 0.3}, "weights": {"process": {"claim": 2.5}}}
    first = run_plan(request(out=tmp_path / "run", policy=policy, xlsx=False, html=False))
    kept = read_run(tmp_path / "run")["policy"]
    assert plan(SMALL, effort=1, policy=kept).run["run_id"] == first.run["run_id"]


def test_warnings_of_the_snapshot_are_the_runs():
    tasks = [*tables()["tasks"], ["T4", "query", None, None]]
    with_agent = [[*tasks[0], "requested_agent"], *([*row, "A9"] for row in tasks[1:])]
    result = plan({"snapshot": SETTINGS, **frames(tasks=with_agent)}, effort=1)
    assert any("A9" in warning for warning in result.run["warnings"])
    assert result.run["counts"]["planned"] == 4
