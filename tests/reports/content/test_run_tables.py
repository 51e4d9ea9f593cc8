from datetime import date, timedelta

import polars as pl

from reports import RunView
from reports.content.run_tables import agent_table, plan_table, policy_table, reject_table, unplanned_table
from reports.words.wording import Unit
from tests.contract import DEFAULT_POLICY
from tests.reports.runs import left, planned, view_of


def test_the_plan_is_sorted_by_agent_and_sequence(mixed: RunView) -> None:
    table = plan_table(mixed)
    assert table.frame["task_id"].to_list() == ["t-first", "t-late", "t-second", "t-overdue"]
    assert table.frame["@outcome"].to_list() == ["on time", "late", "on time", "late, overdue before"]
    assert table.marked() == [False, True, False, True]
    assert table.frame["@pinned"].to_list() == ["yes", None, None, None]
    assert table.frame["@agent_team"].to_list() == ["T2", "T2", "T1", "T1"]


def test_an_agent_that_is_not_listed_keeps_its_tasks() -> None:
    table = plan_table(view_of(plan=[planned("t", "unknown")]))
    assert table.frame.select("agent_id", "@agent_name").rows() == [("unknown", None)]


def test_people_come_with_free_time(mixed: RunView) -> None:
    table = agent_table(mixed)
    assert table.frame["agent_id"].to_list() == ["A1", "A2", "A3"]
    assert table.frame["@free_hours"].round(6).to_list() == [0.25, 1.166667, 1.5]


def test_unplanned_tasks_come_by_what_they_could_earn_or_save(mixed: RunView) -> None:
    table = unplanned_table(mixed)
    # 20; 8 and a fine of 4; 3; on hold: nothing, whatever its value
    assert table.frame["task_id"].to_list() == ["u-better", "u-outbid", "u-skill", "u-held"]
    assert table.frame["@reason"].to_list() == ["outbid", "outbid", "nobody may do it", "on hold"]


def test_passed_through_columns_come_last_and_clash_with_nothing(mixed: RunView) -> None:
    odd = {
        "Name": pl.lit("colour"),
        "@outcome": pl.lit("theirs"),
        "worth": pl.lit(2**60),
        "share": pl.lit(float("nan")),
        "day": pl.lit(date(2026, 3, 2)),
        "tags": pl.concat_list(pl.lit("a"), pl.lit("b")),
        "count": pl.lit(3),
        "seen": pl.col("start_at") - timedelta(days=1),
        "ok": pl.lit(True),
    }
    view = RunView(mixed.run, mixed.plan.with_columns(**odd), mixed.unplanned, mixed.rejects, mixed.agents, mixed.kpis)
    table = plan_table(view)
    last = {column.title: column.kind for column in table.columns[-len(odd) :]}
    assert list(last) == list(odd)
    assert [title for title, kind in last.items() if kind is Unit.NUMBER] == ["count"]
    assert [title for title, kind in last.items() if kind is Unit.TIME] == ["seen"]
    assert table.frame["@outcome"].to_list()[0] == "on time"


def test_rejects_keep_their_value_column(mixed: RunView) -> None:
    assert [column.title for column in reject_table(mixed).columns] == [
        "Table", "Row", "Id", "Column", "Rule", "Value", "Message",
    ]  # fmt: skip


def test_the_policy_is_listed_key_by_key() -> None:
    weights = {**DEFAULT_POLICY["weights"], "tenant": {"acme": 2}}
    rows = policy_table(view_of(policy={**DEFAULT_POLICY, "weights": weights})).cells()
    assert ("payoff.late_share", "0.5", "share of its value a task still earns when it is late") in rows
    assert ("time.grain", "1m", "the step of the clock: work starts and ends on it") in rows
    assert ("weights.tenant.acme", "2", "multiplies the value of every task of tenant acme") in rows


def test_every_key_of_a_policy_has_a_meaning() -> None:
    rows = policy_table(view_of(policy=DEFAULT_POLICY)).cells()
    assert [key for key, _, meaning in rows if not meaning] == []


def test_a_reason_of_a_later_version_is_shown_as_it_is() -> None:
    assert unplanned_table(view_of(unplanned=[left("u", "too_far")])).frame["@reason"].to_list() == ["too far"]
