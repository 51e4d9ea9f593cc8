"""A telecom: people in regions, who mostly serve their own, and national hubs; far more tasks than fit in memory.

Tasks are invented part by part, each from a random stream of its own, so that memory does not grow with their number.
Work in the field belongs to a region; pairs of neighbours lend each other people. Work at the desk is national.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from data.sampling.columns import AS_OF, Flags, Floats, Ints, decimals, moments, numbered, picked, where
from data.sampling.people import UTILIZATION_SHARES, UTILIZATIONS, invented_names
from data.sampling.profiles import Profile
from data.sampling.shifts import shift_table

TASKS_OF_A_PART = 250_000
NOW, DAY = round(AS_OF.timestamp()), 86_400
AGENTS_OF_A_REGION = 1_000
HUB_SHARE, LENT_SHARE = 0.16, 0.06
"""Of the people: those in national hubs, and those of a region who also serve its neighbour."""
TEAM_SIZE = 16
OVERDUE_SHARE, EXCLUDED_SHARE = 0.12, 0.004
OPEN, OPEN_SHARES = ("queued", "captured", "new", "held", "completed"), (0.75, 0.1, 0.13, 0.01, 0.01)
BRANDS, BRAND_SHARES, BRAND_VALUES = ("orbis", "lumen", "kite"), (0.5, 0.3, 0.2), (1.0, 1.3, 0.8)
SEGMENTS, SEGMENT_SHARES, SEGMENT_VALUES = ("business", "plus", "basic"), (0.1, 0.3, 0.6), (3.0, 1.5, 1.0)
CHANNELS = ("app", "web", "phone", "shop")


@dataclass(frozen=True)
class Line:
    """A line of work; a regional one asks for the skill of the task's region as well."""

    name: str
    skill: str
    share: float
    minutes: float
    sla_hours: float | None
    value: float
    penalty: float
    regional: bool = True
    harder: str = ""
    """What a quarter of the tasks ask for instead of the skill."""


LINES = (
    Line("line-fault", "copper", 12, 14, 24, 32, 20, harder="copper>=2"),
    Line("fibre-fault", "fibre", 14, 19, 48, 48, 30, harder="fibre>=3"),
    Line("activation", "provisioning", 16, 9, 72, 26, 8, harder="provisioning;fibre"),
    Line("relocation", "provisioning", 5, 17, 120, 34, 10, harder="provisioning>=2;copper|fibre"),
    Line("mobile-fault", "mobile", 9, 10, 24, 30, 18, harder="mobile>=2"),
    Line("site-survey", "network", 3, 38, 240, 70, 15, harder="network>=2;fibre"),
    Line("complaint", "complaints", 4, 22, 72, 45, 40, harder="complaints>=2"),
    Line("porting", "porting", 8, 7, 48, 22, 12, regional=False, harder="porting>=2"),
    Line("billing", "billing", 14, 6, 72, 15, 6, regional=False, harder="billing>=2"),
    Line("dunning", "collections", 9, 4, None, 7, 0, regional=False, harder="collections|billing"),
    Line("retention", "sales", 6, 11, 12, 52, 10, regional=False, harder="sales>=2"),
)
SKILLS = tuple(dict.fromkeys(line.skill for line in LINES))


@dataclass(frozen=True)
class Staff:
    """The tables of the people; and of each agent the region (-1: a hub), the main skill, and whether it is at work."""

    agents: pl.DataFrame
    agent_skills: pl.DataFrame
    shifts: pl.DataFrame
    region: Ints
    main: Ints
    at_work: Flags


@dataclass(frozen=True)
class Part:
    """Some tasks, and the pairs of these."""

    tasks: pl.DataFrame
    pairs: pl.DataFrame


class Telecom:
    """The snapshot of a telecom of some size."""

    def __init__(self, profile: Profile, seed: int) -> None:
        self._profile, self._seed = profile, seed
        self._regions = max(1, profile.agents // AGENTS_OF_A_REGION)
        stream = np.random.default_rng(np.random.SeedSequence(seed).spawn(1)[0])
        self._minutes = np.array([line.minutes for line in LINES])
        self._minutes = np.maximum(1.0, np.round(self._minutes * profile.mean_minutes / (_shares() @ self._minutes), 1))
        self.processes = _processes(self._minutes)
        self.staff = self._invent_staff(stream)

    @property
    def parts(self) -> int:
        """How many there are."""
        return -(-self._profile.tasks // TASKS_OF_A_PART)

    def invent_parts(self) -> Iterator[Part]:
        """The tasks part by part."""
        for number in range(self.parts):
            first = number * TASKS_OF_A_PART
            count = min(TASKS_OF_A_PART, self._profile.tasks - first)
            stream = np.random.default_rng(np.random.SeedSequence((self._seed, number)))
            agents = np.array_split(np.arange(self._profile.agents), self.parts)[number]
            yield self._invent_part(first, count, agents, stream)

    def _invent_staff(self, rng: np.random.Generator) -> Staff:
        count = self._profile.agents
        in_hub = np.arange(count) >= count - round(HUB_SHARE * count)
        region = np.full(count, -1)
        region[~in_hub] = np.sort(rng.integers(self._regions, size=int((~in_hub).sum())))
        main = _main_skills(in_hub)
        ids, teams = pl.Series(numbered("A", count, 5)), np.arange(count) // TEAM_SIZE
        places = np.where(in_hub, self._regions + teams % 3, region)
        sites = [*(f"Region {number + 1:02d}" for number in range(self._regions)), "Hub North", "Hub East", "Hub West"]
        partner = np.isin(teams % 9, (3, 7))
        agents = pl.DataFrame(
            {
                "agent_id": ids,
                "name": invented_names(count, rng),
                "team": picked([f"{skill} {team + 1}" for team, skill in enumerate(_team_skills(main, teams))], teams),
                "site": picked(sites, places),
                "organisation": picked(["Orbis Networks", "Partner Field"], partner.astype(np.int64)),
                "cost_per_hour": decimals(np.where(partner, 29.0, 41.0) * rng.uniform(0.9, 1.15, count), 2),
                "max_utilization": rng.choice(UTILIZATIONS, count, p=UTILIZATION_SHARES),
                "max_tasks": where(rng.random(count) < 0.04, pl.Series(rng.integers(40, 120, count))),
            }
        )
        shifts = shift_table(ids, teams, self._profile.days, rng)
        now = (pl.col("kind") == "work") & (pl.col("start") <= AS_OF) & (pl.col("end") > AS_OF)
        at_work = ids.is_in(shifts.filter(now)["agent_id"].implode()).to_numpy()
        return Staff(agents, self._skills(ids, in_hub, region, main, rng), shifts, region, main, at_work)

    def _skills(
        self, ids: pl.Series, in_hub: Flags, region: Ints, main: Ints, rng: np.random.Generator
    ) -> pl.DataFrame:
        """The main skill, a few others of the same side, the own region and for some that of the neighbour."""
        count, at_desk = len(ids), np.array([not line.regional for line in _of_skills()])
        scores = rng.random((count, len(SKILLS))) + (at_desk[None, :] == in_hub[:, None])
        scores[np.arange(count), main] = 3.0
        wanted = rng.choice([1, 2, 3, 4], count, p=[0.3, 0.35, 0.2, 0.15])
        rank = np.argsort(np.argsort(-scores, axis=1), axis=1)
        agent, skill = np.nonzero((rank < wanted[:, None]) & (scores >= 1.0))
        level = np.clip(rng.choice([1, 2, 3], count, p=[0.35, 0.4, 0.25])[agent] - (skill != main[agent]), 1, 3)
        neighbour = np.minimum(region ^ 1, self._regions - 1)
        lent = np.flatnonzero(~in_hub & (rng.random(count) < LENT_SHARE) & (neighbour != region))
        home = np.flatnonzero(~in_hub)
        who = np.concatenate([agent, home, lent])
        places = [_region_skill(number) for number in range(self._regions)]
        what = [picked(SKILLS, skill), picked(places, region[home]), picked(places, neighbour[lent])]
        plain = np.ones(len(home) + len(lent))
        speed = np.concatenate([rng.normal(0.82 + 0.1 * level, 0.1).clip(0.65, 1.5), 2 * plain])
        return pl.DataFrame(
            {
                "agent_id": ids.gather(who),
                "skill": pl.concat(what),
                "level": np.concatenate([level, plain.astype(np.int64)]),
                "efficiency": decimals(speed, 2),
            }
        ).sort("agent_id", maintain_order=True)

    def _invent_part(self, first: int, count: int, agents: Ints, rng: np.random.Generator) -> Part:
        line, brand = rng.choice(len(LINES), count, p=_shares()), rng.choice(3, count, p=BRAND_SHARES)
        is_regional = np.array([one.regional for one in LINES])[line]
        region = np.where(is_regional, rng.integers(self._regions, size=count), -1)
        created, due, has_due = _times(line, rng)
        segment = rng.choice(3, count, p=SEGMENT_SHARES)
        value = np.array([one.value for one in LINES])[line] * rng.lognormal(0, 0.35, count)
        value *= np.array(BRAND_VALUES)[brand] * np.array(SEGMENT_VALUES)[segment]
        minutes = (self._minutes[line] * rng.lognormal(-0.125, 0.5, count)).clip(min=0.5)
        later = has_due & (due - NOW > DAY) & (rng.random(count) < 0.05)
        asks = np.where(rng.random(count) < 0.25, len(LINES), 0) + line
        texts = [*(one.skill for one in LINES), *(one.harder for one in LINES)]
        skills = picked(texts, asks) + where(is_regional, ";" + picked([*self._places, ""], region)).fill_null("")
        holder = self._started(line, region, agents, rng)
        started, ids = holder >= 0, pl.Series([f"T{number:09d}" for number in range(first + 1, first + count + 1)])
        names, people = [f"{one}-{other.name}" for other in LINES for one in BRANDS], self.staff.agents["agent_id"]
        tasks = pl.DataFrame(
            {
                "task_id": ids,
                "process": picked(names, line * len(BRANDS) + brand),
                "segment": picked(SEGMENTS, segment),
                "channel": picked(CHANNELS, rng.choice(4, count, p=[0.35, 0.3, 0.25, 0.1])),
                "created_at": moments(created),
                "due_at": where(has_due & (rng.random(count) < 0.2), moments(due)),
                "not_before": where(later & ~started, moments(NOW + 900 * rng.integers(8, 160, count))),
                "value": decimals(value, 2),
                "minutes": decimals(minutes, 1),
                "skills": skills,
                "status": where(~started, picked(OPEN, rng.choice(5, count, p=OPEN_SHARES))).fill_null("in_progress"),
                "agent_id": where(started, people.gather(np.maximum(holder, 0))),
                "region": picked([*self._places, None], region),
            }
        )
        return Part(tasks, self._excluded(ids, line, region, started, rng))

    @property
    def _places(self) -> list[str]:
        return [_region_skill(number) for number in range(self._regions)]

    def _started(self, line: Ints, region: Ints, agents: Ints, rng: np.random.Generator) -> Ints:
        """The agent who has begun each task, -1 for nobody: one task for two of three of these agents at work."""
        busy = agents[self.staff.at_work[agents] & (rng.random(len(agents)) < 0.65)]
        skill = np.array([SKILLS.index(one.skill) for one in LINES])[line]
        tasks = pl.DataFrame({"task": rng.permutation(len(line))})
        tasks = tasks.with_columns(region=region[tasks["task"]], skill=skill[tasks["task"]])
        wanted = pl.DataFrame({"agent": busy, "region": self.staff.region[busy], "skill": self.staff.main[busy]})
        key, nth = ["region", "skill"], pl.int_range(pl.len()).over("region", "skill").alias("nth")
        met = wanted.with_columns(nth).join(tasks.with_columns(nth), on=[*key, "nth"], maintain_order="left")
        holder = np.full(len(line), -1)
        holder[met["task"].to_numpy()] = met["agent"].to_numpy()
        return holder

    def _excluded(
        self, ids: pl.Series, line: Ints, region: Ints, started: Flags, rng: np.random.Generator
    ) -> pl.DataFrame:
        """Who must not come again: somebody of the region."""
        count, people = len(ids), self.staff.agents["agent_id"]
        chosen = np.flatnonzero((rng.random(count) < EXCLUDED_SHARE) & ~started)
        begin, end = (
            np.searchsorted(self.staff.region[self.staff.region >= 0], region[chosen], side=side)
            for side in ("left", "right")
        )
        drawn = begin + (rng.random(len(chosen)) * np.maximum(end - begin, 1)).astype(np.int64)
        known = np.flatnonzero((region[chosen] >= 0) & (end > begin))
        return pl.DataFrame(
            {"task_id": ids.gather(chosen[known]), "agent_id": people.gather(drawn[known])}
        ).with_columns(allowed=pl.lit(False))


def _region_skill(number: int) -> str:
    return f"region-{number + 1:02d}"


def _shares() -> Floats:
    shares: Floats = np.array([line.share for line in LINES], np.float64)
    shares /= shares.sum()
    return shares


def _of_skills() -> list[Line]:
    """The first line of each skill."""
    return [next(line for line in LINES if line.skill == skill) for skill in SKILLS]


def _main_skills(in_hub: Flags) -> Ints:
    """Each agent's main skill, in the proportions of the work on the agent's side."""
    main = np.zeros(len(in_hub), np.int64)
    for side in (False, True):
        demand = np.zeros(len(SKILLS))
        for line in LINES:
            if line.regional is not side:
                demand[SKILLS.index(line.skill)] += line.share * line.minutes
        people = np.flatnonzero(in_hub == side)
        places = (np.arange(len(people)) * 0.6180339887498949) % 1.0  # spread evenly, whatever the region
        main[people] = np.searchsorted(np.cumsum(demand / demand.sum()), places).clip(max=len(SKILLS) - 1)
    return main


def _team_skills(main: Ints, teams: Ints) -> list[str]:
    return [SKILLS[main[np.flatnonzero(teams == team)[0]]] for team in range(teams[-1] + 1)]


def _processes(minutes: Floats) -> pl.DataFrame:
    rows = [
        {
            "process": f"{brand}-{line.name}",
            "department": "field" if line.regional else "desk",
            "tenant": brand,
            "minutes": float(length),
            "sla_minutes": None if line.sla_hours is None else round(line.sla_hours * 60),
            "value": line.value,
            "penalty": line.penalty,
            "skills": line.skill,
        }
        for line, length in zip(LINES, minutes, strict=True)
        for brand in BRANDS
    ]
    return pl.DataFrame(rows)


def _times(line: Ints, rng: np.random.Generator) -> tuple[Ints, Ints, Flags]:
    """When each task came and is due, in seconds since 1970, and whether it is due at all."""
    count = len(line)
    sla = np.array([3600 * (one.sla_hours or 0) for one in LINES])[line].astype(np.int64)
    elapsed = np.where(
        rng.random(count) < OVERDUE_SHARE, 1 + rng.exponential(0.3, count).clip(max=3), rng.random(count)
    )
    age = np.where(sla > 0, sla * elapsed, rng.uniform(0, 14 * DAY, count)).astype(np.int64) + 1
    return NOW - age, NOW - age + sla, sla > 0
