"""Small days on which tasks are left out for every reason, planned."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from data import write_sample
from scheduler.run.pipeline import run_plan
from scheduler.run.request import Request

TASKS = {
    "NOBODY": {"skills": "juggling>=2"},
    "NEARLY": {"skills": "juggling"},
    "BARRED": {"skills": "juggling>=1", "minutes": "5"},
    "TOO-LONG": {"minutes": "3000"},
    "HURRIED": {"minutes": "60", "due_at": "2026-03-02T08:10", "expires_at": "2026-03-02T08:20"},
    "EXPIRED": {"expires_at": "2026-03-02T07:00"},
    "LATER": {"not_before": "2027-01-01T00:00"},
    "WAITING": {"status": "held"},
    "DONE": {"status": "completed"},
}
"""Tasks that cannot be planned, each for a reason of its own."""


def _crowded(folder: Path) -> None:
    """Much more work than people can do, and what nobody can do for every reason."""
    write_sample(folder, tasks=90, agents=6, seed=4)
    tasks = pl.read_csv(folder / "tasks.csv", infer_schema=False)
    agents = pl.read_csv(folder / "agents.csv", infer_schema=False)["agent_id"]
    process = tasks["process"][0]
    rows = [
        {"task_id": name, "process": process, "value": "50", "minutes": "20", **more} for name, more in TASKS.items()
    ]
    extra = pl.DataFrame(rows, schema=dict.fromkeys(tasks.columns, pl.String))
    pl.concat([tasks, extra]).write_csv(folder / "tasks.csv")
    skills = pl.read_csv(folder / "agent_skills.csv", infer_schema=False)
    learnt = pl.DataFrame(
        [{"agent_id": agents[0], "skill": "juggling", "level": "1", "efficiency": "1"}],
        schema=dict.fromkeys(skills.columns, pl.String),
    )
    pl.concat([skills, learnt]).write_csv(folder / "agent_skills.csv")
    pairs = pl.read_csv(folder / "pairs.csv", infer_schema=False) if (folder / "pairs.csv").exists() else None
    barred = pl.DataFrame({"task_id": ["BARRED"], "agent_id": [agents[0]], "allowed": ["false"]})
    (barred if pairs is None else pl.concat([pairs, barred], how="diagonal")).write_csv(folder / "pairs.csv")


def _messy(folder: Path) -> None:
    write_sample(folder, profile="messy", tasks=80, agents=7, seed=2)


def _hard(folder: Path) -> None:
    write_sample(folder, tasks=60, agents=5, seed=7)


INSTANCES: dict[str, tuple[Callable[[Path], None], dict[str, object]]] = {
    "crowded": (_crowded, {}),
    "messy": (_messy, {"max_reject_share": 1.0}),
    "hard": (_hard, {"sla": "hard", "payoff": {"cost_weight": 0.1}}),
}
"""What makes each snapshot, and its policy."""


def make(name: str, folder: Path) -> None:
    """Writes the snapshot and a run of it, in the folders ``snapshot`` and ``run``."""
    write, policy = INSTANCES[name]
    write(folder / "snapshot")
    options = {"engine": "greedy", "effort": 1, "policy": policy, "xlsx": False, "html": False}
    run_plan(Request(source=folder / "snapshot", out=folder / "run", **options))
