"""What allot.toml may say of alerts, `[[alert]]`, and of who is told, `[notify.NAME]`."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from models import (
    AGENT,
    ENTERPRISE,
    LEVELS,
    MEASURES,
    PEOPLE_LEVELS,
    RUN_AGE,
    SOURCE,
    SOURCE_AGE,
    nearest,
    parse_duration,
)
from scheduler.config.section import Addresses, Length, Mailing, Place, Section, Text, Variable

TARGET = "target"
"""In the place of a threshold: the target that the history has for the day."""

AGES = (SOURCE_AGE, RUN_AGE)
"""What the clock says, not a run: minutes since a source sent something, and since the last run."""


def _threshold(given: object) -> object:
    """A threshold as a number; a length of time is its minutes."""
    if not isinstance(given, str) or given == TARGET:
        return float(given) if isinstance(given, int) and not isinstance(given, bool) else given
    try:
        return parse_duration(given) / timedelta(minutes=1)
    except ValueError as error:
        raise ValueError(f'is a number, a length of time such as "30m", or "{TARGET}"') from error


Threshold = Annotated[float | Literal["target"], BeforeValidator(_threshold)]


class AlertSection(Section):
    """`[[alert]]`: when somebody is told. Without a key it watches every key of its level.

    ``runs`` is how many runs in a row it takes, both to fire and to be over. ``below``: less is worse. ``inherit``: its
    thresholds count below its level, too, or where it has none, those of the nearest ancestor. ``expect`` is another
    word for ``red`` of an age: the longest time without a run.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, validate_by_name=False)

    name: Text
    measure: Text
    level: Text = ENTERPRISE
    key: str | None = None
    red: Threshold | None = None
    yellow: Threshold | None = None
    runs: Annotated[int, Field(ge=1, le=1000, alias="for")] = 1
    enabled: bool = False
    below: bool = False
    inherit: bool = False
    expect: Length | None = None

    @property
    def place(self) -> str:
        """The level it watches."""
        return SOURCE if self.measure == SOURCE_AGE else self.level


class _Notify(Section):
    """What all who are told share: ``resolved`` tells them of what is over, too; ``language``: the policy's if none."""

    resolved: bool = False
    language: Literal["en", "zh"] | None = None


class MailNotify(_Notify, Mailing):
    """A mail server, and whom it is to write to."""

    kind: Literal["mail"]
    to: Addresses


class WebhookNotify(_Notify, Place):
    """A web service that takes a message by POST, signed with the secret, tried again so many times after the first."""

    kind: Literal["webhook"]
    secret_env: Variable | None = None
    retries: Annotated[int, Field(ge=0, le=20)] = 1
    timeout: Length = "15s"


class FileNotify(_Notify):
    """A file to which each message is added as a line of JSON."""

    kind: Literal["file"]
    path: Text


Notify = MailNotify | WebhookNotify | FileNotify

NOTIFIED: Mapping[str, type[Notify]] = {"mail": MailNotify, "webhook": WebhookNotify, "file": FileNotify}
"""Ways to be told, by their kind."""


def faults_of_alerts(alerts: Sequence[Any], sources: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with alerts beyond the types of their keys."""
    tables = [alert for alert in alerts if isinstance(alert, dict)]
    for number, alert in enumerate(tables):
        name, measure, level = alert.get("name"), alert.get("measure"), alert.get("level", ENTERPRISE)
        if not isinstance(name, str) or not isinstance(measure, str) or not isinstance(level, str):
            continue  # said by the types
        where = f"'alert.{number}' ({name})"
        found = [*_faults_of_measure(alert, measure, level, sources), *_faults_of_thresholds(alert, measure)]
        yield from (f"{where}: {fault}" for fault in found)
    marks = Counter((a.get("name"), a.get("level", ENTERPRISE), str(a.get("key"))) for a in tables)
    yield from (
        f"'alert': there are {count} with the name {name!r} for the same level and key"
        for (name, _, _), count in marks.items()
        if count > 1 and name is not None
    )


def _faults_of_measure(alert: Mapping[str, Any], measure: str, level: str, sources: Mapping[str, Any]) -> Iterator[str]:
    if measure == SOURCE_AGE:
        key = alert.get("key")
        if level not in (SOURCE, ENTERPRISE):
            yield f"the level of {SOURCE_AGE} is {SOURCE}, not {level!r}"
        if isinstance(key, str) and key not in sources:
            yield f"there is no source {key!r}{nearest(key, sources)}"
        return
    if measure not in (*MEASURES, *AGES):
        yield f"unknown measure {measure!r}{nearest(measure, (*MEASURES, *AGES))}"
    if level not in LEVELS:
        yield f"unknown level {level!r}{nearest(level, LEVELS)}"
        return
    levels = (ENTERPRISE,) if measure == RUN_AGE else MEASURES[measure].levels if measure in MEASURES else tuple(LEVELS)
    if level not in levels:
        yield f"{measure} is not worked out for the level {level}; it is for {', '.join(levels)}"
    below = [] if level not in (ENTERPRISE, *PEOPLE_LEVELS) or level == AGENT else _people_below(level)
    if alert.get("inherit") is True and not set(below) & set(levels) and _has_threshold(alert):
        yield f"inherit: there is no level below {level} for which {measure} is worked out"
    if level == ENTERPRISE and alert.get("key"):
        yield "the enterprise has no keys; leave key out"


def _people_below(level: str) -> Sequence[str]:
    return PEOPLE_LEVELS if level == ENTERPRISE else PEOPLE_LEVELS[PEOPLE_LEVELS.index(level) + 1 :]


def _has_threshold(alert: Mapping[str, Any]) -> bool:
    return any(alert.get(name) is not None for name in ("red", "yellow", "expect"))


def _faults_of_thresholds(alert: Mapping[str, Any], measure: str) -> Iterator[str]:
    red, yellow, below = alert.get("red"), alert.get("yellow"), alert.get("below") is True
    if measure not in AGES and "expect" in alert:
        yield f"expect goes with {' and '.join(AGES)} alone; give red, yellow or both"
    if "expect" in alert and red is not None:
        yield "give either expect or red"
    if not _has_threshold(alert) and measure != SOURCE_AGE and alert.get("inherit") is not True:
        what = 'expect = "30m"' if measure == RUN_AGE else "red, yellow or both"
        yield f"nothing says when it fires; give {what}"
    if measure in AGES:
        yield from (f"{key} makes no sense for {measure}" for key in ("below", "inherit") if alert.get(key) is True)
        targets = [key for key in ("red", "yellow") if alert.get(key) == TARGET]
        yield from (f"{key}: there are no targets for {measure}" for key in targets)
    if isinstance(red, int | float) and isinstance(yellow, int | float) and (yellow < red if below else yellow > red):
        yield f"yellow comes before red: yellow = {yellow} and red = {red} are the wrong way round"
