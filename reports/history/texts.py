"""The texts that the script of the history page shows."""

from models import LEVELS
from reports.history.view import LEVELS_SHOWN
from reports.words.language import _, msg, spoken

_TEXTS = {
    "none": msg("(none)"),
    "everything": msg("Everything"),
    "hint": msg("Click a row or a figure to look closer."),
    "remove": msg("Remove the choice {what}"),
    "clear": msg("Show everything again"),
    **{f"level_{level}": LEVELS[level].title for level in LEVELS_SHOWN},
    **{f"levels_{level}": LEVELS[level].titles for level in LEVELS_SHOWN if LEVELS[level].titles},
    "share": msg("{number} %"),
    "pp": msg("{number} pp"),
    "hours": msg("{number} h"),
    "minutes": msg("{number} min"),
    "days": msg("{number} d"),
    "target": msg("target {target}"),
    "met": msg("met"),
    "missed": msg("missed"),
    "days_met": msg("met on {met} of {count}"),
    "better": msg("better"),
    "worse": msg("worse"),
    "against": msg("{difference} against before"),
    "nothing_here": msg("Nothing to show for this choice."),
    "value": msg("Value"),
    "target_line": msg("Target"),
    "which": msg("Which"),
    "measure": msg("Measure"),
    "now": msg("Now"),
    "before": msg("Before that"),
    "difference": msg("Difference"),
    "trend": msg("Trend"),
    "show_all": msg("Show all {count}"),
    "open_trend": msg("Show the trend of {what}"),
    "old_browser": msg("This browser cannot unpack the figures; the workbook has them."),
}
"""By name; what is in braces is filled in by the script."""


def history_texts() -> dict[str, str]:
    """The texts in the current language, and its ``locale``, which decides how numbers are written."""
    return {"locale": spoken().tag, **{name: _(text) for name, text in _TEXTS.items()}}
