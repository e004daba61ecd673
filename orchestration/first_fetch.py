"""The first fetch of datasets that wait for one: which are asked for when, and what it will take.

The fetch itself belongs to `fetching`, what waiting means to `assets.fetch.waiting`.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from assets.descriptor import Dataset
from assets.fetch.connectors.providers import find_provider
from assets.fetch.snapshots import table_sources
from assets.fetch.waiting import find_waiting, is_shipped_without_figures
from assets.workspace import Workspace

# Requests at least: for each table its description, its codes and its figures; once for each provider its
# listing of tables or its limits. Large tables come in several pieces.
OF_TABLE = {"eurostat": 3, "pxweb": 4, "pxweb2": 2}
OF_PROVIDER = {"eurostat": 1, "pxweb": 1, "pxweb2": 1}


def choose_asked(
    found: Sequence[Dataset], chosen: Sequence[str], workspace: Workspace, named: Sequence[str], first: bool
) -> list[Dataset]:
    """The datasets whose providers are asked: with `first` all that wait for their first fetch; else the
    `chosen`, and where none is `named` without those that ship as descriptors alone and wait.

    So a daily run does not bring in what nobody asked for, nor fail over a table that was never seen.
    """
    waiting = find_waiting(found, workspace.roots, workspace.out)
    if first:
        return waiting
    left = () if named else [dataset for dataset in waiting if is_shipped_without_figures(dataset)]
    return [dataset for dataset in found if dataset.name in chosen and dataset not in left]


def format_estimate(datasets: Sequence[Dataset], environment: Mapping[str, str]) -> Iterator[str]:
    """What a fetch of `datasets` will take, a line for each provider: tables, requests at least, and how long
    the provider's own limits make those take. The size of an answer is known when it came.
    """
    if not datasets:
        yield "no dataset waits for its first fetch"
        return
    tables: Counter[str] = Counter()
    requests: Counter[str] = Counter()
    for dataset in datasets:
        for (provider, _), sources in table_sources(dataset).items():
            connector = sources[0].connector
            requests[provider] += 0 if provider in tables else OF_PROVIDER.get(connector, 0)
            tables[provider] += 1
            requests[provider] += OF_TABLE.get(connector, 1)
    yield f"first fetch of {len(datasets)} datasets; how many bytes come is known when they came"
    for provider, count in sorted(tables.items()):
        known = find_provider(provider, environment)
        seconds = math.ceil(requests[provider] / known.calls) * known.seconds
        yield (
            f"{provider}: {count} tables, at least {requests[provider]} requests, of which {known.calls} are "
            f"allowed in {known.seconds:g} s: {seconds:g} s or more"
        )
