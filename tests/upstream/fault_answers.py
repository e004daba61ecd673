"""More ways to break an answer: bytes that no honest server sends, providers that contradict themselves."""

import csv
import gzip
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from tests.upstream.answers import Fault, Request, Response
from tests.upstream.eurostat_answers import KEY, fault, status_message
from tests.upstream.figures import cordis_members, make_zip
from tests.upstream.server import Upstream

ARCHIVE = "cordis-HORIZONprojects-csv.zip"


def raw(content: bytes, wire: str = "raw") -> Fault:
    """These bytes in the place of a whole HTTP answer."""
    return lambda request, response: Response(200, content, wire=wire)


def framed(head: str, shape: Callable[[bytes], bytes]) -> Fault:
    """The right body under a head of one's own; `shape` makes of it what goes over the wire."""
    return lambda request, response: Response(
        200, f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + shape(response.body), wire="raw"
    )


def chunks_without_end(body: bytes) -> bytes:
    """Chunks of which the last one never comes."""
    half = body[: len(body) // 2]
    return b"%x\r\n%b\r\n" % (len(half), half)


def body(edit: Callable[[bytes], bytes]) -> Fault:
    """The body edited."""
    return lambda request, response: replace(response, body=edit(response.body))


def in_gzip(request: Request, response: Response) -> Response:
    """The gzip file in gzip encoding, said so."""
    return replace(response, body=gzip.compress(response.body), headers={"content-encoding": "gzip"})


def cube(edit: Callable[[dict[str, object]], object]) -> Fault:
    """JSON-stat edited, where it is the answer to a question with a body."""

    def fault(request: Request, response: Response) -> Response:
        if request.method != "POST":
            return response
        found = json.loads(response.body)
        edit(found)
        return replace(response, body=json.dumps(found).encode())

    return fault


def turned_years(found: dict[str, object]) -> None:
    """The years of a table in JSON-stat from the newest to the oldest, the cells with them."""
    sizes, names = list(found["size"]), list(found["id"])  # type: ignore[call-overload]
    at = names.index("Vuosi")
    category = found["dimension"]["Vuosi"]["category"]  # type: ignore[index]
    codes = list(reversed(category["index"]))
    category["index"] = {code: number for number, code in enumerate(codes)}
    inner = 1
    for size in sizes[at + 1 :]:
        inner *= size
    years = sizes[at]

    def turned(number: int) -> int:
        outer, rest = divmod(number, years * inner)
        year, last = divmod(rest, inner)
        return outer * years * inner + (years - 1 - year) * inner + last

    values: list[object] = found["value"]  # type: ignore[assignment]
    found["value"] = [values[turned(number)] for number in range(len(values))]
    status: dict[str, str] = found.get("status", {})  # type: ignore[assignment]
    found["status"] = {str(turned(int(number))): flag for number, flag in status.items()}


def renamed_dimension(upstream: Upstream) -> None:
    """A dimension has another code now."""
    table = upstream.statfin["13tn"][1]
    table.dimensions = ["Region" if name == "Alue" else name for name in table.dimensions]


def new_measure(upstream: Upstream) -> None:
    """A code that no list has."""
    table = upstream.statfin["13tn"][1]
    at = table.dimensions.index("Tiedot")
    table.cells |= {(*k[:at], "tk_uusi", *k[at + 1 :]): v for k, v in table.cells.items() if "tk_menot" in k}


def member(name: str, edit: Callable[[bytes], bytes]) -> Callable[[Upstream], None]:
    """One member of the archive edited."""

    def change(upstream: Upstream) -> None:
        members = dict(cordis_members())
        members[name] = edit(members[name])
        upstream.files[ARCHIVE] = make_zip(members)

    return change


def another_title(upstream: Upstream) -> None:
    """The first project has another title."""

    def retitle(text: bytes) -> bytes:
        header, *rows = csv.reader(io.StringIO(text.decode(), newline=""), delimiter=";")
        rows[0][header.index("title")] = "Another title"
        return _write([header, *rows])

    member("project.csv", retitle)(upstream)


def stuck_tag(upstream: Upstream) -> None:
    """The server sends the new file, under the ETag of the old one."""
    upstream.break_it(
        ARCHIVE,
        lambda q, r: replace(
            upstream.route(replace(q, headers={})), headers={"etag": q.headers.get("if-none-match", '"x"')}
        ),
    )


def always_304(upstream: Upstream) -> None:
    """The server says that nothing changed, whatever did, to whoever asks with a condition."""
    upstream.break_it(
        ARCHIVE, lambda q, r: Response(304) if "if-none-match" in q.headers else upstream.route(q)
    )


def nothing_new(upstream: Upstream) -> None:
    """The figures are as they were."""


def older_listing(upstream: Upstream) -> None:
    """The table of contents, and the table, of some time ago."""
    table = upstream.eurostat["nama_10r_3gdp"]
    table.updated = "2026-01-15T06:00:00"
    table.cells = {key: ("1.5" if value else "", flag) for key, (value, flag) in table.cells.items()}


def older_table(upstream: Upstream) -> None:
    """The folder and the table of some time ago."""
    table = upstream.statfin["13tn"][1]
    table.updated = "2026-01-15T06:00:00"
    table.cells = {key: ("1.5" if value else "", flag) for key, (value, flag) in table.cells.items()}


def queue_of_one_key(upstream: Upstream) -> None:
    """The answer is being made, and its key is not known any more when it is asked after."""
    make_queue(upstream)
    upstream.break_it(
        f"async/status/{KEY}", lambda q, r: fault("100", "UNKNOWN_REQUEST: Unknown request."), 1
    )


def later_nuts(upstream: Upstream) -> None:
    """The accounts are those of NUTS 2024 from now on."""
    table, moved = upstream.eurostat["nama_10r_3gdp"], {"FI1C3": "FI1C6", "FI1C4": "FI1C7"}
    table.cells = {(*k[:2], moved.get(k[2], k[2]), *k[3:]): v for k, v in table.cells.items()}
    table.updated = "2026-06-08T06:00:00"


def queue_of_form(form: str) -> Callable[[Upstream], None]:
    """The answer is being made, said in this form."""

    def arrange(upstream: Upstream) -> None:
        make_queue(upstream)
        upstream.queue.form = form

    return arrange


def queue_of_errors(upstream: Upstream) -> None:
    """What is in the queue ends in an error, every time."""
    make_queue(upstream)
    upstream.queue.form, upstream.queue.statuses = "timed", ["ERROR"] * 100


def endless_queue(upstream: Upstream) -> None:
    """The answer is being made, for ever."""
    make_queue(upstream)
    upstream.break_it("async/status", lambda q, r: Response(200, status_message(KEY, "SUBMITTED")))


def make_queue(upstream: Upstream) -> None:
    """The table is larger than what is answered at once."""
    cells = 1
    for codes in upstream.eurostat["nama_10r_3gdp"].chosen({}):
        cells *= len(codes)
    upstream.at_once = cells // 2


def garbage_behind(request: Request, response: Response) -> Response:
    """More behind the end of the archive than a comment can be."""
    return replace(response, body=response.body + b"\0garbage" * 9000)


def a_part(request: Request, response: Response) -> Response:
    """The first half, as a part that nobody asked for."""
    half = response.body[: len(response.body) // 2]
    return Response(206, half, {"content-range": f"bytes 0-{len(half) - 1}/{len(response.body)}"})


def with_column(text: bytes) -> bytes:
    """One column more, as CORDIS writes them."""
    return b"\n".join(b'"sex";' + line if line else line for line in text.split(b"\n"))


def without_column(text: bytes) -> bytes:
    """Without the first column."""
    return _write([row[1:] for row in csv.reader(io.StringIO(text.decode(), newline=""), delimiter=";")])


def _write(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def twice(text: bytes) -> bytes:
    """The rows twice below one header."""
    return text + text.partition(b"\n")[2]


def in_latin(body: bytes) -> bytes:
    """A letter of another character set in the last row's key."""
    text = gzip.decompress(body)
    at = text.rstrip().rfind(b"\n") + 1
    return gzip.compress(text[:at] + b"\xe4" + text[at + 1 :], mtime=0)


def with_commas(body: bytes) -> bytes:
    """Decimal commas in the figures."""
    return re.sub(rb"(?<=[0-9])\.(?=[0-9])", b",", body)


def packed_bomb(request: Request, response: Response) -> Response:
    """JSON of spaces that unpacks to a thousand times its size, in gzip encoding."""
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    return Response(200, _many_spaces(), headers)


@cache
def _many_spaces() -> bytes:
    return gzip.compress(b"[" + b" " * 60_000_000 + b"]", 1)
