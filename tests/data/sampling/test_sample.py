"""Samples look like a business, are the same for the same seed, and never cost anybody a file."""

from pathlib import Path

import polars as pl
import pytest

from data.sampling.mess import BAD_ROWS
from data.sampling.sample import SampleError, SampleSummary, write_sample
from data.snapshot.read import read_snapshot
from data.snapshot.snapshot import Snapshot
from tests.data.sampling.figures import per_task, share

RULES = {
    "required",
    "unique",
    "type",
    "range",
    "unknown_reference",
    "end_after_start",
    "unknown_status",
    "unreadable_skills",
    "no_duration",
    "cascade",
}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# profiles


def test_desk_is_the_default_with_csv_files_and_nothing_rejected(tmp_path: Path) -> None:
    summary = write_sample(tmp_path / "desk")
    snapshot = read_snapshot(tmp_path / "desk")
    assert (summary.profile, summary.file_format, summary.replaced) == ("desk", "csv", False)
    assert (summary.rows["tasks"], summary.rows["agents"]) == (3_000, 250)
    assert summary.rows == snapshot.rows_read
    assert (snapshot.rejects.height, snapshot.warnings) == (0, ())
    assert (snapshot.as_of, snapshot.horizon_end) == (summary.as_of, summary.horizon_end)
    assert 1.1 < summary.load < 1.35
    assert 0.10 <= summary.overdue_share <= 0.15
    assert 70 <= summary.requirements <= 90


def test_insurer_day_has_the_figures_of_its_profile(insurer_day: SampleSummary, snapshot: Snapshot) -> None:
    tasks = per_task(snapshot)
    assert (snapshot.tasks.height, snapshot.agents.height) == (60_000, 5_000)
    assert insurer_day.file_format == "parquet"
    assert (snapshot.rejects.height, snapshot.warnings) == (0, ())
    assert 1.2 < insurer_day.load < 1.4
    assert 37 < tasks["minutes"].mean() < 43
    assert 190 <= tasks["skills"].n_unique() == insurer_day.requirements <= 210
    assert insurer_day.overdue_share == share((tasks["due_at"] <= snapshot.as_of).fill_null(False))
    assert 0.10 <= insurer_day.overdue_share <= 0.15


def test_backlog_at_a_tenth_of_its_size_has_the_figures_of_its_profile(tmp_path: Path) -> None:
    summary = write_sample(tmp_path, profile="backlog", tasks=80_000, agents=500)
    snapshot = read_snapshot(tmp_path)
    assert (snapshot.horizon_end - snapshot.as_of).days == 5
    assert 1.1 < summary.load < 1.35
    assert 13 < per_task(snapshot)["minutes"].mean() < 16
    assert snapshot.rejects.height == 0


def test_messy_breaks_every_rule_and_is_not_refused(tmp_path: Path) -> None:
    write_sample(tmp_path, profile="messy")
    snapshot = read_snapshot(tmp_path)
    for table, rows in BAD_ROWS.items():
        rules = snapshot.rejects.filter(pl.col("table") == table)["rule"].to_list()
        assert rules == [rule for rule, _ in rows], table
        assert len(rules) < 21
    assert set(snapshot.rejects["rule"]) == RULES
    assert [warning for warning in snapshot.warnings if "M902" in warning]
    assert [warning for warning in snapshot.warnings if "M903" in warning]


def test_messy_keeps_a_column_of_its_own_under_its_header(tmp_path: Path) -> None:
    write_sample(tmp_path, profile="messy", file_format="parquet")
    snapshot = read_snapshot(tmp_path)
    assert snapshot.tasks["Cost centre"].unique().to_list() == ["0042"]
    assert snapshot.tasks["task_id"].null_count() == 0


@pytest.mark.parametrize(
    ("tasks", "agents", "days"), [(1, 1, 1), (1, 1, 60), (10, 3, 2), (20, 500, 1), (500, 1, 7), (40, 12, 400)]
)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_sample_of_any_size_is_a_good_snapshot(tmp_path: Path, tasks: int, agents: int, days: int, seed: int) -> None:
    write_sample(tmp_path, tasks=tasks, agents=agents, days=days, seed=seed)
    snapshot = read_snapshot(tmp_path, strict=True)
    assert (snapshot.tasks.height, snapshot.agents.height) == (tasks, agents)
    assert [text for text in snapshot.warnings if "nobody has" not in text] == []  # few people have few skills


# the same again


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_the_same_arguments_write_the_same_bytes(tmp_path: Path, file_format: str) -> None:
    for name in ("one", "other"):
        write_sample(tmp_path / name, seed=7, tasks=500, agents=60, file_format=file_format)  # type: ignore[arg-type]
    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def test_another_seed_writes_other_tasks(tmp_path: Path) -> None:
    for seed in (1, 2):
        write_sample(tmp_path / str(seed), seed=seed, tasks=50, agents=20)
    assert contents(tmp_path / "1")["tasks.csv"] != contents(tmp_path / "2")["tasks.csv"]


def test_large_samples_are_parquet_and_csv_when_asked(tmp_path: Path) -> None:
    assert write_sample(tmp_path / "a", tasks=50_001, agents=20).file_format == "parquet"
    assert write_sample(tmp_path / "b", tasks=50_000, agents=20).file_format == "csv"
    assert write_sample(tmp_path / "c", tasks=50, file_format="parquet").file_format == "parquet"
    assert {path.suffix for path in (tmp_path / "c").iterdir()} == {".parquet", ".toml"}


def test_csv_begins_with_the_mark_by_which_excel_knows_utf_8(tmp_path: Path) -> None:
    write_sample(tmp_path, tasks=5, agents=5)
    assert contents(tmp_path)["agents.csv"].startswith(b"\xef\xbb\xbfagent_id,")


# what lies in the folder already


def test_an_unchanged_sample_is_replaced_and_said_so(tmp_path: Path) -> None:
    write_sample(tmp_path, tasks=50, agents=20)
    summary = write_sample(tmp_path, tasks=60, agents=20, file_format="parquet")
    assert summary.replaced
    assert sorted(contents(tmp_path)) == sorted([f"{name}.parquet" for name in summary.rows] + ["snapshot.toml"])
    assert read_snapshot(tmp_path).tasks.height == 60


@pytest.mark.parametrize("name", ["tasks.csv", "snapshot.toml"])
def test_a_sample_that_somebody_changed_stays(tmp_path: Path, name: str) -> None:
    write_sample(tmp_path, tasks=50, agents=20)
    with (tmp_path / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    before = contents(tmp_path)
    with pytest.raises(SampleError, match=r"a sample changed since it was written; name a new folder"):
        write_sample(tmp_path, tasks=60, agents=20)
    assert contents(tmp_path) == before


def test_a_folder_with_other_files_stays(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("all of it", encoding="utf-8")
    with pytest.raises(SampleError, match=r"holds files \(thesis\.txt\) that are no sample"):
        write_sample(tmp_path)
    assert contents(tmp_path) == {"thesis.txt": b"all of it"}


def test_a_sample_with_a_file_or_folder_beside_it_stays(tmp_path: Path) -> None:
    write_sample(tmp_path, tasks=50, agents=20)
    (tmp_path / "run").mkdir()
    with pytest.raises(SampleError, match="name a new folder"):
        write_sample(tmp_path)
    assert (tmp_path / "run").is_dir()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("notes", encoding="utf-8")
    with pytest.raises(SampleError, match=r"notes\.txt is a file; name a folder"):
        write_sample(file)


def test_a_failed_write_leaves_the_earlier_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_sample(tmp_path, tasks=50, agents=20)
    before = contents(tmp_path)

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_sample(tmp_path, tasks=60, agents=20, file_format="parquet")
    assert contents(tmp_path) == before


# wrong arguments


def test_an_unknown_profile_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(SampleError, match="no profile 'insurer_day'; did you mean 'insurer-day'"):
        write_sample(tmp_path / "new", profile="insurer_day")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["tasks", "agents", "days"])
def test_numbers_below_one_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SampleError, match=f"a sample with 0 {name}: at least 1 is needed"):
        write_sample(tmp_path / "new", **{name: 0})  # type: ignore[arg-type]


def test_a_negative_seed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SampleError, match="seed -1 is below 0"):
        write_sample(tmp_path / "new", seed=-1)
