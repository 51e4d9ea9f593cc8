"""Engines do no more than tiny problems are worth."""

from collections.abc import Iterator

import pytest

from tests.models.solving import cut_short


@pytest.fixture(autouse=True, scope="module")
def quick() -> Iterator[None]:
    """Search and pricing cut short for tiny problems."""
    with cut_short():
        yield
