"""Types of command-line options; a value that does not fit is wrong use of the command line."""

from datetime import datetime, timedelta
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import rich_click as click

STORE = Path("store:")
"""What stands for the task list where a snapshot is asked for."""


class KnownTo(click.Choice[str]):
    """One of the names that a package knows under a public name.

    Packages are slow to load: the names are imported only when they are needed.
    """

    def __init__(self, package: str, public: str) -> None:
        self._package, self._public = package, public
        self.case_sensitive = True

    @cached_property
    def choices(self) -> tuple[str, ...]:  # type: ignore[override]
        """All names."""
        return tuple(getattr(import_module(self._package), self._public))


class SnapshotOrStore(click.ParamType[Path]):
    """The place of a snapshot, or ``store:`` for the task list of the store."""

    name = "snapshot"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The place; fails as wrong use of the command line."""
        place = Path(str(value))
        if place != STORE and not place.exists():
            self.fail(f"Path '{value}' does not exist.", param, ctx)
        return place


class Length(click.ParamType[float]):
    """A length of time in seconds, written like 60s, 2m or 1h; a bare number is seconds."""

    name = "length"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Returns the seconds; fails as wrong use of the command line."""
        from models import parse_duration

        if isinstance(value, float):
            return value
        text = f"{value}s" if str(value).replace(".", "", 1).isdigit() else str(value)
        try:
            length: timedelta = parse_duration(text)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return length.total_seconds()


class Moment(click.ParamType[str]):
    """A moment in ISO 8601, kept as text, since its time zone may be that of the snapshot."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Returns the text; fails as wrong use of the command line."""
        try:
            datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"'{value}' is not a moment; write it like 2026-01-05T08:00", param, ctx)
        return str(value)


class Horizon(Moment):
    """A length such as 10h, or the moment at which planning ends."""

    name = "horizon"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Returns the text; fails as wrong use of the command line."""
        if "-" in str(value):
            return super().convert(value, param, ctx)
        Length().convert(value, param, ctx)
        return str(value)
