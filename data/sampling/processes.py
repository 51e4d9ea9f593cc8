"""The processes of a sample and the skill requirements their tasks may ask for."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from data.sampling.profiles import DEPARTMENTS, LINES, MAIN_SKILLS, TENANTS, Line, Profile, Tenant

REQUIREMENT_FORMS = (
    "{main}>=2",
    "{usual};lang-en",
    "{main}|{related}",
    "{main}>=2;client-{tenant}",
    "{main};lang-fr",
    "{main};lang-pl",
    "{main};lang-tr",
    "{main}>=3",
    "{main};authority>=2",
    "{main};lang-en|lang-fr",
)
"""Ways in which a single task may ask for more, or for something else, than its process."""


@dataclass(frozen=True)
class Process:
    """A line of work of one tenant, or of all (``tenant`` is ``None``)."""

    line: Line
    tenant: Tenant | None
    share: float
    """Of all tasks; the shares of all processes add up to 1."""
    minutes: float
    requirements: tuple[str, ...]
    """The process's own first, then those that single tasks may ask for instead."""

    @property
    def name(self) -> str:
        """The id of the process."""
        return f"{self.tenant.name}-{self.line.name}" if self.tenant else self.line.name

    @property
    def sla_minutes(self) -> int | None:
        """Minutes from creation to deadline, or ``None`` for work without a deadline."""
        factor = self.tenant.sla_factor if self.tenant else 1.0
        return None if self.line.sla_hours is None else round(self.line.sla_hours * factor * 60)

    @property
    def penalty(self) -> float:
        """The fine for a missed deadline."""
        return round(self.line.penalty * (self.tenant.fine_factor if self.tenant else 1.0), 2)


def invent_processes(profile: Profile, rng: np.random.Generator) -> list[Process]:
    """The processes of the departments that a business with that many agents has."""
    departments = DEPARTMENTS[: 1 + profile.agents // 12]
    owned = [(line, tenant) for line in LINES for tenant in _owners(line) if line.department in departments]
    shares = np.array([line.share * (tenant.share if tenant else 1.0) for line, tenant in owned])
    shares /= shares.sum()
    minutes = np.array([line.minutes for line, _ in owned]) * rng.lognormal(0.0, 0.15, len(owned))
    minutes *= profile.mean_minutes / (shares @ minutes)
    requirements = _requirements(owned, profile.requirements)
    return [
        Process(line, tenant, float(share), max(1.0, round(float(length), 1)), texts)
        for (line, tenant), share, length, texts in zip(owned, shares, minutes, requirements, strict=True)
    ]


def process_table(processes: list[Process]) -> pl.DataFrame:
    """The table ``processes``."""
    return pl.DataFrame(
        {
            "process": [process.name for process in processes],
            "department": [process.line.department for process in processes],
            "tenant": [process.tenant.name if process.tenant else None for process in processes],
            "channel": [process.line.channel for process in processes],
            "minutes": [process.minutes for process in processes],
            "sla_minutes": [process.sla_minutes for process in processes],
            "value": [process.line.value for process in processes],
            "penalty": [process.penalty for process in processes],
            "skills": [process.requirements[0] for process in processes],
        }
    )


Owned = tuple[Line, Tenant | None]


def _owners(line: Line) -> list[Tenant | None]:
    if line.shared:
        return [None]
    return [tenant for tenant in TENANTS if line.department in tenant.departments]


def _requirements(owned: list[Owned], target: int) -> list[tuple[str, ...]]:
    """Requirements per process, added form by form until the target of distinct ones is reached."""
    texts = [[line.skills] for line, _ in owned]
    distinct = {line.skills for line, _ in owned}
    for form in REQUIREMENT_FORMS:
        for known, (line, tenant) in zip(texts, owned, strict=True):
            text = _fill(form, line, tenant or TENANTS[0])
            if text in distinct or len(distinct) < target:
                distinct.add(text)
                known.append(text)
    return [tuple(dict.fromkeys(known)) for known in texts]


def _fill(form: str, line: Line, tenant: Tenant) -> str:
    related = MAIN_SKILLS[(MAIN_SKILLS.index(line.main_skill) + 1) % len(MAIN_SKILLS)]
    return form.format(usual=line.skills, main=line.main_skill, related=related, tenant=tenant.name)
