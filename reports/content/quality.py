"""How good a plan is, in the same words for workbook, page and terminal."""

from dataclasses import dataclass

from models import RunRecord
from reports.content.proof import is_refuted, usable_bound
from reports.words.language import _
from reports.words.wording import Unit, floored_share, percent, shown, unit_of


@dataclass(frozen=True)
class Quality:
    """The quality of a plan as text.

    ``share`` is what was reached of what could be gained, empty where no share can be stated; ``words`` go on
    from there; ``points`` says the same in points.
    """

    share: str
    words: str
    points: str

    @property
    def phrase(self) -> str:
        """The headline: ``97.9 % of what could be gained, proved``."""
        return f"{self.share} {self.words}".strip()


def quality(run: RunRecord) -> Quality:
    """The quality stated in run.json; never a claim without a proved bound."""
    objective = run.objective
    bound = usable_bound(run.bound, objective)
    mine, unit = shown(objective, Unit.POINTS), unit_of(run)
    if bound is None:
        words = _("How much more is possible is not known: no upper limit was proved")
        if is_refuted(run) or run.bound is not None:
            words = _("How much more is possible is not known: the upper limit stated is too low, and not usable")
        return Quality("", words, _("this plan {mine} {unit}", mine=mine, unit=unit))
    best = shown(bound, Unit.POINTS)
    points = _("best possible {best}, this plan {mine} {unit}", best=best, mine=mine, unit=unit)
    share, words = _reached(run, objective, bound)
    return Quality(share, words, points)


def quality_phrase(run: RunRecord) -> str:
    """The headline of a run: the share of the possible gain that was reached, and whether that is proved."""
    return quality(run).phrase


def _reached(run: RunRecord, objective: float, bound: float) -> tuple[str, str]:
    """The share reached and the words after it, for a run with a bound."""
    empty, gain_gap = run.empty_objective, run.gain_gap
    if gain_gap is None or bound <= empty:
        if objective >= bound:
            return "", _("Nothing better is possible, proved: no plan is worth more")
        more = shown(bound - objective, Unit.POINTS)
        return "", _("At most {points} {unit} more are possible, proved", points=more, unit=unit_of(run))
    if objective < empty:
        # only work that must be done (H7) can cost more than it earns
        less = shown(empty - objective, Unit.POINTS)
        return "", _("Worth {points} {unit} less than leaving all work undone", points=less, unit=unit_of(run))
    if gain_gap <= 0:
        return percent(100), _("of what could be gained, proved: no plan is better")
    return floored_share(gain_gap), _("of what could be gained, proved")
