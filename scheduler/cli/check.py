"""`allot check`."""

from pathlib import Path

import rich_click as click

from scheduler.cli.options import (
    DEBUG,
    RUN_DIR,
    SNAPSHOT,
    WorkersType,
    compiling_told,
    deliver_json,
    example,
    json_output,
    say,
)
from scheduler.run.counting import count_of


@click.command(epilog=example("allot check snapshots/monday runs/monday"))
@SNAPSHOT
@click.argument("run_dir", type=RUN_DIR)
@json_output("the findings as JSON to stdout")
@click.option(
    "--workers",
    type=WorkersType(),
    metavar="auto|N|processes:N|tls://HOST:PORT",
    help="Who checks a run that was made in parts. Default: threads on all cores.",
)
@DEBUG
def check(snapshot: Path, run_dir: Path, as_json: bool, workers: str | None) -> None:
    """Check the run in RUN_DIR: recompute plan, objective and bound from its SNAPSHOT with separate code, and compare.

    SNAPSHOT is the one the run was made from; moment, horizon and policy come from the run. Exit code 0 if everything
    agrees; otherwise 6, with a list of what is wrong.
    """
    from models import CheckError, Limits, do_all
    from scheduler.audit import audit_folder
    from scheduler.config import workers_beside
    from scheduler.workers import opened_workers

    chosen = workers_beside(workers)
    with compiling_told("compiling the loops of the check, once"), opened_workers(chosen) as executor:
        report = audit_folder(snapshot, run_dir, lambda work, pieces: do_all(work, pieces, Limits(executor=executor)))
    if as_json:
        found = {
            "ok": report.ok,
            "violations": [str(v) for v in report.violations],
            "totals": report.totals,
            "notes": report.notes,
            "changed_inputs": report.changed_inputs,
            "objective": report.objective / 100,
            "certified_bound": None if report.certified_bound is None else report.certified_bound / 100,
        }
        deliver_json(found)
    for note in report.notes:
        say(note)
    if not report.ok:
        lines = "\n".join(f"  {violation}" for violation in report.violations)
        raise CheckError(f"{run_dir} does not hold, {count_of(sum(report.totals.values()), 'violation')}:\n{lines}")
    proved = "" if report.certified_bound is None else f", a bound of {report.certified_bound / 100:,.2f} re-added"
    say(f"{run_dir} holds: every rule kept, objective {report.objective / 100:,.2f} re-added{proved}")
