"""The bench: processes measured alone, cases by name, medians, shares, and the tables made of them."""

import csv
import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests.benchmarks import bench, draw, overview, tables
from tests.benchmarks.cases import QUICK, Case, all_cases
from tests.benchmarks.commands import run_allot, run_python

pytestmark = pytest.mark.slow

OURS = {
    "case": "desk",
    "way": "allot",
    "measured": "2026-01-05",
    "time_limit_s": 10.0,
    "wall_s": 9.5,
    "peak_mib": 300.0,
    "engine": "scale",
    "timings_s": {"read": 0.25, "solve": 8.0},
    "tasks": 3000,
    "objective": 80.0,
    "bound": 100.0,
    "empty_objective": -100.0,
    "gain_gap": 0.1,
    "check": True,
    "audit": True,
    "audit_s": 2.0,
    "note": "",
}
RIVAL = {"case": "desk", "way": "priority", "wall_s": 2.0, "peak_mib": 200.0, "objective": 0.0, "check": True}
LARGE = {"case": "desk", "way": "highs", "measured": "2026-01-04", "note": "does not fit: 9 ways to do the tasks"}


@pytest.fixture
def case(sample: Path) -> Case:
    """A small snapshot that is there already."""
    return Case("desk", lambda _: sample, None, ("--engine", "greedy", "--effort", "1"), rivals=("due-date",))


def test_a_command_is_measured_by_itself() -> None:
    finished = run_allot("--version")
    assert finished.exit_code == 0
    assert finished.stdout.startswith("allot, version")
    assert 0 < finished.wall_s < 60
    assert 5 < finished.peak_mib < 1000


def test_what_a_command_says_of_its_failure_is_kept() -> None:
    finished = run_allot("plan", "nowhere")
    assert finished.exit_code == 2
    assert "nowhere" in finished.stderr


def test_a_command_that_does_not_stop_is_ended() -> None:
    finished = run_python("timeit", "-n", 1, "-r", 1, "import time; time.sleep(60)", at_most_s=0.5)
    assert finished.exit_code < 0
    assert finished.wall_s < 30


def test_cases_have_names_of_their_own() -> None:
    names = [case.name for case in all_cases()]
    assert len(set(names)) == len(names)
    assert {"desk", "insurer-day", "backlog", "tasks/x8", "agents/x8", "400x40/seed9"} <= set(names)


@pytest.mark.shared_data
def test_the_quick_cases_are_among_all() -> None:
    assert set(QUICK) <= {case.name for case in all_cases()}


def test_cases_are_chosen_by_name_and_by_group() -> None:
    assert [case.name for case in bench.chosen(["tasks", "desk"], quick=False)] == [
        "desk",
        *(f"tasks/x{k}" for k in (1, 2, 4, 8)),
    ]


def test_a_case_that_does_not_exist_is_named() -> None:
    with pytest.raises(SystemExit, match="no case dusk; known are 400x40, "):
        bench.chosen(["dusk"], quick=False)


def test_a_quick_case_has_seconds_only() -> None:
    (desk,) = bench.chosen(["desk"], quick=True)
    (seed,) = bench.chosen(["400x40/seed3"], quick=True)
    assert (desk.limit_of("allot"), seed.limit_of("cp-sat")) == (5.0, 5.0)


def test_solvers_may_have_a_limit_of_their_own() -> None:
    (seed,) = bench.chosen(["400x40/seed3"], quick=False)
    assert (seed.limit_of("allot"), seed.limit_of("greedy"), seed.limit_of("cp-sat")) == (10.0, 10.0, 120.0)


def test_the_middle_of_several_runs_is_kept() -> None:
    runs = [
        {"way": "allot", "wall_s": wall, "check": ok, "bound": None, "timings_s": {"solve": wall / 2}}
        for wall, ok in ((9.0, True), (1.0, False), (2.0, True))
    ]
    row = bench.summary(runs)
    assert row.pop("runs") == runs
    assert row == {"way": "allot", "wall_s": 2.0, "check": False, "bound": None, "timings_s": {"solve": 1.0}}


def test_every_way_is_told_its_share_of_what_can_be_gained() -> None:
    rows = bench.with_shares([OURS, RIVAL, LARGE])
    assert [row.get("gained") for row in rows] == [0.9, 0.5, None]


def test_a_case_is_measured_in_every_way(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    measured = {way: bench.summary(list(runs)) for way, runs in bench.measure(case, 1)}
    assert list(measured) == ["allot", "due-date"]
    ours, rival = measured["allot"], measured["due-date"]
    assert ours["check"]
    assert ours["audit"], ours["note"]
    assert ours["objective"] <= ours["bound"]
    assert {"read", "build", "solve", "check", "write"} <= set(ours["timings_s"])
    assert rival["check"]
    assert rival["objective"] <= ours["bound"]
    assert all(row["peak_mib"] > 5 and row["wall_s"] > 0 for row in measured.values())


def test_the_command_measures_what_it_is_asked_for(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    monkeypatch.setattr(bench, "all_cases", lambda: [case])
    monkeypatch.setattr(bench, "warm_up", lambda: None)
    monkeypatch.setattr("sys.argv", ["bench", "--only", "desk", "--ways", "due-date"])
    bench.main()
    assert "earliest due first" in capsys.readouterr().out
    assert [row["way"] for row in json.loads((tmp_path / "results.json").read_text())["rows"]] == ["due-date"]


def test_beside_other_work_limits_are_of_processor_time(case: Case, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    case = replace(case, busy=True, options=("--engine", "greedy"), limit_s=3.0, rivals=())
    ((_, rows),) = bench.measure(case, 1)
    (row,) = rows
    assert row["audit"], row["note"]
    assert row["busy"]
    assert row["wall_s"] < 10


def test_a_refused_run_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    case = Case("desk", lambda _: empty, 5.0, rivals=("priority",))
    rows = [bench.summary(list(runs)) for _, runs in bench.measure(case, 1)]
    assert rows[0]["note"].startswith("exit 3: ")
    assert rows[1]["note"].startswith("exit 1: ")


def test_results_replace_earlier_ones_of_their_case_only(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    bench.keep(file, [OURS | {"case": "backlog"}])
    bench.keep(file, [OURS | {"objective": 1.0}])
    bench.keep(file, [OURS, RIVAL])
    rows: list[dict[str, Any]] = json.loads(file.read_text())["rows"]
    assert [(row["case"], row["way"], row["objective"]) for row in rows] == [
        ("desk", "allot", 80.0),
        ("desk", "priority", 0.0),
        ("backlog", "allot", 80.0),
    ]
    with file.with_suffix(".csv").open(newline="") as stream:
        assert [row["solve_s"] for row in csv.DictReader(stream)] == ["8.0", "", "8.0"]


def test_the_terminal_shows_every_row_and_every_note() -> None:
    shown = StringIO()
    Console(width=130, file=shown).print(tables.terminal(bench.with_shares([OURS, RIVAL, LARGE])))
    text = shown.getvalue()
    assert "priority order" in text
    assert "90.00%" in text
    assert "desk, HiGHS, whole model: does not fit: 9 ways to do the tasks" in text


def test_the_page_states_machine_and_dates() -> None:
    machine = {"cores": 2, "memory_gib": 8, "system": "Linux", "processor": "x86_64", "python": "3.11.7"}
    rows = [*bench.with_shares([OURS, RIVAL | {"measured": "2026-01-05"}, LARGE]), _gap_row()]
    page = tables.page({"machine": machine, "rows": rows})
    assert "Measured 2026-01-04 to 2026-01-05 on 2 cores (x86_64), 8 GiB, Linux, Python 3.11.7." in page
    assert "| desk | allot | 10 | 9.5 | 300 | 80 | 100 | 10.00% | 90.00% | holds |" in page
    assert "- desk, HiGHS, whole model: does not fit: 9 ways to do the tasks" in page
    assert "| desk | 3,000 | scale | 0.2 | 0.0 | 8.0 | 0.0 | 0.0 | 0.0 | 9.5 | 2.0 | 300 |" in page
    assert "| gapb/b05100 | 9.5 | 1,843 | 1,850 | 0.38% | 1,840 | 0.16% |" in page


def test_seeds_are_summed_up_for_ways_that_always_found_a_plan() -> None:
    machine = dict.fromkeys(("cores", "memory_gib", "system", "processor", "python"), "-")
    found = [OURS | {"case": f"400x40/seed{k}", "objective": 80.0 + k} for k in (0, 1)]
    page = tables.page({"machine": machine, "rows": [*found, RIVAL | {"case": "400x40/seed0", "measured": "-"}]})
    assert "## 400 tasks and 40 people, 2 seeds" in page
    assert "| allot | 9.5 | 80.5 |" in page
    assert page.count("priority order") == 1


WAY = draw.Run(
    points=[draw.Point(1.0, -20.0, None), draw.Point(2.0, -20.0, 110.0), draw.Point(4.0, 80.0, 100.0)],
    turns=[draw.Turn(2.0, "prices", 1.0, 10.0), draw.Turn(4.0, "search", 2.0, 100.0)],
    empty=-100.0,
)


def test_a_run_is_drawn_from_its_files(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "run.json").write_text('{"empty_objective": -100.0}')
    lines = [
        {"seconds": 0.1, "stage": "read", "objective": None, "bound": None},
        *(point._asdict() | {"stage": "greedy"} for point in WAY.points),
        *(turn._asdict() | {"stage": "turn", "objective": 0.0, "bound": 100.0} for turn in WAY.turns),
    ]
    (run / "log.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    found = draw.Run.of(run)
    assert found == WAY
    assert draw.Run.from_plain(json.loads(json.dumps(found.plain()))) == WAY
    assert found.shares() == ([(1.0, 0.4), (2.0, 0.4), (4.0, 0.9)], [(2.0, 1.05), (4.0, 1.0)])
    picture = draw.spending(found)
    assert "prices: 1.0 s, +10.00 points" in picture
    assert picture.count("<title>") == 2


def test_kinds_of_day_are_summed_up_and_drawn() -> None:
    machine = dict.fromkeys(("cores", "memory_gib", "system", "processor", "python"), "-")
    rows = [
        row | {"case": f"families/office/seed{seed}", "gain_gap": seed / 100, "way_to_it": WAY.plain()}
        for seed in (1, 2, 3)
        for row in bench.with_shares([OURS, RIVAL | {"measured": "-"}])
    ]
    page = tables.page({"machine": machine, "rows": rows})
    assert "| [3 days of 21 kinds](#kinds-of-day): 3,000 tasks | 10 | 98.00%; worst 97.00% |  |" in page
    assert "| office | 40 kinds of work of 40 minutes each" in page
    assert "| 2.00% | 3.00% |  | 50.0% |  |  |" in page
    assert set(pictures := overview.pictures(rows)) == {"families.svg", "spending.svg"}
    assert all(f"img/{name}" in page for name in pictures)
    assert pictures["families.svg"].count("<polyline") == 5 + 3 * 2


def test_a_nightly_run_has_no_solvers() -> None:
    found = bench.chosen(None, quick=False, nightly=True)
    assert {"desk", "400x40"} <= {case.group for case in found}
    assert not {"cp-sat", "highs"} & {way for case in found for way in case.modes}
    assert not {"backlog", "tasks", "agents"} & {case.group for case in found}


def _gap_row() -> dict[str, Any]:
    return OURS | {"case": "gapb/b05100", "optimum": 1843, "objective_total": 1850.0, "bound_total": 1840.0}
