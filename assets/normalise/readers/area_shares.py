"""Shares of the census of 2021 by country of birth, as one JSON file for each country -> one row per area and
group.

The figures are Eurostat's (cens_21cob_r3), the layout is that of the project that put them together; a fetch
of the table itself replaces it.
"""

from pathlib import Path
from typing import Any

import polars as pl

from assets.errors import SourceError
from assets.normalise.readers.source_table import SourceTable, read_bytes, source_name
from assets.normalise.readers.strict_json import load_json
from assets.normalise.readers.text_checks import one_line

WANTED = "shares by area"
POPULATION = "population"


def read_area_shares(source: Path | bytes) -> SourceTable:
    """Read `national` and `areas.nuts3` of a country: population, and shares of groups in per cent.

    Columns: `geo` String, the area's code, for the country the two letters that all its areas begin with;
    `time_period` String; `group` String, `population` (persons) or a group of the file's shares (`native`,
    `other_eu` …; per cent); `OBS_VALUE` Float64; `OBS_FLAG` String, always null. Metadata: `label`,
    `source_url`, `unit`, `labels` {geo: {code: name}}, `dimensions`.

    Raises `SourceError` with the area: JSON that is cut off or no such file, a code that its own entry
    contradicts, areas of two countries, other groups in one area than in another, a value that is no number.
    """
    name = source_name(source)
    found = load_json(read_bytes(source), name, WANTED)
    national, areas = (
        (found.get("national"), (found.get("areas") or {}).get("nuts3"))
        if isinstance(found, dict) and isinstance(found.get("areas"), dict | None)
        else (None, None)
    )
    if not isinstance(national, dict) or not isinstance(areas, dict) or not areas:
        raise SourceError(name, "", f"no {WANTED} (`national`, `areas.nuts3`)")
    countries = {code[:2] for code in areas}
    if len(countries) > 1:
        raise SourceError(name, "areas.nuts3", f"areas of several countries: {', '.join(sorted(countries))}")
    entries = {countries.pop(): national, **areas}
    groups = list(national.get("shares") or {})
    rows: list[tuple[Any, ...]] = []
    for code, entry in entries.items():
        if not isinstance(entry, dict) or entry.get("code", code) != code:
            raise SourceError(name, f"area {code}", "its entry has another code or is none")
        shares = entry.get("shares")
        if not isinstance(shares, dict) or not groups or list(shares) != groups:
            raise SourceError(name, f"area {code}", f"no shares of the groups {', '.join(groups)}")
        for group, value in {POPULATION: entry.get(POPULATION), **shares}.items():
            if isinstance(value, bool) or not isinstance(value, int | float):
                problem = f"{group}: `{one_line(str(value), 40)}` is no number"
                raise SourceError(name, f"area {code}", problem)
            rows.append((code, str(found.get("year")), group, float(value), None))
    dimensions = ["geo", "time_period", "group"]
    schema = {**dict.fromkeys(dimensions, pl.String), "OBS_VALUE": pl.Float64, "OBS_FLAG": pl.String}
    metadata = {
        "label": found.get("source"),
        "source_url": found.get("sourceUrl"),
        "unit": found.get("unit"),
        "labels": {"geo": {code: entry["name"] for code, entry in areas.items() if "name" in entry}},
        "dimensions": dimensions,
    }
    return SourceTable(pl.DataFrame(rows, schema=schema, orient="row").lazy(), metadata)
