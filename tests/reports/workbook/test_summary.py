"""The first sheet: what matters of a run."""

from reports import RunView
from tests.reports.runs import planned, view_of
from tests.reports.workbook.sheets import Open, text_of


def test_the_summary_tells_what_matters(opened: Open, mixed: RunView) -> None:
    text = text_of(opened(mixed)["Summary"])
    for expected in (
        "Plan from Mon 2 Mar 2026 08:00 to Mon 2 Mar 2026 18:00",
        "97.9 % of what could be gained, proved",
        "Best possible 23.50, this plan 22.50 points. Times are Europe/Berlin.",
        "Not planned: nobody may do it",
        "1 task will be late without having been overdue",
        "agent_id 'A9' of task t-first is not in agents",
        "exact: small enough to be solved exactly",
    ):
        assert expected in text


def test_a_failed_check_cannot_be_missed(opened: Open) -> None:
    view = view_of(plan=[planned("t")], check={"ok": False, "violations": ["H3 A1: overlap by 5 min"]})
    text = text_of(opened(view)["Summary"])
    assert "THE PLAN BREAKS RULES (1 listed): do not use it" in text
    assert "H3 A1: overlap by 5 min" in text
