"""Samples look like a business, are the same for the same seed, and never cost anybody a file."""

from pathlib import Path

import polars as pl
import pytest

from data.sampling.mess import BAD_ROWS
from data.sampling.sample import SampleError, SampleSummary, write_sample
from data.snapshot.read import read_snapshot
from data.snapshot.snapshot import Snapshot

FINAL = ["held", "errorheld", "completed", "canceled", "rejected"]
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


@pytest.fixture(scope="module")
def insurer_day(tmp_path_factory: pytest.TempPathFactory) -> SampleSummary:
    return write_sample(tmp_path_factory.mktemp("insurer-day"), profile="insurer-day")


@pytest.fixture(scope="module")
def snapshot(insurer_day: SampleSummary) -> Snapshot:
    return read_snapshot(insurer_day.folder)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def share(condition: pl.Series) -> float:
    return condition.sum() / len(condition)


def per_task(snapshot: Snapshot) -> pl.DataFrame:
    """Tasks with the minutes, the deadline and the requirement that hold for them."""
    sla = pl.duration(minutes="sla_minutes")
    return snapshot.tasks.join(snapshot.processes, on="process", suffix="_p", maintain_order="left").with_columns(
        pl.coalesce("minutes", "minutes_p").alias("minutes"),
        pl.coalesce("due_at", pl.col("created_at") + sla).alias("due_at"),
        pl.coalesce("skills", "skills_p").alias("skills"),
    )


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


# tasks


def test_tasks_are_spread_over_tenants_segments_channels_and_processes(snapshot: Snapshot) -> None:
    tasks, processes = snapshot.tasks, snapshot.processes
    segments = dict(tasks["segment"].value_counts(normalize=True).iter_rows())
    assert segments == pytest.approx({"platinum": 0.1, "gold": 0.3, "silver": 0.6}, abs=0.01)
    assert set(tasks["channel"].drop_nulls()) == {"mail", "phone", "web", "branch", "app"}
    assert 20 <= processes.height <= 60
    assert processes["tenant"].n_unique() == 4  # three clients, and work that is shared
    assert tasks.filter(pl.col("tenant").is_not_null())["process"].n_unique() >= 3
    by_tenant = processes.filter(pl.col("process").str.ends_with("motor-claim"))
    assert by_tenant["sla_minutes"].n_unique() == by_tenant["penalty"].n_unique() == 3


def test_requirements_are_of_every_form(snapshot: Snapshot) -> None:
    texts = per_task(snapshot)["skills"].unique()
    for form in (r"^[\w-]+$", r"^[\w-]+>=\d$", r"^[^|]+;[^|]+$", r"^[^;]+\|[^;]+$"):
        assert texts.str.contains(form).any(), form


def test_platinum_work_is_worth_more(snapshot: Snapshot) -> None:
    mean = dict(snapshot.tasks.group_by("segment").agg(pl.col("value").mean()).iter_rows())
    assert mean["platinum"] > 1.5 * mean["gold"] > 2 * mean["silver"]


def test_deadlines_run_from_overdue_through_hours_to_weeks(snapshot: Snapshot) -> None:
    ahead = (per_task(snapshot)["due_at"] - snapshot.as_of).dt.total_hours()
    assert share(((ahead >= 0) & (ahead < 24)).fill_null(False)) > 0.1
    assert share((ahead >= 7 * 24).fill_null(False)) > 0.05
    assert share(ahead.is_null()) > 0.01
    assert snapshot.tasks["created_at"].max() < snapshot.as_of
    assert snapshot.tasks["created_at"].is_sorted()


def test_a_few_tasks_start_later_or_expire(snapshot: Snapshot) -> None:
    tasks = per_task(snapshot)
    later = tasks.filter(pl.col("not_before").is_not_null())
    assert 0.04 < later.height / tasks.height < 0.06
    assert (later["not_before"] > snapshot.as_of).all()
    assert (later["not_before"] < later["due_at"]).fill_null(True).all()
    assert share(later["not_before"] < snapshot.horizon_end) > 0.85
    assert 0.02 < share(tasks["expires_at"].is_not_null()) < 0.04


def test_minutes_are_known_for_most_tasks_to_one_decimal(snapshot: Snapshot) -> None:
    minutes = snapshot.tasks["minutes"]
    assert 0.8 < share(minutes.is_not_null()) < 0.95
    assert (minutes.round(1) == minutes).fill_null(True).all()


def test_statuses_and_hands_fit(snapshot: Snapshot) -> None:
    tasks = snapshot.tasks
    assert 0.015 < share(tasks["status"].is_in(FINAL)) < 0.025
    has_agent = tasks["status"].is_in(["assigned", "in_progress"])
    assert (tasks["agent_id"].is_not_null() == has_agent).all()
    assert 0.03 < share(tasks["status"] == "assigned") < 0.07
    assert 0.04 < share(tasks["requested_agent"].is_not_null()) < 0.06


def test_most_agents_on_shift_have_one_task_in_progress_that_they_can_do(snapshot: Snapshot) -> None:
    work = snapshot.shifts.filter(
        pl.col("kind") == "work", pl.col("start") <= snapshot.as_of, pl.col("end") > snapshot.as_of
    )
    started = per_task(snapshot).filter(pl.col("status") == "in_progress")
    assert started["agent_id"].is_unique().all()
    assert started["agent_id"].is_in(work["agent_id"].implode()).all()
    assert 0.5 < started.height / work["agent_id"].n_unique() < 0.65
    first_skill = started["skills"].str.extract(r"^([\w-]+)").alias("skill")
    mine = started.select("agent_id", first_skill).join(snapshot.agent_skills, on=["agent_id", "skill"])
    assert mine.height / started.height > 0.85


def test_pairs_are_mostly_exclusions(snapshot: Snapshot) -> None:
    pairs = snapshot.pairs
    assert 0.025 < share(~pairs["allowed"]) * pairs.height / snapshot.tasks.height < 0.035
    assert pairs["minutes"].count() > 0
    assert pairs["bonus"].min() < 0 < pairs["bonus"].max()


# people


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


def test_shifts_are_of_every_sort(snapshot: Snapshot) -> None:
    local = snapshot.shifts.with_columns(pl.col("start", "end").dt.convert_time_zone(snapshot.timezone)).with_columns(
        ((pl.col("end") - pl.col("start")).dt.total_minutes() / 60).alias("hours")
    )
    work = local.filter(pl.col("kind") == "work")
    assert set(local["kind"]) == {"work", "break", "reserved"}
    assert {6, 8, 12, 22} <= set(work["start"].dt.hour())
    assert (work["start"].dt.date() < work["end"].dt.date()).any()
    assert work["hours"].min() < 6 < work["hours"].max()
    assert share(snapshot.agents["agent_id"].is_in(work["agent_id"].implode())) < 0.99  # leave


def test_breaks_and_reserved_time_lie_within_work_and_apart(snapshot: Snapshot) -> None:
    work = snapshot.shifts.filter(pl.col("kind") == "work")
    other = snapshot.shifts.filter(pl.col("kind") != "work").sort("agent_id", "start")
    around = other.join(work, on="agent_id", suffix="_work").filter(
        pl.col("start") >= pl.col("start_work"), pl.col("end") <= pl.col("end_work")
    )
    assert around.height == other.height
    previous_end = pl.col("end").shift(1).over("agent_id")
    assert other.select((pl.col("start") >= previous_end).fill_null(True).all()).item()


def test_few_work_at_the_weekend(tmp_path: Path) -> None:
    write_sample(tmp_path, days=7, tasks=10)
    shifts = read_snapshot(tmp_path).shifts.filter(pl.col("kind") == "work")
    on_day = dict(shifts["start"].dt.weekday().value_counts().iter_rows())
    assert 0 < on_day[6] < 0.2 * on_day[2]


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


# the telecom, whose tasks come in parts


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
