"""Shows the progress of a run: a live line on a terminal, plain lines in a log."""

import time
from types import TracebackType

from rich.console import Console
from rich.status import Status

from reports import usable_bound

WORDS = {
    "read": "reading the snapshot",
    "build": "building the problem",
    "solve": "looking for a plan",
    "greedy": "first plan",
    "start": "plan to start from",
    "earlier plan": "plan of the earlier run",
    "new work": "plan with new work in it",
    "re-plan": "plan near the earlier one",
    "priced": "plan that follows the prices",
    "dive": "plan that follows the prices of tasks",
    "search": "better plan",
    "certificate": "better bound",
    "programmes": "better bound",
    "exact": "whole model",
    "pulp": "whole model",
    "compile": "compiling the loops, once (allot warm-up)",
    "arrange": "putting urgent work first and evening the load",
    "check": "checking every rule",
    "tables": "putting the tables together",
    "write": "writing the plan",
    "workbook": "writing the workbook",
    "page": "writing the page",
}
"""The words shown for the stages of a run and the notes of engines."""
_PLAIN_EVERY_S = 5.0
_STAGES = ("read", "build", "compile", "solve", "arrange", "check", "write", "workbook", "page")
"""The stages that a log names as soon as they begin."""


class Progress:
    """An observer that shows progress to people; use it as a context manager."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Status | None = console.status("starting") if console.is_terminal else None
        self._began, self._said = time.monotonic(), 0.0
        self._new = set(_STAGES)

    def __enter__(self) -> "Progress":
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def __call__(self, stage: str, objective: int | None = None, bound: int | None = None) -> None:
        """Shows a stage with the best plan and bound so far."""
        seconds = time.monotonic() - self._began
        text = f"{seconds:6.1f} s  {WORDS.get(stage, stage)}{_figures(objective, bound)}"
        if self._live is not None:
            self._live.update(text)
        elif stage in self._new or seconds - self._said >= _PLAIN_EVERY_S:
            self._said = seconds
            self._new.discard(stage)
            self._console.print(text, highlight=False, markup=False)


def _figures(objective: int | None, bound: int | None) -> str:
    if objective is None:
        return ""
    bound = usable_bound(bound, objective)
    best = "" if bound is None else f", best possible {bound / 100:,.2f}"
    return f": {objective / 100:,.2f} points{best}"
