"""What a page says of a figure, a table or a release beside its own texts: headline, unit, signs, flags,
sources, the verdict. Frames and descriptors in, plain values out; the words are `words`'.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from assets.descriptor import read_providers
from assets.publish.catalogue.words import LOCALES, day
from assets.publish.site.charts import PLAIN
from assets.publish.site.figures import Figure, alone, newest_values
from assets.publish.site.views import View

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
TIMES = {"updated": "updated", "retrieved": "retrieved", "recorded": "recorded_before"}


def flags_of(view: View, language: str) -> list[tuple[str, str, int]]:
    """Each flag that occurs, its meaning and its rows."""
    texts: dict[str, str] = {}
    counts: dict[str, int] = {}
    for table in view.tables:
        for field in table.fields:
            for symbol, meaning in field.get("innoregio:flags", {}).items():
                texts.setdefault(symbol, meaning.get(language) or meaning.get("en") or "")
        for symbol, count in table.flags.items():
            counts[symbol] = counts.get(symbol, 0) + count
    return [(symbol, flag_meaning(symbol, texts), count) for symbol, count in sorted(counts.items())]


def flag_meaning(symbol: str, texts: Mapping[str, str]) -> str:
    """The meaning of a flag, or of each letter of several."""
    return texts.get(symbol) or ", ".join(texts[letter] for letter in symbol if letter in texts)


def headline_of(figure: Figure, language: str) -> dict[str, Any]:
    """The focus region's newest value with what it is to be read against: the value before, the country's of
    the same period, its place among the areas of its level.
    """
    focus = figure.focus
    assert focus is not None
    place = max(place for place, value in enumerate(focus.values) if value is not None)
    value = focus.values[place] or 0.0
    country = next((series for series in figure.series if series.role == "country"), None)
    whole = figure.whole[place] if figure.whole else None
    return {
        "value": value,
        "period": figure.periods[place],
        "status": focus.statuses[place] if focus.statuses[place] not in PLAIN else None,
        "country": country.values[place] if country else None,
        "country_name": country.names[language] if country else None,
        "whole": whole,
        "share": round(100 * value / whole, 1) if whole else None,
        **change_of(figure, place),
        **rank_of(figure, place),
    }


def change_of(figure: Figure, place: int) -> dict[str, Any]:
    """The focus region's change since the period before; None where there is no value, or a break between."""
    focus = figure.focus
    before = focus.values[place - 1] if focus and place else None
    if not focus or before is None or figure.stepped or focus.statuses[place] == "B":
        return {"change": None, "before": None, "before_period": None}
    change = round((focus.values[place] or 0.0) - before, figure.decimals) + 0.0  # never minus zero
    return {"change": change, "before": before, "before_period": figure.periods[place - 1]}


def rank_of(figure: Figure, place: int) -> dict[str, Any]:
    """The focus region's place, largest first, equal values at equal places; None unless every area of its
    level has a value in that period."""
    areas = [
        series for series in figure.series if series.role != "country" and series.values[place] is not None
    ]
    if not figure.focus or len(areas) < 3 or len(areas) != figure.all_areas:
        return {"rank": None, "areas": None}
    own = figure.focus.values[place] or 0.0
    return {"rank": 1 + sum((area.values[place] or 0.0) > own for area in areas), "areas": len(areas)}


def subtitle(figure: Figure, language: str) -> str:
    """A figure's unit, and the period where it shows one only."""
    period = newest_values(figure)[0] if figure.kind == "bars" else ""
    return ", ".join(part for part in (figure.units.get(language, ""), period) if part)


def source_tables(
    view: View, chosen: Mapping[tuple[str, str], Collection[str]] | None = None
) -> list[dict[str, Any]]:
    """The tables that a dataset is made from, each once, with address and the times of its first and last
    file: one that was put together from several is not as new as its newest. `chosen`: of a table only these
    parts."""
    parts: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for source in view.provenance:
        wanted = (chosen or {}).get((source["provider"], source["table"]))
        if wanted and source["part"] not in wanted:
            continue
        parts.setdefault((source["provider"], source["table"]), []).append(source)
    return [
        {
            "provider": provider,
            "table": table,
            "path": path_of(view, provider, table),
            **{
                f"{prefix}{name}": pick(
                    (file[property_name] for file in files if file.get(property_name)), default=None
                )
                for name, property_name in TIMES.items()
                for prefix, pick in (("first_", min), ("", max))
            },
        }
        for (provider, table), files in parts.items()
    ]


def sources_for(view: View, table: str) -> list[dict[str, Any]]:
    """The source tables of one table; those of the dataset where the table does not name its own."""
    stated = (
        next((shown.csv.get("innoregio:source") for shown in view.tables if shown.name == table), None) or []
    )
    own = [stated] if isinstance(stated, Mapping) else stated
    named = {(source["provider"], str(source["table"])): source.get("parts", ()) for source in own}
    found = source_tables(view, named)
    return [source for source in found if (source["provider"], source["table"]) in named] or found


def path_of(view: View, provider: str, table: str) -> str:
    """The address of a source table in the descriptor's list of sources, empty where it has none."""
    sources = view.package.content.get("sources", [])
    tables = f"{provider}/{table}"
    return next(
        (source.get("path") or "" for source in sources if tables in source.get("innoregio:tables", [])), ""
    )


def between(first: str | None, last: str | None, language: str) -> str:
    """The day of a source of one file, first and last day of one of several."""
    days = list(dict.fromkeys(day(moment, language) for moment in (first, last) if moment))
    return " – ".join(days) or "–"


def format_periods(figure: Figure) -> str:
    """The periods of a figure."""
    return "–".join(dict.fromkeys(period for period in (figure.periods[0], figure.periods[-1]) if period))


def provider_name(code: str, language: str) -> str:
    """A provider's name; its code where the registry does not know it."""
    found = read_providers().get(code)
    return found.names[language] if found else code


def provider_address(code: str) -> str | None:
    """Where people find a provider, None where the registry does not say."""
    found = read_providers().get(code)
    return found.homepage if found else None


def needed_signs(figure: Figure) -> dict[str, bool]:
    """Which signs a figure needs explained."""
    focus = figure.focus
    if figure.kind != "lines" or focus is None:
        flagged = any(status not in PLAIN for series in figure.series for status in series.statuses)
        return {"flagged": flagged, "broken": False, "gaps": False}
    inner = [place for place, value in enumerate(focus.values) if value is not None]
    drawn = alone(figure).series
    return {
        "flagged": any(status not in PLAIN for series in drawn for status in series.statuses),
        "broken": any("B" in series.statuses for series in drawn if series.role != "peer"),
        "gaps": bool(inner) and any(focus.values[place] is None for place in range(inner[0], inner[-1])),
    }


def licence_name(code: str) -> str:
    """A Creative Commons licence as its own pages write it; any other code as it is."""
    name, _, version = code.rpartition("-")
    return f"{name.replace('CC-', 'CC ', 1)} {version}" if name.startswith("CC") else code


def preview_cell(value: Any) -> str:
    """A preview's cell: as the file has it, but empty is an empty text and truth a word."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def statuses_of(figure: Figure, view: View, language: str) -> list[tuple[str, str]]:
    """The SDMX statuses that a figure's table marks, each with its meaning in the dataset's code list."""
    found = {status for series in figure.series for status in series.statuses if status not in ("A", None)}
    return [(code, text) for code, text in status_labels(figure, view, language).items() if code in found]


def status_labels(figure: Figure, view: View, language: str) -> dict[str, str]:
    """The meanings of a figure's SDMX statuses in the dataset's code list."""
    return {
        category["value"]: label_of(category, language)
        for table in view.tables
        for field in table.fields
        if field["name"] == "obs_status" and table.name == figure.table
        for category in field.get("categories", [])
    }


def label_of(category: Mapping[str, Any], language: str) -> str:
    """A code's label, in English where the language has none."""
    labels = category.get("innoregio:label_translated") or {}
    return str(labels.get(language) or category.get("label") or category["value"])


def classification_labels(views: Sequence[View], language: str) -> dict[str, str]:
    """What each area classification is called."""
    return {
        category["value"]: label_of(category, language)
        for view in views
        for table in view.tables
        for field in table.fields
        if field["name"] == "geo_classification"
        for category in field.get("categories", [])
    }


def verdict_of(view: View) -> list[dict[str, Any]]:
    """What `report.json` says of each table: rows, errors, expectations met, cells like formulas."""
    tasks = {task["name"]: task for task in (view.report or {}).get("tasks", [])}
    return [
        {
            "title": table.csv,
            "valid": task["valid"],
            "rows": task["stats"]["rows"],
            "errors": task["stats"]["errors"],
            "expectations": [
                {
                    "rule": expectation["rule"],
                    "result": expectation["result"],
                    "reason": expectation.get("reason") or "",
                }
                for expectation in task.get("expectations", [])
            ],
            "formulas": task.get("formulaCells", 0),
        }
        for table in view.tables
        if (task := tasks.get(table.name))
    ]


def period_name(period: str, language: str) -> str:
    """A period as the language writes it: a month by its name, others as they are."""
    from babel.dates import format_skeleton  # here: it takes a while to load

    if not MONTH.fullmatch(period):
        return period
    year, month = map(int, period.split("-"))
    return str(format_skeleton("yMMMM", date(year, month, 1), locale=LOCALES[language]))


def join_remarks(parts: Sequence[str]) -> str:
    """Remarks as one sentence; empty where there are none."""
    remarks = "; ".join(parts)
    return f"{remarks[:1].upper()}{remarks[1:]}." if remarks else ""
