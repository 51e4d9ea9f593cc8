"""The main job: read, build, solve, arrange, check, tabulate; then record, measure, write, publish.

The check is not optional. A re-plan (`scheduler.replanning`) makes its draft of other stages, and ends as a plan does.
"""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from data import RunFolder, write_json, write_log, write_record, write_tables
from models import CheckError, CheckResult, Observer, RunRecord, Stop, message_table, silent
from reports import as_text, as_tree, measure
from scheduler.run import stages
from scheduler.run.account import record
from scheduler.run.arrange import arrange
from scheduler.run.certificates import certificates
from scheduler.run.context import RunContext, running
from scheduler.run.keep_better import better_run
from scheduler.run.policy import read_policy
from scheduler.run.reports import Formats, write_reports
from scheduler.run.request import SNAPSHOT, Request
from scheduler.run.result import Result
from scheduler.run.stages import Draft, Tabulated

if TYPE_CHECKING:
    from reports import RunView


def run_plan(request: Request, observer: Observer = silent) -> Result:
    """Plans a snapshot and, with ``out``, writes the run's folder.

    Raises:
        SnapshotError, PolicyError: the input is refused; nothing was written.
        CapabilityError: the engine cannot take the problem.
        CheckError: the plan broke a rule; it is kept beside ``out`` for study.
        LockError: another run writes to ``out``.
        CacheError: compiled loops can be kept nowhere.
        InterruptedEarlyError: ``request.cancelled`` was set before there was a plan.
    """
    with running(request, read_policy(request.policy), observer) as run:
        return finish(run, draft(run))


def draft(run: RunContext[Request]) -> Draft:
    """A checked plan of the snapshot that is asked for, with its tables.

    Raises:
        as :func:`run_plan` says.
    """
    request, policy, expected = run.request, run.policy, stages.expected_size(run.request)
    snapshot, reading = run.timed("read", stages.read_input, request, policy)
    warnings = stages.warn_of_age(snapshot, request, policy)
    run.stop_if_cancelled()
    build, building = run.timed("build", stages.build, snapshot, request, policy, expected)
    run.stop_if_cancelled()
    begin(run)
    found, solving = run.timed("solve", stages.solve, run, build.problem)
    outcome, arranging = run.timed("arrange", arrange, build, found)
    checked, checking = run.timed("check", stages.verify, build.problem, outcome)
    made = Draft(
        snapshot=snapshot,
        build=build,
        outcome=outcome,
        checked=checked,
        warnings=warnings,
        timings=(reading, building, solving, arranging, checking),
    )
    if checked.objective is None:  # it has not even the shape of a plan: there is nothing to tabulate
        return made
    tabulated, tabulating = run.timed("tables", stages.tabulate, snapshot, build, outcome)
    return replace(made, tabulated=tabulated, timings=(*made.timings, tabulating))


def begin(run: RunContext[Request]) -> None:
    """Makes the place where the files of the run are written."""
    if run.folder is not None:
        run.folder.begin()


def finish(run: RunContext[Request], made: Draft) -> Result:
    """Records and measures a draft; with ``out``, writes and publishes it, unless a better run is there and stays.

    Raises:
        CheckError: the plan broke a rule; it is kept beside ``out`` for study.
    """
    said, result = record(run, made), None
    if made.tabulated is not None:
        kpis, measuring = run.timed("figures", measure, said, made.tabulated.facts)
        said = replace(said, timings_s={**said.timings_s, **dict([measuring])})
        said = watched(run.request, said, kpis, made.tabulated.tables.agents)
        result = _result(said, made, made.tabulated, kpis, run.request.out)
    if run.folder is not None:
        better = _better(run, run.folder, made, said)
        if better is not None:
            return better
        said = write(run, run.folder.staging, made, said, result)
        publish(run.folder, made.checked)
    if result is None or not made.checked.ok:
        raise CheckError(_broken(made.checked))
    return replace(result, record=said, messages=message_table(said.warnings, result.messages))


def watched(request: Request, said: RunRecord, kpis: pl.DataFrame, agents: pl.DataFrame) -> RunRecord:
    """The record with its key figures, and the alerts and targets of the run."""
    said = replace(said, kpis=as_tree(kpis))
    if request.watch is None:
        return said
    found = request.watch(said, kpis, agents)
    warnings = said.warnings if found.warning is None else (*said.warnings, found.warning)
    return replace(said, alerts=found.alerts, targets=found.targets, warnings=warnings)


def write(run: RunContext[Request], folder: Path, made: Draft, said: RunRecord, result: Result | None) -> RunRecord:
    """Writes all files of a run, run.json and the log last; the record with what writing adds to it."""
    _, writing = run.timed("write", _write_tables, folder, made, result)
    if run.request.keep_snapshot:
        shutil.copytree(str(run.request.source), folder / SNAPSHOT)
    timings = [writing]
    if result is not None:
        failed, rendering = write_reports(result.view(), folder, _formats(run), run.timed)
        said = replace(said, warnings=(*failed.values(), *said.warnings), not_written=tuple(failed))
        write_tables(folder, {"messages": message_table(failed.values(), result.messages)}, as_text)
        timings += rendering
    said = replace(said, timings_s={**said.timings_s, **dict(timings)})
    write_record(folder, said)
    write_log(folder, run.journal.lines)
    return said


def _write_tables(folder: Path, made: Draft, result: Result | None) -> None:
    """Writes the tables of a run, and the edits of a re-plan."""
    tables: Mapping[str, pl.DataFrame | None] = {
        "rejects": made.snapshot.rejects,
        **certificates(made.build.problem, made.outcome),
    }
    if result is not None:
        own = {name: getattr(result, name) for name in ("plan", "unplanned", "agents", "kpis", "hours", "changes")}
        tables = {**tables, **own, "curve": made.replan.curve if made.replan else None}
    write_tables(folder, tables, as_text)
    if result is not None and made.replan is not None:
        write_json(folder / "edits.json", made.replan.edits)


def publish(folder: RunFolder, checked: CheckResult) -> None:
    """Puts a written run in its place, or aside when its plan failed the check.

    Raises:
        CheckError: it did.
    """
    if checked.ok:
        folder.publish()
        return
    folder.keep_failed()
    raise CheckError(f"{_broken(checked)}\nThe plan is kept for study in {folder.failed}")


def _result(said: RunRecord, made: Draft, found: Tabulated, kpis: pl.DataFrame, folder: Path | None) -> Result:
    """The result of a run that has tables."""
    places = (notice.place for notice in made.snapshot.notices)
    of_changes = made.replan.messages if made.replan else ()
    of_run = (*said.warnings, said.engine_reason, *said.check.violations, *places)
    return Result(
        record=said,
        plan=found.tables.plan,
        unplanned=found.tables.unplanned,
        rejects=made.snapshot.rejects,
        agents=found.tables.agents,
        kpis=kpis,
        hours=found.tables.hours,
        messages=message_table((*of_run, *made.snapshot.reject_messages, *of_changes), found.tables.messages),
        folder=folder,
        changes=made.replan.changes if made.replan else None,
        edits=made.replan.counting if made.replan else (),
    )


def _better(run: RunContext[Request], folder: RunFolder, made: Draft, said: RunRecord) -> Result | None:
    """The earlier run in the folder, where it is to stay as this one was stopped early and is worth less."""
    if not run.request.keep_better or made.outcome.stop is not Stop.INTERRUPTED or not made.checked.ok:
        return None
    better = better_run(folder.path, said)
    return None if better is None else _result_of(better, folder.path, said.objective)


def _result_of(view: "RunView", folder: Path, kept_over: float) -> Result:
    """The result that an earlier run is."""
    frames = {name: getattr(view, name) for name in ("plan", "unplanned", "rejects", "agents", "kpis", "hours")}
    changes, messages = view.changes, view.messages.table
    return Result(record=view.run, folder=folder, kept_over=kept_over, changes=changes, messages=messages, **frames)


def _formats(run: RunContext[Request]) -> Formats:
    request = run.request
    return Formats(
        xlsx=request.xlsx,
        html=request.html,
        csv=request.csv,
        csv_separator=request.csv_separator,
        split=request.split,
        language=request.language or run.policy.report.language,
    )


def _broken(checked: CheckResult) -> str:
    first = "\n".join(f"  {violation}" for violation in checked.violations[:10])
    return f"the plan breaks {checked.total} rules, a defect in allot:\n{first}"
