"""Several processes ask at once, on either database, while some are killed: see `tests.hammer`."""

import pytest

from tests.hammer import hammered, prepared, refuse_lost, refuse_twice


@pytest.mark.slow
def test_no_task_is_handed_out_twice(tmp_path, store_url):
    case = prepared(tmp_path, store_url, tasks=40, workers=4)
    taken, _ = hammered(case)
    refuse_twice(case, taken)
    assert sum(map(len, taken)) == 40
    refuse_lost(case, store_url)


@pytest.mark.slow
def test_what_killed_processes_had_comes_back(tmp_path, store_url):
    case = prepared(tmp_path, store_url, tasks=60, workers=4)
    taken, _ = hammered(case, killed=2)
    refuse_twice(case, taken)
    refuse_lost(case, store_url)
