"""The errors people meet."""

import errno
from pathlib import Path
from tempfile import gettempdir

import polars as pl
import pytest
from lxml.etree import SerialisationError

from models import (
    AllotError,
    CapabilityError,
    CheckError,
    InternalError,
    LockError,
    PolicyError,
    SnapshotError,
    disk_errors_at,
    fault_of_a_file,
    nearest,
)
from models.errors import DISK_ERRORS


@pytest.mark.parametrize("kind", [SnapshotError, PolicyError, CapabilityError, CheckError, LockError, InternalError])
def test_all_have_one_base(kind: type[AllotError]) -> None:
    assert issubclass(kind, AllotError)
    assert str(kind("tasks.csv: column minutes is missing")) == "tasks.csv: column minutes is missing"


def test_a_refused_snapshot_carries_its_rejects() -> None:
    assert SnapshotError("refused").rejects is None
    assert SnapshotError("refused", rejects="rows").rejects == "rows"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("minuts", "; did you mean 'minutes'?"),
        ("MINUTES", "; did you mean 'minutes'?"),
        ("skils", "; did you mean 'Skills'?"),
        ("xyzzy", ""),
    ],
)
def test_typos_get_the_nearest_known_name(name: str, hint: str) -> None:
    assert nearest(name, ["minutes", "value", "Skills"]) == hint


def test_nothing_known_gives_no_hint() -> None:
    assert nearest("minutes", []) == ""


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError("No space left on device (os error 28)"),
        pl.exceptions.ComputeError("parquet: underlying IO error: No space left on device (os error 28)"),
    ],
)
def test_a_full_disk_is_told_the_same_way_whoever_wrote(error: Exception) -> None:
    with pytest.raises(OSError, match="No space left on device") as raised, disk_errors_at(Path("runs/monday")):
        raise error
    assert raised.value.errno in DISK_ERRORS
    assert raised.value.filename == str(Path("runs/monday"))
    assert raised.value.__cause__ is error


def test_a_workbooks_sheets_are_written_in_the_folder_for_temporary_files() -> None:
    with pytest.raises(OSError, match="No space left on device") as raised, disk_errors_at(Path("runs/monday")):
        raise SerialisationError("IO_ENOSPC")
    assert raised.value.filename == gettempdir()


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device", "elsewhere"),
        OSError(errno.ENOENT, "No such file or directory"),
        pl.exceptions.ComputeError("No such file or directory (os error 2)"),
        SnapshotError("tasks.parquet cannot be read: Input/output error (os error 5)"),
        SerialisationError("IO_ENOENT"),
        ValueError("wrong"),
    ],
)
def test_errors_that_name_a_file_or_are_none_of_the_disk_stay(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, disk_errors_at(Path("runs/monday")):
        raise error
    assert raised.value is error


def test_what_the_system_says_of_a_file_comes_with_what_to_do() -> None:
    full = OSError(errno.ENOSPC, "No space left on device", "plan.parquet")
    assert fault_of_a_file(full) == (
        "No space left on device: plan.parquet",
        "Make room there, or write to another place.",
    )
    assert fault_of_a_file(OSError(errno.EACCES, "Permission denied", "x")) == (
        "Permission denied: x",
        "Ask for the right to write there, or write to another place.",
    )
    assert fault_of_a_file(OSError(errno.ENOENT, "No such file or directory", "x")) == (
        "No such file or directory: x",
        "",
    )
    assert fault_of_a_file(OSError("half a word")) is None
    assert fault_of_a_file(LockError("another run")) is None
