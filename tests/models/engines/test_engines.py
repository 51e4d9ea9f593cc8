"""The names of the engines."""

import pytest

from models import ENGINES
from models.engines import make_engine


@pytest.mark.parametrize("name", ENGINES)
def test_every_name_makes_an_engine(name: str) -> None:
    assert callable(make_engine(name))
