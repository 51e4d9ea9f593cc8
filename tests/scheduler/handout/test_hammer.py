"""Several processes ask at once, on either database, while some are killed: see `tests.hammer`."""

from datetime import timedelta

import pytest

from data import open_store
from scheduler.config import read_config
from scheduler.handout import Handout
from tests.hammer import NOW, hammered, prepared, refuse_lost, refuse_twice


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
    config, store = read_config(tmp_path / "allot.toml"), open_store(store_url)
    later = Handout(config, store, lambda: NOW + timedelta(minutes=11))
    left = []
    for who in case.people:
        while one := later.next(who, start=True):
            left.append(one.choices[0].task_id)
    store.close()
    assert sorted(left) == sorted(f"T{n}" for n in range(60))
