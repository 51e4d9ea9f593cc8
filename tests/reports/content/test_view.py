import pytest

from reports import RunView
from tests.reports.runs import AS_OF, HORIZON_END, ZONE, hour, run_with, view_of


def test_moments_are_in_the_zone_of_the_run(mixed: RunView) -> None:
    assert (mixed.as_of, mixed.horizon_end) == (AS_OF, HORIZON_END)
    utc = RunView(
        run_with(mixed.run, as_of="2026-03-02T07:00:00Z"),
        mixed.plan,
        mixed.unplanned,
        mixed.rejects,
        mixed.agents,
        mixed.kpis,
    )
    assert utc.as_of == AS_OF
    assert str(utc.as_of.tzinfo) == ZONE


def test_a_moment_without_an_offset_is_local(mixed: RunView) -> None:
    bare = RunView(
        run_with(mixed.run, as_of="2026-03-02T08:00:00"),
        mixed.plan,
        mixed.unplanned,
        mixed.rejects,
        mixed.agents,
        mixed.kpis,
    )
    assert bare.as_of == AS_OF


def test_a_frame_without_a_column_is_refused(mixed: RunView) -> None:
    with pytest.raises(ValueError, match="the unplanned frame of a report lacks reason, payoff"):
        RunView(
            mixed.run, mixed.plan, mixed.unplanned.drop("reason", "payoff"), mixed.rejects, mixed.agents, mixed.kpis
        )
    hours = view_of(hours=[hour("a", 1.0)]).hours
    assert hours is not None
    with pytest.raises(ValueError, match="the hours frame of a report lacks agents"):
        RunView(mixed.run, mixed.plan, mixed.unplanned, mixed.rejects, mixed.agents, mixed.kpis, hours.drop("agents"))
