"""Skill requirements: what they mean, and which texts mean nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.tables.skills import Requirement, canonical, parse_requirement


@pytest.mark.parametrize(
    ("text", "requirement"),
    [
        ("a", ((("a", 1),),)),
        ("a>=2;b;c|d", ((("a", 2),), (("b", 1),), (("c", 1), ("d", 1)))),
        (" a >= 2 ; c | d>=3 ", ((("a", 2),), (("c", 1), ("d", 3)))),
        ("ISD_Building (INTERNAL)", ((("ISD_Building (INTERNAL)", 1),),)),
        ("PWDx_District 1C: Downtown", ((("PWDx_District 1C: Downtown", 1),),)),
        ("a > b", ((("a > b", 1),),)),
        ("a>=02", ((("a", 2),),)),
        ("навык;技能", ((("навык", 1),), (("技能", 1),))),
    ],
)
def test_reads(text: str, requirement: object) -> None:
    assert parse_requirement(text) == requirement


@pytest.mark.parametrize("text", ["", " ", ";", "a;", ";a", "a;;b", "a|", "|", "a;|b"])
def test_refuses_empty_pieces(text: str) -> None:
    with pytest.raises(ValueError, match="has an empty piece"):
        parse_requirement(text)


@pytest.mark.parametrize("piece", ["a>=", "a>=0", "a>=-1", "a>=2.5", "a>=x", "a>=2>=3", "a>=12345678901"])
def test_refuses_levels_that_are_no_whole_number_from_1(piece: str) -> None:
    with pytest.raises(ValueError, match=f"'{piece}' in 'b;{piece}' has no readable level"):
        parse_requirement(f"b;{piece}")


@pytest.mark.parametrize(
    ("text", "example"), [('["a", "b"]', "a;b"), ('["a"]', "a"), ("[1, 2]", "a;b"), ("[]", "a;b"), ('{"a": 2}', "a")]
)
def test_refuses_lists_of_json(text: str, example: str) -> None:
    """They passed for the name of a skill, which nobody has."""
    with pytest.raises(ValueError, match=f"is a list; write {example}$"):
        parse_requirement(text)


def test_a_skill_may_be_in_brackets() -> None:
    assert parse_requirement("[EN];{x}") == ((("[EN]", 1),), (("{x}", 1),))


def test_refuses_a_level_of_no_skill() -> None:
    with pytest.raises(ValueError, match="'>=2' in '>=2' names no skill"):
        parse_requirement(">=2")


@pytest.mark.parametrize("text", ["b;a>=2|c", "c|a>=2;b", "b>=1;a>=2|c;b", "a>=2|c|a>=2;b", "c|a>=2;b;a>=2|c;b"])
def test_order_and_repetition_do_not_matter(text: str) -> None:
    assert canonical(parse_requirement(text)) == ((("a", 2), ("c", 1)), (("b", 1),))


@pytest.mark.parametrize("text", ["a>=2;b|c", "a>=3;b", "a>=2", "a>=2|b", "a>=2;b;a", "a>=2|a;b"])
def test_different_requirements_keep_their_own_form(text: str) -> None:
    assert canonical(parse_requirement(text)) != ((("a", 2),), (("b", 1),))


SKILLS = st.tuples(st.sampled_from("abc"), st.integers(1, 3))
REQUIREMENTS = st.lists(st.lists(SKILLS, min_size=1, max_size=3).map(tuple), min_size=1, max_size=4).map(tuple)
AGENTS = st.dictionaries(st.sampled_from("abc"), st.tuples(st.integers(1, 3), st.integers(1, 5)))


def efficiency(requirement: Requirement, agent: dict[str, tuple[int, int]], missing: int | None = None) -> int | None:
    """The smallest over the clauses of the best the agent has in one; ``missing`` counts for a clause not met."""
    best = [
        max((agent[skill][1] for skill, level in clause if agent.get(skill, (0, 0))[0] >= level), default=missing)
        for clause in requirement
    ]
    return None if None in best else min(value for value in best if value is not None)


@pytest.mark.parametrize("missing", [None, 1])
@given(requirement=REQUIREMENTS, agent=AGENTS)
def test_the_canonical_form_asks_the_same_of_every_agent(
    requirement: Requirement, agent: dict[str, tuple[int, int]], missing: int | None
) -> None:
    assert efficiency(canonical(requirement), agent, missing) == efficiency(requirement, agent, missing)
