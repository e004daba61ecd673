"""The command `push`: what is published, brought to a portal. How belongs to `assets.publish.ckan`."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assets.errors import PortalError, SettingError
from orchestration.cli.options import choose, common, out_option, report_errors

if TYPE_CHECKING:
    from assets.publish.ckan.changes import Call
    from assets.publish.ckan.push import Pushed

KEY = "INNOREGIO_CKAN_KEY"


@click.group()
def push() -> None:
    """Bring the published datasets to a portal."""


@push.command(short_help="Create or bring up to date the datasets on a CKAN portal.")
@click.argument("url")
@click.argument("datasets", nargs=-1, metavar="[DATASET]...")
@out_option
@click.option("--upload", is_flag=True, help="Upload the files; without it the portal links them.")
@click.option("--dry-run", is_flag=True, help="Print the calls that would be made; nothing is written.")
@click.option("--organisation", metavar="NAME", help="Owner of new datasets, where the key has several.")
@click.option("--prefix", default="", help="Put before each dataset's name on the portal.")
@common
def ckan(
    url: str,
    datasets: tuple[str, ...],
    out: Path | None,
    upload: bool,
    dry_run: bool,
    organisation: str | None,
    prefix: str,
    form: str,
    debug: bool,
) -> None:
    """Create or bring up to date DATASETs (all by default) on the CKAN portal at URL.

    The key is read from INNOREGIO_CKAN_KEY. What is on the portal already is not written again.
    """
    with report_errors(debug):
        try:
            from assets.publish.ckan.portal import check_address, open_portal
        except ImportError as error:
            detail = f"pushing needs {error.name}, which is not installed: pip install 'innoregio[ckan]'"
            raise PortalError(detail) from error
        from importlib.metadata import version

        from assets.descriptor import load_catalogue, load_datasets
        from assets.descriptor.coverage import COVERAGE
        from assets.publish.catalogue.packages import read_packages
        from assets.publish.catalogue.places import focus_country
        from assets.publish.ckan.push import push_packages
        from assets.publish.release.layout import published_datasets
        from orchestration.settings import find_out

        if wrong := check_address(url):
            raise SettingError(f"{hidden(url)}: {wrong}")
        key = os.environ.get(KEY)
        if not key and not dry_run:
            raise SettingError(f"{KEY} is not set: it must hold a key of {url} that may write there")
        folder = find_out(out, os.environ)
        there = published_datasets(folder)
        if not there:
            raise PortalError(f"{folder}: no package is published here; run innoregio publish")
        choose(there, [], datasets)
        found, errors = load_datasets()
        known = {COVERAGE, *(dataset.name for dataset in found if not dataset.is_withdrawn)}
        known |= {error.dataset for error in errors}
        catalogue = load_catalogue()
        packages = [
            package
            for package in read_packages(folder, focus_country(catalogue), set(there) - known)
            if not datasets or package.name in datasets
        ]
        done = push_packages(
            packages,
            catalogue,
            folder,
            open_portal(url, key, f"innoregio/{version('innoregio')}"),
            upload=upload,
            prefix=prefix,
            organisation=organisation,
            dry_run=dry_run,
            report=lambda pushed: format_pushed(pushed, quiet=dry_run or form == "json"),
        )
        if dry_run:
            calls = [call_json(call, folder) for pushed in done for call in pushed.calls]
            click.echo(json.dumps(calls, ensure_ascii=False, indent=2))
        elif form == "json":
            click.echo(json.dumps([pushed_json(pushed) for pushed in done], ensure_ascii=False, indent=2))
        raise SystemExit(1 if any(pushed.state == "refused" for pushed in done) else 0)


def hidden(url: str) -> str:
    """An address without what may be a password in it."""
    return url.rpartition("@")[2] if "@" in url else url


def format_pushed(pushed: "Pushed", quiet: bool) -> None:
    """One dataset on a line, as soon as it is done; why it was refused on stderr."""
    if not quiet:
        click.echo(f"{pushed.state:<10}{pushed.name} {pushed.version}")
    if pushed.message:
        click.echo(f"innoregio: {pushed.message}", err=True)
    sys.stdout.flush()


def pushed_json(pushed: "Pushed") -> dict[str, Any]:
    """What became of a dataset, as JSON."""
    actions: Sequence[str] = [call.action for call in pushed.calls]
    return {
        "dataset": pushed.dataset, "name": pushed.name, "state": pushed.state,
        "version": pushed.version, "calls": actions, "message": pushed.message,
    }  # fmt: skip


def call_json(call: "Call", out: Path) -> dict[str, Any]:
    """A call as JSON: the action, its dictionary, and the file that goes with it."""
    entry: dict[str, Any] = {"action": call.action, "data": call.data}
    return entry | ({"upload": str(call.upload.relative_to(out))} if call.upload else {})
