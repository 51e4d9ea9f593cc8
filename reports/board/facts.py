"""What the board shows: figures of the open work, of all of it or of one site, team, person, tenant or segment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from models import AlertRecord, TargetRecord, to_plain
from reports.words.alerts import alert_line, by_gravity, target_line
from reports.words.language import ENGLISH, speaking

BOARD_DIMENSIONS = ("site", "team", "agent", "tenant", "segment")
"""What the board can be narrowed to."""

_GROUPS, _TASKS, _PEOPLE = 40, 40, 60
_HELD, _BEGUN = ("held", "errorheld"), "in_progress"


@dataclass(frozen=True, eq=False, kw_only=True)
class Board:
    """The open work at a moment.

    ``tasks``: those that are not final, with task_id, status, process, tenant, segment, due_at, value, minutes, and of
    the published plan agent, start_at, end_at, empty where it does not have the task; ``agent`` is who has it where
    somebody has. ``people``: agent, name, team, site. ``capacity``: hour (its begin), agent, minutes that may be
    planned, of the next hours. ``sources`` and ``run`` are shown as they are. ``alerts`` fire; ``done`` has the last
    action on an alert, by its number. ``targets`` have the figures of the last run.
    """

    now: datetime
    timezone: str
    unit: str
    tasks: pl.DataFrame
    people: pl.DataFrame
    capacity: pl.DataFrame
    sources: Sequence[Mapping[str, Any]] = ()
    run: Mapping[str, Any] | None = None
    alerts: Sequence[AlertRecord] = ()
    done: Mapping[int, str] = field(default_factory=dict)
    targets: Sequence[TargetRecord] = ()
    _placed: list[pl.DataFrame] = field(default_factory=list)

    @property
    def hours(self) -> list[datetime]:
        """The begins of the next hours, in their order."""
        return sorted(self.capacity["hour"].unique().to_list())

    @property
    def end(self) -> datetime:
        """The end of the next hours."""
        return max(self.hours, default=self.now) + timedelta(hours=1)

    def placed(self) -> pl.DataFrame:
        """The tasks with team and site of who does them, and whether they are overdue or at risk.

        At risk is what is overdue, or due in the next hours and not planned to end by then.
        """
        if not self._placed:
            known = self.people.select("agent", "team", "site")
            due = pl.col("due_at")
            overdue = due.is_not_null() & (due <= self.now)
            soon = due.is_not_null() & (due > self.now) & (due < self.end)
            saved = pl.col("end_at").is_not_null() & (pl.col("end_at") <= due) & ~pl.col("status").is_in(_HELD)
            placed = self.tasks.join(known, on="agent", how="left", maintain_order="left")
            self._placed.append(placed.with_columns(overdue=overdue, soon=soon, at_risk=overdue | (soon & ~saved)))
        return self._placed[0]


def board_facts(board: Board, chosen: Mapping[str, str], language: str = ENGLISH) -> dict[str, Any]:
    """What the board shows of what is chosen: a name for some of ``BOARD_DIMENSIONS``; others are left aside.

    Figures are numbers, moments texts in the board's time zone; values are points before the policy's weights.
    """
    chosen = {name: chosen[name] for name in BOARD_DIMENSIONS if name in chosen}
    tasks = board.placed()
    for name, key in chosen.items():
        tasks = tasks.filter(pl.col(name).fill_null("") == key)
    people = board.people
    for name in ("site", "team", "agent"):
        if name in chosen:
            people = people.filter(pl.col(name).fill_null("") == chosen[name])
    return {
        "now": _moment(board.now, board),
        "timezone": board.timezone,
        "unit": board.unit,
        "chosen": chosen,
        "totals": _totals(tasks),
        "groups": {name: _groups(tasks, name) for name in BOARD_DIMENSIONS if name not in chosen},
        "hours": _hours(board, tasks, people),
        "tasks": _tasks(board, tasks),
        "people": _people(board, tasks, people) if chosen.keys() & {"site", "team", "agent"} else [],
        "sources": list(board.sources),
        "run": None if board.run is None else _told(board.run, board),
        **_watched(board, language),
    }


def _watched(board: Board, language: str) -> dict[str, Any]:
    """Alerts and targets, with what people read of them in a language, the gravest first."""
    with speaking(language):
        alerts = [_alert(board, alert) for alert in by_gravity(board.alerts)]
        targets = [_target(each) for each in sorted(board.targets, key=lambda each: each.met is not False)]
    return {"alerts": alerts, "targets": targets}


def _alert(board: Board, alert: AlertRecord) -> dict[str, Any]:
    plain: dict[str, Any] = to_plain(alert)
    done = None if alert.alert_id is None else board.done.get(alert.alert_id)
    return {**plain, "text": alert_line(alert, board.timezone), "done": done}


def _target(target: TargetRecord) -> dict[str, Any]:
    plain: dict[str, Any] = to_plain(target)
    return {**plain, "text": target_line(target)}


def _totals(tasks: pl.DataFrame) -> dict[str, Any]:
    risk = tasks.filter("at_risk")
    return {
        "open": tasks.height,
        "value": _sum(tasks["value"]),
        "at_risk": risk.height,
        "value_at_risk": _sum(risk["value"]),
        "overdue": int(tasks["overdue"].sum()),
        "due_soon": int(tasks["soon"].sum()),
        "held": int(tasks["status"].is_in(_HELD).sum()),
        "in_progress": int((tasks["status"] == _BEGUN).sum()),
        "planned": tasks["end_at"].count(),
        "unplanned": tasks["end_at"].null_count(),
    }


def _groups(tasks: pl.DataFrame, name: str) -> list[dict[str, Any]]:
    """The open work by what it belongs to, most value at risk first; work that belongs to nothing has no key."""
    at_risk = pl.col("at_risk")
    rows = (
        tasks.group_by(pl.col(name).alias("key"))
        .agg(
            open=pl.len(),
            value=pl.col("value").sum().round(2),
            at_risk=at_risk.sum(),
            value_at_risk=pl.col("value").filter(at_risk).sum().round(2),
        )
        .sort("value_at_risk", "open", "key", descending=[True, True, False], nulls_last=True)
    )
    return rows.head(_GROUPS).to_dicts()


def _hours(board: Board, tasks: pl.DataFrame, people: pl.DataFrame) -> list[dict[str, Any]]:
    """What falls due in each of the next hours, against the people there."""
    there = board.capacity.join(people.select("agent"), on="agent", how="semi").filter(pl.col("minutes") > 0)
    found = []
    for hour in board.hours:
        due = tasks.filter(pl.col("due_at") > max(hour, board.now), pl.col("due_at") <= hour + timedelta(hours=1))
        now = there.filter(pl.col("hour") == hour)
        found.append(
            {
                "from": _moment(hour, board),
                "due": due.height,
                "due_minutes": _sum(due["minutes"]),
                "at_risk": int(due["at_risk"].sum()),
                "people": now.height,
                "capacity_minutes": _sum(now["minutes"]),
            }
        )
    return found


def _tasks(board: Board, tasks: pl.DataFrame) -> list[dict[str, Any]]:
    """The tasks at risk, most valuable first; else those due next."""
    some = tasks.sort("at_risk", "value", "task_id", descending=[True, True, False]).head(_TASKS)
    names = ("task_id", "process", "status", "agent", "due_at", "start_at", "end_at", "value", "overdue", "at_risk")
    return [_told(row, board) for row in some.select(names).iter_rows(named=True)]


def _people(board: Board, tasks: pl.DataFrame, people: pl.DataFrame) -> list[dict[str, Any]]:
    """People with what they have begun and what is planned for them next."""
    mine = tasks.filter(pl.col("agent").is_not_null()).sort("start_at", "task_id", nulls_last=True)
    begun = pl.col("status") == _BEGUN
    by_person = mine.group_by("agent").agg(
        open=pl.len(),
        at_risk=pl.col("at_risk").sum(),
        begun=pl.col("task_id").filter(begun).first(),
        next=pl.col("task_id").filter(~begun & pl.col("start_at").is_not_null()).first(),
    )
    rows = people.join(by_person, on="agent", how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("open", "at_risk").fill_null(0)).sort("at_risk", "agent", descending=[True, False])
    return rows.head(_PEOPLE).to_dicts()


def _told(row: Mapping[str, Any], board: Board) -> dict[str, Any]:
    return {name: _moment(value, board) if isinstance(value, datetime) else value for name, value in row.items()}


def _moment(moment: datetime, board: Board) -> str:
    return moment.astimezone(ZoneInfo(board.timezone)).isoformat(timespec="seconds")


def _sum(values: pl.Series) -> float:
    return round(float(values.sum() or 0), 2)
