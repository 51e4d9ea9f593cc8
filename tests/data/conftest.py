"""Where the tests of this folder find data that is no part of the project."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def boston() -> Path:
    """The week of 2011-11-14 of Boston's service requests."""
    return Path(__file__).parents[3] / "shared" / "data" / "boston311" / "week-2011-11-14"
