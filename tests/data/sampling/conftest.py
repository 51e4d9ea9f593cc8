"""The samples that tests look at."""

import pytest

from data.sampling.sample import SampleSummary, write_sample
from data.snapshot.read import read_snapshot
from data.snapshot.snapshot import Snapshot


@pytest.fixture(scope="session")
def insurer_day(tmp_path_factory: pytest.TempPathFactory) -> SampleSummary:
    return write_sample(tmp_path_factory.mktemp("insurer-day"), profile="insurer-day")


@pytest.fixture(scope="session")
def snapshot(insurer_day: SampleSummary) -> Snapshot:
    return read_snapshot(insurer_day.folder)
