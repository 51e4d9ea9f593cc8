"""Skills that tasks require and nobody has: allowed, but usually a spelling mistake."""

from collections import Counter
from collections.abc import Iterable

import polars as pl

from data.tables.skills import Requirement, parse_requirement
from models import Code, Message, did_you_mean

_FINAL = ("completed", "canceled", "rejected")
_TOLD = 5
_COMPARISONS = 20_000  # names compared to find the nearest: a fraction of a second
_LIKE = 0.8  # how like a skill must be: lang-pl is not lang-fr


def skills_nobody_has(asked: pl.DataFrame, agent_skills: pl.DataFrame) -> list[Message]:
    """A warning for each of the first skills that no row of ``agent_skills`` has, the one of most tasks first.

    ``asked`` is what :func:`requirements_of` some tasks says, or of several parts of them one below the other.
    """
    known = set(agent_skills["skill"].drop_nulls())
    missing: Counter[str] = Counter()
    for text, count in asked.group_by("skills", maintain_order=True).agg(pl.col("len").sum()).iter_rows():
        for name in {name for name, _ in _skills(parse_requirement(text))} - known:
            missing[name] += count
    told = [
        Message(Code.NOBODY_HAS, skill=name, n=count).then(_hint(name, known))
        for name, count in missing.most_common(_TOLD)
    ]
    rest = len(missing) - len(told)
    return [*told, *([Message(Code.FURTHER_SKILLS, n=rest)] if rest else [])]


def requirements_of(tasks: pl.DataFrame, processes: pl.DataFrame) -> pl.DataFrame:
    """Each requirement of tasks that are still open, their process's where they have none, and how many have it."""
    still_open = tasks.filter(~pl.col("status").is_in(_FINAL))
    own = still_open.select("process", "skills").join(
        processes.select("process", default="skills"), on="process", how="left", maintain_order="left"
    )
    texts = own.select(pl.coalesce("skills", "default").alias("skills")).drop_nulls()
    return texts.group_by("skills", maintain_order=True).len()


def _skills(requirement: Requirement) -> Iterable[tuple[str, int]]:
    return (skill for clause in requirement for skill in clause)


def _hint(name: str, known: set[str]) -> Message | None:
    pieces = [piece.strip() for piece in name.replace("/", ",").split(",")]
    if len(pieces) > 1 and all(pieces) and (known & set(pieces) or "," in name):
        return Message(Code.SKILLS_SEPARATED, skills=";".join(pieces))
    return did_you_mean(name, sorted(known), least=_LIKE) if len(known) <= _COMPARISONS else None
