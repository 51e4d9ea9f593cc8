"""The units for systemd and the Dockerfile that the documents hand out."""

import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path

DEPLOY = Path(__file__).parents[1] / "docs" / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer"), *DEPLOY.glob("*.socket")])


def unit(name: str) -> RawConfigParser:
    read = RawConfigParser(strict=False)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read(DEPLOY / name, encoding="utf-8")
    return read


def test_the_service_runs_as_a_user_of_its_own_into_a_folder_of_the_day():
    service = unit("allot.service")
    assert service["Unit"]["OnFailure"] == "allot-failed@%n.service"
    assert (DEPLOY / "allot-failed@.service").exists()
    run = service["Service"]
    assert (run["User"], run["CacheDirectory"]) == ("allot", "allot")
    assert run["Environment"] == "NUMBA_CACHE_DIR=/var/cache/allot"
    assert '--out "runs/$$(date +%%F)"' in run["ExecStart"]


def test_the_http_service_waits_behind_its_socket_and_takes_tokens_from_a_file():
    service = unit("allot-serve.service")
    assert service["Unit"]["Requires"] == "allot-serve.socket"
    assert "allot serve" in service["Service"]["ExecStart"]
    assert service["Service"]["EnvironmentFile"] == "-/etc/allot/tokens"
    assert unit("allot-serve.socket")["Socket"]["ListenStream"] == "127.0.0.1:8321"


def test_systemd_finds_nothing_wrong_where_there_is_one():
    verify = shutil.which("systemd-analyze")
    if verify is not None:
        done = subprocess.run([verify, "verify", *UNITS], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_image_is_plain_by_name_and_does_not_run_as_root():
    lines = [line.split() for line in (DEPLOY / "Dockerfile").read_text("utf-8").splitlines() if line.strip()]
    images = [words[1] for words in lines if words[0] == "FROM"]
    assert all("/" not in image for image in images)
    assert ["USER", "allot"] in lines
