"""A made table for any descriptor that asks Eurostat or a PxWeb server: its dimensions and codes are those
of the descriptor's query, mapping and code lists, its figures are made. So the way from fetch to release is
tried for every descriptor, the day it is written.

A table that needs more than that (totals that add up, levels, flags) belongs to `live_world`.
"""

import re
from collections.abc import Sequence

import polars as pl

from assets.descriptor import Dataset, Field, Resource, Source
from assets.fetch.connectors.pxweb import CONTENT
from assets.fetch.snapshots import fetch_snapshots
from assets.normalise.resource import normalise_resource
from assets.store.snapshots import bundle_root
from tests.upstream.made_tables import MadeTable, make_table

LIVE = {"eurostat": ("tsv", "sdmx-csv", "json-stat"), "pxweb": ("json-stat",), "pxweb2": ("json-stat",)}
NOT_YET: dict[str, str] = {  # datasets whose live answer is not read yet, and why
    "regional-economy-nuts2": "the index of value added has another base year today (I20)",
    "adult-learning-nuts2": "its descriptor names the period as the recorded file of 2017 does",
}
TIME = "TIME_PERIOD"
OBSERVED = ("OBS_VALUE", "OBS_FLAG", "CONF_STATUS")
NEWEST = "2025"  # where no expectation says more


def is_live(source: Source) -> bool:
    """Whether a made server can answer for the source."""
    return source.format in LIVE.get(source.connector, ())


def descriptor_tables(datasets: Sequence[Dataset]) -> dict[tuple[str, str], MadeTable]:
    """A made table for each (provider, table) that the descriptors ask a server for."""
    (regions,) = (one for one in datasets if one.name == "regions")
    found: dict[tuple[str, str], list[Resource]] = {}
    for dataset in datasets:
        for resource in dataset.resources:
            for source in filter(is_live, resource.sources):
                found.setdefault((source.provider, source.table), []).append(resource)
    return {name: describe_table(name, using, regions) for name, using in found.items()}


def describe_table(name: tuple[str, str], using: Sequence[Resource], regions: Dataset) -> MadeTable:
    """The table that resources ask for, with every code that one of them knows."""
    codes: dict[str, dict[str, None]] = {}
    time = ""
    for resource in using:
        for column, value in resource.fixed.items():
            codes.setdefault(column, {})[value] = None
        for field in resource.fields:
            column = field.source_column
            if not column or column in OBSERVED:
                continue
            if field.name == "time_period":
                time = column
            known = periods(resource, name) if field.name == "time_period" else field_codes(field)
            if field.name == "geo":
                known = [*known, *area_codes(resource, regions)]
            codes.setdefault(column, {}).update(dict.fromkeys(known))
        for source in resource.sources:
            for column, wanted in (source.options.get("query") or {}).items():
                plain = [one for one in wanted if not re.search(r"[*?]|[.]{2}", one)]
                codes.setdefault(column, {}).update(dict.fromkeys(plain))
    content = next((column for column in codes if column.casefold() in CONTENT), "")
    codes[time] = codes.pop(time)
    if name[0] == "eurostat":  # whatever form the recorded copy has: so it comes today
        codes = {"freq": {"A": None}} | {k: v for k, v in codes.items() if k != time} | {TIME: codes[time]}
        time = TIME
    weights = {code: 1 + at / 1000 for values in codes.values() for at, code in enumerate(values)}
    values = {column: list(known) for column, known in codes.items()}
    updated = "2026-06-01T06:00:00"
    return make_table(name[1], values, time=time, scale=weights, content=content, updated=updated)


def field_codes(field: Field) -> list[str]:
    """The provider's codes of a field: what is mapped, and what is a code of ours as it stands."""
    mapped = list(field.code_map)
    targets = set(field.code_map.values())
    return [*mapped, *(code.code for code in field.codes if code.code not in targets)]


def periods(resource: Resource, name: tuple[str, str]) -> list[str]:
    """Years from 1975 to the newest that the descriptor expects; months or quarters where it expects such."""
    rules = [one for one in resource.expectations if one["rule"] == "newest_period"]
    bounds = [str(one["minimum"]) for one in rules if "minimum" in one]
    newest = max([NEWEST, *bounds])
    sign, most = {"Q": ("Q", 4), "": ("M", 12)}.get(newest[5:6].strip("0123456789"), ("", 1))
    if len(newest) == 4:
        return [str(year) for year in range(1975, int(newest) + 1)]
    sign = {"eurostat": {"M": "-", "Q": "-Q"}}.get(name[0], {"M": "M", "Q": "Q"})[sign]
    width = 1 if most == 4 else 2
    return [
        f"{year}{sign}{part:0{width}d}"
        for year in range(int(newest[:4]) - 2, int(newest[:4]) + 1)
        for part in range(1, most + 1)
    ]


def area_codes(resource: Resource, regions: Dataset) -> list[str]:
    """Areas of Finland and Estonia in the declared classification, the two countries, the EU."""
    if resource.classification is None:
        return []
    declared = [division.value for division in resource.classification.divisions]
    listed = [geo for name in declared for geo in areas_of(name, regions)]
    return [*listed, "FI", "EE", "EU27_2020"] if declared[0].startswith("nuts") else listed


def areas_of(declared: str, regions: Dataset) -> list[str]:
    """The codes of one classification, those of Finland and Estonia of NUTS."""
    own = read_areas(regions).filter(geo_classification=declared)["geo"].sort().to_list()
    return [geo for geo in own if not declared.startswith("nuts") or geo[:2] in ("FI", "EE")]


_READ: dict[str, pl.DataFrame] = {}


def read_areas(regions: Dataset) -> pl.DataFrame:
    """The table of areas from the bundle, read once."""
    if not _READ:
        (areas,) = (one for one in regions.resources if one.name == "areas")
        snapshots = fetch_snapshots(regions, (bundle_root(),))
        _READ["areas"] = normalise_resource(areas, snapshots, None).collect()
    return _READ["areas"]
