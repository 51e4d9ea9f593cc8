"""What a run says in English sentences of its own, for people who read another language.

Reasons, details, messages and warnings stand in a run's files as somebody worded them, in English as everything there.
A sentence is recognised by its pattern, and its particulars are filled into the translation of the pattern.
"""

import re
from functools import cache
from string import Formatter

import polars as pl

from reports.language import ENGLISH, _, msg, spoken

SAYINGS = (
    # why the engine was chosen
    msg("scale, as {size} ways to do the tasks are too many for a whole model"),
    msg("exact, as {size} ways to do the tasks fit a whole model, first for CP-SAT, then for HiGHS"),
    msg("exact, as {size} ways to do the tasks fit a whole model"),
    msg("{prover} proved the plan optimal"),
    # why a task is not planned
    msg("its status is {status}"),
    msg("it expired on {time}"),
    msg("it may not start before {time}"),
    msg("{n} people have the skills ({skills}), all are excluded from this task"),
    msg("nobody has the skills it needs ({skills})"),
    msg("started by {agent}, whose working time is too short for it"),
    msg("{agent} comes nearest and would need {minutes} more minutes"),
    msg("its {minutes} minutes earn more elsewhere ({n} people could do it)"),
)


def said(text: str) -> str:
    """A sentence of a run in the language spoken now; one that is not known, as it stands."""
    if spoken().code == ENGLISH:
        return text
    whole = _translated(text)
    if whole is not None or "; " not in text:
        return whole or text
    return _("; ").join(_translated(part) or part for part in text.split("; "))


def all_said(texts: pl.Series) -> pl.Series:
    """Sentences of a run in the language spoken now."""
    if spoken().code == ENGLISH:
        return texts
    known = {text: said(text) for text in texts.drop_nulls().unique()}
    return texts.replace(known)


def _translated(text: str) -> str | None:
    """The translation of a sentence whose pattern is known."""
    for saying, pattern in _patterns():
        if found := pattern.fullmatch(text):
            return _(saying, **found.groupdict())
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((saying, re.compile(_pattern(saying), re.DOTALL)) for saying in SAYINGS)


def _pattern(saying: str) -> str:
    """What sentences of this form match, each part being a group of its name."""
    parts = (
        re.escape(words) + (f"(?P<{part}>.+?)" if part is not None else "")
        for words, part, _form, _conversion in Formatter().parse(saying)
    )
    return "".join(parts)
