"""What a provider says of a table before any figure is asked for: title, variables, codes, labels.

How it is asked belongs to each protocol's module; what a descriptor makes of it to `assets.authoring.draft`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assets.fetch.connectors.connector import Session, SourceRequest
from assets.fetch.connectors.eurostat import ask_structure
from assets.fetch.connectors.eurostat_listing import LISTING, check_listing, find_entry
from assets.fetch.connectors.pxweb import CONTENT, find_address
from assets.fetch.errors import NoLiveSource, NotData
from assets.fetch.http.addresses import join_address


@dataclass(frozen=True)
class DescribedVariable:
    """One variable of a table. `labels`: code -> label, empty where the provider does not say it; `units`:
    code -> unit in words, where the variable's codes have one each."""

    code: str
    label: str
    labels: Mapping[str, str]
    time: bool = False
    content: bool = False
    geo: bool = False
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TableMetadata:
    """A table in its provider's words; `language` is that of the words, `updated` RFC 3339 or None."""

    provider: str
    table: str
    title: str
    language: str
    variables: tuple[DescribedVariable, ...]
    updated: str | None = None


def ask_metadata(connector: str, request: SourceRequest, session: Session) -> TableMetadata:
    """The metadata of a table, asked of its provider. Raises `NoLiveSource` for a protocol without any."""
    ask = {"eurostat": _ask_eurostat, "pxweb": _ask_pxweb, "pxweb2": _ask_pxweb2}.get(connector)
    if ask is None:
        raise NoLiveSource(f"{request.name}: its provider says nothing of a table beforehand")
    return ask(request, session)


def read_pxweb_metadata(found: Any, provider: str, table: str, language: str = "fi") -> TableMetadata:
    """The metadata that PxWeb v1 gives of a table, `{"title": …, "variables": […]}`."""
    try:
        variables = tuple(
            DescribedVariable(
                code=str(entry["code"]),
                label=str(entry.get("text", entry["code"])),
                labels=dict(
                    zip(
                        map(str, entry["values"]),
                        map(str, entry.get("valueTexts") or [""] * len(entry["values"])),
                        strict=True,
                    )
                ),
                time=bool(entry.get("time")),
                content=str(entry["code"]).casefold() in CONTENT,
            )
            for entry in found["variables"]
        )
        return TableMetadata(provider, table, str(found.get("title") or ""), language, variables)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotData(f"{provider}/{table}: no metadata of a table ({error})") from error


def _ask_pxweb(request: SourceRequest, session: Session) -> TableMetadata:
    provider = request.provider
    found = session.client.ask_json(find_address(request, session), provider.name)
    return read_pxweb_metadata(found, provider.name, request.table, provider.language)


def _ask_pxweb2(request: SourceRequest, session: Session) -> TableMetadata:
    provider = request.provider

    def ask(path: str) -> Any:
        address = join_address(provider.base, path, [("lang", provider.language)])
        return session.client.ask_json(address, provider.name)

    about, cube = ask(f"tables/{request.table}"), ask(f"tables/{request.table}/metadata")
    try:
        role = cube.get("role") or {}
        variables = tuple(_cube_variable(name, cube["dimension"][name], role) for name in cube["id"])
    except (KeyError, TypeError, AttributeError) as error:
        raise NotData(f"{request.name}: no metadata of a table ({error})") from error
    title = str(cube.get("label") or about.get("label") or "")
    return TableMetadata(
        provider.name, request.table, title, provider.language, variables, cube.get("updated")
    )


def _cube_variable(name: str, entry: Mapping[str, Any], role: Mapping[str, Any]) -> DescribedVariable:
    category = entry["category"]
    index = category.get("index") or list(category["label"])
    codes = sorted(index, key=lambda code: index[code]) if isinstance(index, Mapping) else list(index)
    labels = category.get("label") or {}
    units = {code: str(unit.get("base") or "") for code, unit in (category.get("unit") or {}).items()}
    return DescribedVariable(
        code=name,
        label=str(entry.get("label") or name),
        labels={str(code): str(labels.get(code, "")) for code in codes},
        time=name in role.get("time", ()),
        content=name in role.get("metric", ()),
        geo=name in role.get("geo", ()),
        units={code: unit for code, unit in units.items() if unit},
    )


def _ask_eurostat(request: SourceRequest, session: Session) -> TableMetadata:
    """Eurostat's structures name codes alone; their labels come from the shared code lists."""
    address = join_address(request.provider.base, LISTING, [("lang", "en")])
    entry = find_entry(session.listing(address, request.provider.name, check_listing), request.table)
    variables = tuple(
        DescribedVariable(
            dimension.code,
            dimension.code,
            dict.fromkeys(dimension.codes, ""),
            time=dimension.time,
            geo=dimension.code == "geo",
        )
        for dimension in ask_structure(request, session)
    )
    return TableMetadata(
        request.provider.name, request.table, entry.title, "en", variables, entry.updated or None
    )
