"""The shifts of a sample: work, breaks, and time reserved for meetings and calls."""

import numpy as np
import polars as pl

from data.sampling.columns import AS_OF, Flags, Ints, local_moments
from data.sampling.profiles import BREAK_MINUTES, MEETING, PATTERNS

DAY = 24 * 60


def shift_table(ids: pl.Series, teams: Ints, days: int, rng: np.random.Generator) -> pl.DataFrame:
    """The table ``shifts`` from the first morning to the end of the horizon."""
    pattern = rng.choice(len(PATTERNS), len(ids), p=[one.share for one in PATTERNS])
    moved = rng.choice([-30, 0, 30], len(ids))
    agent, day = np.nonzero(_at_work(pattern, days, rng))
    midnight = day * DAY
    offset = midnight + moved[agent]
    start = np.array([one.start for one in PATTERNS])[pattern][agent] + offset
    end = np.array([one.end for one in PATTERNS])[pattern][agent] + offset
    windows = [
        _windows("work", np.full(len(agent), True), agent, start, end),
        *_breaks_and_calls(agent, pattern[agent], offset, rng),
        _meetings(agent, teams, midnight, start, end, rng),
    ]
    return _as_table(ids, windows)


def _at_work(pattern: Ints, days: int, rng: np.random.Generator) -> Flags:
    """Agents x days: some are on leave throughout, some off for a day, few work at weekends."""
    shape = (len(pattern), days + 1)
    off_share = np.array([one.off_share for one in PATTERNS])[pattern]
    present = rng.random(shape) >= off_share[:, None]
    on_leave = rng.random(len(pattern)) < 0.05
    on_leave[0], present[0] = False, True  # the smallest sample has somebody, too
    at_weekends = rng.random(len(pattern)) < 0.08
    weekend = _weekdays(np.arange(days + 1)) >= 5
    return present & ~on_leave[:, None] & (~weekend[None, :] | at_weekends[:, None])


def _weekdays(day: Ints) -> Ints:
    """Monday is 0."""
    return (AS_OF.weekday() + day) % 7


def _breaks_and_calls(agent: Ints, pattern: Ints, offset: Ints, rng: np.random.Generator) -> list[pl.DataFrame]:
    """The break of every long shift, and hours on the phone after it on some days."""
    break_start = np.array([-1 if one.break_start is None else one.break_start for one in PATTERNS])[pattern]
    has_break = break_start >= 0
    break_end = break_start + BREAK_MINUTES
    takes_calls = np.array([one.takes_calls for one in PATTERNS])[pattern] & (rng.random(len(agent)) < 0.15)
    call_start = break_end + 15 * rng.integers(1, 7, len(agent))
    call_end = call_start + 30 * rng.integers(1, 4, len(agent))
    return [
        _windows("break", has_break, agent, break_start + offset, break_end + offset),
        _windows("reserved", takes_calls, agent, call_start + offset, call_end + offset),
    ]


def _meetings(
    agent: Ints, teams: Ints, midnight: Ints, start: Ints, end: Ints, rng: np.random.Generator
) -> pl.DataFrame:
    """Half of the teams meet on Mondays: those of them whose shift covers the meeting."""
    meets = (rng.random(teams[-1] + 1) < 0.5)[teams][agent]
    opens, closes = midnight + MEETING[0], midnight + MEETING[1]
    attends = meets & (_weekdays(midnight // DAY) == 0) & (start <= opens) & (closes <= end)
    return _windows("reserved", attends, agent, opens, closes)


def _windows(kind: str, chosen: Flags, agent: Ints, start: Ints, end: Ints) -> pl.DataFrame:
    """The chosen windows, their times in wall-clock minutes after the first midnight."""
    return pl.DataFrame({"agent": agent[chosen], "start": start[chosen], "end": end[chosen]}).with_columns(
        kind=pl.lit(kind)
    )


def _as_table(ids: pl.Series, windows: list[pl.DataFrame]) -> pl.DataFrame:
    rows = pl.concat(windows).sort("agent", "start", "end", "kind")
    midnight = AS_OF.replace(hour=0, tzinfo=None)
    return pl.DataFrame(
        {
            "agent_id": ids.gather(rows["agent"]),
            "start": local_moments(midnight, rows["start"].to_numpy()),
            "end": local_moments(midnight, rows["end"].to_numpy()),
            "kind": rows["kind"],
        }
    )
