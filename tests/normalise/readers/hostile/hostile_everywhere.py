"""What a hostile input is, and those that no reader of text may take. Those of one format stand in
`hostile_statistics` and `hostile_registers`, checking in `test_hostile_input`.
"""

import gzip
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

MB = 1_000_000
BIG = "x" * (10 * MB)
DEEP = 1_000_000
BOMB = "packs so well"


class Hostile(NamedTuple):
    """One input: for which reader, what it is, how it is made, what the refusal says (regular expression)."""

    reader: str
    what: str
    make: Callable[[], bytes]
    words: str | None


@cache
def gzip_bomb() -> bytes:
    return gzip.compress(bytes(300 * MB), 9) * 2  # two members: one stream


def everywhere() -> Iterator[Hostile]:
    """What no reader of text may take."""
    texts = (
        "json-stat",
        "tsv",
        "sdmx-csv",
        "px",
        "pxweb-json",
        "pxweb-csv",
        "delimited",
        "cordis-csv",
        "cordis-xml",
        "map-json",
        "area-shares",
    )
    for reader in (*texts, "nuts-workbook"):
        yield Hostile(reader, "nothing", lambda: b"", "empty|no element found|no project")
        yield Hostile(reader, "a gzip bomb", gzip_bomb, f"{BOMB}|a NUL byte")
        yield Hostile(
            reader,
            "gzip in gzip",
            lambda: gzip.compress(gzip.compress(b"x")),
            "gzip in gzip|0x8b|no valid|NUL|cut off",
        )
        yield Hostile(
            reader, "gzip cut off", lambda: gzip.compress(b"x" * 1000)[:-9], "gzip: the stream is cut off"
        )
        yield Hostile(reader, "NUL bytes", lambda: bytes(10 * MB), "NUL|empty|no valid JSON|no PX keyword")
        yield Hostile(
            reader,
            "a line without end",
            lambda: b"x" * (20 * MB),
            r"header|keyword|no valid JSON|cut off|XML",
        )
        yield Hostile(reader, "a page", lambda: b"<!DOCTYPE html><html>" + b"<p>" * 5 * MB, "HTML|DOCTYPE")
        if reader not in ("cordis-xml",):
            yield Hostile(reader, "entities", lambda: LAUGHS, "XML message|document type|DOCTYPE")


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "'
    + "ha" * 1000
    + '">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 100}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><project><id>&i;</id></project>"
).encode()
