"""Why somebody gets a task, in words."""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scheduler.handout.market import Offer

if TYPE_CHECKING:
    from data import OpenTask


def why_planned(task: "OpenTask", agent_id: str, now: datetime, zone: str) -> str:
    """Why somebody gets a task that the plan has for them."""
    start, end = (_time(moment, now, zone) for moment in (task.start_at, task.end_at))
    return f"planned for {agent_id} as number {task.sequence}, {start} to {end}{_due(task, now, zone)}"


def why_offered(task: "OpenTask", offer: Offer, now: datetime, zone: str, unit: str) -> str:
    """Why somebody gets a task that the plan does not have for them."""
    if offer.planned is None:
        place = "not planned"
    else:
        agent, start = offer.planned
        place = f"planned for {agent} at {_time(start, now, zone)}, but open now"
    worth = (
        f"of all such tasks it has the best margin, {offer.margin:,.2f} {unit}: it earns {offer.gain:,.2f}, and its "
        f"{offer.minutes:.0f} min are worth {offer.cost:,.2f}"
    )
    return f"{place}; {worth}{_due(task, now, zone)}"


def _due(task: "OpenTask", now: datetime, zone: str) -> str:
    if task.due_at is None:
        return ""
    word = "overdue since" if task.due_at <= now else "due"
    return f"; {word} {_time(task.due_at, now, zone)}"


def _time(moment: datetime | None, now: datetime, zone: str) -> str:
    if moment is None:
        return "?"
    local, today = moment.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%Y-%m-%d %H:%M}"
