"""A plan in parts: its course, and the run that is put together of what its groups come to."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from data import write_log, write_record
from models import CheckError, Message, Observer, OptionError, RunRecord, message_table
from reports import Messages, RunView
from scheduler.parts.course import Course
from scheduler.parts.jobs import Told
from scheduler.parts.place import Place
from scheduler.parts.together import (
    agents_of,
    hours_of,
    idle_of,
    kpis_of,
    messages_of,
    single_tables,
    totals_of,
    write_together,
)
from scheduler.parts.view import Shared, view_of
from scheduler.run import written
from scheduler.run.account import recorded
from scheduler.run.basis import basis_of
from scheduler.run.context import RunContext, Timing, running
from scheduler.run.pipeline import publish, watched
from scheduler.run.policy import read_policy
from scheduler.run.reports import Formats, write_reports
from scheduler.run.request import Request
from scheduler.run.result import Result
from scheduler.run.stages import warn_of_age
from scheduler.workers import versions_here

_WHOLE_ONLY = ("csv", "split", "expect_like", "keep_better", "keep_snapshot")
_OPTIONS = (
    *("source", "as_of", "horizon", "defaults", "engine", "time_limit_s", "effort", "gap", "seed"),
    *("strict", "allow_empty"),
)
"""What decides a plan, beside its policy."""


def plan_in_parts(request: Request, observer: Observer) -> Result:
    """Plans a snapshot whose tasks come in parts, and are too many for one piece.

    Raises:
        OptionError: an option is only there for plans in one piece.
        others: as for :func:`scheduler.run.pipeline.run_plan`.
    """
    refused = [name for name in _WHOLE_ONLY if getattr(request, name)]
    if refused:
        raise OptionError(f"{refused[0]} is only there for plans in one piece, and this snapshot is planned in parts")
    with running(request, read_policy(request.policy), observer) as run, _place(run) as place:
        return _Making(run, place).result()


@contextmanager
def _place(run: RunContext[Request]) -> Iterator[Place]:
    """The folder of the plan in the making; it is removed when the plan is there, and stays when that fails."""
    if run.folder is None:
        with TemporaryDirectory() as folder:
            yield Place(Path(folder))
        return
    place = Place(run.folder.path.with_name(f".{run.folder.path.name}.parts"))
    chosen = {name: getattr(run.request, name) for name in _OPTIONS}
    place.begin(basis_of({**chosen, "policy": run.policy, "versions": sorted(versions_here().items())}))
    yield place
    place.remove()


class _Making:
    """A plan in parts in the making, with how long each of its stages took."""

    def __init__(self, run: RunContext[Request], place: Place) -> None:
        self._run, self._course = run, Course(run, place)
        self._timings: list[Timing] = []

    def result(self) -> Result:
        """Makes the plan, and with a folder writes it.

        Raises:
            CheckError: it broke a rule; it is kept beside the folder for study.
        """
        run, course = self._run, self._course
        shared, took = run.timed("read", course.read)
        self._timings.append(took)
        age = warn_of_age(shared.snapshot.people, run.request, run.policy)
        self._timings.append(run.timed("price", course.price, shared)[1])
        self._timings.append(run.timed("bid", course.bid, shared)[1])
        turn, took = run.timed("solve", course.plan)
        told, tabulating = run.timed("tables", course.tell, turn, shared)
        self._timings += [took, tabulating]
        if run.folder is not None:
            run.folder.begin()
        with TemporaryDirectory() as folder:
            return self._written(shared, told, turn, age, run.staging or Path(folder))

    def _written(
        self, shared: Shared, told: Sequence[Told], turn: int, age: tuple[Message, ...], folder: Path
    ) -> Result:
        """Puts the groups' tables together in a folder, and publishes it."""
        run, people, prices = self._run, view_of(shared), self._course.prices()
        places = [self._course.place.tables(each.group) for each in told]
        agents, hours = agents_of(places, people), hours_of(people, told)
        totals = totals_of(shared, people, told, prices, agents, hours, run.request, turn + 1)
        idle = idle_of(people, told, self._course.spare())
        totals = replace(totals, idle=idle, warnings=(*age, *totals.warnings), timings=tuple(self._timings))
        said = recorded(run, people.snapshot, totals)
        kpis = kpis_of(said, told, agents)
        said = watched(run.request, said, kpis, agents)
        own = messages_of(said, people.snapshot)
        tables = single_tables(people, prices, agents, kpis, hours, own)
        _, took = run.timed("write", write_together, folder, places, tables)
        self._timings.append(took)
        files = (folder / "plan.parquet", folder / "unplanned.parquet")
        plan, unplanned = (pl.read_parquet(file, n_rows=written.LISTED) for file in files)
        rest, own = written.rest_of(folder, said), message_table((), own, written.details_of(folder, unplanned))
        view = RunView(said, plan, unplanned, tables["rejects"], agents, kpis, hours, messages=Messages(own), rest=rest)
        said = self._reported(view, folder)
        write_record(folder, said)
        write_log(folder, run.journal.lines)
        if run.folder is not None:
            publish(run.folder, totals.checked)
        elif not totals.checked.ok:
            raise CheckError(f"the plan breaks {totals.checked.total} rules, a defect in allot")
        return Result(
            record=said,
            plan=plan,
            unplanned=unplanned,
            rejects=tables["rejects"],
            agents=agents,
            kpis=kpis,
            hours=hours,
            messages=own,
            rest=rest,
            folder=run.request.out,
        )

    def _reported(self, view: RunView, folder: Path) -> RunRecord:
        """Writes workbook and page; the record with what writing adds to it."""
        request, said = self._run.request, view.run
        if self._run.folder is not None:
            language = request.language or self._run.policy.report.language
            formats = Formats(xlsx=request.xlsx, html=request.html, language=language)
            failed, rendering = write_reports(view, folder, formats, self._run.timed)
            self._timings += rendering
            said = replace(said, warnings=(*failed.values(), *said.warnings), not_written=tuple(failed))
        return replace(said, timings_s=dict(self._timings))
