"""Datasets, tables and snapshots in Markdown, as the asset graph shows them.

The published texts belong to `publish`.
"""

from collections.abc import Sequence

from assets.descriptor import Dataset, Resource
from assets.fetch.states import SourceState
from assets.store.snapshots import Snapshot


def describe_dataset(dataset: Dataset) -> str:
    """The package's text in the graph: title, description, licence, sources, update cycle."""
    licences = ", ".join(
        f"[{licence.get('name', licence.get('path'))}]({licence.get('path', '')})"
        for licence in dataset.raw.get("licenses", [])
    )
    return "\n\n".join(
        [
            f"**{dataset.titles.get('en', dataset.name)}**",
            dataset.descriptions.get("en", ""),
            f"Licence: {licences}. Update cycle: {dataset.update_frequency.lower()}.",
            describe_links(dataset),
        ]
    )


def describe_source_tables(dataset: Dataset) -> str:
    """The raw asset's text: where the bytes come from."""
    title = dataset.titles.get("en", dataset.name)
    return f"Snapshots of the sources of **{title}**, as published.\n\n{describe_links(dataset)}"


def describe_links(dataset: Dataset) -> str:
    """The sources as Markdown links."""
    links = [
        f"- [{source['title']}]({source['path']})" if "path" in source else f"- {source['title']}"
        for source in dataset.raw.get("sources", [])
    ]
    return "Sources:\n\n" + "\n".join(links)


def describe_resource(resource: Resource) -> str:
    """A table's text in the graph: title, description, key."""
    return (
        f"**{resource.titles.get('en', resource.name)}**\n\n{resource.descriptions.get('en', '')}\n\n"
        f"Key: {', '.join(f'`{name}`' for name in resource.row_key)}."
    )


def format_snapshots(snapshots: tuple[Snapshot, ...]) -> str:
    """The snapshots as a Markdown table."""
    head = "| table | part | updated | recorded before | sha256 |\n|---|---|---|---|---|\n"
    rows = (
        f"| {p.provider}/{p.table} | {p.part} | {p.updated or ''} | {p.recorded_before or ''} "
        f"| `{p.sha256[:16]}` |"
        for p in (snapshot.provenance for snapshot in snapshots)
    )
    return head + "\n".join(rows)


def describe_states(states: Sequence[SourceState]) -> str:
    """What became of each source in a fetch, as a Markdown table; ages count from the last whole answer."""
    head = "| source | state | age in days | requests | retries | message |\n|---|---|---|---|---|---|\n"
    rows = (
        f"| {state.provider}/{state.table} | {state.state} | {'' if state.age() is None else state.age()} "
        f"| {state.requests} | {state.retries} | {state.message.replace('|', '/')} |"
        for state in states
    )
    return head + "\n".join(rows)
