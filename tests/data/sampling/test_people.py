"""The people of a sample: teams, sites, skills."""

import polars as pl

from data.snapshot.snapshot import Snapshot
from tests.data.sampling.figures import share


def test_agents_work_in_teams_at_sites_of_organisations(snapshot: Snapshot) -> None:
    agents = snapshot.agents
    sites_of_team = agents.group_by("team").agg(pl.col("site").n_unique())["site"]
    assert 4 <= agents["site"].n_unique() <= 8
    assert 2 <= agents["organisation"].n_unique() <= 3
    assert 0.02 < share(sites_of_team > 1) < 0.25
    assert agents["name"].str.contains(r"[^\x00-\x7f]").any()
    assert agents["max_utilization"].min() == 0.8
    assert agents["max_utilization"].max() == 1.0
    assert 0.04 < share(agents["max_tasks"].is_not_null()) < 0.12
    assert (agents["cost_per_hour"] > 0).all()


def test_agents_are_specialists_and_generalists(snapshot: Snapshot) -> None:
    counts = snapshot.agent_skills["agent_id"].value_counts()["count"]
    assert len(counts) == snapshot.agents.height
    assert counts.min() == 1
    assert counts.max() == 12
    assert share(counts <= 3) > 0.4
    assert share(counts >= 6) > 0.1
    assert set(snapshot.agent_skills["level"]) == {1, 2, 3}
    efficiency = snapshot.agent_skills["efficiency"]
    assert (efficiency.min(), efficiency.max()) == (0.7, 1.4)
    assert (efficiency.round(2) == efficiency).all()
