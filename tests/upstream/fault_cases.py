"""The faults that the made upstream can do, by the names of the table in `docs/fetching.md`.

Each says which dataset is fetched, and breaks the upstream; what must become of it stands in the table.
"""

import gzip
from dataclasses import replace

from tests.upstream import fault_answers as more
from tests.upstream.answers import Response
from tests.upstream.faults import (
    ACCOUNTS,
    ALWAYS,
    COMPANIES,
    DATA,
    ERROR,
    PAGE,
    PROJECTS,
    RESEARCH,
    Case,
    answers,
    archive,
    bomb,
    broken_directory,
    fewer_rows,
    gone_years,
    hostile,
    lines,
    low_limit,
    members,
    moved,
    new_unit,
    over_wire,
    queued,
    renamed,
    short,
    status,
    table_case,
    to_itself,
    too_many_at_two_thirds,
)
from tests.upstream.figures import cordis_members, make_zip
from tests.upstream.server import Upstream

BOM = b"\xef\xbb\xbf"
LONG_HEADER = b"HTTP/1.1 200 OK\r\nX-More: " + b"z" * 300_000
SLOW_HEADER = b"HTTP/1.1 200 OK\r\nX-Slow: " + b"z" * 2000


def to_a_name_that_turns(upstream: Upstream) -> None:
    """A redirect to a name that is public when it is judged, and private when it is connected to."""
    place = lambda: upstream.address.replace("127.0.0.1", "localhost")  # noqa: E731
    upstream.break_it(DATA[ACCOUNTS], lambda q, r: Response(302, b"", {"location": f"{place()}/secret"}))


def without_the_table(upstream: Upstream) -> None:
    """Eurostat's table of contents does not name the table any more."""
    del upstream.eurostat["nama_10r_3gdp"]


def expiring(upstream: Upstream) -> None:
    """The first answer of the queue is lost before it is fetched."""
    queued(upstream)
    upstream.queue.form = "timed"
    upstream.queue.statuses = ("SUBMITTED", "PROCESSING", "EXPIRED")


def endless(path: str, dataset: str) -> Case:
    """An answer without end to one kind of question."""
    return Case(dataset, lambda upstream: upstream.break_it(path, over_wire("endless")))


def lie(request: object, response: Response) -> Response:
    """The body is said to be gzip and is not."""
    return replace(response, headers={**response.headers, "content-encoding": "gzip"})


CASES: dict[str, Case] = {
    "429 with Retry-After": answers(ACCOUNTS, status(429, retry_after="2")),
    "429 without Retry-After": answers(RESEARCH, status(429)),
    "429 at 67 % of a table": Case(RESEARCH, too_many_at_two_thirds),
    "429 that does not end": answers(ACCOUNTS, status(429), ALWAYS),
    "Retry-After of a day": answers(ACCOUNTS, status(429, retry_after="86400")),
    "500": answers(ACCOUNTS, status(500)),
    "502 with a page": answers(RESEARCH, status(502, PAGE)),
    "503": answers(PROJECTS, status(503)),
    "503 that does not end": answers(PROJECTS, status(503), ALWAYS),
    "reset": answers(ACCOUNTS, over_wire("reset")),
    "reset that does not end": answers(ACCOUNTS, over_wire("reset"), ALWAYS),
    "slow drip": answers(ACCOUNTS, over_wire("drip"), ALWAYS),
    "cut body, right length": answers(PROJECTS, over_wire("cut")),
    "cut body, wrong length": answers(ACCOUNTS, short),
    "cut JSON, wrong length": answers(RESEARCH, short),
    "cut archive, wrong length": answers(PROJECTS, short, ALWAYS),
    "wrong Content-Length": answers(ACCOUNTS, over_wire("hang")),
    "empty body": answers(ACCOUNTS, status(200)),
    "HTML with 200": answers(ACCOUNTS, status(200, PAGE)),
    "HTML with 200 that does not end": answers(RESEARCH, status(200, PAGE), ALWAYS),
    "warning object": Case(ACCOUNTS, queued),
    "error object with 200": answers(ACCOUNTS, status(200, ERROR), ALWAYS),
    "410": answers(PROJECTS, status(410), ALWAYS),
    "moved address": Case(PROJECTS, moved),
    "renamed table": Case(RESEARCH, renamed),
    "fewer cells allowed than said": Case(RESEARCH, low_limit),
    "new column": table_case(lambda t: t.replace("freq,", "freq,sex,", 1).replace("\r\nA,", "\r\nA,T,")),
    "missing column": table_case(lambda t: t.replace("freq,", "", 1).replace("\r\nA,", "\r\n")),
    "table in a later NUTS": Case(ACCOUNTS, lambda upstream: None, more.later_nuts),
    "new code": table_case(lambda t: t.replace("MIO_EUR,", "BIO_EUR,")),
    "unit change": Case(RESEARCH, new_unit),
    "shrunk period range": Case(RESEARCH, gone_years),
    "fewer rows than the bound": table_case(lines(fewer_rows)),
    "BOM": table_case(lambda t: "\ufeff" + t),
    "wrong charset": archive(
        make_zip(members(**{"project.csv": cordis_members()["project.csv"].replace(b'"\n', b'\xe4"\n', 9)}))
    ),
    "decimal comma": table_case(lambda t: t[:60] + t[60:].replace(".", ",")),
    "duplicated rows": table_case(lines(lambda rows: [*rows, *rows[-3:]])),
    "swapped years": table_case(lines(lambda rows: [[row[0], *row[:0:-1]] for row in rows])),
    "zip that only some readers open": archive(broken_directory()),
    "zip bomb": archive(bomb()),
    "`..` member": archive(hostile()),
    "member missing": archive(make_zip(members(**{"organization.csv": None}))),
    "gzip bomb": answers(ACCOUNTS, lambda q, r: replace(r, body=gzip.compress(b"0" * 20_000_000, 1)), ALWAYS),
    "endless body": answers(ACCOUNTS, over_wire("endless"), ALWAYS),
    "endless redirect": answers(ACCOUNTS, to_itself, ALWAYS),
    "redirect to a file": answers(ACCOUNTS, status(302, location="file:///etc/passwd"), ALWAYS),
    "redirect to a private address": answers(ACCOUNTS, status(302, location="http://10.0.0.1/x"), ALWAYS),
    "429 in the middle of pages": answers(COMPANIES, status(429)),
    "connection without a word": answers(ACCOUNTS, over_wire("silent"), ALWAYS),
    "header drip": answers(ACCOUNTS, more.raw(SLOW_HEADER, "raw drip"), ALWAYS),
    "endless header": answers(PROJECTS, more.raw(LONG_HEADER), ALWAYS),
    "no HTTP": answers(RESEARCH, more.raw(b"SSH-2.0-OpenSSH_9.2\r\n"), ALWAYS),
    "chunked body cut": answers(PROJECTS, more.framed("Transfer-Encoding: chunked", more.chunks_without_end)),
    "Content-Length too small": answers(ACCOUNTS, more.framed("Content-Length: 100", lambda body: body)),
    "content encoding that is not true": answers(RESEARCH, lie),
    "gzip twice": answers(ACCOUNTS, more.body(gzip.compress), ALWAYS),
    "gzip encoding of a gzip file": answers(ACCOUNTS, more.in_gzip, ALWAYS),
    "206 that nobody asked for": answers(PROJECTS, more.a_part),
    "304 that nobody asked for": answers(PROJECTS, status(304)),
    "304 whatever changed": Case(PROJECTS, more.always_304, more.another_title),
    "ETag that stays": Case(PROJECTS, more.stuck_tag, more.another_title),
    "listing older than ours": Case(ACCOUNTS, more.older_listing, more.nothing_new),
    "table older than ours": Case(RESEARCH, more.older_table, more.nothing_new),
    "listing without the table": Case(ACCOUNTS, without_the_table),
    "key that expires in the queue": Case(ACCOUNTS, expiring),
    "queue in an envelope": Case(ACCOUNTS, more.queue_of_form("bare")),
    "queue in an envelope with its time": Case(ACCOUNTS, more.queue_of_form("timed")),
    "queue in a packed envelope": Case(ACCOUNTS, more.queue_of_form("packed")),
    "queue that ends in errors": Case(ACCOUNTS, more.queue_of_errors),
    "key that the queue forgets": Case(ACCOUNTS, more.queue_of_one_key),
    "queue that does not end": Case(ACCOUNTS, more.endless_queue),
    "bomb in gzip encoding": answers(RESEARCH, more.packed_bomb, ALWAYS),
    "endless listing": endless("catalogue/toc", ACCOUNTS),
    "endless metadata": endless(DATA[RESEARCH], RESEARCH),
    "endless redirect of an archive": answers(PROJECTS, to_itself, ALWAYS),
    "redirect to a name of a private address": answers(
        ACCOUNTS, status(302, location="http://inside.example/x"), ALWAYS
    ),
    "redirect to a name that turns private": Case(ACCOUNTS, to_a_name_that_turns),
    "garbage after JSON": answers(RESEARCH, more.body(lambda body: body + b"garbage"), ALWAYS),
    "garbage after a gzip file": answers(ACCOUNTS, more.body(lambda body: body + b"garbage"), ALWAYS),
    "garbage after an archive": answers(PROJECTS, more.garbage_behind, ALWAYS),
    "words after a table": table_case(lambda t: t + "Error: connection lost\r\n"),
    "renamed dimension": Case(RESEARCH, more.renamed_dimension),
    "new code in JSON": Case(RESEARCH, more.new_measure),
    "new column in an archive": Case(PROJECTS, more.member("project.csv", more.with_column)),
    "missing column in an archive": Case(PROJECTS, more.member("project.csv", more.without_column)),
    "duplicated rows in an archive": Case(PROJECTS, more.member("project.csv", more.twice)),
    "BOM of JSON": answers(RESEARCH, more.body(lambda body: BOM + body), ALWAYS),
    "BOM in an archive": Case(PROJECTS, more.member("project.csv", lambda text: BOM + text)),
    "wrong charset of a table": answers(ACCOUNTS, more.body(more.in_latin), ALWAYS),
    "wrong charset of JSON": answers(RESEARCH, more.body(lambda b: b.replace(b"made", b"m\xe4de")), ALWAYS),
    "decimal comma of JSON": answers(RESEARCH, more.body(more.with_commas), ALWAYS),
    "swapped years of JSON": answers(RESEARCH, more.cube(more.turned_years), ALWAYS),
}
