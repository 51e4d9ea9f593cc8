"""What is watched in a run: each alert at its level, and below it where its threshold is inherited."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from models import ENTERPRISE, MEASURES, PEOPLE_LEVELS, RED, YELLOW
from scheduler.alerts.places import Ancestors, Node
from scheduler.config import TARGET, AlertSection

Figures = Mapping[str, Mapping[Node, float]]
"""The key figures of a run: by measure, then by level and key."""

Target = Callable[[Node, str], float | None]
"""The target of a node and measure on the day of the run, if there is one."""


@dataclass(frozen=True)
class Limit:
    """A threshold. It is reached by a value that equals it, but for targets and ages, which must be passed."""

    value: float
    below: bool = False
    passed: bool = False

    def is_broken_by(self, value: float) -> bool:
        """Whether a value is as bad as this."""
        beyond = value < self.value if self.below else value > self.value
        return beyond or (value == self.value and not self.passed)


@dataclass(frozen=True)
class Condition:
    """What is watched: the alert ``name`` at a node, and how many ``runs`` in a row it takes."""

    name: str
    node: Node
    measure: str
    red: Limit | None
    yellow: Limit | None
    runs: int = 1

    @property
    def fingerprint(self) -> tuple[str, str, str]:
        """What fires once."""
        return (self.name, *self.node)

    def severity(self, value: float | None) -> str | None:
        """How bad a value is; ``None`` if it is good, or there is none."""
        if value is None:
            return None
        if self.red is not None and self.red.is_broken_by(value):
            return RED
        return YELLOW if self.yellow is not None and self.yellow.is_broken_by(value) else None


_Family = tuple[str, bool]
_Defined = Mapping[Node, Mapping[str, AlertSection]]


def conditions_of(
    alerts: Iterable[AlertSection], figures: Figures, ancestors: Ancestors, target: Target = lambda node, measure: None
) -> list[Condition]:
    """What the enabled alerts watch in a run with these figures.

    Alerts of the same measure inherit from each other: one that is set for a node counts there. Below a node whose
    alert has ``inherit``, the alert of the nearest ancestor that has any counts.
    """
    families: dict[_Family, list[AlertSection]] = defaultdict(list)
    for alert in alerts:
        if alert.enabled:
            families[alert.measure, alert.below].append(alert)
    found = []
    for (measure, _), members in families.items():
        defined = _defined(members, figures.get(measure, {}))
        resolve = _Thresholds(defined, ancestors, target)
        found += [resolve.condition(node, alert) for node, named in defined.items() for alert in named.values()]
        for node in figures.get(measure, {}):
            if node not in defined and node[0] in PEOPLE_LEVELS:
                found += [resolve.condition(node, alert) for alert in _inherited(node, defined, ancestors)]
    return found


def _defined(alerts: Sequence[AlertSection], values: Mapping[Node, float]) -> dict[Node, dict[str, AlertSection]]:
    """The alerts set for each node, by name; one for a key comes before one for all keys of the level."""
    found: dict[Node, dict[str, AlertSection]] = defaultdict(dict)
    for alert in sorted(alerts, key=lambda alert: alert.key is not None):
        for node in _nodes(alert, values):
            general = found[node].get(alert.name)
            passes_on = alert.inherit or (general is not None and general.inherit)  # it is the level that does
            found[node][alert.name] = alert.model_copy(update={"inherit": passes_on})
    return found


def _nodes(alert: AlertSection, values: Mapping[Node, float]) -> Iterator[Node]:
    if alert.level == ENTERPRISE or alert.key is not None:
        yield alert.level, alert.key or ""
    else:
        yield from (node for node in values if node[0] == alert.level)


def _inherited(node: Node, defined: _Defined, ancestors: Ancestors) -> list[AlertSection]:
    """The alerts of the nearest ancestor that has any, where one of the ancestors passes its own on."""
    above = [list(defined[upper].values()) for upper in ancestors.get(node, ()) if upper in defined]
    if not any(alert.inherit for alerts in above for alert in alerts):
        return []
    nearest = above[0]
    return [alert for alert in nearest if alert.inherit] or nearest


class _Thresholds:
    """Thresholds as numbers."""

    def __init__(self, defined: _Defined, ancestors: Ancestors, target: Target) -> None:
        self._defined, self._ancestors, self._target = defined, ancestors, target

    def condition(self, node: Node, alert: AlertSection) -> Condition:
        """The alert at a node."""
        origin = self._origin(node, alert)
        red, yellow = (self._limit(node, origin, given) for given in (origin.red, origin.yellow))
        return Condition(alert.name, node, alert.measure, red, yellow, alert.runs)

    def _origin(self, node: Node, alert: AlertSection) -> AlertSection:
        """Whose thresholds count: the alert's own, else those of the nearest ancestor that has any."""
        if _says(alert):
            return alert
        for upper in self._ancestors.get(node, ()):
            for other in self._defined.get(upper, {}).values():
                if _says(other):
                    return other
        return alert

    def _limit(self, node: Node, alert: AlertSection, given: float | str | None) -> Limit | None:
        if given is None:
            return None
        if given != TARGET:
            return Limit(float(given), alert.below)
        known = (self._target(each, alert.measure) for each in (node, *self._ancestors.get(node, ())))
        value = next((value for value in known if value is not None), None)
        return None if value is None else Limit(value, _below_target(alert), passed=True)


def _below_target(alert: AlertSection) -> bool:
    """Whether less than the target is worse: as the alert says, else as the measure is."""
    if "below" in alert.model_fields_set or alert.measure not in MEASURES:
        return alert.below
    return not MEASURES[alert.measure].less_is_better


def _says(alert: AlertSection) -> bool:
    return alert.red is not None or alert.yellow is not None
