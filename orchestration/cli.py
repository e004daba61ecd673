"""The command line. Results on stdout, progress and problems on stderr. Only `publish` imports Dagster, and
only where an asset has to run, so that the other commands answer at once.

Exit codes: 0 good; 1 a dataset or check failed or is in quarantine, a difference was found, a lock was not
had; 2 usage; 3 published, but a source is stale (1 wins over 3).
What the results look like belongs to `printing`.
"""

import os
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import click

from assets.errors import DescriptorError
from orchestration.cli_options import common, debug_option, out_option, told_errors
from orchestration.cli_push import push
from orchestration.cli_serve import serve


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="innoregio")
def main() -> None:
    """Regional innovation data as validated, versioned Data Packages."""
    signal.signal(signal.SIGTERM, interrupt)


@main.command()
@click.argument("datasets", nargs=-1, metavar="[DATASET]...")
@out_option
@click.option(
    "--base-url",
    metavar="URL",
    help="Address of the served tree (else INNOREGIO_BASE_URL, else catalogue.yaml).",
)
@click.option("--fetch", is_flag=True, help="Ask the providers first; only what changed is downloaded.")
@click.option("--wait", is_flag=True, help="Wait while another run publishes into the folder.")
@click.option("--quiet", is_flag=True, help="No progress.")
@common
def publish(
    datasets: tuple[str, ...],
    out: Path | None,
    base_url: str | None,
    fetch: bool,
    wait: bool,
    quiet: bool,
    form: str,
    debug: bool,
) -> None:
    """Publish DATASETs, all by default: normalise, validate, release.

    What did not change is not published again; what fails keeps its last release.
    """
    with told_errors(debug):
        from assets.descriptor import load_catalogue, load_datasets
        from assets.publish.lock import publication_lock
        from orchestration.printing import print_notice, print_outcomes
        from orchestration.settings import find_workspace

        found, errors = load_datasets()
        broken = {dataset_of(error): error for error in errors}
        chosen = choose([dataset.name for dataset in found], list(broken), datasets)
        workspace = find_workspace(None, out, base_url, os.environ)
        with publication_lock(workspace.out, wait=wait):
            from orchestration.publishing import publish_datasets, publish_exit_code

            outcomes, states = publish_datasets(found, broken, chosen, workspace, os.environ, fetch, quiet)
        print_outcomes(outcomes, states, workspace.out, form, debug)
        print_notice(load_catalogue(), workspace.base_url)
        raise SystemExit(publish_exit_code(outcomes, states))


@main.command(name="fetch")
@click.argument("datasets", nargs=-1, metavar="[DATASET]...")
@click.option("--quiet", is_flag=True, help="No progress.")
@common
def fetch_sources(datasets: tuple[str, ...], quiet: bool, form: str, debug: bool) -> None:
    """Ask the providers what changed, and keep it; publish nothing.

    DATASETs: whose sources are asked, all by default.
    """
    with told_errors(debug):
        from assets.descriptor import load_datasets
        from assets.fetch.states import exit_code
        from orchestration.fetching import fetch_datasets
        from orchestration.printing import print_sources
        from orchestration.settings import find_workspace

        found, errors = load_datasets()
        broken = {dataset_of(error): error for error in errors}
        chosen = choose([dataset.name for dataset in found], list(broken), datasets)
        wanted = [dataset for dataset in found if dataset.name in chosen]
        workspace = find_workspace(None, None, None, os.environ)
        states = [
            one for told in fetch_datasets(wanted, workspace, os.environ, quiet).values() for one in told
        ]
        print_sources(states, form)
        wrong = [broken[name] for name in broken if name in chosen]
        for error in wrong:
            click.echo(f"innoregio: {error}", err=True)
        raise SystemExit(1 if wrong else exit_code(states))


@main.command()
@out_option
@common
def verify(out: Path | None, form: str, debug: bool) -> None:
    """Check what is published against its descriptors.

    Recomputes hashes, sizes, rows and schemas, and names every difference.
    """
    with told_errors(debug):
        from assets.publish.catalogue.verify import verify_catalogue
        from assets.publish.verify import verify_tree
        from orchestration.printing import print_differences
        from orchestration.settings import find_out

        folder = find_out(out, os.environ)
        differences = verify_tree(folder) + (verify_catalogue(folder) if folder.is_dir() else [])
        print_differences(differences, folder, form)
        if differences:
            raise SystemExit(1)


@main.command()
@click.argument("dataset")
@click.argument("old", required=False)
@click.argument("new", required=False)
@out_option
@click.option(
    "--rows",
    type=click.IntRange(min=0),
    metavar="N",
    default=10,
    show_default=True,
    help="How many differing rows of each kind and table are shown; 0: all. All are counted.",
)
@common
def diff(
    dataset: str, old: str | None, new: str | None, out: Path | None, rows: int, form: str, debug: bool
) -> None:
    """Compare two releases of DATASET.

    OLD with NEW, OLD with the newest, or the newest with the one before.

    Exit code 1 when they differ, as with diff(1).
    """
    with told_errors(debug):
        from assets.publish.diff import diff_releases
        from assets.publish.layout import published_datasets
        from orchestration.printing_releases import print_diff
        from orchestration.settings import find_out

        folder = find_out(out, os.environ)
        choose(published_datasets(folder), [], [dataset])
        found = diff_releases(folder / dataset, old, new)
        print_diff(found, dataset, form, rows or None)
        if found and not found.is_empty:
            raise SystemExit(1)


@main.command()
@click.argument("release", metavar="DATASET[@VERSION]")
@out_option
@click.option("--into", type=click.Path(path_type=Path), help="Leave the rebuilt release in this new folder.")
@click.option("--chain", is_flag=True, help="Rebuild every earlier release too, from the first one on.")
@common
def rebuild(release: str, out: Path | None, into: Path | None, chain: bool, form: str, debug: bool) -> None:
    """Make a release again from its snapshots, and compare the bytes."""
    with told_errors(debug):
        from assets.descriptor import load_datasets
        from assets.publish.layout import published_datasets
        from assets.rebuild import find_dataset, newest_version, rebuild_release
        from orchestration.printing_releases import print_rebuilt
        from orchestration.settings import find_workspace

        name, _, version = release.partition("@")
        workspace = find_workspace(None, out, None, os.environ)
        choose(published_datasets(workspace.out), [], [name])
        version = version or newest_version(workspace, name)
        dataset = find_dataset(name, version, load_datasets()[0], workspace)
        rebuilt = rebuild_release(dataset, version, workspace, into, chain)
        print_rebuilt(rebuilt, form)
        if not rebuilt.is_same:
            raise SystemExit(1)


@main.command(name="validate")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--schema", type=click.Path(path_type=Path), help="Table Schema (JSON) of a single CSV or Parquet file."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help="Form of the report; json has the shape of frictionless-py's.",
)
@click.option(
    "--limit-errors",
    "limit",
    type=click.IntRange(min=0),
    metavar="N",
    default=1000,
    show_default=True,
    help="How many errors are listed for each table; 0: all. All are counted.",
)
@debug_option
def validate_command(path: Path, schema: Path | None, form: str, limit: int, debug: bool) -> None:
    """Validate PATH, a Data Package or a table.

    A datapackage.json, a folder or zip archive with one, a CSV, TSV or Parquet file.
    """
    with told_errors(debug):
        from assets.validate.package import InputError, validate_path
        from orchestration.printing_reports import print_reports

        started = time.monotonic()
        try:
            reports = validate_path(path, schema, limit or sys.maxsize)
        except InputError as error:
            if debug:
                traceback.print_exc()
            click.echo(f"innoregio: {error}", err=True)
            raise SystemExit(2) from None
        print_reports(reports, form, time.monotonic() - started)
        if not all(report.valid for report in reports):
            raise SystemExit(1)


@main.command(name="list")
@out_option
@common
def list_datasets(out: Path | None, form: str, debug: bool) -> None:
    """List the datasets: title, tables, source, published version."""
    with told_errors(debug):
        from assets.descriptor import load_datasets
        from orchestration.printing import print_list
        from orchestration.settings import find_out

        found, errors = load_datasets()
        print_list(found, find_out(out, os.environ), form)
        for error in errors:
            click.echo(str(error), err=True)
        if errors:
            raise SystemExit(1)


@main.command()
@click.argument("dataset")
@out_option
@common
def show(dataset: str, out: Path | None, form: str, debug: bool) -> None:
    """Show one DATASET: tables, columns, sources, published version."""
    with told_errors(debug):
        from assets.descriptor import load_datasets
        from orchestration.printing import print_dataset
        from orchestration.settings import find_workspace

        found, errors = load_datasets()
        broken = {dataset_of(error): error for error in errors}
        choose([one.name for one in found], list(broken), [dataset])
        if dataset in broken:
            raise broken[dataset]
        print_dataset(
            next(one for one in found if one.name == dataset),
            find_workspace(None, out, None, os.environ),
            form,
        )


def choose(known: Sequence[str], broken: Sequence[str], asked: Sequence[str]) -> list[str]:
    """The asked datasets, or all; a name that no descriptor has is a usage error that lists the names."""
    names = [*known, *broken]
    for name in asked:
        if name not in names:
            raise click.UsageError(f"there is no dataset '{name}'; there are: {', '.join(names)}")
    return list(asked) or names


def dataset_of(error: DescriptorError) -> str:
    """The dataset whose descriptor is wrong: the stem of the file that the error begins with."""
    return Path(str(error).split(":", 1)[0]).stem


def interrupt(_signal: int, _frame: FrameType | None) -> None:
    """SIGTERM ends a run like Ctrl-C."""
    raise KeyboardInterrupt


main.add_command(serve)
main.add_command(push)

if __name__ == "__main__":
    sys.exit(main())
