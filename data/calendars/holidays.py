"""Public holidays of countries and their parts, from the package `holidays` (the extra ``calendars``)."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from types import ModuleType

from models import lacks_extra, nearest


def holidays_fault(code: str) -> str | None:
    """The fault of a code such as ``DE-BY`` (unknown, or the package is not installed); ``None`` if it is valid."""
    package = _package()
    if package is None:
        return lacks_extra("a calendar with holidays", "calendars")
    known = package.list_supported_countries(include_aliases=False)
    country, _, part = code.partition("-")
    if country not in known:
        parts = (f"{name}-{sub}" for name, subs in known.items() for sub in subs)
        hint = nearest(code, [*known, *parts])
        return f"'{code}' is no country or part of one, such as DE or DE-BY{hint}"
    names = [*known[country], *_aliases(package, country)]
    if part and part not in names:
        hint = nearest(part, names)
        return f"'{code}': {country} has no part '{part}'; it has {', '.join(known[country]) or 'none'}{hint}"
    return None


def holiday_dates(codes: Iterable[str], years: range) -> set[date]:
    """The public holidays of these countries or parts in these years; the codes must be valid."""
    return {day for code in codes for day in _dates(code, years.start, years.stop)}


@lru_cache(maxsize=64)
def _dates(code: str, first: int, after_last: int) -> frozenset[date]:
    package = _package()
    assert package is not None
    country, _, part = code.partition("-")
    return frozenset(package.country_holidays(country, subdiv=part or None, years=range(first, after_last)))


def _aliases(package: ModuleType, country: str) -> list[str]:
    return list(getattr(package.country_holidays(country), "subdivisions_aliases", {}))


def _package() -> ModuleType | None:
    try:
        import holidays
    except ModuleNotFoundError:
        return None
    return holidays
