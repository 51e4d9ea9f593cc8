"""A process that is killed at any moment while it takes in: the next one goes on, nothing is lost, nothing twice."""

import pytest

from tests.killed.trial import Trial

pytestmark = pytest.mark.slow


def test_what_takes_in_files_and_rows_is_killed_at_any_moment(store, store_url, tmp_path):
    trial = Trial(store_url, tmp_path, operations=900, kills=8, seed=7)
    trial.run()
    assert trial.wrong() == []
