"""What people lack of a requirement."""

import polars as pl
import pytest

from scheduler.explaining.skills import lacking, meeting_each, nearest_agents, requirement_of, words

SKILLS = pl.DataFrame(
    [("ann", "a", 1), ("ann", "b", 1), ("bob", "a", 3), ("cem", "c", 2)],
    schema={"agent_id": pl.String, "skill": pl.String, "level": pl.Int64},
    orient="row",
)
EVERYBODY = pl.Series(["ann", "bob", "cem", "dee"])


@pytest.mark.parametrize(
    ("needs", "levels", "lacks"),
    [
        ("a>=2;b", {"a": 1, "b": 1}, "a>=2"),
        ("a>=2;b", {"a": 2}, "b"),
        ("a>=2;b", {"a": 2, "b": 4}, ""),
        ("a|c;b", {"c": 1}, "b"),
        ("a|c>=2", {"c": 1}, "a|c>=2"),
    ],
)
def test_what_is_lacking_is_each_clause_that_is_not_met(needs, levels, lacks):
    assert words(lacking(requirement_of(needs), levels)) == lacks


def test_a_task_without_skills_asks_for_nothing():
    assert requirement_of(None) == ()


def test_the_nearest_lack_fewest_clauses_then_fewest_levels():
    near = nearest_agents(requirement_of("a>=2;b"), SKILLS, EVERYBODY, 3)
    assert [(lack.agent_id, words(lack.clauses), lack.has) for lack in near] == [
        ("ann", "a>=2", {"a": 1}),
        ("bob", "b", {}),
        ("cem", "a>=2;b", {}),
    ]


def test_each_clause_is_counted_by_itself():
    assert list(meeting_each(requirement_of("a>=2;b;a|c"), SKILLS)) == [("a>=2", 1), ("b", 1), ("a|c", 3)]
