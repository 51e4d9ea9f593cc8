"""The words of a run for people: numbers as text, reasons, stops, proofs and the policy's keys."""

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import Enum
from unicodedata import east_asian_width

from babel.dates import format_datetime

from models import RunRecord
from reports.words.language import _, msg, spoken

_POINTS = msg("points")


class Unit(Enum):
    """The kind of a figure, which decides how it is written and aligned."""

    TEXT = "text"
    PROSE = "prose"  # text to be read to its end
    COUNT = "count"
    NUMBER = "number"  # of unknown meaning: written as it came
    POINTS = "points"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    SHARE = "share"  # 1 is all
    TIME = "time"

    @property
    def is_text(self) -> bool:
        """Whether values of this kind are words."""
        return self in (Unit.TEXT, Unit.PROSE)


def shown(value: object, kind: Unit) -> str:
    """A value as text; empty for ``None``."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}" if value.second else f"{value:%Y-%m-%d %H:%M}"
    if not isinstance(value, int | float) or kind.is_text or kind is Unit.NUMBER:
        return str(value)
    if not abs(value) < 1e15:
        return f"{value:.6g}"
    if kind is Unit.SHARE:
        return percent(_rounded(100 * Decimal(repr(value)), 1))
    decimals = {Unit.POINTS: 2, Unit.HOURS: 1, Unit.DAYS: 1, Unit.MINUTES: 0 if value == int(value) else 2}.get(kind, 0)
    return f"{_rounded(Decimal(repr(value)), decimals):,}"


def _rounded(number: Decimal, decimals: int) -> Decimal:
    """The number with so many decimals, half up as a worksheet shows it, and no minus before a zero."""
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0


def room(text: str) -> int:
    """The width of a text in characters; East Asian characters count as two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def signed(difference: float | None, kind: Unit) -> str:
    """A difference with its sign, for shares in percentage points; empty for ``None``."""
    if difference is None:
        return ""
    if kind is Unit.SHARE:
        points = _rounded(100 * Decimal(repr(difference)), 1)
        return _("{number} pp", number=f"{points:+}" if points else "0.0")
    text = shown(difference, kind)
    return f"+{text}" if difference > 0 else text


def unit_of(run: RunRecord) -> str:
    """The unit of value, as the policy of a run names it."""
    return unit_words(run.policy.unit)


def unit_words(unit: str) -> str:
    """A policy's name of what value is counted in, in the language spoken now."""
    return _(_POINTS) if unit == _POINTS else unit


def unit_title(run: RunRecord) -> str:
    """The unit of value, as the title of a column."""
    unit = run.policy.unit
    return _("Points") if unit == _POINTS else unit


def floored_share(gap: float) -> str:
    """The share that is reached if ``gap`` of the whole is missing, as text.

    Rounded down, with enough decimals that it does not claim 100 %.
    """
    missing = 100 * Decimal(repr(gap))
    digits = min(max(1, -missing.adjusted()), 6)
    return percent((100 - missing).quantize(Decimal(1).scaleb(-digits), ROUND_FLOOR))


def percent(number: object) -> str:
    """A share as a percentage."""
    return _("{number} %", number=number)


def moment(time: datetime) -> str:
    """A moment with its weekday, as in ``Mon 14 Nov 2011 08:00``."""
    pattern = _("EEE d MMM y HH:mm:ss") if time.second else _("EEE d MMM y HH:mm")
    return format_datetime(time, pattern, locale=spoken().code)


OUTCOMES = {"on_time": msg("on time"), "late": msg("late"), "overdue": msg("late, overdue before")}
"""The outcome of a planned task; ``overdue`` is a late one that was overdue when planning began."""

REASONS = {
    "outbid": (msg("outbid"), msg("the time it needs earns more elsewhere")),
    "no_places": (msg("no places"), msg("everybody who could do it has as many tasks as they may")),
    "no_time": (msg("no time"), msg("nobody allowed could finish it by its last useful moment")),
    "no_skill": (msg("nobody may do it"), msg("nobody is allowed to do it, by skills and exclusions")),
    "no_gain": (msg("no gain"), msg("doing it pays no more than leaving it")),
    "not_yet": (msg("not yet"), msg("it may not start before the horizon ends")),
    "expired": (msg("expired"), msg("nothing is earned for it any more")),
    "held": (msg("on hold"), msg("its status keeps it out of planning")),
    "final": (msg("closed"), msg("it is completed, canceled or rejected already")),
}
"""Why a task is not planned, in a few words and as a sentence; those a planner can act on come first."""

STOPS = {
    "optimal": msg("the plan reached the best possible value"),
    "gap": msg("the plan came as close to the best possible as was asked for"),
    "time_limit": msg("the time limit was reached"),
    "effort": msg("the work allowed was done"),
    "finished": msg("the method came to its end"),
    "interrupted": msg("somebody asked for the best plan so far"),
    "unusable": msg("not known: it ended with a proof that does not hold"),
}

PROOFS = {
    "optimal": msg("proved: no plan is worth more"),
    "gap": msg("proved: no plan is worth more than the best possible value shown"),
    "none": msg("nothing was proved"),
    "unusable": msg("not usable: a plan is worth more than the upper limit stated"),
}

PROVERS = {"certificate": msg("certificate"), "programmes": msg("prices of tasks"), "": msg("the engine")}
"""What proved a bound, beside engines, which have their names."""

HOURS_NOTE = msg(
    "What one more hour of such work is worth at most, begun between the two times, at efficiency 1, before what the "
    "hour costs. It is a marginal value: true for the first few hours, not for a hundred."
)
"""What the figures for one more hour are, and are not."""

POLICY = {
    "sla": msg("soft: a late task earns less; hard: a task that would be late is not planned"),
    "max_reject_share": msg("more bad rows in a table than this share refuse the snapshot"),
    "max_age": msg("a snapshot that is older than this is refused; empty: no limit"),
    "shrink": msg("with --expect-like, a snapshot with a smaller share of that run's work, people or hours is refused"),
    "time.grain": msg("the step of the clock: work starts and ends on it"),
    "payoff.default_value": msg("value of a task when neither it nor its process states one, in points"),
    "payoff.late_share": msg("share of its value a task still earns when it is late"),
    "payoff.ageing_per_day": msg("what each day overdue adds to the value of a task finished late, as a share"),
    "payoff.ageing_cap": msg("ageing multiplies the value by this at most"),
    "payoff.requested_agent_share": msg("added, as a share of its value, when the requested person does the task"),
    "payoff.cost_weight": msg("points charged for each unit of labour cost"),
    "replan.freeze": msg("what was to start this soon stays when planning again"),
    "replan.stability": msg(
        "what moving a task must earn when planning again, in points or as a share of a task's worth"
    ),
    "report.language": msg("the language people read a run in"),
    "report.unit": msg("what value is counted in; no plan depends on it"),
    "report.target_utilization": msg("people used less or more of their working time than this are pointed out"),
    "report.warning_margin": msg("tasks planned to finish this shortly before they are due are listed as at risk"),
}
"""What the keys of a policy mean."""

CALENDAR = {
    "hours": msg("when it is open: SLA minutes count then"),
    "holidays": msg("the public holidays on which it is closed"),
    "closed": msg("days on which it is closed besides"),
    "timezone": msg("the time zone of its hours"),
    "tenants": msg("whose work counts on it, unless its process names another calendar"),
    "default": msg("whether all other work counts on it"),
}
"""What the keys of a calendar mean."""


def reason_words(reason: str) -> tuple[str, str]:
    """A reason in a few words and as a sentence; one that is not known here as it stands."""
    words, sentence = REASONS.get(reason, (in_words({}, reason), ""))
    return _(words), _(sentence)


def policy_meaning(key: str) -> str:
    """The meaning of a dotted policy key; empty for an unknown one."""
    if key.startswith("weights.") and key.count(".") > 1:
        field, value = key.split(".", 2)[1:]
        return _("multiplies the value of every task of {field} {value}", field=_(field), value=value)
    if key.startswith("calendar."):
        return _(CALENDAR.get(key.rpartition(".")[2], ""))
    return _(POLICY.get(key, ""))


def in_words(words: Mapping[str, str], key: object) -> str:
    """The words for a key; the key itself in readable form if there are none."""
    return _(words.get(str(key), str(key).replace("_", " ")))
