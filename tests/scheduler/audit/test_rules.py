"""Each hard rule once kept and once violated, on plans written by hand."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl

from data import Snapshot
from scheduler.audit import AuditReport, audit
from tests.scheduler.audit.case import Reference, Run, at, snapshot_of

START = datetime.fromisoformat(at(0))


def audited(snapshot: Snapshot, run: Run) -> AuditReport:
    return audit(snapshot, run.run, run.plan, run.unplanned, run.rejects, run.certificate)


def placed(run: Run, task: str, start: float, end: float, **values: Any) -> Run:
    """The run with a task at other minutes after ``as_of``."""
    return run.with_plan(
        task, start_at=START + timedelta(minutes=start), end_at=START + timedelta(minutes=end), **values
    )


def forged(tasks: list[dict[str, Any]], forbidden: dict[str, Any], **world: Any) -> tuple[Snapshot, Run]:
    """A snapshot, and the run that would be honest if the first task had nothing ``forbidden`` about it."""
    free = Reference(snapshot_of(tasks, **world))
    first, *others = tasks
    return snapshot_of([{**first, **forbidden}, *others], **world), free.run({"ann": [t["task_id"] for t in tasks]})


def test_h1_a_task_in_two_rows_is_refused():
    snapshot = snapshot_of([{"task_id": "t"}], [{"agent_id": "ann"}, {"agent_id": "bob"}])
    run = Reference(snapshot).run({"ann": ["t"]})
    assert audited(snapshot, run).ok
    run.plan = pl.concat([run.plan, run.plan.with_columns(agent_id=pl.lit("bob"))])
    report = audited(snapshot, run)
    assert report.totals["H1"] == 1
    assert ("t",) in [v.who for v in report.violations if v.rule == "H1"]
    assert "planned 2 times" in str(report.violations[0])


def test_h2_a_missing_skill_or_level_is_refused():
    world: dict[str, Any] = {"agent_skills": [{"agent_id": "ann", "skill": "a", "level": 2}]}
    for asked, lacking in (("a>=3", "a>=3"), ("b", "b>=1"), ("a;b|c", "b>=1 or c>=1")):
        snapshot, run = forged([{"task_id": "t"}], {"skills": asked}, **world)
        report = audited(snapshot, run)
        assert report.totals == {"H2": 1}
        assert report.violations[0].message == f"the agent lacks {lacking}"
    snapshot = snapshot_of([{"task_id": "t", "skills": "a>=2;b|a"}], **world)
    assert audited(snapshot, Reference(snapshot).run({"ann": ["t"]})).ok


def test_h3_two_tasks_at_once_are_refused():
    snapshot = snapshot_of([{"task_id": "t"}, {"task_id": "u"}])
    run = Reference(snapshot).run({"ann": ["t", "u"]})
    assert audited(snapshot, run).ok
    report = audited(snapshot, placed(run, "u", 20, 50))
    assert report.totals == {"H3": 1}
    assert report.violations[0].who == ("u", "ann")
    assert "shares 10 grains" in report.violations[0].message


def test_h3_work_goes_on_after_a_break_and_not_in_it():
    shifts = [
        {"agent_id": "ann", "start": at(0), "end": at(20)},
        {"agent_id": "ann", "start": at(20), "end": at(100)},
        {"agent_id": "ann", "start": at(15), "end": at(40), "kind": "break"},
    ]
    snapshot = snapshot_of([{"task_id": "t"}], shifts=shifts)
    run = Reference(snapshot).run({"ann": ["t"]})
    assert run.plan["end_at"][0] == START + timedelta(minutes=55)
    assert audited(snapshot, run).ok
    assert audited(snapshot, placed(run, "t", 0, 30)).totals == {"timeline": 1}
    assert audited(snapshot, placed(run, "t", 15, 70)).totals == {"timeline": 1}
    assert audited(snapshot, placed(run, "t", 14, 69)).ok


def test_h3_only_whole_grains_work():
    shifts = [{"agent_id": "ann", "start": at(0.5), "end": at(40.5)}]
    snapshot = snapshot_of([{"task_id": "t"}], shifts=shifts)
    run = Reference(snapshot).run({"ann": ["t"]})
    assert run.plan["start_at"][0] == START + timedelta(minutes=1)
    assert audited(snapshot, run).ok
    assert audited(snapshot, placed(run, "t", 0.5, 30.5)).totals == {"timeline": 1}


def test_h3_only_the_share_of_max_utilization_is_planned():
    snapshot = snapshot_of([{"task_id": "t"}], [{"agent_id": "ann", "max_utilization": 0.8}])
    run = Reference(snapshot).run({"ann": ["t"]})
    # c(t) = floor(0.8 t) first exceeds 0 at t = 2 and reaches 30 at t = 38
    assert run.plan["start_at"][0] == START + timedelta(minutes=1)
    assert run.plan["end_at"][0] == START + timedelta(minutes=38)
    assert audited(snapshot, run).ok
    assert audited(snapshot, placed(run, "t", 1, 31)).totals == {"timeline": 1}


def test_h4_work_before_not_before_is_refused():
    snapshot = snapshot_of([{"task_id": "t", "not_before": at(10.5)}])
    run = Reference(snapshot).run({"ann": ["t"]})
    assert run.plan["start_at"][0] == START + timedelta(minutes=11)
    assert audited(snapshot, run).ok
    report = audited(snapshot, placed(run, "t", 10, 40))
    assert report.totals == {"H4": 1}
    assert report.violations[0].message == "starts 1 grain of 60 s before not_before"


def test_h5_work_after_expiry_is_refused():
    snapshot = snapshot_of([{"task_id": "t", "expires_at": at(40.5)}])
    run = Reference(snapshot).run({"ann": ["t"]})
    assert audited(snapshot, placed(run, "t", 10, 40)).ok
    report = audited(snapshot, placed(run, "t", 12, 42))
    assert report.totals == {"H5": 1}
    assert report.violations[0].message == "ends 2 grains of 60 s after expires_at"


def test_h5_work_after_the_horizon_is_refused():
    snapshot = snapshot_of([{"task_id": "t"}])
    run = Reference(snapshot).run({"ann": ["t"]})
    assert audited(snapshot, placed(run, "t", 210, 240)).ok
    report = audited(snapshot, placed(run, "t", 211, 241))
    assert report.totals == {"H5": 1, "timeline": 1}


def test_h6_lateness_is_refused_under_a_hard_sla_only():
    tasks = [{"task_id": "t", "due_at": at(35)}, {"task_id": "u", "due_at": at(-5)}]
    snapshot = snapshot_of(tasks)
    for sla in ("soft", "hard"):
        reference = Reference(snapshot, {"sla": sla})
        assert audited(snapshot, reference.run({"ann": ["t", "u"]})).ok
    late = Reference(snapshot, {"sla": "soft"}).run({"ann": ["u", "t"]})
    assert audited(snapshot, late).ok
    report = audited(snapshot, late.with_run(policy={"sla": "hard"}))
    assert report.totals == {"H6": 1}
    assert report.violations[0].message == "ends 25 grains of 60 s after due_at"


def pinned_world(**other: Any) -> Snapshot:
    pins = {"status": "in_progress", "agent_id": "ann"}
    return snapshot_of(
        [
            {"task_id": "free"},
            {"task_id": "none", **pins},
            {"task_id": "b", "due_at": at(60), **pins},
            {"task_id": "a", "due_at": at(60), **pins},
            {"task_id": "big", "due_at": at(30), "minutes": 500, **pins},
            {
                "task_id": "x",
                "minutes": 10,
                "skills": "z",
                "expires_at": at(-9),
                "not_before": at(99),
                **pins,
            },
        ],
        [{"agent_id": "ann", **other}, {"agent_id": "bob"}],
        pairs=[{"task_id": "a", "agent_id": "ann", "allowed": False}],
    )


def test_h7_work_in_progress_goes_first_by_due_at_then_id():
    snapshot = pinned_world()
    run = Reference(snapshot).run({"ann": ["free"]})
    ann = run.plan.sort("sequence")
    assert ann["task_id"].to_list() == ["a", "b", "none", "x", "free"]
    assert ann["pinned"].to_list() == [True] * 4 + [False]
    assert run.unplanned.rows() == run.unplanned.filter(task_id="big", reason="no_time").rows()
    assert audited(snapshot, run).ok


def test_h7_work_in_progress_elsewhere_or_not_at_all_is_refused():
    snapshot = pinned_world()
    run = Reference(snapshot).run({"ann": ["free"]})
    moved = audited(snapshot, run.with_plan("x", agent_id="bob"))
    assert moved.totals["H7"] == 3  # not with ann, with bob, marked as pinned
    later = audited(snapshot, placed(run, "free", 70, 100).with_plan("x", sequence=5))
    assert "sequence" in later.totals
    swapped = placed(placed(run, "a", 30, 60, sequence=2), "b", 0, 30, sequence=1)
    report = audited(snapshot, swapped)
    assert report.totals == {"H7": 2}
    assert report.violations[0].message == "in progress, starts at 30 on its agent's clock, must at 0"
    assert audited(snapshot, run.with_plan("a", pinned=False)).totals == {"H7": 1}


def test_h7_work_in_progress_that_does_not_fit_must_not_be_planned():
    snapshot = pinned_world()
    run = Reference(snapshot).run()
    run.plan = pl.concat([run.plan, run.plan[:1].with_columns(task_id=pl.lit("big"), sequence=pl.lit(5, pl.Int64))])
    run.unplanned = run.unplanned.remove(task_id="big")
    messages = [v.message for v in audited(snapshot, run).violations if v.rule == "H7"]
    assert messages == ["does not fit, must not be planned"]


def test_h7_efficiency_is_one_where_the_skill_is_missing():
    skills = [
        {"agent_id": "ann", "skill": "a", "efficiency": 2},
        {"agent_id": "ann", "skill": "b", "level": 1, "efficiency": 0.5},
    ]
    for asked, minutes in (("a", 15.0), ("a;z", 30.0), ("b>=2", 30.0), ("b;z", 60.0)):
        task = {"task_id": "t", "skills": asked, "status": "in_progress", "agent_id": "ann"}
        snapshot = snapshot_of([task], agent_skills=skills)
        run = Reference(snapshot).run()
        assert run.plan["minutes"].to_list() == [minutes]
        assert audited(snapshot, run).ok


def test_h8_an_excluded_agent_is_refused():
    snapshot = snapshot_of([{"task_id": "t"}])
    run = Reference(snapshot).run({"ann": ["t"]})
    closed = snapshot_of([{"task_id": "t"}], pairs=[{"task_id": "t", "agent_id": "ann", "allowed": False}])
    assert audited(snapshot, run).ok
    assert audited(closed, run.with_run(inputs=closed.inputs)).totals == {"H8": 1}


def test_h9_more_than_max_tasks_is_refused_and_pins_count():
    tasks = [{"task_id": "t"}, {"task_id": "u"}, {"task_id": "p", "status": "in_progress", "agent_id": "ann"}]
    snapshot = snapshot_of(tasks, [{"agent_id": "ann", "max_tasks": 2}])
    assert audited(snapshot, Reference(snapshot).run({"ann": ["t"]})).ok
    free = snapshot_of(tasks)
    report = audited(snapshot, Reference(free).run({"ann": ["t", "u"]}))
    assert report.totals == {"H9": 1}
    assert report.violations[0].message == "2 tasks beside 1 in progress, max_tasks is 2"


def test_h9_does_not_hold_for_work_in_progress():
    pins = [{"task_id": name, "status": "in_progress", "agent_id": "ann"} for name in "ab"]
    snapshot = snapshot_of(pins, [{"agent_id": "ann", "max_tasks": 1}])
    run = Reference(snapshot).run()
    assert run.plan.height == 2
    assert audited(snapshot, run).ok


def test_h10_excluded_statuses_are_refused():
    for status in ("held", "errorheld", "completed", "canceled", "rejected"):
        snapshot, run = forged([{"task_id": "t", "value": 0}], {"status": status})
        report = audited(snapshot, run)
        assert report.totals.keys() == {"H10", "counts"}
        assert report.violations[0].who == ("t", "ann")


def test_every_task_is_in_exactly_one_file():
    snapshot = snapshot_of([{"task_id": "t"}, {"task_id": "u"}])
    run = Reference(snapshot).run({"ann": ["t"]})
    both = Run(run.run, run.plan, run.unplanned.with_columns(task_id=pl.lit("t")), run.rejects)
    assert audited(snapshot, both).totals["tasks"] == 2
    stranger = Run(run.run, run.plan, run.unplanned.with_columns(task_id=pl.lit("s")), run.rejects)
    assert audited(snapshot, stranger).totals["tasks"] == 2


def test_violations_are_capped_but_counted():
    tasks = [{"task_id": f"t{n}", "minutes": 1} for n in range(50)]
    snapshot = snapshot_of(tasks)
    run = Reference(snapshot).run({"ann": [t["task_id"] for t in tasks]})
    run.plan = run.plan.with_columns(minutes=pl.lit(9.0))
    report = audited(snapshot, run)
    assert report.totals == {"duration": 50}
    assert len(report.violations) == 20
