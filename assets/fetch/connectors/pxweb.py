"""PxWeb API v1: Statistics Finland, and the other offices that run it.

What is asked of a PxWeb v1 server belongs here: listings, metadata, limits, requests in chunks. Choosing and
splitting belongs to `query`, running the chunks to `pxweb_chunks`, reading to `normalise`.

How a query is formed: `innoregio:source.query` names variables by code, by label, or by the code without its
numbers, with codes, patterns (`MK*`) or ranges; a variable that is not named comes whole. Variables and
values are looked up in the table's metadata each time, since codes carry dates and were renamed in June 2026.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from assets.descriptor import Source
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
from assets.fetch.connectors.query import Chunk, choose_selection, count_cells
from assets.fetch.errors import FetchError, NotData, NotFound, Refused
from assets.fetch.http.addresses import join_address, mask_address
from assets.fetch.http.bodies import check_whole

FORMATS = {"json-stat": "json-stat2", "px": "px", "csv": "csv"}
CONTENT = frozenset({"contentscode", "tiedot", "uppgifter", "information", "contents", "tabellinnehåll"})


def fetch_pxweb(request: SourceRequest, session: Session) -> FetchResult | None:
    """The table's parts, or None where its folder's listing says the time that it said before."""
    place = _find_place(request, session)
    updated = _listed_update(request, session, place)
    if updated and updated == request.cached.change_token:
        return None
    address = _address(request, place, f"{request.table}{request.provider.suffix}")
    limits = _read_limits(request, session)
    variables = _read_metadata(request, session, address)
    parts = []
    for name, source in request_by_part(request).items():
        content, stated = _fetch_source(request, source, session, address, variables, limits, updated)
        moment = stated or _local(updated, request.provider.zone)
        parts.append(FetchedPart(name, content, mask_address(address), MEDIA_TYPES[source.format], moment))
    return FetchResult(parts, updated, place=place)


def _fetch_source(
    request: SourceRequest,
    source: Source,
    session: Session,
    address: str,
    variables: list[Variable],
    limits: Limits,
    updated: str,
) -> tuple[Path, str | None]:
    """One source's answer as a file, and the update time that it says."""
    if source.format not in FORMATS:
        raise FetchError(f"{request.name}: PxWeb does not give {source.format}; use json-stat")
    selection = choose_selection(query_of(source), variables, request.name, eliminates(source))

    def body(chunk: Chunk) -> dict[str, Any]:
        return {
            "query": [
                {"code": code, "selection": {"filter": "item", "values": list(values)}}
                for code, values in chunk.selection.items()
            ],
            "response": {"format": FORMATS[source.format]},
        }

    if source.format == "json-stat":
        content = ask_chunks(request, session, address, selection, body, limits, updated)
        return content, _json_update(content)
    if count_cells(selection) > limits.cells:
        raise FetchError(f"{request.name}: {count_cells(selection)} cells; only json-stat comes in chunks")

    def check(path: Path) -> None:
        check_whole(path, source.format, request.name)

    whole = Chunk(selection, dict.fromkeys(selection, 0))
    answer = session.client.ask(address, request.provider.name, body=body(whole), check=check)
    assert answer.path is not None
    return answer.path, None


def _address(request: SourceRequest, *chunks: str) -> str:
    provider = request.provider
    path = "/".join(chunk for chunk in (provider.language, provider.database, *chunks) if chunk)
    return join_address(provider.base, path)


def find_address(request: SourceRequest, session: Session) -> str:
    """The address at which the table's metadata are, and its figures asked for."""
    place = _find_place(request, session)
    return _address(request, place, f"{request.table}{request.provider.suffix}")


def _find_place(request: SourceRequest, session: Session) -> str:
    """The folder of the table: said by the descriptor, known from before, or found by the server's search."""
    stated = {str(source.options["path"]) for source in request.sources if source.options.get("path")}
    if stated:
        return min(stated).strip("/")
    if request.cached.place:
        return request.cached.place
    provider = request.provider
    wanted = f"{request.table}{provider.suffix}"
    address = join_address(
        provider.base, f"{provider.language}/{provider.database}", [("query", request.table)]
    )
    found = session.client.ask_json(address, provider.name)
    for entry in found if isinstance(found, list) else []:
        if isinstance(entry, dict) and entry.get("id") == wanted:
            return str(entry.get("path", "")).strip("/")
    raise NotFound(
        f"{request.name}: the search knows no table {wanted}; look for its new name and edit "
        "innoregio:source (table, or path for its folder)"
    )


def _listed_update(request: SourceRequest, session: Session, place: str) -> str:
    """What the folder's listing says of the table's update; "" where the server lists no times."""
    address = _address(request, place)

    def check(path: Path) -> None:
        found = orjson.loads(path.read_bytes()) if path.stat().st_size else None
        if not isinstance(found, list):
            raise NotData(f"{mask_address(address)}: no listing of a folder")

    def safe(path: Path) -> None:
        try:
            check(path)
        except ValueError as error:
            raise NotData(f"{mask_address(address)}: no listing of a folder") from error

    wanted = f"{request.table}{request.provider.suffix}"
    for entry in orjson.loads(session.listing(address, request.provider.name, safe)):
        if isinstance(entry, dict) and entry.get("id") == wanted:
            return str(entry.get("updated", ""))
    raise NotFound(
        f"{request.name}: no {wanted} in the folder {place or 'of all tables'} any more; look for its new "
        "name and edit table of innoregio:source"
    )


def _read_limits(request: SourceRequest, session: Session) -> Limits:
    """The server's limits, asked for once a run; its window of calls is taken over by the client."""
    provider = request.provider

    def ask() -> Limits:
        address = f"{join_address(provider.base, provider.language)}/?config"
        try:
            found = session.client.ask_json(address, provider.name)
        except (NotFound, Refused, NotData):
            found = {}  # an older server
        limits = Limits.read(found, "maxCells", "maxValues")
        if Limits.is_count(found, "maxCalls") and Limits.is_count(found, "timeWindow"):
            session.client.rate_limit(provider.name).change(found["maxCalls"], float(found["timeWindow"]))
        return limits

    return session.once(f"config {provider.name}", ask)


def _read_metadata(request: SourceRequest, session: Session, address: str) -> list[Variable]:
    """The table's variables as they are now."""
    try:
        found = session.client.ask_json(address, request.provider.name)
    except Refused as error:
        problem = "the table's address is refused, it may be renamed; edit table of innoregio:source"
        raise NotFound(f"{request.name}: {problem} ({error})") from error
    entries = found.get("variables") if isinstance(found, Mapping) else None
    if not isinstance(entries, list) or not entries:
        raise NotData(f"{mask_address(address)}: no metadata of a table")
    try:
        return [
            Variable(
                code=str(entry["code"]),
                label=str(entry.get("text", entry["code"])),
                codes=tuple(map(str, entry["values"])),
                time=bool(entry.get("time")),
                eliminates=bool(entry.get("elimination")),
                content=str(entry["code"]).casefold() in CONTENT,
            )
            for entry in entries
        ]
    except (KeyError, TypeError) as error:
        raise NotData(f"{mask_address(address)}: no metadata of a table ({error})") from error


def _json_update(content: Path) -> str | None:
    found = re.search(rb'"updated"\s*:\s*"([0-9T:.-]{19}Z)"', content.read_bytes())
    return found[1].decode().replace(".", ":") if found else None


def _local(updated: str, zone: str) -> str | None:
    """A listing's time with its zone; None where either is not known."""
    try:
        return datetime.fromisoformat(updated).replace(tzinfo=ZoneInfo(zone)).isoformat() if zone else None
    except ValueError:
        return None
