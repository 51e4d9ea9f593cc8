"""``allot cycle``: the command for cron."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from scheduler.cli.options import (
    CONFIGURED,
    EFFORT,
    MOMENTS_OF_THE_LIST,
    NO_HTML,
    NO_XLSX,
    cancellable,
    deliver_json,
    example,
    in_a_line,
    json_output,
    say,
    settings_now,
    time_limit,
)

if TYPE_CHECKING:
    from scheduler.cycle.cycle import Stage


@click.command(epilog=example("allot cycle --config /etc/allot/allot.toml --time-limit 2m"))
@MOMENTS_OF_THE_LIST
@time_limit("60s for the first run, 15s near an earlier one")
@EFFORT
@json_output("the run's folder and the result of each stage as JSON")
@NO_XLSX
@NO_HTML
@CONFIGURED
def cycle(
    as_of: str | None,
    horizon: str | None,
    time_limit: float | None,
    effort: int | None,
    as_json: bool,
    no_xlsx: bool,
    no_html: bool,
    config_file: Path | None,
) -> None:
    """Take in what sources have sent, plan the task list near the published run, check, publish and hand out the plan.

    The run is written to the runs folder of allot.toml and named for its moment, such as 20260302T0800Z. One line per
    stage gives its result. A source that cannot be reached is reported and does not stop the cycle: what it sent before
    is planned. So is an outlet, which gets its rows later. Exit code 0 if a plan was written, 7 if another cycle is
    running.
    """
    from scheduler.config import workers_in
    from scheduler.cycle.cycle import run_cycle
    from scheduler.cycle.planning import Planning
    from scheduler.cycle.snapshot import moment_of, policy_of

    settings = settings_now(config_file)
    with cancellable() as cancelled:
        options: dict[str, Any] = {"effort": effort, "xlsx": not no_xlsx, "html": not no_html, "cancelled": cancelled}
        options["workers"] = workers_in(settings)
        planning = Planning(policy=policy_of(settings), options=options | {"time_limit_s": time_limit})
        moment = moment_of(as_of, settings)
        done = run_cycle(settings, planning, as_of=moment, horizon=horizon, tell=_say_stage)
    if as_json:
        run = None if done.run is None else str(done.run)
        deliver_json({"run": run, "stages": [stage.record() for stage in done.stages]})
    if done.error is not None:
        raise done.error
    if done.run is not None:
        _say_written(done.run)


def _say_stage(stage: "Stage") -> None:
    counts = ", ".join(f"{name} {_shown(count)}" for name, count in stage.counts.items())
    words = ": ".join(text for text in (counts, in_a_line(stage.message)) if text)
    say(f"{stage.name}: {'' if stage.ok else 'FAILED '}{words or 'done'} ({stage.seconds:.1f} s)")


def _shown(count: int | float) -> str:
    return f"{count:,}" if isinstance(count, int) else f"{count:,.2f}"


def _say_written(run: Path) -> None:
    here = Path.cwd()
    folder = run.relative_to(here) if run.is_relative_to(here) else run
    files = [folder / name for name in ("report.html", "plan.xlsx") if (run / name).exists()]
    say(f"written: {', '.join(map(str, files or [folder]))}")
