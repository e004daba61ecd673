"""The command `snapshot add`: a recorded file into the store. See `assets.authoring.recorded_files`."""

import os

import click

from orchestration.cli.options import choose, common, report_errors


@click.group()
def snapshot() -> None:
    """Keep recorded files as snapshots of a source."""


@snapshot.command(short_help="Take a recorded file of a dataset's source into the store.")
@click.argument("dataset")
@click.argument("files", nargs=-1, required=True, metavar="[PART=]FILE...")
@click.option("--table", metavar="PROVIDER/TABLE", help="Which table it is, where the dataset has several.")
@click.option("--retrieved", metavar="DATE", help="When the provider gave it (else the file's own time).")
@click.option("--source", metavar="URL", help="Where it was obtained (else the file's name).")
@common
def add(
    dataset: str,
    files: tuple[str, ...],
    table: str | None,
    retrieved: str | None,
    source: str | None,
    form: str,
    debug: bool,
) -> None:
    """Take FILE into the store as an answer to a table of DATASET.

    It counts as a whole answer: all parts of a table that has several are given together, or one archive with
    all of them. The next publish uses it, where nothing newer is there.
    """
    with report_errors(debug):
        from assets.authoring.recorded_files import add_recorded_files
        from assets.descriptor import gather_mistakes, load_datasets
        from orchestration.cli.printing import print_json
        from orchestration.settings import find_workspace, require_home

        found, errors = load_datasets()
        broken = gather_mistakes(errors)
        choose([dataset.name for dataset in found], list(broken), [dataset])
        if dataset in broken:
            raise broken[dataset]
        workspace = find_workspace(None, None, None, os.environ)
        require_home(workspace.home)
        chosen = next(candidate for candidate in found if candidate.name == dataset)
        added = add_recorded_files(chosen, files, workspace, table, retrieved, source)
        if form == "json":
            print_json(vars(added))
            return
        for part, count in added.rows.items():
            click.echo(f"{added.provider}/{added.table}/{part}  {count:,} rows")
        click.echo(f"retrieved {added.retrieved}, updated by the provider {added.updated or 'not known'}")
        if not added.is_new:
            click.echo("the store has it already")
        if added.is_used:
            click.echo(f"next: innoregio publish {dataset}")
        else:
            click.echo(f"kept, but not used: a newer answer to {added.provider}/{added.table} is there")
