"""Key figures as tables: hours for minutes, the order of rows, totals that are marked."""

from reports.content.kpi_tables import client_table, place_table, skill_table
from tests.reports.runs import agent, left, planned, view_of


def test_people_are_in_the_order_of_their_load_and_in_total(mixed):
    table = place_table(mixed, "team")
    assert table.frame["key"].to_list() == ["T2", "T1", "(no team)", "All people"]
    assert table.marked() == [False, False, False, True]
    assert table.frame["minutes_working"].to_list() == [100 / 60] * 3 + [5.0]


def test_equal_loads_are_in_the_order_of_names():
    view = view_of(agents=[agent(f"A{team}", team=team) for team in ("b", "a", "ä")])
    assert place_table(view, "team").frame["key"].to_list() == ["a", "b", "ä", "All people"]


def test_work_is_in_the_order_of_its_number():
    view = view_of(
        plan=[planned("1", tenant="a"), planned("2", tenant="b")],
        unplanned=[left("3", tenant="b"), left("4", tenant=None)],
    )
    table = client_table(view, "tenant")
    assert table.frame.select("key", "tasks").rows() == [("b", 2), ("(no tenant)", 1), ("a", 1), ("All tasks", 4)]
    assert table.frame["tasks"].dtype.is_integer()


def test_a_run_without_people_or_work_has_the_totals_alone(nothing):
    assert place_table(nothing, "site").frame["key"].to_list() == ["All people"]
    assert client_table(nothing, "process").frame["tasks"].to_list() == [0]


def test_skills_have_no_total_and_what_asks_for_none_is_named():
    table = skill_table(view_of(plan=[planned("1")]))
    assert table.frame.select("key", "tasks").rows() == [("(no skill)", 1)]
    assert table.marked() == [False]
