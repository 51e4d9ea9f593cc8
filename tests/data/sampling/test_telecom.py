"""The telecom, whose tasks come in parts."""

from pathlib import Path

import polars as pl
import pytest

from data.sampling.sample import SampleError, write_sample
from data.snapshot.read import read_snapshot


def share(condition: pl.Series) -> float:
    return condition.sum() / len(condition)


@pytest.fixture(scope="module")
def telecom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("telecom"), profile="telecom", tasks=9_000, agents=2_100).folder


def test_telecom_has_regions_and_nothing_rejected(telecom: Path) -> None:
    assert [file.name for file in (telecom / "tasks").iterdir()] == ["part-00000.parquet"]
    snapshot = read_snapshot(telecom, strict=True)
    assert (snapshot.tasks.height, snapshot.agents.height) == (9_000, 2_100)
    assert snapshot.warnings == ()
    assert snapshot.tasks["region"].drop_nulls().unique().sort().to_list() == ["region-01", "region-02"]
    regional = snapshot.tasks.filter(pl.col("region").is_not_null())
    assert regional.select(pl.col("skills").str.ends_with(pl.col("region")).all()).item()
    sites = dict(snapshot.agents["site"].value_counts().iter_rows())
    assert 0.8 < sites["Region 01"] / sites["Region 02"] < 1.25
    assert 0.05 < share(snapshot.tasks["status"] == "in_progress") < 0.2
    assert snapshot.tasks.filter(status="in_progress")["agent_id"].is_unique().all()


def test_tasks_that_come_in_parts_are_the_same_whatever_is_behind_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.sampling.telecom.TASKS_OF_A_PART", 300)
    first = write_sample(tmp_path / "first", profile="telecom", tasks=900, agents=60)
    again = write_sample(tmp_path / "first", profile="telecom", tasks=900, agents=60)
    assert (first.rows, again.replaced) == (again.rows, True)
    parts = sorted((tmp_path / "first" / "tasks").iterdir())
    assert [pl.read_parquet(part).height for part in parts] == [300, 300, 300]
    assert read_snapshot(tmp_path / "first").tasks["task_id"].is_unique().all()


def test_telecom_is_parquet_only_and_replaces_nothing_changed(tmp_path: Path) -> None:
    with pytest.raises(SampleError, match="as Parquet only"):
        write_sample(tmp_path, profile="telecom", tasks=10, agents=5, file_format="csv")
    write_sample(tmp_path, profile="telecom", tasks=10, agents=5)
    (tmp_path / "tasks" / "part-00000.parquet").write_bytes(b"changed")
    with pytest.raises(SampleError, match="changed since it was written"):
        write_sample(tmp_path, profile="telecom", tasks=10, agents=5)
