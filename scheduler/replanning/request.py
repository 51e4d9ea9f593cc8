"""What is asked of a re-plan."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from models import PolicyError
from scheduler.run.policy import parse_freeze, parse_stability
from scheduler.run.request import Request


@dataclass(frozen=True, kw_only=True)
class ReplanRequest(Request):
    """What to plan again and how: a request for a plan, the earlier run's folder, and what to change.

    ``edits`` are (kind, text) pairs as on the command line, ``edits_file`` has more. ``take_back`` names edits of the
    earlier run that count no more, as it lists them; ``forget`` drops all of them. ``freeze``, ``min_gain`` (points or
    a share, per change) and ``max_changes`` count instead of the policy. Without ``policy`` the earlier run's counts.
    ``curve`` asks for the best value by number of changes.

    Raises:
        PolicyError: ``freeze`` or ``min_gain`` cannot be read.
    """

    earlier: Path
    edits: tuple[tuple[str, str], ...] = ()
    edits_file: Path | None = None
    take_back: tuple[str, ...] = ()
    forget: bool = False
    freeze: str | None = None
    min_gain: float | str | None = None
    max_changes: int | None = None
    curve: bool = False

    default_time_limit_s: ClassVar[float] = 15.0
    reserved_per_task_s: ClassVar[float] = 30e-6

    def __post_init__(self) -> None:
        super().__post_init__()
        readers: tuple[tuple[str, Callable[[Any], object], Any], ...] = (
            ("freeze", parse_freeze, self.freeze),
            ("min_gain", parse_stability, self.min_gain),
        )
        for name, read, given in readers:
            try:
                if given is not None:
                    read(given)
            except ValueError as error:
                raise PolicyError(f"{name}: {error}") from error

    @property
    def asks_for_change(self) -> bool:
        """Whether even an unchanged problem is to be planned again."""
        return self.curve or self.max_changes is not None or self.min_gain is not None
