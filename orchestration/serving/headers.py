"""What is said of a file in the answer's headers: media type, how long it keeps, its tag, who may read it.

docs/serving.md has the table, docs/nginx.conf says the same for nginx, and one set of tests holds both to it.
"""

import os
from collections.abc import Mapping
from email.utils import formatdate
from pathlib import PurePosixPath

from assets.files import hash_chunks, read_chunks
from assets.publish.release.layout import is_version
from orchestration.serving.addresses import OpenFile

MEDIA_TYPES: Mapping[str, str] = {
    ".atom": "application/atom+xml",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8; header=present",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".md": "text/markdown; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".rdf": "application/rdf+xml",
    ".sql": "application/sql",
    ".svg": "image/svg+xml",
    ".ttl": "text/turtle; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
}
OTHER = "application/octet-stream"
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"  # kept by whoever wants to, asked for again each time: 304 when nothing changed
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
EVERYWHERE: Mapping[str, str] = {  # on every answer, errors too
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Length, Content-Range, ETag, Accept-Ranges",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": POLICY,
}
PREFLIGHT: Mapping[str, str] = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Range, If-Range, If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}
KNOWN_AT_MOST = 100_000

Tags = dict[tuple[int, int, int, int, int], str]  # device, inode, size and times of a file -> its tag


def file_headers(file: OpenFile, tags: Tags) -> dict[str, str]:
    """The headers of one file. `tags` remembers those of files that were read before."""
    parts = PurePosixPath(file.name).parts
    versioned = len(parts) > 2 and is_version(parts[1])
    return {
        "Content-Type": MEDIA_TYPES.get(PurePosixPath(file.name).suffix, OTHER),
        "Cache-Control": IMMUTABLE if versioned else REVALIDATE,
        "ETag": content_tag(file, tags),
        "Last-Modified": formatdate(file.facts.st_mtime, usegmt=True),
        "Content-Length": str(file.facts.st_size),
    }


def content_tag(file: OpenFile, tags: Tags) -> str:
    """The strong entity tag: the SHA-256 of the bytes, which for a table is the hash in its descriptor.

    Read once per file: published files are replaced and never written over.
    """
    facts = file.facts
    key = (facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)
    if key not in tags:
        if len(tags) >= KNOWN_AT_MOST:
            tags.clear()
        with os.fdopen(os.dup(file.descriptor), "rb") as content:
            tags[key] = f'"{hash_chunks(read_chunks(content))[0]}"'
    return tags[key]
