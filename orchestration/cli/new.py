"""The command `new`: a first descriptor from a table's own metadata. See `assets.authoring.draft`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.cli.options import config_option, debug_option, report_errors

if TYPE_CHECKING:
    from assets.fetch.connectors.table_metadata import TableMetadata

SHOWN = 12  # texts to be written that are listed; the file marks all


@click.command()
@click.argument("provider")
@click.argument("table")
@click.option(
    "--from",
    "recorded",
    type=click.Path(path_type=Path),
    help="A recorded answer or its metadata; without it the provider is asked.",
)
@click.option("--name", metavar="DATASET", help="Name of the dataset (else PROVIDER-TABLE).")
@click.option(
    "--out", type=click.Path(path_type=Path), help="File to write (else datasets/ of your settings, or here)."
)
@config_option
@debug_option
def new(
    provider: str, table: str, recorded: Path | None, name: str | None, out: Path | None, debug: bool
) -> None:
    """Write a first descriptor for TABLE of PROVIDER.

    Variables become fields and codes are proposed. What a person has to write is marked TODO, and what
    remains to be done is listed.
    """
    with report_errors(debug):
        from assets.authoring.draft.descriptor import draft_descriptor, write_descriptor
        from assets.authoring.draft.metadata import read_recorded
        from assets.descriptor import Provider, read_providers
        from assets.descriptor.shared import read_shared
        from assets.overlay import config_folder, schema_folders

        name = name or f"{provider}-{table}".lower().replace("_", "-")
        known = read_providers().get(provider) or Provider(provider)
        if recorded is not None:
            metadata, form, rows = read_recorded(recorded, provider, table)
        else:
            metadata, form, rows = ask_provider(provider, table), known.format or "json-stat", None
        descriptor, remains = draft_descriptor(
            name, metadata, known, read_shared(schema_folders()), form, rows
        )
        own = config_folder()
        path = out or (own / "datasets" if own else Path()) / f"{name}.yaml"
        mistakes = write_descriptor(path, descriptor)
        click.echo(f"wrote {path}: {len(descriptor['resources'][0]['schema']['fields'])} fields")
        report_remains(path, mistakes, remains)
        if recorded is not None and rows is not None:
            click.echo(f"\nthen:  innoregio snapshot add {name} {recorded}")


def report_remains(path: Path, mistakes: list[str], remains: list[str]) -> None:
    """What a person has to do yet: marked texts by line, other mistakes, choices that were made for them."""
    marked = [mistake for mistake in mistakes if "TODO" in mistake]
    others = [mistake for mistake in mistakes if "TODO" not in mistake]
    if marked:
        click.echo(f"\nto be written, {len(marked)} texts:")
        for text in marked[:SHOWN]:
            click.echo(f"  {text.partition('; allowed')[0]}")
        if len(marked) > SHOWN:
            click.echo(f"  … and {len(marked) - SHOWN} more: search {path} for TODO")
    for title, lines in (("to be put right:", others), ("to be looked at:", remains)):
        if lines:
            click.echo(f"\n{title}")
        for line in lines:
            click.echo(f"  {line}")


def ask_provider(provider: str, table: str) -> "TableMetadata":
    """What the provider says of the table now."""
    from assets.descriptor import Source
    from assets.errors import SettingError
    from assets.fetch.acquire import open_session, set_rate_limit
    from assets.fetch.cache import CacheEntry
    from assets.fetch.connectors.connector import SourceRequest
    from assets.fetch.connectors.providers import find_provider
    from assets.fetch.connectors.table_metadata import ask_metadata
    from assets.fetch.errors import FetchError, NoLiveSource
    from orchestration.settings import find_workspace, require_home

    workspace = find_workspace(None, None, None, os.environ)
    require_home(workspace.home)
    try:
        known = find_provider(provider, os.environ)
        source = Source(provider, table, known.connector, known.format)
        request = SourceRequest("", known, table, [source], CacheEntry())
        with open_session(workspace.store, os.environ) as session:
            set_rate_limit(session, known)
            return ask_metadata(known.connector, request, session)
    except (FetchError, NoLiveSource) as error:
        raise SettingError(f"{error}; or give a recorded answer with --from FILE") from error
