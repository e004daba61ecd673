"""Eurostat: whole tables as TSV or SDMX-CSV, slices of them by a query, JSON-stat by the statistics API.

What is asked of Eurostat belongs here; its listing, structures and queue belong to `eurostat_listing`,
`eurostat_structure` and `eurostat_queue`, reading its formats to `normalise`.

How a query is formed: `innoregio:source.query` names dimensions as the table does (`geo`, `unit`,
`TIME_PERIOD`) with codes, patterns (`FI*`) or, for time, a range (`2015..`). A whole table without a query is
asked for as one file, which Eurostat keeps ready; a query is written into an SDMX key, or into parameters of
the statistics API, after its cells were counted with the codes that occur.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson

from assets.descriptor import Source
from assets.descriptor.variables import Variable
from assets.fetch.connectors.connector import (
    MEDIA_TYPES,
    FetchedPart,
    FetchResult,
    Session,
    SourceRequest,
    query_of,
    request_by_part,
)
from assets.fetch.connectors.eurostat_listing import (
    LISTING,
    check_listing,
    find_entry,
    may_have_changed_since,
)
from assets.fetch.connectors.eurostat_queue import await_answer
from assets.fetch.connectors.eurostat_structure import TIME, check_message, read_order, read_variables
from assets.fetch.connectors.jsonstat_merge import check_chunk, merge_chunks
from assets.fetch.connectors.query import Chunk, Selection, choose_selection, split_selection
from assets.fetch.errors import CutOff, FetchError, Queued, TooManyCells
from assets.fetch.http.addresses import join_address
from assets.fetch.http.bodies import check_whole
from assets.fetch.http.client import IN_MEMORY, Answer

AT_ONCE = 500_000  # cells that are answered directly; up to 5,000,000 are queued, more are refused
MOST_CODES = 150  # in one key: a longer address may be refused
_FORMATS = {"tsv": "TSV", "sdmx-csv": "SDMX-CSV"}


def fetch_eurostat(request: SourceRequest, session: Session) -> FetchResult | None:
    """The table's parts, or None where Eurostat's table of contents says that nothing changed."""
    base, cached = request.provider.base, request.cached
    address = join_address(base, LISTING, [("lang", "en")])
    entry = find_entry(session.listing(address, request.provider.name, check_listing), request.table)
    if cached.change_token == entry.change_token and not may_have_changed_since(entry, cached.checked):
        return None
    parts = []
    for name, source in request_by_part(request).items():
        content, obtained_from = _fetch_source(request, source, session)
        updated = _json_update(content) if source.format == "json-stat" else None
        media_type = MEDIA_TYPES[source.format]
        parts.append(FetchedPart(name, content, obtained_from, media_type, updated or entry.updated or None))
    return FetchResult(parts, entry.change_token)


def _fetch_source(request: SourceRequest, source: Source, session: Session) -> tuple[Path, str]:
    """One source's answer as a file, and the address of it (of its first chunk)."""
    if source.format not in (*_FORMATS, "json-stat"):
        raise FetchError(f"{request.name}: Eurostat does not give {source.format}; use tsv or sdmx-csv")
    query = query_of(source)
    if not query and source.format in _FORMATS:
        try:
            answer = _ask(_sdmx_address(request, source), request, source, session)
            assert answer.path is not None
            return answer.path, answer.address
        except TooManyCells:
            pass  # then in chunks
    order, selection, everything = _plan(request, session, query)
    chunks = _split(selection, everything, source, request.name)
    answers = []
    for chunk in chunks:
        address = (
            _json_address(request, chunk, everything)
            if source.format == "json-stat"
            else _sdmx_address(request, source, order, chunk, everything)
        )
        answers.append((chunk, _ask(address, request, source, session)))
    first = answers[0][1]
    assert first.path is not None
    if len(answers) == 1:
        return first.path, first.address
    target = first.path.with_suffix(".joined")
    if source.format == "json-stat":
        _join_json(selection, answers, target, request.name)
    elif source.format == "tsv":
        _join_rows([answer for _, answer in answers], target)
    else:
        _join_lines([answer for _, answer in answers], target, request.name)
    return target, first.address


def _split(selection: Selection, everything: dict[str, int], source: Source, where: str) -> list[Chunk]:
    """Pieces that are answered at once; in TSV, where a row has all its periods, never split along time."""
    most = {
        name: MOST_CODES for name in selection if len(selection[name]) < everything[name] and name != TIME
    }
    if source.format != "tsv":
        return split_selection(selection, AT_ONCE, where, most_each=most)
    times = selection[TIME]
    rest = {name: codes for name, codes in selection.items() if name != TIME}
    chunks = split_selection(rest, max(1, AT_ONCE // max(1, len(times))), where, most_each=most)
    return [Chunk({**chunk.selection, TIME: times}, {**chunk.begins, TIME: 0}) for chunk in chunks]


def ask_structure(request: SourceRequest, session: Session) -> list[Variable]:
    """The dimensions of the table in their order, with the codes that occur, and time."""
    name, base = request.provider.name, request.provider.base
    code = request.table.upper()

    def ask(kind: str) -> Answer:
        """A whole XML message; cut ones count as failed tries."""
        address = join_address(base, f"sdmx/2.1/{kind}/ESTAT/{code}")

        def check(path: Path) -> None:
            check_message(path, request.name)

        return session.client.ask(address, name, check=check, most_bytes=IN_MEMORY)

    structure, constraint = ask("datastructure"), ask("contentconstraint")
    order = read_order(structure.content(), request.name)
    return read_variables(constraint.content(), order, request.name)


def _plan(
    request: SourceRequest, session: Session, query: dict[str, list[str]]
) -> tuple[list[str], Selection, dict[str, int]]:
    """The order of dimensions, the selection that the query is, and how many codes each dimension has."""
    variables = ask_structure(request, session)
    order = [variable.code for variable in variables if not variable.time]
    return order, choose_selection(query, variables, request.name), {v.code: len(v.codes) for v in variables}


def _sdmx_address(
    request: SourceRequest,
    source: Source,
    order: Sequence[str] = (),
    chunk: Chunk | None = None,
    everything: dict[str, int] | None = None,
) -> str:
    path = f"sdmx/2.1/data/{request.table}"
    parameters = [("format", _FORMATS[source.format]), ("compressed", "true")]
    if chunk is not None and everything is not None:
        chosen = {name: codes for name, codes in chunk.selection.items() if len(codes) < everything[name]}
        if any(name in chosen for name in order):
            path += "/" + ".".join("+".join(chosen.get(name, ())) for name in order)
        if TIME in chosen:
            _check_range(request, chunk)
            parameters += [("startPeriod", chosen[TIME][0]), ("endPeriod", chosen[TIME][-1])]
    return join_address(request.provider.base, path, parameters)


def _check_range(request: SourceRequest, chunk: Chunk) -> None:
    """Years with gaps cannot be asked for in SDMX: more would come than was asked for."""
    years = {code[:4] for code in chunk.selection[TIME]}
    if all(map(str.isdigit, years)) and len(years) != int(max(years)) - int(min(years)) + 1:
        raise FetchError(f"{request.name}: periods with gaps; write a range of them in query: 2015..2020")


def _json_address(request: SourceRequest, chunk: Chunk, everything: dict[str, int]) -> str:
    parameters = [("format", "JSON"), ("lang", "EN")]
    for name, codes in chunk.selection.items():
        if len(codes) < everything[name]:
            parameters += [("time" if name == TIME else name, code) for code in codes]
    return join_address(request.provider.base, f"statistics/1.0/data/{request.table}", parameters)


def _ask(address: str, request: SourceRequest, source: Source, session: Session) -> Answer:
    """The answer, also where it is made later."""

    def check(path: Path) -> None:
        check_whole(path, source.format, request.name)

    name, in_rows = request.provider.name, source.format in _FORMATS
    most = None if in_rows else IN_MEMORY
    try:
        return session.client.ask(address, name, check=check, most_bytes=most, resume=in_rows)
    except Queued as queued:
        return await_answer(address, queued, request, session, check)


def _join_json(
    selection: Selection, answers: Sequence[tuple[Chunk, Answer]], target: Path, where: str
) -> None:
    read = []
    for chunk, answer in answers:
        found = answer.json()
        renamed = {("time" if name == TIME else name): codes for name, codes in chunk.selection.items()}
        check_chunk(found, Chunk(renamed, chunk.begins), where)
        read.append((chunk, found))
    whole = {("time" if name == TIME else name): codes for name, codes in selection.items()}
    target.write_bytes(orjson.dumps(merge_chunks(whole, read, where)))


def _join_rows(answers: Sequence[Answer], target: Path) -> None:
    """The rows of all chunks in TSV below one header with the periods of all: a chunk has only its own."""
    periods: set[bytes] = set()
    for answer in answers:
        assert answer.path is not None
        header = next(_lines(answer.path), b"").rstrip(b"\r\n")
        first, *own = header.split(b"\t")
        periods |= {period.strip() for period in own}
    order = sorted(periods)
    with target.open("wb") as joined:
        joined.write(b"\t".join([first, *(period + b" " for period in order)]) + b"\r\n")
        for answer in answers:
            assert answer.path is not None
            lines = _lines(answer.path)
            own = [period.strip() for period in next(lines, b"").split(b"\t")[1:]]
            for line in lines:
                key, *cells = line.rstrip(b"\r\n").split(b"\t")
                given = dict(zip(own, cells, strict=False))
                joined.write(b"\t".join([key, *(given.get(period, b": ") for period in order)]) + b"\r\n")


def _join_lines(answers: Sequence[Answer], target: Path, where: str) -> None:
    """The lines of all chunks below one header; a chunk without observations is its header alone."""
    header = b""
    with target.open("wb") as joined:
        for answer in answers:
            assert answer.path is not None
            lines = _lines(answer.path)
            first = next(lines, b"")
            if header and first != header:
                problem = "the chunks of the table have different headers; use the format sdmx-csv"
                raise CutOff(f"{where}: {problem}")
            if not header:
                header = first
                joined.write(header)
            joined.writelines(lines)


def _json_update(content: Path) -> str | None:
    """The update time that the answer says, with its zone's colon, or None."""
    found = re.search(rb'"updated"\s*:\s*"([0-9T:-]{19})([+-]\d\d):?(\d\d)"', content.read_bytes())
    return f"{found[1].decode()}{found[2].decode()}:{found[3].decode()}" if found else None


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of a file, unpacked where it is gzip."""
    rest, stream = b"", None
    with path.open("rb") as file:
        while chunk := file.read(1 << 18):
            if stream is None and not rest and chunk[:2] == b"\x1f\x8b":
                stream = zlib.decompressobj(wbits=31)
            rest += stream.decompress(chunk) if stream else chunk
            *whole, rest = rest.split(b"\n")
            yield from (line + b"\n" for line in whole)
    if rest:
        yield rest + b"\n"
