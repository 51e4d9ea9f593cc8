"""The measures: what each counts, at the edges of what it counts."""

from reports import RunView
from tests.reports.kpis.test_levels import whole
from tests.reports.runs import agent, at, left, planned, view_of


def test_everything_late(all_late: RunView) -> None:
    found = whole(all_late)
    assert (found["planned"], found["on_time"], found["late"], found["late_chosen"]) == (3, 0, 3, 3)
    assert (found["sla_share"], found["fines_late"]) == (0, 12)


def test_one_agent_is_least_median_and_most() -> None:
    view = view_of(plan=[planned("t", minutes=50.0)], agents=[agent("A1"), agent("A2", working_minutes=0.0)])
    found = whole(view)
    assert [found[f"load_{which}"] for which in ("least", "median", "most")] == [0.5] * 3
    assert (found["agents"], found["agents_working"], found["agents_under"], found["agents_over"]) == (2, 1, 1, 0)
    alone = dict(view.kpis.filter(level="agent", key="A1").select("measure", "value").rows())
    assert alone["utilization"] == 0.5
    assert "load_least" not in alone


def test_the_ends_of_the_target_band_are_within_it() -> None:
    people = [agent(f"A{share}", planned_minutes=float(share)) for share in (69, 70, 90, 91)]
    found = whole(view_of(agents=people))
    assert (found["agents_under"], found["agents_over"]) == (1, 1)


def test_bands_of_age_begin_with_their_first_moment() -> None:
    days = (-1, 0, 1, 3, 7, 30, 400)
    view = view_of(unplanned=[left(f"u{day}", due_at=at(-1440.0 * day)) for day in days] + [left("none")])
    found = whole(view)
    bands = ("due_ahead", "overdue_0_1d", "overdue_1_3d", "overdue_3_7d", "overdue_7_30d", "overdue_30d_up", "due_none")
    assert [found[f"{band}_before"] for band in bands] == [1, 1, 1, 1, 1, 2, 1]
    assert [found[f"{band}_after"] for band in bands] == [1, 1, 1, 1, 1, 2, 1]
    assert found["created_1_3d_before"] == 8


def test_tasks_on_hold_are_no_backlog(mixed: RunView) -> None:
    found = whole(mixed)
    assert (found["tasks"], found["plannable"], found["backlog_after"], found["unplanned_held"]) == (8, 7, 3, 1)
    assert found["late_overdue"] == 1
