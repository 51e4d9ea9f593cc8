"""The hard rules of the contract, section 4, and those a re-plan adds, as data."""

from enum import Enum


class Rule(Enum):
    """A hard rule: its id and its sentence."""

    H1 = "a task goes to one agent at most"
    H2 = "the agent has every required skill at its level"
    H3 = "work happens in the agent's working time only, one task at a time, within capacity"
    H4 = "no work on a task before not_before"
    H5 = "a task finishes by expires_at and by the horizon's end, or is not planned"
    H6 = "with hard SLA a task not overdue at as_of finishes by due_at, or is not planned"
    H7 = "started work comes first, in order of due time, one behind the other"
    H8 = "an agent excluded from a task by a pair never does it"
    H9 = "an agent gets no more than max_tasks tasks"
    H10 = "held, errorheld, completed, canceled and rejected tasks are not planned"
    E1 = "a task that a planner has pinned to an agent is done by that agent"
    E2 = "frozen work stays with its agent, in its order, right behind started work"
    PAYOFF = "objective and bound are what the plan's payoffs and proof add up to"
