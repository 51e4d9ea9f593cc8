from pathlib import Path

from reports import RunView, summary_lines
from tests.reports.runs import planned, view_of


def test_the_closing_lines_of_a_mixed_run(mixed: RunView) -> None:
    assert summary_lines(mixed, [Path("out/plan.xlsx"), "out/report.html"]) == [
        "97.9 % of what could be gained, proved (best possible 23.50, this plan 22.50 points)",
        "10 tasks: 2 on time, 2 late (of which 1 was overdue already), 2 rejected, 4 not planned: "
        "2 outbid, 1 nobody may do it, 1 on hold",
        "3 people: 1.6 of 5.0 hours planned, utilization 31.7 %",
        "3 rows set aside as bad data: see rejects.csv",
        "1 warning, the first: agent_id 'A9' of task t-first is not in agents",
        "checked: the plan keeps every rule, and its points add up",
        "written: out/plan.xlsx, out/report.html",
        "engine: small enough to be solved exactly; stopped: the plan came as close to the best possible as was asked "
        "for",
    ]


def test_nothing_to_plan(nothing: RunView) -> None:
    assert summary_lines(nothing) == [
        "Nothing better is possible, proved: no plan is worth more (best possible 0.00, this plan 0.00 points)",
        "no tasks",
        "no people",
        "checked: the plan keeps every rule, and its points add up",
        "engine: small enough to be solved exactly; stopped: the plan reached the best possible value",
    ]


def test_nobody_to_plan_for(nobody: RunView) -> None:
    lines = summary_lines(nobody)
    assert "2 tasks: 0 on time, 0 late, 2 not planned: 2 nobody may do it" in lines
    assert "no people" in lines


def test_no_bound_is_said_plainly() -> None:
    view = view_of(plan=[planned("t")], bound=None, gap=None, gain_gap=None, proof="none")
    assert summary_lines(view)[0] == (
        "How much more is possible is not known: no upper limit was proved (this plan 10.00 points)"
    )


def test_everything_late(all_late: RunView) -> None:
    assert summary_lines(all_late)[1] == "3 tasks: 0 on time, 3 late, 0 not planned"
