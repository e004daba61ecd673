"""JSON that comes in pages, with a total that says how many there are: PRH's companies.

Stopping rightly and counting belongs here; what an entry holds belongs to `normalise`.

How a request is formed: the provider's entry says the path and the members; the query goes into the address
as it is (`query: {location: "Lahti"}`). The part is one file of JSON lines.
"""

import hashlib
from typing import Any

import orjson

from assets.fetch.connectors.connector import (
    FetchedPart,
    FetchResult,
    Session,
    SourceRequest,
    part_name,
    query_of,
)
from assets.fetch.errors import CutOff, LayoutChanged, NotData
from assets.fetch.http.addresses import join_address
from assets.fetch.http.bodies import check_json
from assets.fetch.http.client import IN_MEMORY, Answer

MOST_PAGES = 100_000


def fetch_paged(request: SourceRequest, session: Session) -> FetchResult | None:
    """All entries of all pages as JSON lines, or None where they are those of the last time.

    Ends by the total that the first page says, never by an empty page: pages past the end repeat the first
    one. Raises `CutOff` where entries are missing, come twice, or the total changes on the way.
    """
    source = request.sources[0]
    target = session.client.run_folder / f"{request.provider.name}-{request.table}-{part_name(source)}.jsonl"
    digest, count, total, seen = hashlib.sha256(), 0, None, set[bytes]()
    with target.open("wb") as file:
        for page in range(1, MOST_PAGES):
            answer = _ask_page(request, session, page)
            entries, stated = _entries(request, answer)
            total = stated if total is None else total
            if stated != total:
                raise CutOff(f"{request.name}: the total went from {total} to {stated} on the way; ask again")
            for entry in entries:
                line = orjson.dumps(entry) + b"\n"
                key = hashlib.sha256(line).digest()[:12]
                if key in seen:
                    problem = f"page {page} repeats entries of an earlier one, at {count} of {total}"
                    raise CutOff(f"{request.name}: {problem}; ask again")
                seen.add(key)
                digest.update(line)
                file.write(line)
            count += len(entries)
            if count >= total:
                break
            if not entries:
                raise CutOff(f"{request.name}: {count} entries of {total}; ask again")
    if count != total:
        raise CutOff(f"{request.name}: {count} entries, the total says {total}; ask again")
    if digest.hexdigest() == request.cached.validators.get("sha256"):
        return None
    part = FetchedPart(part_name(source), target, _address(request, 1), "application/x-ndjson")
    return FetchResult([part], validators={"sha256": digest.hexdigest()})


def _address(request: SourceRequest, page: int) -> str:
    path = request.provider.pages.get(request.table, request.table)
    parameters = [(name, value) for name, many in query_of(request.sources[0]).items() for value in many]
    return join_address(request.provider.base, path, [*parameters, ("page", str(page))])


def _ask_page(request: SourceRequest, session: Session, page: int) -> Answer:
    where = f"{request.name}: page {page}"
    address = _address(request, page)
    name = request.provider.name
    return session.client.ask(address, name, check=lambda p: check_json(p, where), most_bytes=IN_MEMORY)


def _entries(request: SourceRequest, answer: Answer) -> tuple[list[Any], int]:
    found = answer.json()
    items, total = request.provider.items or "items", request.provider.total or "total"
    if not isinstance(found, dict):
        raise NotData(f"{answer.address}: no object with {items} and {total}")
    entries, stated = found.get(items), found.get(total)
    if not isinstance(entries, list) or not isinstance(stated, int):
        names = ", ".join(list(found)[:8])
        raise LayoutChanged(f"{request.name}: a page without {items} and {total}; it has {names}")
    return entries, stated
