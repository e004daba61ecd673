"""CORDIS's archives: a member by its base name, whatever the folder, opened with suspicion.

Opening and unpacking belongs here; what a member holds belongs to `cordis` and `xml`. Nothing is ever
written to a disk, so that a name can do no harm, but a hostile one is a sign that the file is not CORDIS's.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from assets.errors import SourceError
from assets.normalise.readers.cordis.csv import read_cordis_csv
from assets.normalise.readers.cordis.xml import read_cordis_xml
from assets.normalise.readers.source_table import SourceTable, source_name

MOST_BYTES = 2_000_000_000  # unpacked, per member; the largest seen has 0.3 GB
MOST_RATIO = 200  # unpacked to packed, above the first megabyte; CORDIS's text has 3 to 20
MOST_MEMBERS = 200_000
_CHUNK = 1 << 20
_LOCAL = struct.Struct("<4s5H3I2H")  # a member's own header (APPNOTE 4.3.7)
_BETWEEN = (0, 12, 16, 20, 24)  # bytes from a member to the next: nothing, or sizes and checksum behind it
_MEMBER, _ENTRY, _BEHIND = b"PK\x03\x04", b"PK\x01\x02", b"PK\x07\x08"  # headers: own, directory's, behind


class Member(NamedTuple):
    """A member of an archive: its name, its packed bytes, and how they are packed (0 stored, 8 deflated)."""

    name: str
    packed: bytes
    method: int
    crc: int | None  # None where the archive does not say it in front of the bytes


def read_cordis_zip(source: Path | bytes, member: str, repair: bool = False) -> SourceTable:
    """Read a table from a CORDIS archive: `<member>.csv` at any depth, or else all its `.xml` records.

    Columns and metadata as `read_cordis_csv` and `read_cordis_xml` give them, and `directory`: `read`, or
    `rebuilt` where the archive's directory is broken and its members were found by their own headers.
    Raises `SourceError` where the member is not there or there twice, for names that lead out of the archive,
    for encryption, damaged bytes, records that may be lost, and for what unpacks to more than `MOST_BYTES` or
    `MOST_RATIO`.
    """
    name = source_name(source)
    members, directory = list_members(source)
    wanted = [found for found in members if PurePosixPath(found.name).name == f"{member}.csv"]
    if len(wanted) > 1:
        raise SourceError(name, wanted[1].name, f"{member}.csv is there more than once")
    if wanted:
        label = f"{name}/{wanted[0].name}"
        try:
            table = read_cordis_csv(unpack_member(wanted[0], name), repair=repair)
        except SourceError as error:
            raise SourceError(label, error.where, error.problem) from error
    else:
        records = [found for found in members if found.name.endswith(".xml")]
        if not records:
            shown = ", ".join(found.name for found in members[:8])
            raise SourceError(name, "", f"no {member}.csv and no XML records in the archive; it has {shown}")
        if directory == "rebuilt":
            _refuse_lost_records(source, members, name)
        most = max(_CHUNK, _archive_size(source) * MOST_RATIO)
        table = read_cordis_xml(
            _within(most, (unpack_member(found, name) for found in records), name), member
        )
    return SourceTable(table.frame, {**table.metadata, "directory": directory})


def _archive_size(source: Path | bytes) -> int:
    return len(source) if isinstance(source, bytes) else source.stat().st_size


def _refuse_lost_records(source: Path | bytes, members: list[Member], name: str) -> None:
    """Raise where the directory is broken and a record could be missing without a word: a member is none, or
    there are not as many members as what is left of the directory has entries.
    """
    content = source if isinstance(source, bytes) else source.read_bytes()
    other = next((member.name for member in members if not member.name.endswith(".xml")), None)
    if other is not None or len(members) != content.count(_ENTRY):
        message = f"{other!r} is no record" if other is not None else "it has not as many entries as members"
        problem = f"its directory is broken and {message}: records may be lost; fetch it again"
        raise SourceError(name, "", problem)


def _within(most: int, records: Iterable[bytes], name: str) -> Iterator[bytes]:
    """The records, as long as all together are below `most` bytes: many names may stand for the same packed
    bytes.
    """
    total = 0
    for record in records:
        total += len(record)
        if total > most:
            raise SourceError(name, "", f"its records unpack to more than {most} bytes: refused as a bomb")
        yield record


def list_members(source: Path | bytes) -> tuple[list[Member], str]:
    """The members of an archive, folders left out, packed as they are; and `read` or `rebuilt`."""
    name = source_name(source)
    content = source if isinstance(source, bytes) else source.read_bytes()
    directory = "read"
    try:
        members = list(_from_directory(content, name))
    except (zipfile.BadZipFile, NotImplementedError, OSError, struct.error):
        directory, members = "rebuilt", list(_from_headers(content, name))
    if not members:
        raise SourceError(name, "", "no zip archive, or an empty one; fetch it again")
    for member in members:
        parts = PurePosixPath(member.name).parts
        if ".." in parts or member.name.startswith("/") or ":" in member.name:
            raise SourceError(name, repr(member.name), "a name that leads out of the archive")
    return members, directory


def unpack_member(member: Member, archive: str) -> bytes:
    """The bytes of a member, unpacked in steps and stopped at the limits; its checksum must be right."""
    if member.method not in (0, 8):
        raise SourceError(archive, member.name, f"packed by method {member.method}; only deflate is read")
    unpacked, size, chunk = list[bytes](), 0, b""
    packer = zlib.decompressobj(-15) if member.method == 8 else None
    most = min(MOST_BYTES, max(_CHUNK, len(member.packed) * MOST_RATIO))
    rest = member.packed
    try:
        while rest or (packer and chunk and not packer.eof):
            chunk = packer.decompress(rest, _CHUNK) if packer else rest
            rest = packer.unconsumed_tail if packer else b""
            size += len(chunk)
            unpacked.append(chunk)
            if size > most:
                problem = f"unpacks to more than {most} bytes from {len(member.packed)}: refused as a bomb"
                raise SourceError(archive, member.name, problem)
    except zlib.error as error:
        raise SourceError(archive, member.name, f"damaged ({error}); fetch it again") from error
    content = b"".join(unpacked)
    if (packer and not packer.eof) or (member.crc is not None and zlib.crc32(content) != member.crc):
        raise SourceError(archive, member.name, "cut off or damaged (its checksum is wrong); fetch it again")
    return content


def _from_directory(content: bytes, name: str) -> Iterator[Member]:
    """The members by the directory. Each must begin where the one before it ends, and have the name that its
    own header says: else a single damaged byte could hide one.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries, end = archive.infolist(), archive.start_dir
    if len(entries) > MOST_MEMBERS:
        raise SourceError(name, "", f"{len(entries)} members; at most {MOST_MEMBERS} are read")
    if sum(entry.compress_size for entry in entries) > len(content):
        raise SourceError(name, "", "its members overlap: refused as a bomb")
    at = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.flag_bits & 1:
            raise SourceError(name, entry.filename, "encrypted; CORDIS's archives are not")
        header = _LOCAL.unpack_from(content, entry.header_offset)
        begin = entry.header_offset + _LOCAL.size + header[9] + header[10]
        own = content[entry.header_offset + _LOCAL.size : begin - header[10]]
        named = own.decode("utf-8" if header[2] & 0x800 else "cp437", "replace") == entry.orig_filename
        if (
            header[0] != _MEMBER
            or not named
            or entry.header_offset - at not in ((0,) if not at else _BETWEEN)
        ):
            raise zipfile.BadZipFile("the directory points to no member, or leaves one out")
        at = begin + entry.compress_size
        if at > end:
            raise zipfile.BadZipFile("the directory points beyond the file")
        if not entry.is_dir():
            packed = content[begin:at]
            yield Member(entry.filename.replace("\\", "/"), packed, entry.compress_type, entry.CRC)
    if end - at not in _BETWEEN:
        raise zipfile.BadZipFile("the directory leaves a member out")


def _from_headers(content: bytes, name: str) -> Iterator[Member]:
    """The members by their own headers, one after the other, as far as the file goes.

    One historic archive of CORDIS had a broken directory that strict readers refused. A member whose sizes
    stand behind its bytes (flag 3) ends where its deflated stream ends.
    """
    position, count = content.find(_MEMBER), 0
    while position >= 0 and position + _LOCAL.size <= len(content):
        header = _LOCAL.unpack_from(content, position)
        flags, method, crc, size, name_size, extra_size = (
            header[2],
            header[3],
            header[6],
            header[7],
            *header[9:],
        )
        count += 1
        if header[0] != _MEMBER or count > MOST_MEMBERS:
            break
        begin = position + _LOCAL.size + name_size + extra_size
        label = content[position + _LOCAL.size : begin - extra_size].decode("utf-8", "replace")
        if flags & 1:
            raise SourceError(name, label, "encrypted; CORDIS's archives are not")
        known = not flags & 8
        if not known:
            size = _deflated_size(content, begin, name, label)
            behind = content[begin + size : begin + size + 8]
            known = behind[:4] == _BEHIND and len(behind) == 8
            crc = int.from_bytes(behind[4:], "little")
        packed = content[begin : begin + size]
        if packed or not label.endswith("/"):
            yield Member(label.replace("\\", "/"), packed, method, crc if known else None)
        position = content.find(_MEMBER, begin + size)


def _deflated_size(content: bytes, begin: int, name: str, label: str) -> int:
    packer = zlib.decompressobj(-15)
    try:
        position, unpacked = begin, 0
        while not packer.eof and position < len(content):
            rest = content[position : position + _CHUNK]
            position += len(rest)
            while rest and not packer.eof:
                unpacked += len(packer.decompress(rest, _CHUNK))
                rest = packer.unconsumed_tail
                if unpacked > max(_CHUNK, (position - begin) * MOST_RATIO):
                    raise SourceError(name, label, "unpacks to too many bytes: refused as a bomb")
    except zlib.error as error:
        raise SourceError(name, label, f"damaged ({error}); fetch it again") from error
    return position - len(packer.unused_data) - begin
