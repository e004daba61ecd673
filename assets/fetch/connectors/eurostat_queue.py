"""Eurostat's queue: an answer that is made later is asked after by its key until it is there.

Polling, and asking anew where a key has expired, belongs here; recognising that an answer is queued belongs
to `http.bodies`. What the queue says of a key is a SOAP envelope with one word for the status:
https://ec.europa.eu/eurostat/web/user-guides/data-browser/api-data-access/api-detailed-guidelines/asynchronous-api
"""

import re
from collections.abc import Callable
from pathlib import Path

from assets.fetch.connectors.connector import Session, SourceRequest
from assets.fetch.errors import NotFound, Queued, ServerFault, TooSlow
from assets.fetch.http.addresses import join_address
from assets.fetch.http.client import IN_MEMORY, SOURCE_SETTING, Answer

POLL_FIRST, POLL_LONGEST = 2.0, 60.0
TURN = 120.0  # seconds to wait for another table that is polled: Eurostat asks for one after another
MOST_TICKETS = 4  # how often one request is put into the queue
_STATUS = re.compile(rb"\b(SUBMITTED|PROCESSING|AVAILABLE|EXPIRED|UNKNOWN_REQUEST|ERROR)\b")


def await_answer(
    address: str, queued: Queued, request: SourceRequest, session: Session, check: Callable[[Path], None]
) -> Answer:
    """The answer to `address`, which was `queued`, when it is there. Polled from every 2 to every 60 seconds.

    A key that has expired, is not known or ended in an error is asked for anew, a few times. Raises `TooSlow`
    where the time for the source is up before, `ServerFault` where the queue fails every time.
    """
    lock = session.lock(f"queue {request.provider.name}")
    has_turn = lock.acquire(timeout=TURN)  # one that hangs does not hold up the others
    try:
        return _poll(address, queued.key, request, session, check)
    except TooSlow as error:
        detail = f"still in Eurostat's queue; fetch again later, or allow more by {SOURCE_SETTING}"
        raise TooSlow(f"{request.name}: {detail}") from error
    finally:
        if has_turn:
            lock.release()


def _poll(
    address: str,
    key: str | None,
    request: SourceRequest,
    session: Session,
    check: Callable[[Path], None],
) -> Answer:
    client, name, base = session.client, request.provider.name, request.provider.base
    pause, tickets, status = POLL_FIRST, 1, ""
    while True:
        client.rest(pause)
        pause = min(pause * 1.5, POLL_LONGEST)
        try:
            if key is None:
                return client.ask(address, name, check=check)
            status_address = join_address(base, f"1.0/async/status/{key}")
            status = _read_status(client.ask(status_address, name, most_bytes=IN_MEMORY).content())
            if status == "AVAILABLE":
                return client.ask(join_address(base, f"1.0/async/data/{key}"), name, check=check)
        except Queued as again:  # put in anew, or not there yet after all
            key = again.key or key
            continue
        except NotFound:
            if key is None:
                raise
            status = "UNKNOWN_REQUEST"
        if status in ("EXPIRED", "UNKNOWN_REQUEST", "ERROR"):
            if tickets == MOST_TICKETS:
                raise ServerFault(f"{request.name}: Eurostat's queue ended in {status}, {tickets} times")
            key, tickets = None, tickets + 1


def _read_status(message: bytes) -> str:
    """The status in a message; an unknown one counts as under way, until the time is up."""
    found = _STATUS.search(message)
    return found[1].decode() if found else "PROCESSING"
