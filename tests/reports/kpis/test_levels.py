"""Key figures at the edges; that every figure is right on real runs is in tests/scheduler/test_key_figures.py."""

import polars as pl
import pytest

from models import KPIS_TABLE, LEVELS, MEASURES
from reports import RunView
from reports.kpis import KpiInputs, as_tree, by_key
from tests.reports.runs import agent, planned, view_of


def whole(view: RunView) -> dict[str, float]:
    return dict(view.kpis.filter(level="enterprise").select("measure", "value").rows())


def keys(view: RunView, level: str) -> list[str]:
    return view.kpis.filter(level=level)["key"].unique(maintain_order=True).to_list()


def test_the_table_has_one_shape(mixed: RunView, nothing: RunView) -> None:
    for view in (mixed, nothing):
        moment = pl.Datetime("us", "Europe/Berlin")
        types = (pl.String, pl.String, pl.String, pl.Float64, pl.String, moment)
        assert view.kpis.schema == dict(zip(KPIS_TABLE.names, types, strict=True))
        assert set(view.kpis.select("run_id", "as_of").iter_rows()) == {(view.run.run_id, view.as_of)}
    assert mixed.kpis["level"].unique(maintain_order=True).to_list() == list(LEVELS)
    assert mixed.kpis.select("level", "key", "measure").is_unique().all()
    assert mixed.kpis["value"].is_finite().all()


def test_every_measure_is_registered_with_its_levels(mixed: RunView) -> None:
    found = set(mixed.kpis.select("level", "measure").iter_rows())
    registered = {(level, name) for name, measure in MEASURES.items() for level in measure.levels}
    assert found - registered == set()
    assert registered - found == set()


def test_nothing_at_all_counts_as_zero_and_has_no_shares(nothing: RunView) -> None:
    found = whole(nothing)
    assert {name: found[name] for name in ("tasks", "planned", "late", "agents", "minutes_working", "fines")} == {
        "tasks": 0,
        "planned": 0,
        "late": 0,
        "agents": 0,
        "minutes_working": 0,
        "fines": 0,
    }
    assert not {"utilization", "sla_share", "start_average", "load_median", "gain_gap"} & found.keys()
    assert set(nothing.kpis["level"]) == {"enterprise", "period"}


def test_nobody_plans_nothing(nobody: RunView) -> None:
    found = whole(nobody)
    assert (found["tasks"], found["unplanned"], found["unplanned_no_skill"], found["fines_unplanned"]) == (2, 2, 2, 4)
    assert (found["sla_due"], found["sla_missed"], found["sla_share"]) == (1, 1, 0)
    assert (found["plannable"], found["backlog_after"]) == (2, 2)
    assert keys(nobody, "team") == []


@pytest.mark.parametrize("name", ["<script>", "🧾", "n" * 200, "=1+1", ""])
def test_any_name_is_a_key(name: str) -> None:
    rows = [planned("t", tenant=name or None)]
    view = view_of(plan=rows, agents=[agent("A1", team=name or None)])
    assert (keys(view, "tenant"), keys(view, "team")) == ([name], [name])


def test_forty_tenants_are_told_and_sixty_are_not() -> None:
    for count, told in ((40, True), (60, False)):
        view = view_of(plan=[planned(f"t{i}", tenant=f"c{i}") for i in range(count)], agents=[agent("A1")])
        assert len(keys(view, "tenant")) == count
        assert ("tenant" in as_tree(view.kpis)) is told


def test_figures_by_key_have_a_column_a_measure(mixed: RunView) -> None:
    teams = by_key(mixed.kpis, "team")
    assert teams["key"].to_list() == ["", "T1", "T2"]
    assert teams["planned"].to_list() == [0, 2, 2]


def test_a_frame_that_lacks_a_column_is_refused(mixed: RunView) -> None:
    empty = pl.DataFrame()
    with pytest.raises(ValueError, match="the tasks frame of key figures lacks process, tenant"):
        KpiInputs(tasks=empty, agents=mixed.agents, asked=empty, supply=empty, periods=empty)
