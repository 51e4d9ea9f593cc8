import pytest

from reports import RunView
from reports.content.findings import Finding, findings
from tests.reports.runs import agent, at, left, planned, reject, run_with, view_of


def titles(view: RunView) -> list[str]:
    return [finding.title for finding in findings(view)]


def only(view: RunView, part: str) -> Finding:
    (found,) = [finding for finding in findings(view) if part in finding.title]
    return found


def test_a_run_with_everything_in_order_has_none() -> None:
    assert findings(view_of(plan=[planned("t")], agents=[agent("A1")])) == ()


def test_the_gravest_comes_first(mixed: RunView) -> None:
    assert titles(mixed) == [
        "1 task will be late without having been overdue",
        "2 tasks left out for want of time",
        "Where work is outbid most",
        "1 task that nobody may do",
        "2 people have more than half an hour free, 3 hours in all, while 3 tasks are left",
        "3 rows of the snapshot set aside",
        "1 warning",
    ]


def test_late_tasks_by_what_lateness_costs(mixed: RunView) -> None:
    late = only(mixed, "late")
    assert late.table is not None
    # half of 30, and the fine of 4
    assert late.table.frame.select("task_id", "@lost", "@late_minutes").rows() == [("t-late", 19.0, 15.0)]
    assert late.advice == "On time they would earn 19.00 points more. The costliest:"


def test_left_out_tasks_by_value_and_fine(mixed: RunView) -> None:
    left_out = only(mixed, "left out")
    assert left_out.table is not None
    assert left_out.table.frame["task_id"].to_list() == ["u-better", "u-outbid"]
    assert left_out.advice == "Their value is 28.00 points, and leaving them costs 4.00 in fines. The most valuable:"


def test_work_of_one_process_needs_no_ranking() -> None:
    assert not [t for t in titles(view_of(unplanned=[left("a"), left("b")])) if t.startswith("Where")]


def test_processes_by_what_is_lost(mixed: RunView) -> None:
    table = only(mixed, "Where").table
    assert table is not None
    assert table.cells() == [("letters", 1, 20.0, 0.0), ("claims", 1, 8.0, 4.0)]


def test_idle_people_matter_only_while_work_is_left() -> None:
    people = [agent("A1")]
    assert not [t for t in titles(view_of(agents=people)) if " free, " in t]
    assert not [t for t in titles(view_of(agents=people, unplanned=[left("u", "held")])) if " free, " in t]
    busy_elsewhere = view_of(agents=people, unplanned=[left("u")])
    assert "1 person has more than half an hour free, 2 hours in all, while 1 task is left" in titles(busy_elsewhere)


def test_half_an_hour_is_not_worth_a_look() -> None:
    people = [agent("A1", working_minutes=30.0, capacity_minutes=30.0)]
    assert not [t for t in titles(view_of(agents=people, unplanned=[left("u")])) if " free, " in t]


@pytest.mark.parametrize(("proof", "hope"), [("optimal", False), ("gap", True), ("none", True)])
def test_only_a_plan_that_may_not_be_the_best_leaves_hope_for_the_idle(proof: str, hope: bool) -> None:
    found = only(view_of(agents=[agent("A1")], unplanned=[left("u")], proof=proof), " free, ")
    assert "needs skills they lack, is closed to them, does not fit when they are free" in found.advice
    assert ("a longer search might still place some of it" in found.advice) == hope


def test_rejects_are_grouped_with_an_example() -> None:
    view = view_of(rejects=[reject(1, rule="type"), reject(2), reject(3)])
    table = only(view, "set aside").table
    assert table is not None
    assert [row[:4] for row in table.cells()] == [
        ("tasks", "range", "minutes", 2),
        ("tasks", "type", "minutes", 1),
    ]


def test_broken_rules_come_before_everything(mixed: RunView) -> None:
    violations = [f"H3 A{i}: overlap" for i in range(30)]
    view = RunView(
        run_with(mixed.run, check={"ok": False, "violations": violations}),
        mixed.plan,
        mixed.unplanned,
        mixed.rejects,
        mixed.agents,
        mixed.kpis,
    )
    first = findings(view)[0]
    assert first.grave
    assert first.title == "The plan breaks rules: 30 violations listed"
    assert first.table is not None
    assert first.table.frame["message"].to_list()[-1] == "and 10 more"


def test_overdue_tasks_are_no_surprise() -> None:
    overdue = planned("t", outcome="late", due_at=at(0), payoff=5.0)
    assert titles(view_of(plan=[overdue], agents=[agent("A1")])) == []
