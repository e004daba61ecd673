"""What the live check asks: which endpoints there are, and what became of each.

Endpoints of descriptors are fetched and read as a run would do it; of the providers that no descriptor uses
one small answer is asked for, to see that it has the members that a connector reads.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from assets.descriptor import Dataset, Source, read_providers
from assets.errors import InnoregioError
from assets.fetch.acquire import acquire
from assets.fetch.connectors.connector import Session
from assets.fetch.connectors.providers import find_provider
from assets.fetch.errors import NotData
from assets.fetch.http.addresses import join_address, mask_address
from assets.fetch.snapshots import fetch_snapshots, table_sources
from assets.fetch.states import FAILED, STALE, SourceState
from assets.normalise.resource import normalise_resource
from assets.store.snapshots import bundle_root
from assets.validate.engine import validate
from tests.fetch.live.live_rows import Row

NO_ADDRESS = "has no live address"


@dataclass(frozen=True)
class Probe:
    """One small question to a provider, and whether its answer is what a connector reads."""

    path: str
    parameters: Sequence[tuple[str, str]]
    is_known: Callable[[bytes], bool]


def has(*members: str) -> Callable[[bytes], bool]:
    """Whether a JSON object has these members, or the first object of a list does."""

    def judge(content: bytes) -> bool:
        found = json.loads(content)
        one = found[0] if isinstance(found, list) and found else found
        return isinstance(one, dict) and set(members) <= set(one)

    return judge


PROBES: dict[str, Probe] = {
    "stat-ee": Probe("en/stat", (), has("id", "type", "text")),
    "scb-v1": Probe("en/ssd", (), has("id", "type", "text")),
    "ssb-v0": Probe("en/table", (), has("id", "type", "text")),
    "scb": Probe("config", (), has("maxDataCells", "maxCallsPerTimeWindow", "timeWindow")),
    "ssb": Probe("config", (), has("maxDataCells", "maxCallsPerTimeWindow", "timeWindow")),
    "prh": Probe("companies", [("businessId", "0245904-2"), ("page", "1")], has("companies", "totalResults")),
    "ror": Probe("organizations", [("filter", "country.country_code:FI")], has("items", "number_of_results")),
    "kohesio": Probe(
        read_providers()["kohesio"].files["projects-2021-2027"],
        (),
        lambda content: b"Operation_Unique_Identifier" in content.partition(b"\n")[0],
    ),
}


def check_provider(name: str, session: Session) -> Row:
    """The probe of a provider."""
    probe = PROBES[name]
    base = find_provider(name, session.environment).base
    is_query = probe.path.startswith("?")
    address = base + probe.path if is_query else join_address(base, probe.path, probe.parameters)
    shown = f"{name}/{probe.path}"
    try:
        content = session.client.ask(address, name).content()
        if not probe.is_known(content):
            raise NotData(f"{mask_address(address)}: without the members that are read")
    except (NotData, ValueError) as error:
        return Row(shown, "yes", "no", message=str(error))
    except InnoregioError as error:
        return Row(shown, "no", message=str(error))
    return Row(shown, "yes", "yes")


def check_dataset(dataset: Dataset, session: Session, areas: pl.LazyFrame) -> list[Row]:
    """The tables of a dataset, fetched into the session's store and read as a run would."""
    states = acquire(dataset, session.store, session.environment, session)
    tables = table_sources(dataset)
    return [judge_table(dataset, state, tables[state.provider, state.table], session.store, areas)
            for state in states]  # fmt: skip


def judge_table(
    dataset: Dataset, state: SourceState, sources: Sequence[Source], store: Path, areas: pl.LazyFrame
) -> Row:
    """What is to be told of one table after it was asked for."""
    name = f"{state.provider}/{state.table}"
    if NO_ADDRESS in state.message:
        return Row(name, "-", message="no live address")
    if state.state in (STALE, FAILED):
        return Row(name, "no", message=state.message)
    if not state.is_good:
        return Row(name, "yes", "no", message=state.message)
    snapshots = fetch_snapshots(dataset, (store, bundle_root()))
    for resource in dataset.resources:
        own = tuple(source for source in resource.sources if source in sources)
        if not own:
            continue
        one = replace(resource, sources=own)
        tagged = areas if one.classification else None
        try:
            normalise_resource(one, snapshots, tagged)
        except InnoregioError as error:
            return Row(name, "yes", "no", message=str(error))
        try:
            report = validate(normalise_resource(resource, snapshots, tagged), resource)
        except InnoregioError as error:  # of another of its tables
            return Row(name, "yes", "yes", "no", str(error))
        if not report.valid:
            return Row(name, "yes", "yes", "no", report.errors[0].note)
    return Row(name, "yes", "yes", "yes")
