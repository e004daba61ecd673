"""Where the published files are: a tree in a folder, or at an address over HTTP with a cache on this machine.

Finding and fetching files belongs here; what is in them belongs to `listing` and `loading`. A file of a
release never changes, so it is kept by its hash and asked for once; the few files at fixed addresses
(`datapackage.json`, `catalog.jsonld`) are asked for each time, by their ETag.
"""

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from assets.errors import InnoregioError
from assets.files import replace_file

SETTING, CACHE_SETTING = "INNOREGIO_TREE", "INNOREGIO_CACHE"
DEFAULT = "public"  # what `innoregio publish` writes where it is called
TIMEOUT = 60.0  # seconds without a byte

_chosen: list[str] = []


class DataError(InnoregioError):
    """There is no such tree, dataset, table, version or language; or a file is not what its release says."""


def use(tree: str | Path) -> None:
    """Takes every later call's files from `tree`: a folder such as `public`, or an address over HTTP.

    Without it the variable `INNOREGIO_TREE` counts, else the folder `public`. Raises `DataError` where there
    is no published tree.
    """
    read_json("catalog.jsonld", str(tree))
    _chosen[:] = [str(tree)]


def find_tree(tree: str | Path | None = None) -> str:
    """The tree that a call means: its own, that of `use`, that of `INNOREGIO_TREE`, `public`."""
    return str(tree or (_chosen or [os.environ.get(SETTING) or DEFAULT])[0])


def is_remote(tree: str) -> bool:
    """Whether a tree is at an address."""
    return urlsplit(tree).scheme in ("http", "https")


def read_json(path: str, tree: str) -> dict[str, Any]:
    """A JSON file of the tree at a fixed address, as it is now. Raises `DataError`."""
    try:
        content = _ask(path, tree) if is_remote(tree) else (Path(tree) / path).read_bytes()
        found = json.loads(content)
    except (OSError, ValueError) as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else str(error)
        raise DataError(f"{tree}: {path} cannot be read: {reason}; name a published tree") from error
    if not isinstance(found, dict):
        raise DataError(f"{tree}: {path} is no JSON object; name a published tree")
    return found


def find_file(path: str, digest: str, tree: str) -> Path:
    """The file of a release on this machine: where it is, or from the cache, fetched when it is not there.

    `digest` is the `hash` of its resource (`sha256:…`). Raises `DataError` where the file is missing, or has
    other bytes than the release says.
    """
    if not is_remote(tree):
        file = Path(tree) / path
        if not file.is_file():
            raise DataError(f"{tree}: {path} is missing; publish again, or ask another tree")
        return file
    algorithm, _, value = digest.rpartition(":")
    if algorithm not in ("", "sha256") or len(value) != 64:
        raise DataError(f"{tree}: {path} has no SHA-256 in its descriptor")
    kept = _cache() / value[:2] / f"{value}{Path(path).suffix}"
    if not kept.is_file():
        content = _ask(path, tree, revalidate=False)
        found = hashlib.sha256(content).hexdigest()
        if found != value:
            raise DataError(f"{tree}: {path} has the SHA-256 {found}, its release says {value}; ask again")
        kept.parent.mkdir(parents=True, exist_ok=True)
        replace_file(kept, content, durable=False)
    return kept


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get(CACHE_SETTING) or Path(home) / "innoregio")


def _ask(path: str, tree: str, revalidate: bool = True) -> bytes:
    import httpx  # only who reads over HTTP needs it

    address = f"{tree.rstrip('/')}/{quote(path)}"
    kept = _cache() / "addresses" / f"{hashlib.sha256(address.encode()).hexdigest()}.json"
    tag, before = _read_kept(kept) if revalidate else (None, b"")
    try:
        answer = _client().get(address, headers={"If-None-Match": tag} if tag else {})
    except httpx.HTTPError as error:
        raise DataError(f"{address} was not reached: {error}; try later, or name another tree") from error
    if answer.status_code == 304 and tag:
        return before
    if answer.status_code != 200:
        raise DataError(f"{address} answered {answer.status_code}; look at its address, version and name")
    if revalidate and (tag := answer.headers.get("ETag")):
        kept.parent.mkdir(parents=True, exist_ok=True)
        replace_file(kept, json.dumps({"etag": tag, "text": answer.text}).encode(), durable=False)
    content: bytes = answer.content
    return content


def _read_kept(path: Path) -> tuple[str | None, bytes]:
    try:
        found = json.loads(path.read_bytes())
        return str(found["etag"]), str(found["text"]).encode()
    except (OSError, ValueError, KeyError, TypeError):
        return None, b""


@cache
def _client() -> Any:
    import httpx

    return httpx.Client(timeout=TIMEOUT, follow_redirects=True)
