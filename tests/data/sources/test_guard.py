"""Whatever a reader does with a damaged file is a refusal, and nothing of a panic is printed."""

import io
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from data.sources.guard import reading
from models import SnapshotError
from tests.data.small import write_folder

VALIDATE = """
import sys
from data import read_snapshot
from models import SnapshotError
try:
    read_snapshot(sys.argv[1])
except SnapshotError as error:
    print(error)
"""


class PanicException(BaseException):
    """A panic as every library of Rust's raises its own."""


def fail(error: BaseException, what: str = "f", printed: bytes = b"") -> None:
    """A reader that prints something and fails."""
    with reading(what):
        os.write(2, printed)
        raise error


@pytest.mark.parametrize("error", [EOFError(), MemoryError(), KeyError("a"), PanicException("a\nb\nc")])
def test_every_failure_is_a_refusal_of_one_line(error: BaseException) -> None:
    with pytest.raises(
        SnapshotError, match=r"^f cannot be read: .*; it may be damaged: save or export it again$"
    ) as refusal:
        fail(error, "f cannot be read")
    assert refusal.value.__cause__ is error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3), SnapshotError("as it is")])
def test_what_is_no_failure_stays_what_it_is(error: BaseException) -> None:
    with pytest.raises(type(error)) as raised:
        fail(error)
    assert raised.value is error


def test_what_is_printed_comes_through_unless_the_reader_fails(capfd: pytest.CaptureFixture[str]) -> None:
    with reading("f"):
        os.write(2, b"told\n")
        with reading("one in another"):
            os.write(2, b"and this\n")
    with pytest.raises(SnapshotError):
        fail(PanicException(), printed=b"a panic\n")
    assert capfd.readouterr().err == "told\nand this\n"


def _damaged(folder: Path) -> Path:
    """A snapshot whose tasks, in Parquet, have a length in the footer that makes polars panic or fail."""
    write_folder(folder)
    (folder / "tasks.csv").unlink()
    whole = io.BytesIO()
    pl.DataFrame({"task_id": ["T1"], "process": ["claim"]}).write_parquet(whole)
    content = bytearray(whole.getvalue())
    content[4:40] = bytes(36)
    (folder / "tasks.parquet").write_bytes(content)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("closed", [True, False])
def test_a_damaged_file_is_told_with_and_without_an_open_stderr(tmp_path: Path, closed: bool) -> None:
    def close() -> None:
        if closed:
            os.close(2)

    done = subprocess.run(
        [sys.executable, "-c", VALIDATE, str(_damaged(tmp_path / "s"))],
        capture_output=True,
        text=True,
        preexec_fn=close,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("tasks.parquet cannot be read as Parquet: ")
