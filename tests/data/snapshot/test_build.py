"""Building a problem takes time in proportion to its input, however many different things that has."""

from datetime import UTC, datetime
from fractions import Fraction

import polars as pl

from data import build_problem, read_snapshot
from models import Terms

MANY = 150


def test_every_product_of_weights_has_one_number():
    # 22,500 products: looking each up in a list took a minute
    pairs = [(f"t{a}", f"s{b}") for a in range(MANY) for b in range(MANY)]
    snapshot = read_snapshot(
        {
            "snapshot": {"as_of": datetime(2026, 3, 2, 8, tzinfo=UTC), "horizon": "1h"},
            "processes": pl.DataFrame({"process": ["call"], "minutes": [5.0], "value": [1.0]}),
            "tasks": pl.DataFrame(
                {
                    "task_id": [f"{tenant}-{segment}" for tenant, segment in pairs],
                    "process": ["call"] * len(pairs),
                    "tenant": [tenant for tenant, _ in pairs],
                    "segment": [segment for _, segment in pairs],
                }
            ),
            "agents": pl.DataFrame({"agent_id": ["Ann"]}),
            "agent_skills": pl.DataFrame({"agent_id": [], "skill": []}, schema_overrides={"agent_id": pl.String}),
            "shifts": pl.DataFrame({"agent_id": ["Ann"], "start": ["2026-03-02T08:00"], "end": ["2026-03-02T09:00"]}),
        }
    )
    tenants = {f"t{a}": Fraction(1000 + a, 997) for a in range(MANY)}
    segments = {f"s{b}": Fraction(1000 + b, 991) for b in range(MANY)}
    worth = build_problem(snapshot, Terms(weights={"tenant": tenants, "segment": segments})).problem.worth
    products = [tenants[tenant] * segments[segment] for tenant, segment in pairs]
    assert [worth.weights[number] for number in worth.weight] == products
    assert len(set(worth.weights)) == len(worth.weights) == len(set(products))
