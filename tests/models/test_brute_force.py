"""Every engine against an independent exhaustive search, on random tiny problems."""

from hypothesis import given

from models import Limits, check, silent
from models.engines import make_engine
from tests.models.case import Case, lists
from tests.models.oracle import Oracle
from tests.models.strategies import cases, examples

ENGINES = ("greedy", "scale", "exact", "pulp")


@given(case=cases())
@examples(80)
def test_engines_agree_with_the_oracle(case: Case) -> None:
    problem, oracle = case.build(), Oracle(case)
    optimum = oracle.optimum()
    for name in ENGINES:
        outcome = make_engine(name)(problem, Limits(effort=1, gap=0.0), silent)
        agent, start = lists(outcome.plan)
        assert not oracle.broken(agent, start), name
        assert outcome.objective == oracle.value(agent, start), name
        assert outcome.objective <= optimum <= outcome.bound, name
        if name in ("exact", "pulp"):
            assert outcome.objective == outcome.bound == optimum, name
        assert check(problem, outcome.plan, outcome.objective, outcome.bound).ok, name
