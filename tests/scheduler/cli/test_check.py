"""``allot check``: good runs hold, tampered ones are exit 6 with the rule that is broken."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.scheduler.cli.test_plan import ENGINES, read_run
from tests.scheduler.command import allot, contents


@pytest.fixture
def copied(whole_run: Path, tmp_path: Path) -> Path:
    """A run's folder to be tampered with."""
    return Path(shutil.copytree(whole_run, tmp_path / "run"))


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_a_good_run_holds(inside, sample, run_of, engine):
    folder = run_of(engine)
    before = contents(folder)
    done = inside("check", sample, folder)
    assert (done.code, done.out) == (0, "")
    run = read_run(folder)
    assert f"every rule kept, objective {run['objective']:,.2f} re-added" in done.err
    assert contents(folder) == before


def test_json_says_what_was_found(inside, sample, run_of):
    folder = run_of("scale")
    done = inside("check", sample, folder, "--json")
    found, run = json.loads(done.out), read_run(folder)
    assert (found["ok"], found["violations"], found["totals"], found["changed_inputs"]) == (True, [], {}, [])
    assert (found["objective"], found["certified_bound"]) == (run["objective"], run["bound"])


def edit_run(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    run = read_run(folder)
    change(run)
    (folder / "run.json").write_text(json.dumps(run), encoding="utf-8")


def edit(folder: Path, name: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    frame = pl.read_parquet(folder / f"{name}.parquet")
    changed = change(frame)
    assert not changed.equals(frame), "nothing was tampered with"
    changed.write_parquet(folder / f"{name}.parquet")


def first_row(**columns: pl.Expr) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Changes columns of the first task that somebody has not started."""
    row = ~pl.col("pinned")
    chosen = row & (row.cum_sum() == 1)
    return lambda frame: frame.with_columns(
        **{name: pl.when(chosen).then(value).otherwise(name) for name, value in columns.items()}
    )


def lower_prices(prices: pl.DataFrame) -> pl.DataFrame:
    return prices.with_columns(price=pl.lit(0, pl.Int64))


TAMPERINGS: dict[str, tuple[Callable[[Path], None], str]] = {
    "payoff": (lambda run: edit(run, "plan", first_row(payoff=pl.col("payoff") + 1)), "payoff"),
    "time": (lambda run: edit(run, "plan", first_row(start_at=pl.col("start_at").dt.offset_by("-1m"))), r"\w+"),
    "agent": (lambda run: edit(run, "plan", first_row(agent_id=pl.col("agent_id").reverse())), "H[23]"),
    "minutes": (lambda run: edit(run, "plan", first_row(minutes=pl.col("minutes") - 1)), r"\w+"),
    "outcome": (lambda run: edit(run, "plan", first_row(outcome=pl.lit("late"))), "outcome"),
    "value": (lambda run: edit(run, "plan", first_row(value=pl.col("value") + 1)), "columns"),
    "task twice": (lambda run: edit(run, "plan", lambda plan: pl.concat([plan, plan[-1:]])), "H1"),
    "task left out": (lambda run: edit(run, "plan", lambda plan: plan[:-1]), "H1|counts|places"),
    "reason": (lambda run: edit(run, "unplanned", lambda u: u.with_columns(reason=pl.lit("held"))), "reason"),
    "objective": (lambda run: edit_run(run, lambda r: r.update(objective=r["objective"] + 0.01)), "objective"),
    "bound": (lambda run: edit_run(run, lambda r: r.update(bound=r["objective"] - 1)), "bound"),
    "gap": (lambda run: edit_run(run, lambda r: r.update(gain_gap=0.5)), "gap"),
    "counts": (lambda run: edit_run(run, lambda r: r["counts"].update(late=0)), "counts"),
    "utilization": (lambda run: edit_run(run, lambda r: r["agents"].update(utilization=1.0)), "agents"),
    "policy": (lambda run: edit_run(run, lambda r: r["policy"]["payoff"].update(late_share=0.9)), "payoff"),
    "certificate": (lambda run: edit(run, "certificate", lower_prices), "bound"),
    "certificate of tasks": (lambda run: edit(run, "certificate_tasks", lower_prices), "bound"),
    "rejects": (lambda run: (run / "rejects.csv").write_text("table,row,id,column,rule,value,message\n"), "rejects"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampered_run_is_exit_6_and_the_rule_is_named(inside, sample, run_of, tmp_path, name):
    tamper, rule = TAMPERINGS[name]
    # the bound of these engines rests on their certificate: prices of agents' time, and of tasks
    engine = "greedy" if name == "certificate" else "scale"
    folder = Path(shutil.copytree(run_of(engine), tmp_path / "run"))
    tamper(folder)
    done = inside("check", sample, folder)
    assert (done.code, done.out) == (6, "")
    assert "does not hold" in done.err
    assert re.search(rf"^  ({rule})\b", done.err, re.MULTILINE), done.err


@pytest.mark.slow
def test_the_real_program_says_it_too(sample, copied):
    edit(copied, "plan", first_row(payoff=pl.col("payoff") + 1))
    done = allot("check", sample, copied, "--json")
    found = json.loads(done.out)
    assert (done.code, found["ok"]) == (6, False)
    assert set(found["totals"]) == {"payoff"}
    assert len(found["violations"]) == found["totals"]["payoff"] == 1
    assert "Traceback" not in done.err


def test_changed_inputs_are_named(inside, sample, copied, tmp_path):
    changed = Path(shutil.copytree(sample, tmp_path / "snapshot"))
    with (changed / "agents.csv").open("a") as file:
        file.write("\n")
    done = inside("check", changed, copied)
    assert done.code == 0
    assert "inputs changed since the run: agents.csv" in done.err


def test_an_input_that_changes_the_plans_worth_is_seen(inside, sample, copied, tmp_path):
    changed = Path(shutil.copytree(sample, tmp_path / "snapshot"))
    tasks = pl.read_csv(changed / "tasks.csv", infer_schema=False)
    tasks.with_columns(value=pl.lit("1")).write_csv(changed / "tasks.csv")
    done = inside("check", changed, copied)
    assert done.code == 6
    assert "inputs changed since the run: tasks.csv" in done.err
    assert re.search(r"^  payoff\b", done.err, re.MULTILINE)


def test_as_of_horizon_and_policy_are_the_runs(inside, sample, tmp_path):
    policy, out = tmp_path / "policy.toml", tmp_path / "run"
    policy.write_text('sla = "hard"\n[time]\ngrain = "5m"\n[weights.segment]\ngold = 2.5\n')
    options = ("--policy", policy, "--as-of", "2026-03-02T09:00", "--horizon", "3h", "--engine", "scale", "--effort", 1)
    assert inside("plan", sample, "--out", out, *options, "--no-xlsx", "--no-html").code == 0
    assert inside("check", sample, out).code == 0


@pytest.mark.parametrize("name", ["run.json", "plan.parquet", "unplanned.parquet", "rejects.csv"])
def test_a_missing_file_is_named(inside, sample, copied, name):
    (copied / name).unlink()
    done = inside("check", sample, copied)
    assert done.code == 6
    assert f"{name} is missing" in done.err


def test_a_snapshot_that_cannot_be_read_any_more_is_exit_3(inside, whole_run, tmp_path):
    done = inside("check", tmp_path, whole_run)
    assert done.code == 3
    assert "is missing" in done.err
