"""What the commands print on stdout, as text for people or as JSON for programs.

What is printed is found out elsewhere.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from assets.build_information import build_information
from assets.descriptor import Catalogue, Dataset
from assets.errors import StoreError
from assets.fetch.snapshots import fetch_snapshots
from assets.fetch.waiting import find_waiting, is_waiting
from assets.workspace import Workspace
from orchestration.outcomes import waiting_message

if TYPE_CHECKING:
    from assets.fetch.states import SourceState
    from orchestration.outcomes import Outcome

COLOURS = {
    "published": "green", "unchanged": "dim", "skipped": "yellow", "waiting": "dim", "failed": "red",
    "held back": "red", "quarantined": "red", "updated": "green", "retried": "green",
    "stale-but-served": "yellow",
}  # fmt: skip


def print_outcomes(
    outcomes: Sequence["Outcome"], states: Sequence["SourceState"], out: Path, form: str, debug: bool
) -> None:
    """What became of each dataset, and of the sources that were asked; the messages of those that failed go
    to stderr too, one line each.
    """
    if form == "json":
        print_json([outcome_json(outcome, states) for outcome in outcomes])
    else:
        table = plain_table("dataset", "state", "version", "rows")
        for outcome in outcomes:
            if outcome.state == "waiting":  # nothing became of it; a line below counts them
                continue
            rows = f"{outcome.rows:,}" if outcome.rows is not None else ""
            colour = COLOURS[outcome.state]
            table.add_row(
                outcome.dataset, f"[{colour}]{outcome.state}[/{colour}]", outcome.version or "", rows
            )
        console().print(table)
        console().print(f"[dim]in[/dim] {escape(shortened(out))}", soft_wrap=True)
        if waiting := [outcome.dataset for outcome in outcomes if outcome.state == "waiting"]:
            console().print(waiting_message(waiting), soft_wrap=True)
        if states:
            console().print()
            print_source_table(states)
    format_sources(states)
    for outcome in outcomes:
        if outcome.message and (outcome.old_inputs or outcome.state not in ("unchanged", "waiting")):
            for line in outcome.message.splitlines():
                click.echo(f"innoregio: {outcome.dataset} {outcome.state}: {line}", err=True)
        if outcome.trace and debug:
            click.echo(outcome.trace, err=True)


def outcome_json(outcome: "Outcome", states: Sequence["SourceState"]) -> dict[str, Any]:
    """An outcome as JSON, with the sources of its dataset where they were asked."""
    fields = {key: value for key, value in vars(outcome).items() if key != "trace"}
    sources = [source_json(state) for state in states if state.dataset == outcome.dataset]
    return fields | ({"sources": sources} if sources else {})


def print_sources(states: Sequence["SourceState"], form: str) -> None:
    """What became of each source that was asked; what is not well goes to stderr too, one line each."""
    if form == "json":
        print_json([source_json(state) for state in states])
    else:
        print_source_table(states)
    format_sources(states)


def print_source_table(states: Sequence["SourceState"]) -> None:
    """State, age of the data served, and cost of each source, below its dataset; 80 columns wide for the
    longest names that innoregio ships. A line that is longer is not broken, so that a name can be copied.
    """
    table = plain_table("source", "state", "age", "requests", "retries")
    for column in table.columns:
        column.no_wrap = True
    dataset = None
    for state in states:
        if state.dataset != dataset:
            dataset = state.dataset
            table.add_row(escape(dataset))
        age, colour = state.age(), COLOURS.get(state.state, "red")
        source = escape(f"  {state.provider}/{state.table}")
        cost = (str(state.requests), str(state.retries))
        days = "" if age is None else f"{age:,} d"
        table.add_row(source, f"[{colour}]{state.state}[/{colour}]", days, *cost)
    screen = console()
    needed = Measurement.get(screen, screen.options.update(max_width=10_000), table).maximum
    console(max(needed, screen.width)).print(table)


def source_json(state: "SourceState") -> dict[str, Any]:
    """A source's state as JSON, with its age in days."""
    return vars(state) | {"age_days": state.age()}


def format_sources(states: Sequence["SourceState"]) -> None:
    """A line on stderr for each source that is stale, in quarantine or failed."""
    for state in states:
        if not state.is_good:
            source = f"{state.dataset} {state.provider}/{state.table}"
            click.echo(f"innoregio: {source} {state.state}: {state.message}", err=True)


def print_notice(catalogue: Catalogue, base_url: str) -> None:
    """Says on stderr that the shipped catalogue speaks for nobody, until it is edited."""
    publisher = catalogue.publisher["name_translated"]["en"]
    if publisher == "The innoregio project":
        detail = f"the catalogue names no publisher of yours, and {base_url} as its address"
        click.echo(f"innoregio: {detail}: run innoregio init FOLDER before others harvest it", err=True)


def print_differences(differences: Sequence[str], folder: Path, form: str) -> None:
    """Every difference between the published tree and what it says of itself."""
    if form == "json":
        print_json({"folder": str(folder), "valid": not differences, "differences": list(differences)})
    elif differences:
        for difference in differences:
            click.echo(difference)
    else:
        click.echo(f"{shortened(folder)}: every file is what its descriptor says, every link leads to one")


def print_list(datasets: Sequence[Dataset], workspace: Workspace, form: str) -> None:
    """One line per dataset; those that wait for their first fetch come last, below a line that says so."""
    waiting = {dataset.name for dataset in find_waiting(datasets, workspace.roots, workspace.out)}
    rows: list[dict[str, Any]] = [
        {
            "dataset": dataset.name,
            "title": dataset.titles.get("en", ""),
            "tables": [resource.name for resource in dataset.resources],
            "source": sorted(
                {source.provider for resource in dataset.resources for source in resource.sources}
            ),
            "version": published_version(workspace.out, dataset.name),
            "waiting": dataset.name in waiting,
        }
        for dataset in datasets
    ]
    if form == "json":
        print_json(rows)
        return
    table = plain_table("dataset", "title", "source", "version")
    for row in sorted(rows, key=lambda row: bool(row["waiting"])):
        version = row["version"] or ("waits" if row["waiting"] else "-")
        table.add_row(row["dataset"], escape(str(row["title"])), ", ".join(row["source"]), version)
    console().print(table)
    if waiting:
        console().print(waiting_message(sorted(waiting)), soft_wrap=True)


def print_dataset(dataset: Dataset, workspace: Workspace, form: str) -> None:
    """Everything worth knowing of one dataset on a screen or two."""
    try:
        snapshots = [vars(snapshot.provenance) for snapshot in fetch_snapshots(dataset, workspace.roots)]
    except StoreError:
        snapshots = []
    version = published_version(workspace.out, dataset.name)
    waits = is_waiting(dataset, workspace.roots, workspace.out)
    if form == "json":
        print_json(
            {
                "dataset": dataset.name,
                "version": version,
                "waiting": waits,
                "program": build_information(dataset),
                "descriptor": dataset.raw,
                "snapshots": snapshots,
            }
        )
        return
    screen = console()
    screen.print(f"[bold]{escape(dataset.titles.get('en', dataset.name))}[/bold]  ({dataset.name})")
    screen.print(escape(dataset.descriptions.get("en", "").strip()))
    for resource in dataset.resources:
        screen.print(f"\n[bold]{resource.name}[/bold]  {escape(resource.titles.get('en', ''))}")
        table = plain_table("column", "type", "meaning")
        for field in resource.fields:
            key = "*" if field.name in resource.row_key else " "
            table.add_row(f"{key} {field.name}", field.type, escape(field.titles.get("en", "")))
        screen.print(table)
    screen.print("\n[dim]* part of the key[/dim]")
    for snapshot in snapshots:
        before = f"recorded before {snapshot['recorded_before']}" if snapshot["recorded_before"] else ""
        date = snapshot["updated"] or snapshot["retrieved"] or before or "without a date"
        screen.print(
            f"snapshot  {snapshot['provider']}/{snapshot['table']}/{snapshot['part']}  {date}",
            soft_wrap=True,
        )
    if not snapshots:
        how = f"innoregio fetch {dataset.name}, or innoregio snapshot add {dataset.name} FILE"
        screen.print(f"snapshot  none yet: run {how}", soft_wrap=True)
    screen.print(f"citation  {escape(dataset.citation)}", soft_wrap=True)
    screen.print(
        f"program   {', '.join(f'{name} {text}' for name, text in build_information(dataset).items())}",
        soft_wrap=True,
    )
    published = version or ("not yet, it waits for its first fetch" if waits else "not yet")
    screen.print(f"published {published} [dim]in[/dim] {escape(shortened(workspace.out))}", soft_wrap=True)


def published_version(out: Path, dataset: str) -> str | None:
    """The version of the newest release in the tree, or None."""
    descriptor = out / dataset / "datapackage.json"
    if not descriptor.is_file():
        return None
    return str(json.loads(descriptor.read_text("utf-8")).get("version"))


def plain_table(*columns: str) -> Table:
    """A table without frame whose last column is right-aligned where it holds rows."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(
            column,
            justify="right" if column == "rows" else "left",
            overflow="fold",
            no_wrap=column == "dataset",
        )
    return table


def console(width: int | None = None) -> Console:
    """Standard output as rich sees it: colours on a terminal only; `width` or the terminal's."""
    return Console(file=sys.stdout, highlight=False, width=width)


def shortened(path: Path) -> str:
    """A path as short as it reads well: relative to the current folder where it lies below."""
    absolute = path.absolute()
    return str(absolute.relative_to(Path.cwd())) if absolute.is_relative_to(Path.cwd()) else str(absolute)


def print_json(value: Any) -> None:
    """JSON with two spaces and real letters."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
