"""``allot config``: checks the configuration file, or prints a template."""

from pathlib import Path

import rich_click as click

from scheduler.cli.options import CONFIGURED, DEBUG, deliver, example, say

_UNREACHED = 5


@click.group()
def config() -> None:
    """Check the configuration file, allot.toml, or print a template of it."""


@config.command("check", epilog=example("allot config check"))
@CONFIGURED
def check_config(config_file: Path | None) -> int:
    """Check the configuration file, and try to reach the store and every source.

    Exit code 3 if the file has mistakes, all of which are listed; 5 if the store or a source cannot be reached.
    """
    from scheduler.config import configured, try_all

    settings = configured(config_file)
    say(
        f"{settings.file}: {_count(len(settings.source), 'source')}, {_count(len(settings.rule), 'rule')}, "
        f"{_count(len(settings.calendar), 'calendar')}; times without an offset are in {settings.timezone}"
    )
    failed = 0
    for tried in try_all(settings):
        failed += tried.fault is not None
        say(f"{tried.name} ({tried.what}): {'ok' if tried.fault is None else tried.fault}")
    return _UNREACHED if failed else 0


@config.command("template", epilog=example("allot config template > allot.toml"))
@DEBUG
def config_template() -> None:
    """Print a configuration file with comments, as a template."""
    from scheduler.config import template_text

    deliver(template_text())


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
