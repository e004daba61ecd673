"""Large bodies read in pieces, side by side on the cores that Polars may use. What a piece holds does not
belong here."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

import polars as pl

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")
MOST_WORKERS = 4  # more would only hold more pieces in memory


def read_each_chunk(read: Callable[[Chunk], Result | None], pieces: Iterable[Chunk]) -> list[Result] | None:
    """`read` of each piece, in the order of the pieces; None as soon as one piece gives None.

    Polars lets go of Python's lock while it works, so threads are enough; with one Polars thread there is one
    here. No more pieces are taken than are being read, so that a stream is never held whole.
    """
    workers = min(pl.thread_pool_size(), MOST_WORKERS)
    results: list[Result] = []
    pieces = iter(pieces)
    first = list(islice(pieces, 2))
    alone = len(first) < 2  # a thread's start takes as long as to read some thousand cells
    pieces = chain(first, pieces)
    if workers < 2 or alone:
        for piece in pieces:
            if (result := read(piece)) is None:
                return None
            results.append(result)
        return results
    pending: deque[Future[Result | None]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for piece in pieces:
            pending.append(pool.submit(read, piece))
            if len(pending) > workers and not _take(pending, results):
                return None
        while pending:
            if not _take(pending, results):
                return None
    return results


def _take(pending: deque[Future[Result | None]], results: list[Result]) -> bool:
    """Move the oldest result over; when it is None drop the others and say False."""
    result = pending.popleft().result()
    if result is None:
        for future in pending:
            future.cancel()
        return False
    results.append(result)
    return True


def whole_lines(pieces: Iterable[bytes], size: int, end: bytes = b"\n") -> Iterator[bytes]:
    """The bytes parted anew into blocks of `size` or more, each up to the last `end`; what follows it comes
    last."""
    held: list[bytes | memoryview] = []
    length = 0
    for piece in pieces:
        cut = piece.rfind(end) + len(end) if length + len(piece) >= size else 0
        if cut >= len(end):
            yield b"".join([*held, memoryview(piece)[:cut]]) if held or cut < len(piece) else piece
            held, length = [piece[cut:]] if cut < len(piece) else [], len(piece) - cut
        else:
            held.append(piece)
            length += len(piece)
    if held:
        yield b"".join(held)
