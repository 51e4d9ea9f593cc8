"""What one more hour is worth, from what the tasks of each group would pay for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data import canonical, parse_requirement
from models import HourWork, hour_work, hours_of, work_together
from scheduler.parts.view import View
from scheduler.run.tables import hours_table, requirement_texts

Int64 = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class GroupHours:
    """What the tasks of a group would pay for an hour, each known by its row, and the texts of their requirements."""

    work: HourWork
    texts: pl.DataFrame


def hours_of_group(view: View, surplus: Int64) -> GroupHours:
    """What the tasks of a group would pay for an hour; ``surplus`` (i) is what each keeps at the common prices."""
    work = hour_work(view.problem, surplus)
    plannable = view.build.tasks["index"].is_not_null()
    row = view.snapshot.tasks["row"].filter(plannable).to_numpy().astype(np.int64)
    work = replace(work, bids=work.bids._replace(task=row[work.bids.task]))
    texts = requirement_texts(view.snapshot, view.build).sort("row")
    return GroupHours(work, texts.unique("requirement", keep="first", maintain_order=True))


def hours_together(people: View, groups: Sequence[GroupHours]) -> pl.DataFrame:
    """The table of all groups together, the same as that of the whole."""
    texts = pl.concat([group.texts for group in groups]).sort("row", maintain_order=True)
    known: dict[object, int] = {}
    number = {text: known.setdefault(_asked(text), len(known)) for text in texts["text"].unique(maintain_order=True)}
    work = work_together([_renumbered(group, number) for group in groups])
    named = texts.with_columns(requirement=pl.col("text").replace_strict(number, return_dtype=pl.Int64))
    return hours_table(hours_of(people.problem, work), named, people.build, people.snapshot.timezone)


def _renumbered(group: GroupHours, number: dict[str, int]) -> HourWork:
    """The work of a group with the numbers that all groups share."""
    own = dict(group.texts.select("requirement", "text").iter_rows())
    common = np.array([number[own[r]] if r in own else -1 for r in range(max(own, default=-1) + 1)], np.int64)
    work = group.work
    bids = work.bids._replace(requirement=common[work.bids.requirement])
    return replace(work, requirements=common[work.requirements], bids=bids)


def _asked(text: str) -> object:
    """What texts that ask the same have in common."""
    return canonical(parse_requirement(text)) if text else ()
