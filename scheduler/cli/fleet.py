"""``allot fleet``: many plans."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from scheduler.cli.codes import INTERNAL, INTERRUPTED, code_of
from scheduler.cli.options import (
    CONFIGURED,
    CSV,
    LANG,
    NO_HTML,
    NO_XLSX,
    POLICY,
    cancellable,
    deliver,
    example,
    json_output,
    printable,
    say,
    say_if_not_noted,
    search,
)

if TYPE_CHECKING:
    from reports import Site
    from scheduler.workers import Workers

_PATIENCE_S = 120.0
"""So long plans that are stopped may take until they are written."""


@click.command(epilog=example("allot fleet sites.toml --out runs/today --effort 5 --workers processes:8"))
@click.argument("listed", metavar="LIST", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder for the runs, each in a folder of its plan's name, and for the table and the page that compare them.",
)
@POLICY
@search("60s")
@CSV
@NO_XLSX
@NO_HTML
@json_output("the table of results, fleet.json, to stdout")
@LANG
@CONFIGURED
def fleet(
    listed: Path,
    out: Path,
    policy: Path | None,
    workers: str | None,
    as_json: bool,
    no_xlsx: bool,
    no_html: bool,
    time_limit: float | None,
    expect_like: Path | None,
    language: str | None,
    config_file: Path | None,
    **options: Any,
) -> int:
    """Make many plans: of sites, tenants or scenarios, as a LIST has them (TOML or CSV).

    Each is an ordinary run in a folder of DIR. Plans are made at once, each by one worker: as many as there are cores
    (--workers auto), N, or on a cluster. Started again it makes what is missing: plans that failed, were stopped, or
    whose snapshot, policy or options have changed. Exit code 0 only if all plans are there, else that of the first that
    is not.
    """
    from models import Limits
    from reports import fleet_lines, site_line
    from scheduler.config import workers_here
    from scheduler.cycle.snapshot import defaults_here, policy_here
    from scheduler.fleet import make_fleet, read_list
    from scheduler.history import note_lacking
    from scheduler.workers import opened_workers

    plans, spoken = read_list(listed), language or "en"
    like = None if expect_like is None else expect_like.resolve()
    options |= {"policy": policy_here(policy, config_file), "time_limit_s": time_limit, "language": language}
    options |= {"defaults": defaults_here(config_file), "expect_like": like, "xlsx": not no_xlsx, "html": not no_html}

    def tell(site: "Site", done: int) -> None:
        say(printable(site_line(site, done, len(plans), spoken)))
        if site.run is not None and not site.kept:
            say_if_not_noted(out / site.name, config_file)

    with (
        cancellable("stopping: plans that are being made end early (again to stop at once)") as cancelled,
        opened_workers(_in_processes(workers_here(workers, config_file)), _PATIENCE_S) as executor,
    ):
        found, faults = make_fleet(plans, out, options, executor, Limits(cancelled=cancelled), tell, spoken)
    note_lacking((out / site.name for site in found.sites if site.run is not None), config_file)
    if as_json:
        deliver((out / "fleet.json").read_bytes())
    for line in fleet_lines(found, [str(out / name) for name in ("fleet.html", "fleet.csv")], spoken):
        say(printable(line))
    if not found.missing:
        return INTERRUPTED if cancelled.is_set() and any(_stopped(site) for site in found.sites) else 0
    return INTERRUPTED if cancelled.is_set() or not faults else code_of(faults[0]) or INTERNAL


def _stopped(site: "Site") -> bool:
    return site.run is not None and site.run.stop == "interrupted"


def _in_processes(workers: "Workers") -> "Workers":
    """Whole runs are mostly Python, which threads of one process do one after the other."""
    return workers if workers.address is not None or workers.number == 1 else replace(workers, processes=True)
