"""PxWebApi version 2: Statistics Sweden and Norway, by the same interface as version 1.

What is asked of a version 2 server belongs here. Queries are formed as for version 1 (`pxweb`), and asked in
the same chunks (`pxweb_chunks`).
"""

from collections.abc import Mapping
from typing import Any

from assets.descriptor.variables import Variable
from assets.fetch.connectors.connector import (
    MEDIA_TYPES,
    FetchedPart,
    FetchResult,
    Session,
    SourceRequest,
    eliminates,
    query_of,
    request_by_part,
)
from assets.fetch.connectors.pxweb_chunks import Limits, ask_chunks
from assets.fetch.connectors.query import Chunk, choose_selection
from assets.fetch.errors import FetchError, NotData
from assets.fetch.http.addresses import join_address, mask_address


def fetch_pxweb2(request: SourceRequest, session: Session) -> FetchResult | None:
    """The table's parts, or None where the table says the time of update that it said before."""
    client, name, provider = session.client, request.provider.name, request.provider
    table = f"tables/{request.table}"
    about = client.ask_json(_address(request, table), name)
    updated = str(about.get("updated", "")) if isinstance(about, Mapping) else ""
    if updated and updated == request.cached.change_token:
        return None
    limits = _read_limits(request, session)
    variables = _read_variables(
        client.ask_json(_address(request, f"{table}/metadata"), name),
        request,
    )
    address = join_address(
        provider.base, f"{table}/data", [("lang", provider.language), ("outputFormat", "json-stat2")]
    )
    parts = []
    for part, source in request_by_part(request).items():
        if source.format != "json-stat":
            raise FetchError(f"{request.name}: {source.format} is not asked of PxWebApi 2; use json-stat")
        selection = choose_selection(query_of(source), variables, request.name, eliminates(source))
        content = ask_chunks(request, session, address, selection, _body, limits, updated)
        parts.append(
            FetchedPart(part, content, mask_address(address), MEDIA_TYPES["json-stat"], updated or None)
        )
    return FetchResult(parts, updated)


def _body(chunk: Chunk) -> dict[str, Any]:
    return {
        "selection": [
            {"variableCode": code, "valueCodes": list(values)} for code, values in chunk.selection.items()
        ]
    }


def _address(request: SourceRequest, path: str) -> str:
    return join_address(request.provider.base, path, [("lang", request.provider.language)])


def _read_limits(request: SourceRequest, session: Session) -> Limits:
    def ask() -> Limits:
        address = join_address(request.provider.base, "config")
        found = session.client.ask_json(address, request.provider.name)
        if Limits.is_count(found, "maxCallsPerTimeWindow") and Limits.is_count(found, "timeWindow"):
            rate_limit = session.client.rate_limit(request.provider.name)
            rate_limit.change(found["maxCallsPerTimeWindow"], float(found["timeWindow"]))
        return Limits.read(found, "maxDataCells")

    return session.once(f"config {request.provider.name}", ask)


def _read_variables(found: Any, request: SourceRequest) -> list[Variable]:
    """The variables of a table from its metadata, a JSON-stat dataset without cells."""
    try:
        role = found.get("role") or {}
        return [
            Variable(
                code=str(code),
                label=str(found["dimension"][code].get("label", code)),
                codes=tuple(_ordered(found["dimension"][code]["category"])),
                time=code in role.get("time", ()),
                content=code in role.get("metric", ()),
                eliminates=bool((found["dimension"][code].get("extension") or {}).get("elimination")),
            )
            for code in found["id"]
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise NotData(f"{request.name}: no metadata of a table ({error})") from error


def _ordered(category: Mapping[str, Any]) -> list[str]:
    index = category.get("index") or list(category["label"])
    return sorted(index, key=lambda code: index[code]) if isinstance(index, Mapping) else list(index)
