"""What all stages of a run share: what is asked for, where it goes, who is told of it, how long each stage takes."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, ParamSpec, TypeVar

from data import RunFolder, locked
from models import Executor, Observer, Turn
from scheduler.run.policy import Policy
from scheduler.run.request import Request
from scheduler.workers import opened_workers, workers_of

if TYPE_CHECKING:
    from models import Compiling

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")
_Asked = TypeVar("_Asked", bound=Request)
_Held = TypeVar("_Held", bound=Request, covariant=True)


class InterruptedEarlyError(Exception):
    """Somebody asked to stop before there was a plan."""


class Timing(NamedTuple):
    """How long a stage took."""

    stage: str
    seconds: float


class Journal:
    """Tells the observer of a run what happens in it, and keeps that as the lines of log.jsonl."""

    def __init__(self, observer: Observer, began: float) -> None:
        self.lines: list[dict[str, Any]] = []
        self._observer, self._began = observer, began

    def __call__(self, stage: str, objective: int | None = None, bound: int | None = None) -> None:
        """A stage, or what an engine has found: values in hundredths."""
        seconds = round(time.monotonic() - self._began, 3)
        self.lines.append({"seconds": seconds, "stage": stage, "objective": points(objective), "bound": points(bound)})
        self._observer(stage, objective, bound)

    def took(self, turns: Iterable[Turn]) -> None:
        """What an engine's time went to, put between the other lines by when it was."""
        for turn in turns:
            line = {"seconds": round(turn.moment - self._began, 3), "stage": "turn"}
            known = {"objective": points(turn.objective), "bound": points(turn.bound)}
            spent = {"move": str(turn.move), "took_s": round(turn.seconds, 3), "won": points(turn.won)}
            self.lines.append({**line, **known, **spent})
        self.lines.sort(key=itemgetter("seconds"))

    def compiles(self) -> None:
        """Tells that a loop is compiled; the log has it once."""
        told = any(line["stage"] == "compile" for line in self.lines)
        (self._observer if told else self)("compile")


@dataclass(frozen=True, kw_only=True)
class RunContext(Generic[_Held]):
    """What all stages of a run share. ``folder`` is ``None`` for a run that is not written.

    ``compiled`` counts the seconds that loops took to compile so far; ``executor`` does what can be done in parts.
    """

    request: _Held
    policy: Policy
    folder: RunFolder | None
    journal: Journal
    compiled: "Compiling"
    executor: Executor

    @property
    def staging(self) -> Path | None:
        """Where the files of the run are written until all are there; ``None`` for a run that is not written."""
        return None if self.folder is None else self.folder.staging

    def timed(
        self, stage: str, work: Callable[_Given, _Made], *args: _Given.args, **options: _Given.kwargs
    ) -> tuple[_Made, Timing]:
        """What a stage makes, and how long it took; the observer hears of it first."""
        self.journal(stage)
        began = time.monotonic()
        made = work(*args, **options)
        return made, Timing(stage, round(time.monotonic() - began, 3))

    def stop_if_cancelled(self) -> None:
        """Ends the run where somebody has asked for it.

        Raises:
            InterruptedEarlyError: somebody has.
        """
        if self.request.cancelled.is_set():
            raise InterruptedEarlyError


@contextmanager
def running(request: _Asked, policy: Policy, observer: Observer) -> Iterator[RunContext[_Asked]]:
    """The context of a run, which holds the lock of its folder.

    Raises:
        LockError: another run writes to ``request.out``.
        CacheError: compiled loops can be kept nowhere.
        WorkersError, MissingExtraError: the workers that are asked for cannot be had.
    """
    from models import compiling, require_cache

    with locked(request.out) if request.out is not None else nullcontext() as folder:
        require_cache()
        journal = Journal(observer, request.began)
        with opened_workers(workers_of(request.workers)) as executor, compiling(journal.compiles) as compiled:
            yield RunContext(
                request=request, policy=policy, folder=folder, journal=journal, compiled=compiled, executor=executor
            )


def points(hundredths: int | None) -> float | None:
    """A value in points."""
    return None if hundredths is None else hundredths / 100
