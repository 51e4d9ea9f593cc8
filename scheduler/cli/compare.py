"""``allot compare``: compares two runs."""

from pathlib import Path

import rich_click as click

from scheduler.cli.options import DEBUG, FILE, LANG, RUN_DIR, deliver_json, example, json_output, say


@click.command(epilog=example("allot compare runs/monday runs/monday-2 --html changes.html"))
@click.argument("run_a", type=RUN_DIR)
@click.argument("run_b", type=RUN_DIR)
@click.option("--xlsx", type=FILE, metavar="FILE", help="Write the comparison as a workbook to FILE.")
@click.option("--html", type=FILE, metavar="FILE", help="Write the comparison as a page to FILE.")
@json_output("the comparison as JSON to stdout instead of a summary")
@LANG
@DEBUG
def compare(
    run_a: Path, run_b: Path, xlsx: Path | None, html: Path | None, as_json: bool, language: str | None
) -> None:
    """Compare the run in RUN_B with the run in RUN_A.

    Shows value, bound and key figures of both, and which tasks and whose days changed. Says so if snapshots, policies
    or edits differ, since the figures are then of different problems.
    """
    from data import write_whole
    from reports import (
        compare_runs,
        comparison_lines,
        comparison_record,
        write_comparison_page,
        write_comparison_workbook,
    )
    from scheduler.run.written import read_view

    before, after = read_view(run_a), read_view(run_b)
    comparison, language = compare_runs(before, after), language or after.run.policy.language
    written = [file for file in (xlsx, html) if file]
    if xlsx:
        write_whole(xlsx, lambda file: write_comparison_workbook(comparison, file, language))
    if html:
        write_whole(html, lambda file: write_comparison_page(comparison, file, language))
    if as_json:
        deliver_json(comparison_record(comparison))
        return
    for line in comparison_lines(comparison, written, language):
        say(line)
