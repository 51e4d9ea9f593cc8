"""Alerts and targets of a run as tables, the gravest first."""

from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from models import FIRING
from reports.content.table import Table, columns
from reports.content.view import RunView
from reports.words.alerts import alert_word, by_gravity, place_words, watched_title, watched_value
from reports.words.language import _

_TIME = pl.Datetime("us")
_ALERTS = ("@alert", "@place", "@measure", "@figure", "@threshold", "@severity", "@state", "@since")
_TARGETS = ("@place", "@measure", "@figure", "@target", "@met")


def alert_table(view: RunView) -> Table | None:
    """The alerts that are pending or fire with this run; ``None`` where nothing is watched."""
    if view.run.alerts is None:
        return None
    rows = [
        {
            "@alert": alert.name,
            "@place": place_words(alert.level, alert.key, alert.measure),
            "@measure": watched_title(alert.measure),
            "@figure": watched_value(alert.value, alert.measure),
            "@threshold": "" if alert.threshold is None else watched_value(alert.threshold, alert.measure),
            "@severity": alert_word(alert.severity),
            "@state": alert_word(alert.state),
            "@since": _shown(alert.since, view.timezone),
            "@level": alert.level,
            "@key": alert.key,
            "@fires": alert.state == FIRING,
        }
        for alert in by_gravity(view.run.alerts)
    ]
    texts = dict.fromkeys((*_ALERTS, "@level", "@key"), pl.String())
    frame = pl.DataFrame(rows, schema={**texts, "@since": _TIME, "@fires": pl.Boolean()})
    return Table(_("Alerts"), frame, columns(*_ALERTS), rest="run.json", about=("@level", "@key"))


def target_table(view: RunView) -> Table | None:
    """The targets of the day with the figures of this run, missed ones first; ``None`` where there are none."""
    if view.run.targets is None:
        return None
    met = {True: _("met"), False: _("missed"), None: _("not known")}
    rows = [
        {
            "@place": place_words(target.level, target.key),
            "@measure": watched_title(target.measure),
            "@figure": watched_value(target.value, target.measure),
            "@target": watched_value(target.target, target.measure),
            "@met": met[target.met],
            "@level": target.level,
            "@key": target.key,
            "@missed": target.met is False,
        }
        for target in sorted(view.run.targets, key=lambda target: target.met is not False)
    ]
    texts = dict.fromkeys((*_TARGETS, "@level", "@key"), pl.String())
    frame = pl.DataFrame(rows, schema={**texts, "@missed": pl.Boolean()})
    return Table(_("Targets"), frame, columns(*_TARGETS), rest="run.json", about=("@level", "@key"))


def _shown(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
