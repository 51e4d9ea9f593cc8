"""What tests of databases as sources have in common."""

import pytest

from tests.conftest import new_database
from tests.data.feeds.host import Host


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def host(request, tmp_path) -> Host:
    """A database with an empty table, of either kind."""
    if request.param == "sqlite":
        (tmp_path / "host.db").touch()
        return Host(f"sqlite:///{tmp_path / 'host.db'}")
    return Host(new_database(request.getfixturevalue("postgres_url")))
