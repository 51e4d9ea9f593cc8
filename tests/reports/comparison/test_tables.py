"""The headline figures and tables of a comparison."""

from reports.comparison.tables import figure_table, headlines, task_table


def test_shares_are_in_per_cent_on_the_sheet_of_figures(comparison):
    rows = {row["measure"]: row for row in figure_table(comparison).frame.filter(level="enterprise").to_dicts()}
    assert rows["utilization"]["@unit"] == "%"
    assert rows["utilization"]["before"] == round(100 * comparison.whole["utilization"][0], 2)


def test_headlines_are_those_of_run_json(before, after, comparison):
    value = headlines(comparison)[0]
    assert (value.before, value.after) == (before.run.objective, after.run.objective)
    assert value.texts[0] == "Value of the plan"


def test_tables_follow_the_runs(comparison):
    table = task_table(comparison)
    assert table.height == comparison.tasks.height
    assert table.frame.filter("@worse")["task_id"].to_list() == ["dropped", "due sooner"]
