"""A short run of the spoiled snapshots; ``python -m tests.mutations`` tries thousands."""

from collections import Counter

import pytest

from tests.mutations.mutate import mutated
from tests.mutations.snapshots import FORMS, files_of, tables
from tests.mutations.trying import attempts, inside, written

pytestmark = pytest.mark.slow


def test_the_snapshot_itself_is_planned(tmp_path):
    for form in FORMS:
        folder = tmp_path / form
        folder.mkdir()
        source = written(files_of(tables(), form), folder)
        assert inside("validate", source, "--strict")[0] == 0


def test_the_same_seed_spoils_in_the_same_way():
    assert [mutated(3, n)[0] for n in range(20)] == [mutated(3, n)[0] for n in range(20)]
    assert len({mutated(3, n)[0] for n in range(20)}) > 15


@pytest.mark.parametrize("first", range(0, 150, 50))
def test_spoiled_snapshots_are_planned_or_refused_and_nothing_else(first):
    codes: Counter[int] = attempts(0, range(first, first + 50))
    assert set(codes) <= {0, 2, 3}
    assert codes[0]
    assert codes[3]


def test_so_they_are_through_real_commands():
    assert sum(attempts(1, range(3), real=True).values()) == 3
