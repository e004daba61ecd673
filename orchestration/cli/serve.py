"""The command `serve`: the published tree on an address of this machine.

What is answered belongs to `serving`.
"""

import os
from pathlib import Path

import click

from orchestration.cli.options import debug_option, out_option, report_errors


@click.command()
@out_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0: all.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0: any free one.",
)
@debug_option
def serve(out: Path | None, host: str, port: int, debug: bool) -> None:
    """Serve what is published over HTTP, until Ctrl-C.

    A run may publish into the folder meanwhile.
    """
    with report_errors(debug):
        from orchestration.serving.server import serve_tree
        from orchestration.settings import find_out

        folder = find_out(out, os.environ)
        serve_tree(
            folder, host, port, lambda address: click.echo(f"serving {folder} on {address} (Ctrl-C stops)")
        )
