"""The people of a sample: agents in teams at their sites, with their skills."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from data.sampling.columns import Flags, Floats, Ints, decimals, numbered, picked, where
from data.sampling.processes import Process
from data.sampling.profiles import (
    CROSS_SKILLS,
    FAMILY_NAMES,
    GIVEN_NAMES,
    HOURLY_COST,
    LINES,
    MAIN_SKILLS,
    SITES,
    Profile,
)
from data.sampling.shifts import shift_table

SKILLS = (*MAIN_SKILLS, *CROSS_SKILLS)
TEAM_SIZE = 14
UTILIZATIONS, UTILIZATION_SHARES = (0.8, 0.85, 0.9, 0.95, 1.0), (0.05, 0.15, 0.35, 0.3, 0.15)
FIRST, SOON, NEVER = np.inf, 1e9, -np.inf
"""Scores of a main skill, of one that goes with it, and of one that is out of the question."""


@dataclass(frozen=True)
class People:
    """The tables of the people, and who has which skill."""

    agents: pl.DataFrame
    agent_skills: pl.DataFrame
    shifts: pl.DataFrame
    has: Flags
    """Agents x :data:`MAIN_SKILLS`."""


def invent_people(profile: Profile, processes: list[Process], rng: np.random.Generator) -> People:
    """As many agents as the profile asks for, distributed over main skills like the work."""
    ids = pl.Series(numbered("A", profile.agents, 4))
    main = _main_skills(profile.agents, processes)
    seniority = rng.choice([1, 2, 3], profile.agents, p=[0.3, 0.43, 0.27])
    teams = np.arange(profile.agents) // TEAM_SIZE
    has = _skill_matrix(main, processes, rng)
    return People(
        agents=_agent_table(ids, main, teams, seniority, rng),
        agent_skills=_skill_table(ids, has, main, seniority, rng),
        shifts=shift_table(ids, teams, profile.days, rng),
        has=has[:, : len(MAIN_SKILLS)],
    )


def _demand(processes: list[Process]) -> Floats:
    """Minutes of work per main skill, as shares of all."""
    minutes = np.zeros(len(MAIN_SKILLS))
    for process in processes:
        minutes[MAIN_SKILLS.index(process.line.main_skill)] += process.share * process.minutes
    shares: Floats = minutes / minutes.sum()
    return shares


def _main_skills(agents: int, processes: list[Process]) -> Ints:
    """Each agent's main skill, side by side, in the proportions of the work."""
    places = (np.arange(agents) + 0.5) / agents
    return np.searchsorted(np.cumsum(_demand(processes)), places).clip(max=len(MAIN_SKILLS) - 1)


def _skill_matrix(main: Ints, processes: list[Process], rng: np.random.Generator) -> Flags:
    """Agents x :data:`SKILLS`: the main skill, mostly its companions, and up to eleven others."""
    agents = len(main)
    weights = _affinity(processes)[main]
    with np.errstate(divide="ignore"):  # a skill that nobody needs has weight 0: never drawn
        scores = np.log(weights) + rng.gumbel(size=weights.shape)
    companions = _companions()[main] & (rng.random(agents) < 0.8)[:, None]
    scores[companions] = SOON
    scores[np.arange(agents), main] = FIRST
    rank = np.argsort(np.argsort(-scores, axis=1), axis=1)
    wanted = np.maximum(_skill_counts(agents, rng), 1 + companions.sum(axis=1))
    has: Flags = (rank < wanted[:, None]) & (scores > NEVER)
    return has


def _companions() -> Flags:
    """Main skills x :data:`SKILLS`: what the work of a main skill asks for beside it."""
    together = np.zeros((len(MAIN_SKILLS), len(SKILLS)), dtype=bool)
    for line in LINES:
        for skill in line.companion_skills:
            together[MAIN_SKILLS.index(line.main_skill), SKILLS.index(skill)] = True
    return together


def _skill_counts(agents: int, rng: np.random.Generator) -> Ints:
    """Skills per agent: specialists 1 to 3, all-rounders 3 to 6, generalists 6 to 12."""
    kind = rng.choice(3, agents, p=[0.55, 0.3, 0.15])
    lowest, highest = np.array([1, 3, 6]), np.array([3, 6, 12])
    return rng.integers(lowest[kind], highest[kind] + 1)


def _affinity(processes: list[Process]) -> Floats:
    """How likely a second skill (column) is for each main skill (row): the own department's first."""
    department = {process.line.main_skill: process.line.department for process in processes}
    home = np.array([department.get(skill, "") for skill in MAIN_SKILLS])
    nearness = np.where(home[:, None] == home[None, :], 1.0, 0.1)
    own = nearness * (_demand(processes) + 0.02 * (home != ""))
    cross = np.full((len(MAIN_SKILLS), len(CROSS_SKILLS)), 0.03)
    return np.hstack([own, cross])


def _agent_table(ids: pl.Series, main: Ints, teams: Ints, seniority: Ints, rng: np.random.Generator) -> pl.DataFrame:
    agents = len(ids)
    sites = SITES[: min(len(SITES), 2 + agents // 40)]
    home = rng.integers(len(sites), size=teams[-1] + 1)
    spans_sites = rng.random(len(home)) < 0.12
    site = np.where(spans_sites[teams], rng.integers(len(sites), size=agents), home[teams])
    organisations = [organisation for _, organisation in sites]
    usual_cost = np.array([HOURLY_COST[organisation] for organisation in organisations])[home[teams]]
    cost = usual_cost * rng.uniform(0.95, 1.05, agents)
    leaders = main[np.arange(len(home)) * TEAM_SIZE]
    names = [f"{MAIN_SKILLS[skill]} {number}" for number, skill in enumerate(leaders, start=1)]
    return pl.DataFrame(
        {
            "agent_id": ids,
            "name": invented_names(agents, rng),
            "team": picked(names, teams),
            "site": picked([name for name, _ in sites], site),
            "organisation": picked(organisations, home[teams]),
            "cost_per_hour": decimals(cost * (0.7 + 0.15 * seniority), 2),
            "max_utilization": rng.choice(UTILIZATIONS, agents, p=UTILIZATION_SHARES),
            "max_tasks": where(rng.random(agents) < 0.08, pl.Series(rng.integers(5, 31, agents))),
        }
    )


def invented_names(agents: int, rng: np.random.Generator) -> pl.Series:
    """A name for each agent."""
    given = picked(GIVEN_NAMES, rng.integers(len(GIVEN_NAMES), size=agents))
    return given + " " + picked(FAMILY_NAMES, rng.integers(len(FAMILY_NAMES), size=agents))


def _skill_table(ids: pl.Series, has: Flags, main: Ints, seniority: Ints, rng: np.random.Generator) -> pl.DataFrame:
    """One row per agent and skill: mostly the agent's seniority as level, and faster with it."""
    agent, skill = np.nonzero(has)
    is_main = skill == main[agent]
    level = (seniority[agent] + np.where(is_main, 0, rng.choice([-1, 0, 0, 1], len(agent)))).clip(1, 3)
    efficiency = rng.normal(0.84 + 0.08 * level, 0.12).clip(0.7, 1.4)
    return pl.DataFrame(
        {
            "agent_id": ids.gather(agent),
            "skill": picked(SKILLS, skill),
            "level": level,
            "efficiency": decimals(efficiency, 2),
        }
    )
