"""The commands on what is published: check the tree, compare two releases, make a release again.

What they print belongs to `printing` and `printing_releases`.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from assets.errors import PublishError
from orchestration.cli.options import choose, common, out_option, report_errors

NAMED = 10  # so many releases are listed where another was asked for


@click.command()
@out_option
@common
def verify(out: Path | None, form: str, debug: bool) -> None:
    """Check what is published: releases, ledgers, catalogue, links.

    Recomputes hashes, sizes, rows and schemas, walks back through each ledger, follows every link within the
    tree, and names every difference.
    """
    with report_errors(debug):
        from assets.publish.catalogue.verify import verify_catalogue
        from assets.publish.release.links import verify_links
        from assets.publish.release.verify import verify_tree
        from orchestration.cli.printing import print_differences
        from orchestration.settings import find_out

        folder = find_out(out, os.environ)
        differences = verify_tree(folder)
        if folder.is_dir():
            differences += verify_catalogue(folder) + verify_links(folder)
        print_differences(differences, folder, form)
        if differences:
            raise SystemExit(1)


@click.command()
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

    Exit code 1 when they differ and 2 for trouble, as with diff(1).
    """
    with report_errors(debug, code=2):
        from assets.publish.revisions.diff import diff_releases
        from orchestration.cli.printing_releases import print_diff
        from orchestration.settings import find_out

        folder = find_out(out, os.environ)
        choose_releases(folder, dataset, [version for version in (old, new) if version is not None])
        found = diff_releases(folder / dataset, old, new)
        print_diff(found, dataset, form, rows or None)
        if found and not found.is_empty:
            raise SystemExit(1)


@click.command()
@click.argument("release", metavar="DATASET[@VERSION]")
@out_option
@click.option("--into", type=click.Path(path_type=Path), help="Leave the rebuilt release in this new folder.")
@click.option("--chain", is_flag=True, help="Rebuild every earlier release too, from the first one on.")
@common
def rebuild(release: str, out: Path | None, into: Path | None, chain: bool, form: str, debug: bool) -> None:
    """Make a release again from its snapshots, and compare the bytes.

    Exit code 1 when they differ, or when what it was made from is not here.
    """
    with report_errors(debug):
        from assets.descriptor import load_datasets
        from assets.rebuild import find_dataset, rebuild_release
        from orchestration.cli.printing_releases import print_rebuilt
        from orchestration.settings import find_workspace

        name, at, version = release.partition("@")
        if not name or (at and not version):
            raise click.UsageError(f"'{release}' is no release; write DATASET or DATASET@VERSION")
        workspace = find_workspace(None, out, None, os.environ)
        known = choose_releases(workspace.out, name, [version] if at else [])
        version = version or known[-1]
        dataset = find_dataset(name, version, load_datasets(), workspace)
        rebuilt = rebuild_release(dataset, version, workspace, into, chain)
        print_rebuilt(rebuilt, form)
        if not rebuilt.is_same:
            raise SystemExit(1)


def choose_releases(out: Path, dataset: str, wanted: Sequence[str]) -> list[str]:
    """The complete releases of a published dataset, oldest first; one that is not there is a usage error."""
    from assets.publish.release.layout import complete_versions, published_datasets

    published = published_datasets(out)
    if not published:
        raise PublishError(f"{out}: no package is published here; publish first, or give the tree with --out")
    choose(published, [], [dataset])
    known = [folder.name for folder in complete_versions(out / dataset)]
    for version in wanted:
        if version not in known:
            newest = ", ".join(known[-NAMED:])
            detail = (
                f"there are: {newest}" if len(known) <= NAMED else f"the newest of {len(known)}: {newest}"
            )
            raise click.UsageError(f"{dataset} has no release '{version}'; {detail}")
    return known
