"""The one rule about data that is no part of the project: tests that read it run where it is, and only there."""

import pytest

from tests.benchmarks.gap import SHARED_DATA


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out the tests of this folder marked `shared_data` when the data are not there, and says so."""
    here = __package__.replace(".", "/")
    out = [item for item in items if item.nodeid.startswith(here) and item.get_closest_marker("shared_data")]
    if not out or SHARED_DATA.is_dir():
        return
    items[:] = [item for item in items if item not in out]
    config.hook.pytest_deselected(items=out)
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None:  # the workers of a parallel run have none
        terminal.write_line(f"{here}: {len(out)} tests left out, as {SHARED_DATA} is not there")
