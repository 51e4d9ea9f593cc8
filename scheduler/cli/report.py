"""``allot report``: writes workbook and page again from a run's own files."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import rich_click as click

from scheduler.cli.options import CSV_SEPARATOR, DEBUG, LANG, RUN_DIR, SPLIT, example, say


@click.command(epilog=example("allot report runs/monday --lang zh --out handouts"))
@click.argument("run_dir", type=RUN_DIR)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder to write to; files of the same names there are replaced. Default: RUN_DIR.",
)
@click.option("--xlsx/--no-xlsx", default=True, help="Write the workbook, plan.xlsx.", show_default=True)
@click.option("--html/--no-html", default=True, help="Write the page, report.html.", show_default=True)
@click.option("--csv", is_flag=True, help="Write plan.csv and unplanned.csv for Excel.")
@CSV_SEPARATOR
@SPLIT
@LANG
@click.option("--open", "show", is_flag=True, help="Open the page, or the workbook if no page is written.")
@DEBUG
def report(run_dir: Path, out: Path | None, language: str | None, show: bool, **formats: Any) -> None:
    """Write workbook and page of the run in RUN_DIR again, without planning.

    They are made from the run's own files; the snapshot is not needed. With the run's options they are the same, byte
    for byte.
    """
    from data import held
    from models import OptionError
    from scheduler.run.reports import Formats, rewrite_reports, told
    from scheduler.run.written import read_listed

    if not any(formats[name] for name in ("xlsx", "html", "csv", "split")):
        raise click.UsageError("there is nothing to write: leave out --no-xlsx or --no-html, or give --csv")
    with nullcontext() if out else held(run_dir.resolve()):
        view = read_listed(run_dir)
        if view.rest.height and (formats["csv"] or formats["split"]):
            raise OptionError(
                "--csv and --split have all tasks of a run, and this one was made in parts and is too long for them; "
                f"take what is needed from {run_dir / 'plan.parquet'} and {run_dir / 'unplanned.parquet'}"
            )
        language = language or view.run.policy.language
        written = rewrite_reports(view, out or run_dir, Formats(language=language, **formats))
    say(f"written: {told(written, out or run_dir)}")
    if show:
        click.launch(str(written[-1]))
