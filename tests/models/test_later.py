"""Names that a package loads when they are first asked for."""

from types import ModuleType

import pytest

import data
import models
import reports
from models import loaded_later


def test_a_name_comes_from_its_module() -> None:
    from fractions import Fraction

    load = loaded_later("numbers", {"fractions": "Fraction", "decimal": "Decimal getcontext"})
    assert load("Fraction") is Fraction
    assert load("getcontext").__module__ == "decimal"


@pytest.mark.parametrize("package", [data, models, reports])
def test_every_package_has_what_it_names_and_nothing_else(package: ModuleType) -> None:
    assert all(hasattr(package, name) for name in package.__all__)
    nonsense = "nonsense"
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'nonsense'"):
        getattr(package, nonsense)
