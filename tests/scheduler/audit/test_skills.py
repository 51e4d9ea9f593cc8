"""Requirements as planning and audit read them, each by its own code: they agree on every text (H2, H7)."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import Snapshot, build_problem
from models import Terms
from scheduler.audit.facts import derive
from tests.quick import tried
from tests.scheduler.audit.case import Reference, snapshot_of

AGENTS = ("ann", "bob", "cy")


def snapshot_with(texts: list[str], held: list[dict[str, Any]]) -> Snapshot:
    """A task of 30 minutes for each text, free and started by each agent, with time enough for six of them."""
    free = [{"task_id": f"free {k}", "skills": text} for k, text in enumerate(texts)]
    started = [
        {"task_id": f"{agent} {k}", "skills": text, "status": "in_progress", "agent_id": agent}
        for k, text in enumerate(texts)
        for agent in AGENTS
    ]
    agents = [{"agent_id": agent} for agent in AGENTS]
    return snapshot_of([*free, *started], agents, agent_skills=held, horizon="31h")


def planned_by(snapshot: Snapshot) -> tuple[list[list[float]], list[int]]:
    """By planning: every task's efficiency with each agent, NaN where it may not; the grains of started tasks, or 0."""
    problem = build_problem(snapshot, Terms()).problem
    entry = problem.eligibility.entry(problem.requirement[:, None].astype(np.int64), np.arange(len(AGENTS))[None, :])
    efficiency = np.append(problem.eligibility.efficiency, np.nan)[entry]
    return efficiency.tolist(), problem.pinned_grains.tolist()


def audited_by(reference: Reference) -> tuple[list[list[float]], list[int]]:
    """The same by the audit."""
    facts = derive(reference.snapshot, reference.run().run)
    kind, agent = (grid.ravel() for grid in np.meshgrid(facts.tasks.kind, np.arange(len(AGENTS)), indexing="ij"))
    efficiency = facts.kinds.efficiencies(kind, agent).reshape(-1, len(AGENTS))
    return efficiency.tolist(), np.maximum(facts.pins.length, 0).tolist()


@pytest.mark.parametrize(
    ("text", "free", "started"),
    [
        ("a", [0.5, 0.8, np.nan], [60, 38, 30]),
        ("a>=3", [np.nan, 0.8, np.nan], [30, 38, 30]),
        ("a>=3;a", [np.nan, 0.8, np.nan], [60, 38, 30]),  # the clause that a>=3 implies still slows ann down
        ("a;a>=3", [np.nan, 0.8, np.nan], [60, 38, 30]),
        ("a;a", [0.5, 0.8, np.nan], [60, 38, 30]),
        ("a|a", [0.5, 0.8, np.nan], [60, 38, 30]),
        ("a>=3|a", [0.5, 0.8, np.nan], [60, 38, 30]),
        ("a>=3;a|b", [np.nan, 0.8, np.nan], [30, 38, 30]),
        ("a>=3|b;a", [0.5, 0.8, np.nan], [60, 38, 30]),
        ("b;b|a", [2.0, np.nan, 2.0], [15, 38, 15]),
    ],
)
def test_a_text_counts_as_it_is_written(text, free, started):
    held = [
        {"agent_id": "ann", "skill": "a", "level": 1, "efficiency": 0.5},
        {"agent_id": "ann", "skill": "b", "level": 1, "efficiency": 2},
        {"agent_id": "bob", "skill": "a", "level": 3, "efficiency": 0.8},
        {"agent_id": "cy", "skill": "b", "level": 2, "efficiency": 2},
    ]
    snapshot = snapshot_with([text], held)
    for efficiency, grains in (planned_by(snapshot), audited_by(Reference(snapshot))):
        assert efficiency[0] == pytest.approx(free, nan_ok=True)
        assert grains == [0, *started]


skills = st.tuples(st.sampled_from("ab"), st.sampled_from(["", ">=1", ">=2", ">=3"])).map("".join)
texts = st.lists(st.lists(skills, min_size=1, max_size=3).map("|".join), min_size=1, max_size=4).map(";".join)
holdings = st.dictionaries(
    st.tuples(st.sampled_from(AGENTS), st.sampled_from("ab")),
    st.fixed_dictionaries({"level": st.integers(1, 3), "efficiency": st.sampled_from([0.1, 0.5, 0.9, 1, 1.5, 3])}),
)


@pytest.mark.slow
@settings(deadline=None, max_examples=tried(30), suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(texts, min_size=1, max_size=6), holdings)
def test_planning_audit_and_reference_read_every_text_alike(drawn, holding):
    held = [{"agent_id": agent, "skill": skill, **row} for (agent, skill), row in holding.items()]
    snapshot = snapshot_with(drawn, held)
    reference = Reference(snapshot)
    expected = [[reference.efficiency(task, agent) for agent in AGENTS] for task in reference.tasks]
    pins = [reference.pins.get(task) for task in reference.tasks]
    for efficiency, grains in (planned_by(snapshot), audited_by(reference)):
        assert np.array_equal(efficiency, np.array(expected, float), equal_nan=True)
        assert grains == [pin[2] if pin else 0 for pin in pins]
