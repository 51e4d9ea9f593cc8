"""Same snapshot, policy, engine, seed and effort: same plan, byte for byte, in another process and on another kind of
processor."""

import json

import pytest

from tests.processors import OLDER
from tests.scheduler.cli.test_plan import ENGINES, read_run
from tests.scheduler.command import MODULE, SCRIPT, allot

pytestmark = pytest.mark.slow

TIMES = {"timings_s"}


@pytest.mark.parametrize("engine", ENGINES)
def test_planning_twice_gives_the_same_bytes(sample, run_of, tmp_path, engine):
    first, again = run_of(engine), tmp_path / "run"
    options = ("--engine", engine, "--effort", 1, "--gap", 0, "--no-xlsx", "--no-html", "--json")
    # by its other name, with another seed of Python's own hashes, which order sets, and as on an older processor
    program = SCRIPT if engine == "auto" else MODULE
    done = allot("plan", sample, "--out", again, *options, program=program, hash_seed=2, settings=OLDER)
    assert done.code == 0, done.err
    written = {path.name for path in first.iterdir() if path.suffix == ".parquet"}
    tables = ("plan", "unplanned", "agents", "certificate", "hours", "kpis")
    assert written >= {f"{table}.parquet" for table in tables}
    for name in sorted(written | {"rejects.csv"}):
        assert (again / name).read_bytes() == (first / name).read_bytes(), name
    before, after = read_run(first), json.loads(done.out)
    assert {key for key in before if before[key] != after[key]} <= TIMES
