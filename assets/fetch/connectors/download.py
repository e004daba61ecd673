"""Files that are downloaded whole: archives and single tables by HTTP, or from a drop folder.

Which file a table is, and what its parts are, belongs here; opening archives belongs to `archive`.

How a request is formed: the provider's entry says the file of a table, or `path` of `innoregio:source` does,
below the provider's base address; a query is not used. The parts are an archive's CSV members by base name
(`parts` of the sources), or `data` for a single file. A base address `file:` is a drop folder.
"""

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from assets.errors import DescriptorError
from assets.fetch.cache import is_trusted
from assets.fetch.connectors.archive import find_members, unpack_members
from assets.fetch.connectors.connector import MEDIA_TYPES, FetchedPart, FetchResult, Session, SourceRequest
from assets.fetch.errors import NoLiveSource, NotFound
from assets.fetch.http.addresses import join_address
from assets.fetch.http.bodies import check_whole
from assets.files import hash_chunks, read_chunks

MOST_BYTES = 4_000_000_000


def fetch_download(request: SourceRequest, session: Session) -> FetchResult | None:
    """The table's parts, or None where the server, or the hash of the file, says that it is the same."""
    if request.provider.base.startswith("file:"):
        return _take_dropped(request, session)
    path = _file_of(request)
    forms = {source.format for source in request.sources}

    def check(found: Path) -> None:
        with found.open("rb") as file:
            packed = file.read(4) == b"PK\x03\x04"
        check_whole(found, "zip" if packed or ".zip" in path else min(forms), request.name)
        if packed:
            find_members(found, request.name)  # one that was cut is asked for again

    base, name = request.provider.base, request.provider.name
    address = base + path if path.startswith("?") else join_address(base, path)
    trusted = is_trusted(request.cached.checked, session.now())
    cached = request.cached.validators if trusted else {}
    answer = session.client.ask(address, name, cached=cached, check=check, most_bytes=MOST_BYTES, resume=True)
    if answer.path is None or answer.sha256 == cached.get("sha256"):
        return None
    parts = _open(request, answer.path, session.client.run_folder, answer.address, _date(answer.headers))
    return FetchResult(parts, validators={**answer.validators, "sha256": answer.sha256})


def _file_of(request: SourceRequest) -> str:
    stated = {str(source.options["path"]) for source in request.sources if source.options.get("path")}
    found = min(stated) if stated else request.provider.files.get(request.table)
    if found is None:
        raise NoLiveSource(f"{request.name}: has no live address; its recorded copies are all there is")
    return found


def _open(
    request: SourceRequest, file: Path, folder: Path, obtained_from: str, updated: str | None
) -> list[FetchedPart]:
    """The parts of a file: an archive's members that the sources name (all where one names none), or it."""
    forms = sorted({source.format for source in request.sources})
    if len(forms) > 1:
        raise DescriptorError(f"{request.dataset}: {request.name}: one file has one format, not {forms}")
    with file.open("rb") as opened:
        packed = opened.read(4) == b"PK\x03\x04"
    if not packed:
        names = sorted({part for source in request.sources for part in source.parts}) or ["data"]
        return [FetchedPart(names[0], file, obtained_from, MEDIA_TYPES[forms[0]], updated)]
    every = any(not source.parts for source in request.sources)
    wanted = [] if every else sorted({part for source in request.sources for part in source.parts})
    members = unpack_members(file, wanted, folder, request.name)
    for name, content in members.items():
        check_whole(content, forms[0], f"{request.name}/{name}")
    return [
        FetchedPart(name, content, obtained_from, MEDIA_TYPES[forms[0]], updated)
        for name, content in sorted(members.items())
    ]


def _take_dropped(request: SourceRequest, session: Session) -> FetchResult | None:
    """The table's file in a drop folder, `<table>.*` or as the provider calls it; the last by name."""
    folder = Path(unquote(urlsplit(request.provider.base).path))
    named = request.provider.files.get(request.table)
    found = sorted(
        path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if path.is_file() and (path.name == named or path.name.partition(".")[0] == request.table)
    )
    if not found:
        raise NotFound(f"{request.name}: no {named or request.table + '.*'} in the drop folder")
    sha256, _ = hash_chunks(read_chunks(found[-1]))
    if sha256 == request.cached.validators.get("sha256"):
        return None
    form = request.sources[0].format
    with found[-1].open("rb") as file:
        check_whole(found[-1], "zip" if file.read(4) == b"PK\x03\x04" else form, request.name)
    parts = _open(request, found[-1], session.client.run_folder, found[-1].name, None)
    return FetchResult(parts, validators={"sha256": sha256})


def _date(headers: Mapping[str, str]) -> str | None:
    """`Last-Modified` as RFC 3339."""
    try:
        moment = parsedate_to_datetime(headers.get("last-modified", ""))
    except ValueError:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
