"""The open tasks of a sample, and the exceptions for a task and an agent."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from data.sampling.columns import (
    AS_OF,
    Flags,
    Ints,
    decimals,
    moments,
    numbered,
    picked,
    where,
)
from data.sampling.people import People
from data.sampling.processes import Process, process_table
from data.sampling.profiles import (
    CHANNELS,
    MAIN_SKILLS,
    SEGMENT_SHARES,
    SEGMENT_VALUES,
    SEGMENTS,
    TENANTS,
    Profile,
)

NOW = round(AS_OF.timestamp())
HOUR, DAY = 3600, 86400
OVERDUE_SHARE = 0.14
OPEN, OPEN_SHARES = ("new", "captured", "queued"), (0.15, 0.1, 0.75)
CLOSED = ("held", "errorheld", "completed", "canceled", "rejected")
CLOSED_SHARES = (0.4, 0.15, 0.2, 0.15, 0.1)
STATES = (*CLOSED, *OPEN, "assigned", "in_progress")
ALWAYS_OPEN = 3
"""So many of the channels take work at night and on Sundays."""

Columns = dict[str, pl.Series]


@dataclass(frozen=True)
class Times:
    """Moments of each task in seconds since 1970."""

    created: Ints
    due: Ints
    has_due: Flags
    promised: Flags
    """Whether the task has a ``due_at`` of its own."""
    not_before: Ints
    is_later: Flags
    """Whether the task has a ``not_before``."""


@dataclass(frozen=True)
class Hands:
    """The agent who has each task."""

    agent: Ints
    is_held: Flags
    """Whether anybody has the task."""
    in_progress: Flags
    status: pl.Series


def invent_work(
    profile: Profile, processes: list[Process], people: People, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables ``tasks``, oldest first, and ``pairs``."""
    process, times = _arrivals(profile, processes, rng)
    main = np.array([MAIN_SKILLS.index(one.line.main_skill) for one in processes])[process]
    hands = _hands(main, ~times.is_later, people, rng)
    ids = pl.Series(numbered("T", profile.tasks, 6))
    agents = people.agents["agent_id"]
    segment = rng.choice(len(SEGMENTS), profile.tasks, p=SEGMENT_SHARES)
    texts = _texts(process, processes, times.created, rng)
    numbers = _numbers(process_table(processes)[process], segment, hands, rng)
    requested = where(rng.random(profile.tasks) < 0.05, agents.gather(_draw_holders(main, people, rng)))
    tasks = pl.DataFrame(
        {
            "task_id": ids,
            "process": picked([one.name for one in processes], process),
            "tenant": texts["tenant"],
            "segment": picked(SEGMENTS, segment),
            "channel": texts["channel"],
            **_moments(times, rng),
            **numbers,
            "skills": texts["skills"],
            "status": hands.status,
            "agent_id": where(hands.is_held, agents.gather(hands.agent)),
            "requested_agent": requested,
        }
    )
    free = ~hands.is_held
    return tasks, _pairs(ids, free, tasks["minutes"], agents.gather(_draw_holders(main, people, rng)), rng)


def _arrivals(profile: Profile, processes: list[Process], rng: np.random.Generator) -> tuple[Ints, Times]:
    """Each task's process and times, such that the stated share is overdue and the rest anywhere before."""
    count = profile.tasks
    process = rng.choice(len(processes), count, p=[one.share for one in processes])
    sla = 60 * np.array([one.sla_minutes or 0 for one in processes])[process]
    past_due = 1 + rng.exponential(0.25, count).clip(max=2)
    elapsed = np.where(rng.random(count) < OVERDUE_SHARE, past_due, rng.random(count))
    age = np.where(sla > 0, sla * elapsed, rng.uniform(0, 21 * DAY, count)).astype(np.int64) + 1
    order = np.argsort(-age, kind="stable")
    process, age, sla = process[order], age[order], sla[order]
    promised = (sla > 0) & (rng.random(count) < 0.3)
    due = np.where(promised, _evening(NOW - age + sla), NOW - age + sla)
    not_before, is_later = _activation(np.where(sla > 0, due - NOW, 30 * DAY), profile.days, rng)
    return process, Times(NOW - age, due, sla > 0, promised, not_before, is_later)


def _evening(seconds: Ints) -> Ints:
    """18:00 of the same local day: what a clerk promises."""
    evening = moments(seconds).dt.replace(hour=18, minute=0, second=0)
    return evening.dt.epoch("s").to_numpy()


def _activation(left: Ints, days: int, rng: np.random.Generator) -> tuple[Ints, Flags]:
    """Follow-ups that open before they are due: mostly within the horizon, some past it."""
    reach = days * DAY * rng.choice([1, 3], len(left), p=[0.85, 0.15])
    wait = rng.uniform(0.05, 0.9, len(left)) * np.minimum(left, reach)
    whole_quarters = 900 * np.ceil(wait / 900).astype(np.int64)
    return NOW + whole_quarters, (rng.random(len(left)) < 0.06) & (left > 4 * HOUR)


def _moments(times: Times, rng: np.random.Generator) -> Columns:
    count = len(times.created)
    expires = times.due + 60 * rng.integers(0, 2 * 24 * 60, count)
    return {
        "created_at": moments(times.created),
        "due_at": where(times.promised, moments(times.due)),
        "not_before": where(times.is_later, moments(times.not_before)),
        "expires_at": where(times.has_due & (rng.random(count) < 0.03), moments(expires)),
    }


def _texts(process: Ints, processes: list[Process], created: Ints, rng: np.random.Generator) -> Columns:
    """What the process leaves open: a shared one the tenant, most the channel, some the skills."""
    count = len(process)
    is_shared = np.array([one.tenant is None for one in processes])[process]
    tenant = rng.choice(len(TENANTS), count, p=[one.share for one in TENANTS])
    no_channel = np.array([one.line.channel is None for one in processes])[process]
    variants = np.array([len(one.requirements) - 1 for one in processes])
    asks_more = (rng.random(count) < 0.25) & (variants[process] > 0)
    own_place = np.cumsum([0, *(variants[:-1] + 1)])[process]
    chosen = own_place + np.where(asks_more, 1 + (rng.random(count) * variants[process]).astype(np.int64), 0)
    return {
        "tenant": where(is_shared, picked([one.name for one in TENANTS], tenant)),
        "channel": where(no_channel, picked(CHANNELS, _channels(created, rng))),
        "skills": where(asks_more, picked([text for one in processes for text in one.requirements], chosen)),
    }


def _channels(created: Ints, rng: np.random.Generator) -> Ints:
    """Any channel in office hours, else one that never closes."""
    local = moments(created)
    hour, weekday = local.dt.hour().to_numpy(), local.dt.weekday().to_numpy()
    office = (hour >= 7) & (hour < 19) & (weekday < 7)
    by_day = rng.choice(len(CHANNELS), len(created), p=[0.3, 0.25, 0.15, 0.2, 0.1])
    by_night = rng.choice(ALWAYS_OPEN, len(created), p=[0.2, 0.5, 0.3])
    return np.where(office, by_day, by_night)


def _numbers(own: pl.DataFrame, segment: Ints, hands: Hands, rng: np.random.Generator) -> Columns:
    """Value, penalty and minutes where the single task is known better than its process."""
    count = len(segment)
    value = own["value"].to_numpy() * np.array(SEGMENT_VALUES)[segment] * rng.lognormal(0, 0.3, count)
    minutes = own["minutes"].to_numpy() * rng.lognormal(-0.125, 0.5, count)  # their mean is the process's
    minutes *= np.where(hands.in_progress, rng.uniform(0.1, 0.9, count), 1.0)
    minutes_known = hands.in_progress | (rng.random(count) < 0.85)
    fine_agreed = (segment == SEGMENTS.index("platinum")) & (rng.random(count) < 0.5)
    return {
        "value": where(rng.random(count) < 0.85, decimals(value, 2)),
        "penalty": where(fine_agreed, decimals(2 * own["penalty"].to_numpy(), 2)),
        "minutes": where(minutes_known, decimals(minutes.clip(min=0.5), 1)),
    }


def _draw_holders(main: Ints, people: People, rng: np.random.Generator) -> Ints:
    """For each task somebody with its main skill, or anybody where nobody has it."""
    drawn = rng.integers(len(people.has), size=len(main))
    for skill in np.unique(main):
        holders = np.flatnonzero(people.has[:, skill])
        wanted = np.flatnonzero(main == skill)
        if len(holders):
            drawn[wanted] = rng.choice(holders, len(wanted))
    return drawn


def _hands(main: Ints, is_open: Flags, people: People, rng: np.random.Generator) -> Hands:
    """Work in progress for three of five agents on shift, one task each, and some work assigned ahead."""
    count = len(main)
    agent = _draw_holders(main, people, rng)
    is_busy = _on_shift(people) & (rng.random(len(people.agents)) < 0.6)
    candidates = rng.permutation(np.flatnonzero(is_open & is_busy[agent]))
    _, first = np.unique(agent[candidates], return_index=True)
    in_progress = np.zeros(count, dtype=bool)
    in_progress[candidates[rng.permutation(first)[: count // 5]]] = True
    fate = rng.random(count)
    closed = ~in_progress & (fate < 0.02)
    assigned = ~in_progress & ~closed & (fate < 0.07)
    closed_state = rng.choice(len(CLOSED), count, p=CLOSED_SHARES)
    open_state = len(CLOSED) + rng.choice(len(OPEN), count, p=OPEN_SHARES)
    state = np.select(
        [in_progress, assigned, closed],
        [STATES.index("in_progress"), STATES.index("assigned"), closed_state],
        default=open_state,
    )
    return Hands(agent, in_progress | assigned, in_progress, picked(STATES, state))


def _on_shift(people: People) -> Flags:
    """Which agents are at work at :data:`AS_OF`."""
    is_now = (pl.col("kind") == "work") & (pl.col("start") <= AS_OF) & (pl.col("end") > AS_OF)
    return people.agents["agent_id"].is_in(people.shifts.filter(is_now)["agent_id"].implode()).to_numpy()


def _pairs(
    ids: pl.Series, free: Flags, minutes: pl.Series, agent_ids: pl.Series, rng: np.random.Generator
) -> pl.DataFrame:
    """Four eyes on 3 % of the tasks; a few agents who know a case already, or are (un)welcome in it."""
    kinds = np.array(["excluded", "quicker", "bonus", ""])
    kind = np.where(free, rng.choice(kinds, len(ids), p=[0.032, 0.005, 0.005, 0.958]), "")
    points = decimals(rng.uniform(-10, 20, len(ids)), 2)
    return pl.DataFrame(
        {
            "task_id": ids,
            "agent_id": agent_ids,
            "allowed": kind != "excluded",
            "minutes": where(kind == "quicker", (minutes.fill_null(5.0) * 0.6).round(1).clip(0.5)),
            "bonus": where(kind == "bonus", points),
        }
    ).filter(pl.Series(kind != ""))
