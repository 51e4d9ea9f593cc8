"""``allot serve``: the HTTP service."""

from pathlib import Path

import rich_click as click

from scheduler.cli.options import CONFIGURED, example, say, settings_now


@click.command(epilog=example("allot serve --config /etc/allot/allot.toml"))
@click.option("--host", metavar="ADDRESS", help="Address to listen at. Default: \\[serve] host, 127.0.0.1.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    help="Port; 0 takes a free one. Default: \\[serve] port, 8321.",
)
@CONFIGURED
def serve(host: str | None, port: int | None, config_file: Path | None) -> None:
    """Serve the task list, the plan and people's next tasks by HTTP, with the board of all sites at /.

    What changes anything needs a token from the environment: \\[serve] token_env, or that of a source of kind http.
    Runs until SIGTERM or Ctrl-C; takes over the sockets that systemd hands it.
    """
    from scheduler.serving.serve import serve as run

    settings = settings_now(config_file)
    run(settings, say, host, port)
