"""The command `up`: Dagster's web server and daemon on this machine, until it is stopped.

What is started and how it is stopped belongs to `operation`.
"""

import os
from importlib.util import find_spec

import click

from orchestration.cli.options import config_option, debug_option, report_errors


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address of the web server.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=3000, show_default=True, help="Port of the web server."
)
@config_option
@debug_option
def up(host: str, port: int, debug: bool) -> None:
    """Run Dagster's web server and daemon, until SIGTERM or Ctrl-C.

    Needs DAGSTER_HOME; a folder without dagster.yaml gets ours. Schedules stay stopped until you start them.
    """
    with report_errors(debug):
        from assets.errors import SettingError
        from orchestration.operation.processes import keep_running, prepare_home, service_commands

        folder = prepare_home(os.environ)
        if find_spec("dagster_webserver") is None:
            raise SettingError("the web server is not installed: pip install 'innoregio[ui]'")
        click.echo(f"Dagster on http://{host}:{port}/, its records in {folder} (Ctrl-C stops)")
        environment = dict(os.environ) | {"DAGSTER_DISABLE_TELEMETRY": "yes"}
        raise SystemExit(keep_running(service_commands(host, port), environment))
