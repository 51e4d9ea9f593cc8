"""``allot config``: checks the configuration file, or prints a template."""

from pathlib import Path

import rich_click as click

from scheduler.cli.options import CONFIGURED, DEBUG, UNREACHED, deliver, example, say
from scheduler.run.counting import count_of


@click.group(epilog=example("allot config check"))
def config() -> None:
    """Check the configuration file, allot.toml, or print a template of it."""


@config.command("check", epilog=example("allot config check"))
@CONFIGURED
def check_config(config_file: Path | None) -> int:
    """Check the configuration file and the policy it names, and try to reach the store, every source and every outlet.

    Exit code 3 if one of the files has mistakes, all of which are listed; 5 if one of the others cannot be reached.
    """
    from scheduler.config import configured, remarks_on, try_all
    from scheduler.cycle.snapshot import policy_of

    settings = configured(config_file)
    kinds = ("source", "rule", "calendar", "outlet", "alert")
    named = {what: getattr(settings, what) for what in kinds}
    counts = ", ".join(count_of(len(each), what) for what, each in named.items())
    say(f"{settings.file}: {counts}; times without an offset are in {settings.timezone}")
    for remark in remarks_on(settings):
        say(f"note: {remark}")
    policy_of(settings)
    failed = 0
    for tried in try_all(settings):
        failed += tried.fault is not None
        say(f"{tried.name} ({tried.what}): {'ok' if tried.fault is None else tried.fault}")
    return UNREACHED if failed else 0


@config.command("template", epilog=example("allot config template > allot.toml"))
@DEBUG
def config_template() -> None:
    """Print a configuration file with comments, as a template."""
    from scheduler.config import template_text

    deliver(template_text())
