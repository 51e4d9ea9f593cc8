"""Each team's day as a Gantt of cells: slots, days, late work, names and counts, and what is left out."""

from datetime import date

from reports.content.team_days import team_days
from tests.reports.runs import agent, at, planned, view_of


def task(name, who, start, end, sequence=1, **others):
    return planned(name, who, start_at=at(start), end_at=at(end), sequence=sequence, **others)


def test_tasks_take_the_slots_they_touch():
    plan = [task("T1", "A1", 0, 50), task("T2", "A1", 50, 55, 2), task("T3", "A1", 55, 130, 3, outcome="late")]
    found = team_days(view_of(plan=plan, agents=[agent("A1", team="north"), agent("A2", team="north")]))
    assert (found.first, found.minutes, found.slots, found.height) == (8, 5, 36, 2)
    (day,) = found.days
    assert (day.team, day.day, day.tasks, [row[0] for row in day.people]) == (
        "north",
        date(2026, 3, 2),
        3,
        ["A1", "A2"],
    )
    slots = day.people[0][2]
    assert list(slots) == list(range(26))
    assert {number: slot.text for number, slot in slots.items() if slot.text} == {0: "T1", 10: "T2", 11: "T3"}
    assert [number for number, slot in slots.items() if slot.late] == list(range(11, 26))
    assert not day.people[1][2]


def test_tasks_that_share_a_slot_are_counted_and_names_that_do_not_fit_left_out():
    plan = [task(f"task-{n}", "A1", n, n + 1, n + 1) for n in range(3)]
    plan.append(task("a-long-name", "A1", 10, 20, 4))
    slots = team_days(view_of(plan=plan, agents=[agent("A1")])).days[0].people[0][2]
    assert {number: slot.text for number, slot in slots.items()} == {0: "3", 2: "", 3: ""}


def test_a_night_is_two_days_and_each_has_those_who_work():
    plan = [task("T1", "A1", 15 * 60, 17 * 60), task("T2", "A2", 0, 30)]
    found = team_days(view_of(plan=plan, agents=[agent("A1"), agent("A2")]))
    assert (found.first, found.slots * found.minutes) == (0, 24 * 60)
    assert [(day.day.day, [row[0] for row in day.people]) for day in found.days] == [(2, ["A1", "A2"]), (3, ["A1"])]
    assert list(found.days[1].people[0][2]) == [0, 1]
