"""What the table of faults does not say case by case: every fault of the wire on every kind of question, and
how much memory the faults of size take.
"""

import multiprocessing
import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from assets.descriptor import Dataset, Source
from assets.fetch.acquire import acquire
from assets.fetch.states import FAILED, RETRIED, STALE, UPDATED
from tests.fetch.live_runs import NOW, QUICK, made, made_upstream, quick_session, shipped, taken
from tests.upstream import fault_answers as more
from tests.upstream.answers import Fault, Request, Response
from tests.upstream.fault_cases import CASES, lie
from tests.upstream.faults import ALWAYS, ERROR, PAGE, over_wire, short, status, to_itself
from tests.upstream.server import environment, serve

PASSING: dict[str, Fault] = {
    "429": status(429),
    "429 with Retry-After": status(429, retry_after="2"),
    "500": status(500),
    "502": status(502, PAGE),
    "503": status(503),
    "504": status(504),
    "reset": over_wire("reset"),
    "cut": over_wire("cut"),
    "short": short,
    "empty": status(200),
    "page": status(200, PAGE),
    "chunks": more.framed("Transfer-Encoding: chunked", more.chunks_without_end),
    "length": more.framed("Content-Length: 20", lambda body: body),
    "encoding": lie,
    "part": more.a_part,
    "304": status(304),
    "no HTTP": more.raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
}
LASTING: dict[str, Fault] = {
    "400": status(400, b"Bad Request"),
    "401": status(401),
    "403": status(403),
    "404": status(404),
    "410": status(410),
    "413": status(413),
    "501": status(501),
    "error": status(200, ERROR),
    "long header": more.raw(b"HTTP/1.1 200 OK\r\nX-More: " + b"z" * 300_000),
    "redirect to itself": to_itself,
    "redirect to a private address": status(302, location="http://10.0.0.1/x"),
    "redirect to a file": status(307, location="file:///etc/passwd"),
    "endless": over_wire("endless"),
}
KINDS = {
    "listing of Eurostat": ("regional-accounts", "GET", "catalogue/toc"),
    "table of Eurostat": ("regional-accounts", "GET", "/data/nama_10r_3gdp"),
    "search of PxWeb": ("rd-expenditure", "GET", "?query="),
    "folder of PxWeb": ("rd-expenditure", "GET", "/StatFin/tkke?"),
    "limits of PxWeb": ("rd-expenditure", "GET", "?config"),
    "metadata of PxWeb": ("rd-expenditure", "GET", "13tn.px"),
    "figures of PxWeb": ("rd-expenditure", "POST", "13tn.px"),
    "table of PxWebApi 2": ("pxweb2", "GET", "/tables/12bs?"),
    "limits of PxWebApi 2": ("pxweb2", "GET", "/config"),
    "metadata of PxWebApi 2": ("pxweb2", "GET", "/metadata"),
    "figures of PxWebApi 2": ("pxweb2", "POST", "/data"),
    "archive of CORDIS": ("framework-projects", "GET", "HORIZONprojects"),
    "page of PRH": ("pages", "GET", "page=2"),
}
OTHERS = {
    "pxweb2": Source("scb", "12bs", "pxweb2", "json-stat"),
    "pages": Source("prh", "companies", "paged", "csv", options={"query": {"location": ["Lahti"]}}),
}


def dataset_of(name: str) -> Dataset:
    return made("rd-expenditure", OTHERS[name]) if name in OTHERS else shipped(name)[0]


def asked_by(method: str, fault: Fault) -> Fault:
    """The fault for questions of one method only."""

    def chosen(request: Request, response: Response) -> Response:
        return fault(request, response) if request.method == method else response

    return chosen


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_of_the_wire_on_every_kind_of_question(kind: str, tmp_path: Path) -> None:
    """What passes ends in the right bytes, what lasts in what was there before; never in anything else."""
    name, method, path = KINDS[kind]
    dataset, upstream = dataset_of(name), made_upstream()
    policy = replace(QUICK, tries=3, read=2, most_bytes=2_000_000)
    with serve(upstream):
        settings = environment(upstream)
        settings = {key: address.replace("127.0.0.1", "localhost") for key, address in settings.items()}

        def fetch(store: Path) -> tuple[str, str]:
            with quick_session(store, settings, NOW, policy) as session:
                session.client.resolve = lambda host: ["93.184.216.34" if host == "localhost" else host]
                (state,) = acquire(dataset, store, settings, session)
                return state.state, state.message

        assert fetch(tmp_path / "right") == (UPDATED, "")
        right = taken(dataset, tmp_path / "right")
        wrong = []
        cases = [(label, fault, 1) for label, fault in PASSING.items()]
        cases += [(label, fault, ALWAYS) for label, fault in (PASSING | LASTING).items()]
        if kind == "table of Eurostat":
            cases = [case for case in cases if case[0] != "encoding"]  # it is gzip, and the lie is none
        for number, (label, fault, times) in enumerate(cases):
            store = tmp_path / str(number)
            upstream.faults = []
            upstream.break_it(path, asked_by(method, fault), times)
            state, message = fetch(store)
            if state in (UPDATED, RETRIED):
                good = taken(dataset, store) == right and (times == 1 or "limits" in kind)
            else:
                good = state in (STALE, FAILED) and times > 1 and bool(message) and "defect" not in message
                good = good and not list(store.glob("[a-z]*/*/*.set.json"))
            if not good:
                wrong.append((label, times, state, message))
        assert not wrong


SIZES = (
    "endless body",
    "endless listing",
    "endless metadata",
    "endless header",
    "bomb in gzip encoding",
    "gzip bomb",
    "zip bomb",
)
MOST = 100 * 1024  # kB above what there was before


def memory(name: str) -> int:
    """A line of this process's status, in kB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])


def measured(work: Callable[[], str]) -> tuple[str, int]:
    """What the work tells, and by how much the process grew at most."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here on
    before = memory("VmRSS")
    told = work()
    return told, memory("VmHWM") - before


def fetch_each(folder: Path, places: dict[str, dict[str, str]], told: Connection) -> None:
    """Meets every fault of size, in a process of its own."""
    for name in places:
        (dataset,) = shipped(CASES[name].dataset)

        def fetch(name: str = name, dataset: Dataset = dataset) -> str:
            with quick_session(folder / name, places[name]) as session:
                return acquire(dataset, folder / name, places[name], session)[0].state

        told.send((name, *measured(fetch)))
    told.close()
    os._exit(0)  # nothing of what the parent had open is ours to end


@pytest.mark.slow
def test_what_is_too_large_takes_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("the peak of a process's memory is told by Linux only")
    monkeypatch.setattr("assets.fetch.http.bodies.MOST_UNPACKED", 5_000_000)  # a bomb need not be large
    with ExitStack() as stack:
        places = {}
        for name in SIZES:
            upstream = made_upstream()
            CASES[name].arrange(upstream)
            places[name] = environment(stack.enter_context(serve(upstream)))
        ours, theirs = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("fork").Process(
            target=fetch_each, args=(tmp_path, places, theirs)
        )
        process.start()
        theirs.close()
        found = {}
        while len(found) < len(SIZES) and ours.poll(60):
            name, state, grown = ours.recv()
            found[name] = state, grown
        process.join(10)
    print({name: f"{grown / 1024:.0f} MiB" for name, (_, grown) in found.items()})
    assert {name: state for name, (state, _) in found.items()} == dict.fromkeys(SIZES, STALE)
    assert {name: grown for name, (_, grown) in found.items() if grown > MOST} == {}
