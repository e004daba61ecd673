"""Headers of HTTP: how long to wait, what asks for news only, what shows that a file is the same.

Reading and writing single headers belongs here; what is done with them belongs to `http`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from assets.fetch.http.partials import Partial


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that `Retry-After` asks for, as a number or a date."""
    header = headers.get("retry-after", "").strip()
    if header.isascii() and header.isdigit():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def conditions(cached: Mapping[str, str], partial: Partial) -> dict[str, str]:
    """The headers that ask for what is new, and for the rest of what there is already."""
    headers = {}
    if "etag" in cached:
        headers["If-None-Match"] = cached["etag"]
    if "last-modified" in cached:
        headers["If-Modified-Since"] = cached["last-modified"]
    if partial.validator:
        headers |= {"Range": f"bytes={partial.size}-", "If-Range": partial.validator}
    return headers


def is_same(cached: Mapping[str, str], found: Mapping[str, str]) -> bool:
    """A server without conditional requests that would send the same file again, by its date and length.

    An ETag alone is not believed: one that stays while the file changes would hide every change.
    """
    if "etag" in cached and "etag" in found and cached["etag"] != found["etag"]:
        return False
    names = ("last-modified", "content-length")
    return all(name in cached and cached[name] == found.get(name) for name in names)


def is_rest(content_range: str, begin: int) -> bool:
    """Whether `Content-Range` says: all bytes from `begin` to the end."""
    bounds = re.fullmatch(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})", content_range.strip(), re.ASCII)
    return bounds is not None and int(bounds[1]) == begin and int(bounds[2]) + 1 == int(bounds[3])
