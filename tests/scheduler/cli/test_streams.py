"""Standard streams that are closed, broken or full: what was done stays done, and the exit code is that of it."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.scheduler.command import MODULE, PATIENCE_S, QUICK, environment

pytestmark = pytest.mark.slow

FULL = Path("/dev/full")


def shell(redirection: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs a command with its streams led elsewhere by a shell."""
    words = [*MODULE, *map(str, arguments)]
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", f'"$@" {redirection}', "bash", *words],
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
        env=environment(),
        check=False,
    )


GONE = (">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", "| true", "2>&1 | true")


@pytest.mark.parametrize("redirection", GONE)
def test_a_run_is_written_whoever_listens(sample, tmp_path, redirection):
    done = shell(redirection, "plan", sample, "--out", tmp_path / "run", *QUICK, "--json")
    assert done.returncode == 0, done.stderr
    run = json.loads((tmp_path / "run" / "run.json").read_text("utf-8"))
    assert run["check"]["ok"]
    assert "Traceback" not in done.stderr
    # with its stream closed what is said must not have gone into a file that was opened in its place
    for file in (tmp_path / "run").iterdir():
        assert b"looking for a plan" not in file.read_bytes()


@pytest.mark.parametrize("redirection", GONE)
def test_other_commands_end_as_they_would(sample, run_of, redirection):
    assert shell(redirection, "check", sample, run_of("greedy"), "--json").returncode == 0
    assert shell(redirection, "policy").returncode == 0
    assert shell(redirection, "plan", sample / "nowhere", "--out", "run").returncode == 2


def test_a_disk_too_full_for_the_json_does_not_undo_the_run(sample, tmp_path):
    done = shell(f">{FULL}", "plan", sample, "--out", tmp_path / "run", *QUICK, "--json")
    assert done.returncode == 0
    assert "stdout could not be written: No space left on device" in done.stderr
    assert f"the run in {tmp_path / 'run'} is checked and whole" in done.stderr
    assert "Nothing earlier was changed" not in done.stderr
    assert (tmp_path / "run" / "run.json").exists()


def test_what_is_only_said_and_cannot_be_is_a_failure():
    done = shell(f">{FULL}", "policy")
    assert (done.returncode, done.stderr) == (5, "stdout could not be written: No space left on device\n")
    assert shell(f"2>{FULL}", "policy").returncode == 0


def test_the_bytes_of_run_json_are_printed_as_they_are(sample, tmp_path):
    done = shell("", "plan", sample, "--out", tmp_path / "run", *QUICK, "--json")
    assert os.fsencode(done.stdout) == (tmp_path / "run" / "run.json").read_bytes()
