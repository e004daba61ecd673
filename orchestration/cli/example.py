"""The command `example`: a folder with a published tree of several releases. What is in it belongs to
`assets.authoring.example`.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from orchestration.cli.options import config_in_force, debug_option, report_errors
from orchestration.outcomes import BAD, Outcome


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--quiet", is_flag=True, help="No progress.")
@debug_option
def example(folder: Path, quiet: bool, debug: bool) -> None:
    """Write a FOLDER with three releases to try things on.

    They are of rd-expenditure: the first as bundled, the others with figures that are made up, as the titles
    say. Nothing outside the folder is touched.
    """
    with report_errors(debug):
        from assets.authoring.example import BASE, RESEARCH, REVISIONS, add_revision, write_example_config
        from assets.descriptor import load_datasets
        from assets.publish.release.lock import publication_lock
        from orchestration.publishing import publish_datasets
        from orchestration.settings import find_workspace

        with config_in_force(write_example_config(folder)):
            found, _ = load_datasets()
            workspace = find_workspace(folder / "data", folder / "public", BASE, {})
            dataset = next(dataset for dataset in found if dataset.name == RESEARCH)
            with publication_lock(workspace.out, wait=False):
                for day in range(len(REVISIONS) + 1):
                    if day:
                        add_revision(dataset, workspace, day, REVISIONS[day - 1])
                    names = [dataset.name for dataset in found]
                    outcomes, _ = publish_datasets(found, {}, names, workspace, os.environ, quiet=quiet)
                    print_releases(outcomes)
    click.echo(f"\nnext:  cd {folder}")
    click.echo("       export INNOREGIO_CONFIG=config")
    click.echo("       innoregio diff rd-expenditure")


def print_releases(outcomes: Sequence[Outcome]) -> None:
    """The new releases, a line each; what went wrong ends the command."""
    for outcome in outcomes:
        if outcome.state in BAD:
            click.echo(f"innoregio: {outcome.dataset} {outcome.state}: {outcome.message}", err=True)
            raise SystemExit(1)
        if outcome.state == "published":
            click.echo(f"{outcome.dataset} {outcome.version}")
