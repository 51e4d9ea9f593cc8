"""Two runs side by side: what changed, for whom, by how much, and whether they can be compared at all."""

import json
from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from models import Code, Notice, to_plain
from reports import (
    CHANGE_COLUMNS,
    Comparison,
    RunView,
    compare_runs,
    comparison_lines,
    comparison_record,
    plan_changes,
    write_comparison_page,
    write_comparison_workbook,
)
from reports.comparison.tables import people_changed
from reports.words.kpi_names import measure_kind, measure_title
from reports.words.lines import in_columns
from reports.words.wording import Unit, signed
from tests.contract import DEFAULT_POLICY
from tests.reports.runs import AS_OF, run_with


def told(comparison: Comparison, *columns: str) -> dict[str, tuple[Any, ...]]:
    """These columns of the changed tasks, by task."""
    return {row["task_id"]: tuple(row[column] for column in columns) for row in comparison.tasks.to_dicts()}


def test_every_kind_of_change_is_told(comparison):
    assert told(comparison, "change") == {
        "dropped": ("dropped",),
        "gone": ("dropped",),
        "new": ("planned",),
        "taken up": ("planned",),
        "given away": ("reassigned",),
        "later": ("moved",),
        "due sooner": ("outcome",),
    }


def test_what_hurts_comes_first(comparison):
    assert comparison.tasks["task_id"].to_list()[:2] == ["dropped", "gone"]
    assert [change.value for change in comparison.counts] == ["dropped", "planned", "reassigned", "moved", "outcome"]
    assert list(comparison.counts.values()) == [2, 2, 1, 1, 1]


def test_a_task_that_a_run_does_not_have_is_neither_better_nor_worse(comparison):
    assert told(comparison, "from_state", "to_state", "effect", "gain") == {
        "dropped": ("on_time", "no_time", "worse", -14.0),
        "gone": ("on_time", "absent", None, None),
        "new": ("absent", "on_time", None, None),
        "taken up": ("outbid", "on_time", "better", 10.0),
        "given away": ("late", "on_time", "better", 8.0),
        "later": ("on_time", "on_time", None, 0.0),
        "due sooner": ("on_time", "late", "worse", -9.0),
    }


def test_people_gain_and_lose_tasks(comparison):
    rows = {row["agent_id"]: row for row in comparison.agents.to_dicts()}
    moves = {person: (row["gained"], row["lost"], row["moved"]) for person, row in rows.items()}
    assert moves == {"A1": (0, 1, 0), "A2": (0, 2, 1), "A3": (3, 0, 0)}
    assert rows["A3"]["from_tasks"] is None
    assert (rows["A1"]["from_tasks"], rows["A1"]["to_tasks"]) == (2, 1)
    assert comparison.people_changed == 3
    assert people_changed(comparison).frame["agent_id"].to_list() == ["A3", "A2", "A1"]


def test_a_run_is_like_itself(before):
    same = compare_runs(before, before)
    assert same.tasks.is_empty()
    assert same.tasks.columns[:8] == list(CHANGE_COLUMNS)
    assert same.people_changed == 0
    assert (same.figures["difference"] == 0).all()
    assert same.warnings() == []
    assert "No task changed." in comparison_lines(same)


def test_changes_backwards_are_the_same_tasks(before, after):
    there, back = plan_changes(before.plan, after.plan), plan_changes(after.plan, before.plan)
    assert set(there["task_id"]) == set(back["task_id"])
    swapped = {"dropped": "planned", "planned": "dropped"}
    assert dict(there.select("task_id", pl.col("change").replace(swapped)).iter_rows()) == dict(
        back.select("task_id", "change").iter_rows()
    )


def test_another_time_zone_is_no_change(before):
    plan = before.plan.with_columns(pl.col("start_at", "due_at").dt.convert_time_zone("Asia/Tokyo"))
    assert plan_changes(before.plan, plan).is_empty()


def test_key_figures_of_an_earlier_version_are_compared_all_the_same(before, after, comparison):
    old = RunView(**{**vars(before), "kpis": before.kpis.drop("run_id", "as_of")})
    assert compare_runs(old, after).figures.equals(comparison.figures)


def test_an_empty_plan_drops_everything(before):
    changes = plan_changes(before.plan, before.plan.clear())
    assert set(changes["change"]) == {"dropped"}
    assert changes.height == before.plan.height


def test_every_key_figure_stands_on_both_sides(before, after, comparison):
    where = ["level", "key", "measure"]
    for view, side in ((before, "before"), (after, "after")):
        there = comparison.figures.filter(pl.col(side).is_not_null()).select(*where, value=side)
        assert there.sort(where).equals(view.kpis.select(*where, "value").sort(where))
    both = comparison.figures.drop_nulls(["before", "after"])
    assert (both["difference"] == both["after"] - both["before"]).all()


def test_every_measure_has_a_name_and_a_kind(comparison):
    for measure in comparison.figures["measure"].unique():
        assert measure_kind(measure) is not Unit.NUMBER, measure
        assert "_" not in measure_title(measure)


@pytest.mark.parametrize(
    ("number", "kind", "text"),
    [
        (1234.5, Unit.POINTS, "+1,234.50"),
        (-3, Unit.COUNT, "-3"),
        (0, Unit.COUNT, "0"),
        (0.0123, Unit.SHARE, "+1.2 pp"),
        (-0.00001, Unit.SHARE, "0.0 pp"),
        (None, Unit.SHARE, ""),
    ],
)
def test_differences_have_a_sign(number, kind, text):
    assert signed(number, kind) == text


def with_policy(**section: Any) -> dict[str, Any]:
    return {**DEFAULT_POLICY, **section}


@pytest.mark.parametrize(
    ("changed", "warning"),
    [
        ({"inputs": {"tasks.csv": "cd" * 32}}, "their snapshots differ: tasks.csv"),
        ({"inputs": {"tasks.csv": "ab" * 32, "pairs.csv": "ab" * 32}}, "their snapshots differ: pairs.csv"),
        ({"policy": with_policy(sla="hard")}, "their policies differ: sla"),
        (
            {"policy": with_policy(weights={**DEFAULT_POLICY["weights"], "tenant": {"acme": 2.0}})},
            "their policies differ: weights.tenant.acme",
        ),
        (
            {"as_of": (AS_OF + timedelta(hours=1)).isoformat()},
            "they begin at different moments: Mon 2 Mar 2026 08:00 and Mon 2 Mar 2026 09:00",
        ),
        (
            {"horizon_end": (AS_OF + timedelta(hours=11)).isoformat()},
            "they end at different moments: Mon 2 Mar 2026 18:00 and Mon 2 Mar 2026 19:00",
        ),
        ({"edits": ('{"edit": "hold", "task": "same"}',)}, "their edits or frozen work differ"),
        ({"check": {"ok": False, "violations": ["H1"]}}, "the plan of run other breaks rules: do not use it"),
    ],
)
def test_what_cannot_be_compared_is_said(before, changed, warning):
    edits, told = changed.get("edits", ()), {name: changed[name] for name in changed if name != "edits"}
    other = RunView(**{**vars(before), "run": run_with(before.run, run_id="other", **told), "edits": edits})
    comparison = compare_runs(before, other)
    assert comparison.warnings() == [warning]
    assert f"warning: {warning}" in comparison_lines(comparison)


def test_the_language_of_reports_makes_no_difference(before):
    report = {**DEFAULT_POLICY["report"], "language": "zh"}
    other = RunView(**{**vars(before), "run": run_with(before.run, policy=with_policy(report=report))})
    assert compare_runs(before, other).warnings() == []


def test_the_lower_bound_holds_for_both_only_when_both_solve_the_same_problem(before):
    lower = RunView(**{**vars(before), "run": run_with(before.run, bound=48.5)})
    assert any("no plan is worth more than 48.50" in line for line in comparison_lines(compare_runs(before, lower)))
    others = (
        RunView(**{**vars(lower), "run": run_with(lower.run, inputs={})}),
        RunView(**{**vars(lower), "edits": ("frozen [('same', 'A1')]",)}),
    )
    for other in others:
        lines = comparison_lines(compare_runs(before, other))
        assert not any("no plan is worth more" in line or "same problem" in line for line in lines)


def test_what_a_run_lacks_of_its_input_is_a_warning(before):
    notices = [to_plain(Notice(code=Code.AGENTS_SET_ASIDE, count=1, of=6, table="agents", rows=(5,)))]
    other = RunView(**{**vars(before), "run": run_with(before.run, notices=notices)})
    assert compare_runs(before, other).warnings() == ["run before: 1 of 6 people was set aside: agents row 5"]


def test_the_record_is_plain_and_whole(comparison):
    record = json.loads(json.dumps(comparison_record(comparison)))
    assert (record["before"]["run_id"], record["after"]["run_id"]) == ("before", "after")
    assert record["changes"]["dropped"] == 2
    assert len(record["tasks"]) == comparison.tasks.height
    assert record["tasks"][0]["from_start"] == "2026-03-02T08:10:00+01:00"
    assert len(record["figures"]) == comparison.figures.height
    assert record["headlines"]["objective"]["before"] == comparison.before.run.objective


def test_lines_stand_below_each_other_in_any_script():
    assert in_columns([("任务", "1"), ("a", "20")], [False, True]) == ["任务   1", "a     20"]


def test_writing_twice_gives_the_same_bytes(comparison, tmp_path):
    for name in ("a", "b"):
        write_comparison_workbook(comparison, tmp_path / f"{name}.xlsx")
        write_comparison_page(comparison, tmp_path / f"{name}.html")
    for kind in ("xlsx", "html"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
