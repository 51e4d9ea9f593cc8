"""Alerts and targets of a run, as findings and as tables, in the reader's language."""

from reports import RunView, speaking
from reports.content.findings import findings
from reports.content.watched import alert_table, target_table
from tests.reports.runs import at, view_of

LATE = {
    "alert_id": 3,
    "name": "late work",
    "level": "team",
    "key": "T1",
    "measure": "late",
    "value": 25.0,
    "state": "firing",
    "severity": "red",
    "threshold": 20.0,
    "since": at(-30).isoformat(),
    "until": None,
    "held": None,
}
SHARE = {"level": "site", "key": "North", "measure": "sla_share", "value": 0.905, "target": 0.92, "met": False}


def watched(*alerts: dict[str, object], targets: list[dict[str, object]] | None = None) -> RunView:
    return view_of(alerts=list(alerts), targets=targets)


def titles(view: RunView) -> list[str]:
    return [finding.title for finding in findings(view)]


def test_where_nothing_is_watched_nothing_is_said() -> None:
    assert alert_table(view_of()) is None
    assert target_table(view_of()) is None
    assert findings(watched({**LATE, "state": "pending"})) == ()


def test_alerts_are_the_first_finding_and_grave_if_red() -> None:
    passing = {**LATE, "name": "idle", "key": "", "severity": "yellow", "state": "pending"}
    stale = {**LATE, "name": "sources", "level": "source", "key": "crm", "measure": "source_age", "value": None}
    view = watched(passing, LATE, {**stale, "threshold": 90.0})
    assert titles(view) == ["2 alerts fire"]
    (found,) = findings(view)
    assert found.grave
    assert found.table is not None
    assert [row[:5] for row in found.table.cells()] == [
        ("late work", "Team T1", "late", "25", "20"),
        ("sources", "Source crm", "time since its last message", "never", "1 h 30 min"),
    ]
    table = alert_table(view)
    assert table is not None
    assert table.cells()[-1][:2] == ("idle", "Team (no team)")
    assert table.chosen()[0] == ("team", "T1")
    assert not findings(watched({**LATE, "severity": "yellow"}))[0].grave


def test_targets_that_are_missed_come_first() -> None:
    met = {**SHARE, "key": "South", "value": 0.95, "met": True}
    unknown = {**SHARE, "key": "East", "value": None, "met": None}
    view = watched(targets=[met, unknown, SHARE])
    assert titles(view) == ["1 target of the day is missed"]
    assert findings(view)[0].advice == "1 of 3 are met."
    table = target_table(view)
    assert table is not None
    assert table.cells()[0] == ("Site North", "on time of those due", "90.5 %", "92.0 %", "missed")


def test_alerts_and_targets_in_chinese() -> None:
    with speaking("zh"):
        view = watched(LATE, targets=[SHARE])
        assert titles(view) == ["1 个告警已触发", "当日有 1 个目标未达标"]
        table = alert_table(view)
        assert table is not None
        assert [column.title for column in table.columns][:3] == ["告警", "对象", "指标"]
        assert table.cells()[0][1:3] == ("团队 T1", "逾期")
