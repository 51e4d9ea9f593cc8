"""What the commands share: options that mean the same everywhere, examples in the help, what is said to people."""

from pathlib import Path

import rich_click as click

from scheduler.cli_types import LanguageCode

RUN_DIR = click.Path(exists=True, file_okay=False, path_type=Path)
"""The folder of a run that is there."""

LANG = click.option(
    "--lang",
    "language",
    type=LanguageCode(),
    metavar="CODE",
    help="Language of workbook, page and summary: en or zh; default: the policy's.",
)
SPLIT = click.option(
    "--split",
    type=click.Choice(("team", "site", "organisation", "agent")),
    help="Also write a workbook for each team (site, organisation, agent) to hand out, a page for each person.",
)
DEBUG = click.option(
    "--debug", is_flag=True, expose_value=False, help="Show a traceback when something fails inside allot."
)


def example(text: str) -> str:
    """How the help shows an example."""
    return f"[dim]Example:[/dim] [cyan]{text}[/cyan]"


def say(line: str) -> None:
    """Says a line to people: stdout is for programs."""
    click.echo(line, err=True)
