"""Large bodies read in chunks, side by side on the cores that Polars may use. What a chunk holds does not
belong here."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

import polars as pl

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")
MOST_WORKERS = 4  # more would only hold more chunks in memory


def read_each_chunk(read: Callable[[Chunk], Result | None], chunks: Iterable[Chunk]) -> list[Result] | None:
    """`read` of each chunk, in the order of the chunks; None as soon as one chunk gives None.

    Polars lets go of Python's lock while it works, so threads are enough; with one Polars thread there is one
    here. No more chunks are taken than are being read, so that a stream is never held whole.
    """
    workers = min(pl.thread_pool_size(), MOST_WORKERS)
    results: list[Result] = []
    chunks = iter(chunks)
    first = list(islice(chunks, 2))
    alone = len(first) < 2  # a thread's start takes as long as to read some thousand cells
    chunks = chain(first, chunks)
    if workers < 2 or alone:
        for chunk in chunks:
            if (result := read(chunk)) is None:
                return None
            results.append(result)
        return results
    pending: deque[Future[Result | None]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for chunk in chunks:
            pending.append(pool.submit(read, chunk))
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


def whole_lines(chunks: Iterable[bytes], size: int, end: bytes = b"\n") -> Iterator[bytes]:
    """The bytes parted anew into blocks of `size` or more, each up to the last `end`; what follows it comes
    last."""
    held: list[bytes | memoryview] = []
    length = 0
    for chunk in chunks:
        cut = chunk.rfind(end) + len(end) if length + len(chunk) >= size else 0
        if cut >= len(end):
            yield b"".join([*held, memoryview(chunk)[:cut]]) if held or cut < len(chunk) else chunk
            held, length = [chunk[cut:]] if cut < len(chunk) else [], len(chunk) - cut
        else:
            held.append(chunk)
            length += len(chunk)
    if held:
        yield b"".join(held)
