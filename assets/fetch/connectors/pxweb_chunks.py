"""A PxWeb request asked in chunks: under the server's limits, each chunk once, whatever happens in between.

Both versions of the API use it. What one chunk's request looks like belongs to `pxweb` and `pxweb2`,
planning to `query`, putting together to `jsonstat_merge`.
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from assets.fetch.connectors.connector import Session, SourceRequest
from assets.fetch.connectors.jsonstat_merge import check_chunk, merge_chunks
from assets.fetch.connectors.query import Chunk, Selection, split_selection
from assets.fetch.errors import CutOff, Refused, TooManyCells
from assets.fetch.http.bodies import check_whole
from assets.fetch.http.client import IN_MEMORY
from assets.fetch.http.partials import disk_error
from assets.files import move_file

CAUTIOUS = 100_000  # cells, where a server does not say its limit


@dataclass(frozen=True)
class Limits:
    """What one request may ask for: cells, and values of all variables together."""

    cells: int = CAUTIOUS
    values: int | None = None

    @classmethod
    def read(cls, found: Any, cells: str, values: str = "") -> "Limits":
        """The limits as a server's answer says them under these names; cautious ones where it does not."""
        return cls(
            found[cells] if cls.is_count(found, cells) else CAUTIOUS,
            found[values] if cls.is_count(found, values) else None,
        )

    @staticmethod
    def is_count(found: Any, name: str) -> bool:
        """Whether the answer says a positive number under this name."""
        return isinstance(found, dict) and isinstance(found.get(name), int) and found[name] > 0


def ask_chunks(
    request: SourceRequest,
    session: Session,
    address: str,
    selection: Selection,
    body: Callable[[Chunk], Any],
    limits: Limits,
    change_token: str,
) -> Path:
    """The whole selection as one JSON-stat file: verbatim where one request was enough, else put together.

    Finished chunks are kept beside the store until the whole is there, so that neither "too many calls" nor a
    killed run asks for them again; another `change_token` of the table begins anew.
    Where the server finds a chunk too large after all, the chunks become smaller. Raises `FetchError`.
    """
    cells = limits.cells
    for _ in range(6):
        chunks = split_selection(selection, cells, request.name, limits.values)
        folder = (
            session.client.folder
            / f"chunks-{_digest(address, change_token, [body(chunk) for chunk in chunks])}"
        )
        try:
            return _ask_all(request, session, address, selection, chunks, body, folder)
        except (TooManyCells, Refused) as error:
            if isinstance(error, Refused) and error.status != 403:  # PxWeb v1 says it by 403
                raise
            cells = max(1, min(cells, max(_cells(chunk) for chunk in chunks)) // 2)
        except CutOff:
            shutil.rmtree(folder, ignore_errors=True)  # of two updates, or not what was asked for
            raise
        except OSError as error:
            raise disk_error(folder, error) from error
    raise TooManyCells(f"{request.name}: refused as too large even in chunks of {cells} cells")


def _ask_all(
    request: SourceRequest,
    session: Session,
    address: str,
    selection: Selection,
    chunks: list[Chunk],
    body: Callable[[Chunk], Any],
    folder: Path,
) -> Path:
    target = session.client.run_folder / f"{folder.name}.json"
    if len(chunks) > 1:
        folder.mkdir(parents=True, exist_ok=True)
    answers = []
    for number, chunk in enumerate(chunks):
        kept = folder / f"{number:05d}.json"
        if not kept.is_file():

            def check(path: Path, chunk: Chunk = chunk) -> None:
                check_whole(path, "json-stat", request.name)
                found = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
                check_chunk(found, chunk, request.name)

            name = request.provider.name
            answer = session.client.ask(address, name, body=body(chunk), check=check, most_bytes=IN_MEMORY)
            assert answer.path is not None
            if len(chunks) == 1:
                return answer.path
            move_file(answer.path, kept)
        answers.append((chunk, orjson.loads(kept.read_bytes().removeprefix(b"\xef\xbb\xbf"))))
    target.write_bytes(orjson.dumps(merge_chunks(selection, answers, request.name)))
    shutil.rmtree(folder, ignore_errors=True)
    return target


def _cells(chunk: Chunk) -> int:
    cells = 1
    for values in chunk.selection.values():
        cells *= len(values)
    return cells


def _digest(*descriptions: Any) -> str:
    return hashlib.sha256(json.dumps(descriptions, sort_keys=True).encode()).hexdigest()[:24]
