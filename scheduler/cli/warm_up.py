"""`allot warm-up`."""

import rich_click as click

from scheduler.cli.options import DEBUG, compiling_told, example, say


@click.command("warm-up", epilog=example("allot warm-up"))
@DEBUG
def warm_up() -> None:
    """Compile the engines, once after installation. Otherwise the first plan does so, which takes about a minute."""
    from models import require_cache
    from models.engines.warm import warm_up as compile_loops

    require_cache()
    with compiling_told("compiling the loops"):
        compile_loops()
    say("ready")
