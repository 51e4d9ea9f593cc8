"""What belongs to what: the ancestors of people, teams, sites and organisations."""

from collections.abc import Mapping

import polars as pl

from models import AGENT, ENTERPRISE, PEOPLE_LEVELS

Node = tuple[str, str]
"""A level and a key of it."""

Ancestors = Mapping[Node, tuple[Node, ...]]
"""What a node belongs to, the nearest first; what is not in it belongs to nothing."""

WHOLE: Node = (ENTERPRISE, "")


def ancestors_of(people: pl.DataFrame) -> dict[Node, tuple[Node, ...]]:
    """What agents, teams, sites and organisations belong to, by the people in them.

    A level at which a node's people are in several places is skipped: a team on two sites belongs to the organisation.
    """
    columns = [people["agent_id"].alias(AGENT), *(people[level].fill_null("") for level in PEOPLE_LEVELS[:-1])]
    places = pl.DataFrame(columns).filter(pl.col(AGENT) != "")
    found = {}
    for number, level in enumerate(PEOPLE_LEVELS):
        above = PEOPLE_LEVELS[:number][::-1]
        named = [pl.col(upper).filter(pl.col(upper) != "").unique() for upper in above]
        for key, *keys in places.group_by(level, maintain_order=True).agg(named).iter_rows():
            single = [(upper, among[0]) for upper, among in zip(above, keys, strict=True) if len(among) == 1]
            found[level, key] = (*single, WHOLE)
    return found
