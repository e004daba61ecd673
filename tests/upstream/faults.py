"""How the made upstream is broken: statuses, bodies, archives, tables. The faults by name: `fault_cases`."""

import gzip
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.upstream.answers import Fault, Request, Response
from tests.upstream.figures import cordis_members, make_zip
from tests.upstream.server import Upstream

ACCOUNTS, RESEARCH, PROJECTS = "regional-accounts", "rd-expenditure", "framework-projects"
COMPANIES = "made-companies"  # pages of a register, which no shipped dataset asks for yet
DATA = {
    ACCOUNTS: "/data/nama_10r_3gdp", RESEARCH: "13tn.px", PROJECTS: "HORIZONprojects-csv.zip",
    COMPANIES: "page=2",
}  # fmt: skip


Change = Callable[[Upstream], None]


@dataclass(frozen=True)
class Case:
    """One fault: the dataset that meets it, and how the upstream is broken.

    With `renew` the fault comes in a second run, after a good one and after this change of the figures.
    """

    dataset: str
    arrange: Change
    renew: Change | None = None


def answers(dataset: str, fault: Fault, times: int = 1) -> Case:
    """The next answers with the dataset's data are broken."""
    return Case(dataset, lambda upstream: upstream.break_it(DATA[dataset], fault, times))


ALWAYS = 1_000_000


def status(number: int, body: bytes = b"", **headers: str) -> Fault:
    """Another status, body and headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request, response: Response(number, body, named)


def over_wire(wire: str) -> Fault:
    """The right answer, broken on the way."""
    return lambda request, response: replace(response, wire=wire)


def short(request: Request, response: Response) -> Response:
    """Two thirds of the body, and a Content-Length that agrees."""
    return replace(response, body=response.body[: len(response.body) * 2 // 3])


def table_text(edit: Callable[[str], str]) -> Fault:
    """The lines of a gzipped table edited."""

    def fault(request: Request, response: Response) -> Response:
        text = gzip.decompress(response.body).decode()
        return replace(response, body=gzip.compress(edit(text).encode(), mtime=0))

    return fault


def table_case(edit: Callable[[str], str]) -> Case:
    """All answers with the accounts' table edited."""
    return answers(ACCOUNTS, table_text(edit), ALWAYS)


def lines(edit: Callable[[list[list[str]]], list[list[str]]]) -> Callable[[str], str]:
    """An edit of the table's cells, tab-separated."""
    return lambda text: (
        "\r\n".join("\t".join(row) for row in edit([line.split("\t") for line in text.splitlines()])) + "\r\n"
    )


def archive(content: bytes) -> Case:
    """Another archive in the place of CORDIS's."""
    return Case(PROJECTS, lambda u: u.files.update({"cordis-HORIZONprojects-csv.zip": content}))


def members(**changed: bytes | None) -> dict[str, bytes]:
    """CORDIS's members, some of them changed or left out."""
    found: dict[str, bytes | None] = {**cordis_members(), **changed}
    return {name: content for name, content in found.items() if content is not None}


def broken_directory() -> bytes:
    """An archive whose directory points to nowhere."""
    content = make_zip(members())
    at = content.rfind(b"PK\x05\x06")
    return content[:at] + b"PK\x05\x06" + b"\xff" * 16 + b"\0\0"


def bomb() -> bytes:
    """A member that unpacks to a thousand times its size."""
    return make_zip(members(**{"project.csv": b"0" * 12_000_000}))


def hostile() -> bytes:
    """A member whose name leads out of the archive."""
    out = io.BytesIO(make_zip(members()))
    with zipfile.ZipFile(out, "a") as opened:
        opened.writestr("../project.csv", b"x")
    return out.getvalue()


def to_itself(request: Request, response: Response) -> Response:
    """A redirect that never ends."""
    return Response(302, b"", {"location": request.path + "?again"})


def moved(upstream: Upstream) -> None:
    """The archive moved; the old address leads to the new one."""
    old = "cordis-HORIZONprojects-csv.zip"
    upstream.files = {"new/place.bin": upstream.files[old]}
    upstream.break_it(old, status(301, location="/cordis/new/place.bin"))


def smaller_pieces(upstream: Upstream) -> None:
    """Limits so low that the table comes in pieces."""
    upstream.max_cells = 24


def too_many_at_two_thirds(upstream: Upstream) -> None:
    """The sixth question with data is one too many."""
    smaller_pieces(upstream)
    posts = [0]

    def fault(request: Request, response: Response) -> Response:
        posts[0] += request.method == "POST"
        return Response(429, b"") if request.method == "POST" and posts[0] == 3 else response

    upstream.break_it(DATA[RESEARCH], fault)


def renamed(upstream: Upstream) -> None:
    """The table has another code now."""
    upstream.statfin["13xx"] = upstream.statfin.pop("13tn")


def new_unit(upstream: Upstream) -> None:
    """Millions became thousands, under the same code."""
    upstream.statfin["13tn"][1].units["tk_menot"] = "Tuhatta euroa"


def gone_years(upstream: Upstream) -> None:
    """The newest year is not there any more."""
    table = upstream.statfin["13tn"][1]
    at, newest = table.dimensions.index(table.time), table.codes(table.time)[-1]
    table.cells = {key: cell for key, cell in table.cells.items() if key[at] != newest}


def low_limit(upstream: Upstream) -> None:
    """The server takes fewer cells than it says."""

    def fault(request: Request, response: Response) -> Response:
        if request.method != "POST":
            return response
        many = 1
        for one in request.body["query"]:
            many *= len(one["selection"]["values"])
        return Response(403, b"") if many > 40 else response

    upstream.break_it(DATA[RESEARCH], fault)


def queued(upstream: Upstream) -> None:
    """The table is larger than what is answered at once."""
    cells = 1
    for codes in upstream.eurostat["nama_10r_3gdp"].chosen({}):
        cells *= len(codes)
    upstream.at_once = cells // 2


def fewer_rows(rows: list[list[str]]) -> list[list[str]]:
    """Three rows of the table."""
    return rows[:4]


PAGE = b"<!DOCTYPE html><html><body>Please try again later</body></html>"
ERROR = b'{"error":[{"status":400,"id":140,"label":"ERR_SYNTAX: something is wrong"}]}'
