"""The errors people meet."""

import pytest

from models import (
    AllotError,
    CapabilityError,
    CheckError,
    InternalError,
    LockError,
    PolicyError,
    SnapshotError,
    nearest,
)


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
