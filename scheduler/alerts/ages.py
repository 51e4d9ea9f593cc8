"""What the clock says: sources that are stale, and a planner that has not planned."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from data import SourceStatus, parse_duration
from models import RUN_AGE, SOURCE, SOURCE_AGE
from scheduler.alerts.conditions import Condition, Limit
from scheduler.alerts.places import WHOLE, Node
from scheduler.config import TARGET, AlertSection, Config

_MINUTE = timedelta(minutes=1)

Ages = dict[str, dict[Node, float]]


def ages_at(sources: Sequence[SourceStatus], last_run: datetime | None, now: datetime) -> Ages:
    """Ages in minutes: of what each source has sent, and of the last run; endless where there is nothing yet."""
    run = math.inf if last_run is None else max(0.0, (now - last_run) / _MINUTE)
    own = {(SOURCE, one.source): math.inf if one.age is None else one.age / _MINUTE for one in sources}
    return {SOURCE_AGE: own, RUN_AGE: {WHOLE: run}}


def conditions_on_ages(config: Config) -> list[Condition]:
    """What the enabled alerts watch by the clock. A source without a threshold has its ``max_age``, if any."""
    found = []
    for alert in config.alert:
        if alert.enabled and alert.measure == RUN_AGE:
            found.append(_condition(alert, WHOLE, None))
        elif alert.enabled and alert.measure == SOURCE_AGE:
            names = list(config.source) if alert.key is None else [alert.key]
            found += [_condition(alert, (SOURCE, name), config.source[name].max_age) for name in names]
    return [condition for condition in found if condition.red is not None or condition.yellow is not None]


def _condition(alert: AlertSection, node: Node, max_age: str | None) -> Condition:
    red, yellow = (_limit(given) for given in (alert.red, alert.yellow))
    longest = alert.expect or max_age
    if red is None and longest is not None and (yellow is None or alert.expect):
        red = Limit(parse_duration(longest) / _MINUTE, passed=True)
    return Condition(alert.name, node, alert.measure, red, yellow, alert.runs)


def _limit(given: float | str | None) -> Limit | None:
    return None if given is None or given == TARGET else Limit(float(given), passed=True)
