"""The keywords of a PX file: `KEYWORD[language]("subject",…)=value;` up to `DATA=`. What they mean does not
belong here.
"""

import codecs
import re
from typing import NamedTuple

from assets.errors import SourceError
from assets.normalise.readers.text_checks import UTF8_BOM, line_of, one_line

ENTRY = re.compile(
    rb'\s*+([A-Za-z0-9_-]++)\s*+(?:\[([^\]"=;]*+)\]\s*+)?(?:\(\s*+("[^"]*+"(?:\s*+,?\s*+"[^"]*+")*+)\s*+\)\s*+)?=\s*+'
)
VALUE = re.compile(rb'((?:[^";]++|"[^"]*+")*+);')
STRING = re.compile(r'"([^"]*)"')
STRINGS = re.compile(r'\s*+("[^"]*+"(?:\s++"[^"]*+")*+)\s*+(,|$)')
CODEPAGE = re.compile(rb'(?:^|;)\s*CODEPAGE\s*=\s*"([^"]*)"', re.MULTILINE | re.IGNORECASE)
CHARSET = re.compile(rb'(?:^|;)\s*CHARSET\s*=\s*"ANSI"', re.MULTILINE | re.IGNORECASE)
TEXT_CODECS = re.compile(
    r"cp\d+|iso8859-\d+|utf-8|ascii|koi8-[rut]|mac-\w+|gb\w+|big5\w*|euc_\w+|shift_jis\w*"
)
MOST_HEADER_BYTES = 256 * 1024 * 1024


class Keyword(NamedTuple):
    """One entry: `KEYWORD[language]("subject",…)=` and its value as it stands, without the `;`."""

    name: str
    language: str | None
    subjects: tuple[str, ...]
    value: str
    line: int


def read_keywords(content: bytes, name: str) -> tuple[list[Keyword], int, str, str | None]:
    """All keywords before `DATA`, the offset of the first byte of data, the encoding used, and the one
    declared.

    Raises `SourceError` with the line: no `DATA=`, a line that is no keyword, a string without end, an
    unknown code page, bytes that are not in it.
    """
    encoding, declared = find_encoding(content, name)
    entries: list[Keyword] = []
    at = len(UTF8_BOM) if content.startswith(UTF8_BOM) else 0
    line, counted = 1, 0
    while True:
        entry = ENTRY.match(content, at)
        if not entry:
            raise _no_keyword(content, at, name)
        if entry[1].upper() == b"DATA":
            return entries, entry.end(), encoding, declared
        value = VALUE.match(content, entry.end())
        if not value or value.end() > MOST_HEADER_BYTES:
            where = f"line {line_of(content, entry.start(1))}"
            raise SourceError(
                name, where, f"{entry[1].decode()} has no end (`;`); the file is cut off or damaged"
            )
        line, counted = line + content.count(b"\n", counted, entry.start(1)), entry.start(1)
        entries.append(_keyword(entry, value[1], encoding, line, name))
        at = value.end()


def find_encoding(content: bytes, name: str) -> tuple[str, str | None]:
    """The encoding to read with and the one that `CODEPAGE` declares (null if none).

    Without `CODEPAGE` a file with `CHARSET="ANSI"` is windows-1252, another one code page 850 (PX file
    format, "CHARSET"). Where a single-byte page is declared but the header is UTF-8 throughout, as PxWeb
    servers answer, it is read as UTF-8: text of a single-byte page does not come out as UTF-8 by chance.
    """
    end = content.find(b"\nDATA=")
    header = content[: end if end >= 0 else len(content)]
    found = CODEPAGE.search(header)
    declared = found[1].decode("ascii", "replace") if found else None
    if header.startswith(UTF8_BOM):
        return "utf-8", declared
    if not header.isascii():
        try:
            header.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return "utf-8", declared
    if declared is None:
        return ("windows-1252" if CHARSET.search(header) else "cp850"), None
    try:
        codec = codecs.lookup(declared.replace("ISO8859", "ISO-8859")).name
    except (LookupError, ValueError):
        codec = ""
    if not TEXT_CODECS.fullmatch(codec):
        raise SourceError(name, "CODEPAGE", f"the code page `{one_line(declared, 40)}` is not known")
    return codec, declared


def string_list(entry: Keyword, name: str) -> list[str]:
    """The value as a list of strings; parts with blanks or line ends and no comma between them are one, cut
    into lines.

    Raises `SourceError` with the line where the value is no such list: so where a quote is doubled, which PX
    does not know.
    """
    texts: list[str] = []
    at, more = 0, True
    while more:
        found = STRINGS.match(entry.value, at)
        if not found:
            problem = f"{entry.name} is no list of quoted strings: `{one_line(entry.value[at:], 40)}`"
            raise SourceError(name, f"line {entry.line}", problem)
        texts.append("".join(STRING.findall(found[1])))
        if "\n" in texts[-1] or "\r" in texts[-1]:
            raise SourceError(name, f"line {entry.line}", f"a line end inside a string of {entry.name}")
        at, more = found.end(), found[2] == ","
    return texts


def text_of(entry: Keyword) -> str:
    """The value as one text: its strings joined, or the bare word."""
    return "".join(STRING.findall(entry.value)) if '"' in entry.value else entry.value.strip()


def _keyword(entry: re.Match[bytes], value: bytes, encoding: str, line: int, name: str) -> Keyword:
    try:
        subjects = entry[3].decode(encoding) if entry[3] else ""
        text = value.decode(encoding)
    except UnicodeDecodeError as error:
        problem = f"0x{error.object[error.start]:02x} is not {encoding} text"
        raise SourceError(name, f"line {line}", problem) from error
    language = entry[2].decode("ascii", "replace").strip() if entry[2] else None
    return Keyword(entry[1].decode().upper(), language, tuple(STRING.findall(subjects)), text, line)


def _no_keyword(content: bytes, at: int, name: str) -> SourceError:
    rest = content[at : at + 200].strip()
    where = f"line {line_of(content, at + len(content[at:]) - len(content[at:].lstrip()))}"
    if not rest:
        return SourceError(name, where, "the file ends before DATA=; it is cut off or no PX file")
    return SourceError(name, where, f"no PX keyword but `{one_line(rest, 60)}`")
