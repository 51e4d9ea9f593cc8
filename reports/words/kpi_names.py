"""The words of levels and measures in the reader's language, and how their figures are written."""

from models import DONE_MEASURES, LEVELS, MEASURES
from reports.words.language import _, msg
from reports.words.wording import Unit, reason_words

_WHEN = {"before": msg("{what} (before the plan)"), "after": msg("{what} (after the plan)")}


def level_title(level: str) -> str:
    """The name of a level; an unknown one unchanged."""
    return _(LEVELS[level].title) if level in LEVELS else level


def measure_title(measure: str) -> str:
    """The name of a measure; an unknown one in readable form."""
    known = MEASURES.get(measure) or DONE_MEASURES.get(measure)
    if known is None:
        return measure.replace("_", " ")
    parts = {name: reason_words(part)[0] if name == "reason" else part for name, part in known.parts.items()}
    title = _(known.title, **parts)
    return _(_WHEN[known.when], what=title) if known.when else title


def measure_kind(measure: str) -> Unit:
    """The kind of figure of a measure; an unknown one is a plain number."""
    known = MEASURES.get(measure) or DONE_MEASURES.get(measure)
    return Unit(known.quantity.value) if known is not None else Unit.NUMBER
