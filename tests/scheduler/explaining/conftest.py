"""Planned days to explain, made once for the whole session."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from scheduler.explaining import PastRun, read_past_run
from tests.scheduler.explaining.instances import INSTANCES, make


@pytest.fixture(scope="session", params=INSTANCES)
def past(request: pytest.FixtureRequest, shared: Callable[[str, Callable[[Path], None]], Path]) -> PastRun:
    """A run of each instance, read back."""
    folder = shared(f"explained {request.param}", partial(make, request.param))
    return read_past_run(folder / "run", folder / "snapshot")


@pytest.fixture(scope="session")
def crowded(shared: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """The folder of the crowded day, with ``snapshot`` and ``run``."""
    return shared("explained crowded", partial(make, "crowded"))
