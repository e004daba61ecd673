"""Archives that were downloaded: members by base name, unpacked to disk in steps, with suspicion.

Finding and unpacking belongs here, also where the archive's directory is broken or an archive lies in an
archive. What a member holds belongs to `normalise`.
"""

import mmap
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

from assets.fetch.errors import BadArchive, CutOff

MOST_BYTES = 4_000_000_000  # unpacked, per member
MOST_RATIO = 200  # unpacked to packed, above the first megabyte
MOST_MEMBERS = 200_000
_CHUNK = 1 << 20
_LOCAL = struct.Struct("<4s5H3I2H")  # a member's own header (APPNOTE 4.3.7)


class RemoteMember(NamedTuple):
    """Where a member's packed bytes are in the archive, and what they must unpack to."""

    name: str
    begin: int
    size: int
    method: int  # 0 stored, 8 deflated
    crc: int | None  # None where the archive does not say it in front of the bytes


def unpack_members(archive: Path, wanted: list[str], folder: Path, where: str) -> dict[str, Path]:
    """The members `<name>.csv` for `wanted` (empty: all CSV members) as files in `folder`, by name.

    Nested archives are looked into, one level deep, for what is not found outside. Raises `BadArchive` for
    names that lead out, members twice or missing, encryption, damage, and what unpacks to too much; `CutOff`
    where the archive ends too early.
    """
    found = _unpack(archive, wanted, folder, where)
    missing = [name for name in wanted if name not in found]
    if missing or not found:
        for nested in _unpack(archive, [], folder, where, suffix=".zip").values():
            inside = _unpack(nested, missing, folder, f"{where}/{nested.name}")
            found |= {name: path for name, path in inside.items() if name not in found}
            nested.unlink()
        missing = [name for name in wanted if name not in found]
    if missing or not found:
        shown = ", ".join(sorted(member.name for member in find_members(archive, where))[:8])
        raise BadArchive(f"{where}: no {', '.join(missing) or 'CSV'} in the archive; it has {shown}")
    return found


def _unpack(
    archive: Path, wanted: list[str], folder: Path, where: str, suffix: str = ".csv"
) -> dict[str, Path]:
    found: dict[str, Path] = {}
    with archive.open("rb") as file:
        for member in find_members(archive, where):
            name = PurePosixPath(member.name)
            if name.suffix.lower() != suffix or (wanted and name.stem not in wanted):
                continue
            if name.stem in found:
                raise BadArchive(f"{where}: {name.name} is in the archive more than once")
            found[name.stem] = folder / f"{archive.stem}-{name.name}"
            _write(file, member, found[name.stem], f"{where}/{member.name}")
    return found


def _write(archive: BinaryIO, member: RemoteMember, target: Path, where: str) -> None:
    if member.method not in (0, 8):
        raise BadArchive(f"{where}: packed by method {member.method}; only deflate is read")
    most = min(MOST_BYTES, max(_CHUNK, member.size * MOST_RATIO))
    crc, size = 0, 0
    try:
        with target.open("wb") as file:
            for chunk in _chunks(archive, member):
                crc, size = zlib.crc32(chunk, crc), size + len(chunk)
                if size > most:
                    raise BadArchive(f"{where}: unpacks to more than {most} bytes: refused as a bomb")
                file.write(chunk)
    except zlib.error as error:
        raise BadArchive(f"{where}: damaged ({error}); fetch it again") from error
    if member.crc is not None and crc != member.crc:
        raise BadArchive(f"{where}: its checksum is wrong; fetch it again")


def _chunks(archive: BinaryIO, member: RemoteMember) -> Iterator[bytes]:
    packer = zlib.decompressobj(-15) if member.method == 8 else None
    archive.seek(member.begin)
    for at in range(0, member.size, _CHUNK):
        rest = archive.read(min(_CHUNK, member.size - at))
        if packer is None:
            yield rest
            continue
        while rest or not packer.eof:
            chunk = packer.decompress(rest, _CHUNK)
            rest = packer.unconsumed_tail
            yield chunk
            if not rest and len(chunk) < _CHUNK:
                break
    if packer is not None and not packer.eof:
        raise zlib.error("cut off")


def find_members(archive: Path, where: str) -> list[RemoteMember]:
    """The members by the directory, or by their own headers where that is broken; folders left out. Raises
    as `unpack_members`, of what can be seen without unpacking.
    """
    try:
        members = _by_directory(archive, where)
    except (zipfile.BadZipFile, NotImplementedError, OSError, struct.error, ValueError):
        members = _by_headers(archive, where)
    for member in members:
        if ".." in PurePosixPath(member.name).parts or member.name.startswith("/") or ":" in member.name:
            raise BadArchive(f"{where}: the name {member.name!r} leads out of the archive")
    if not members:
        raise BadArchive(f"{where}: an empty archive")
    return members


def _by_directory(archive: Path, where: str) -> list[RemoteMember]:
    with zipfile.ZipFile(archive) as opened:
        entries = opened.infolist()
    if len(entries) > MOST_MEMBERS:
        raise BadArchive(f"{where}: {len(entries)} members; at most {MOST_MEMBERS} are read")
    members = []
    with archive.open("rb") as file:
        length = archive.stat().st_size
        for entry in entries:
            if entry.is_dir():
                continue
            if entry.flag_bits & 1:
                raise BadArchive(f"{where}: {entry.filename} is encrypted")
            file.seek(entry.header_offset)
            header = _LOCAL.unpack(file.read(_LOCAL.size))
            begin = entry.header_offset + _LOCAL.size + header[9] + header[10]
            if header[0] != b"PK\x03\x04" or begin + entry.compress_size > length:
                raise zipfile.BadZipFile("the directory points to no member")
            name = entry.filename.replace("\\", "/")
            members.append(RemoteMember(name, begin, entry.compress_size, entry.compress_type, entry.CRC))
    return members


def _by_headers(archive: Path, where: str) -> list[RemoteMember]:
    """One historic archive of CORDIS had a broken directory that strict readers refused."""
    members: list[RemoteMember] = []
    with archive.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        at = content.find(b"PK\x03\x04")
        while at >= 0 and at + _LOCAL.size <= len(content) and len(members) < MOST_MEMBERS:
            header = _LOCAL.unpack(content[at : at + _LOCAL.size])
            flags, method, crc, size = header[2], header[3], header[6], header[7]
            begin = at + _LOCAL.size + header[9] + header[10]
            name = content[at + _LOCAL.size : begin - header[10]].decode("utf-8", "replace")
            if flags & 1:
                raise BadArchive(f"{where}: {name} is encrypted")
            if known := not flags & 8:
                end = begin + size
            else:  # the sizes stand behind the bytes: it ends where its deflated stream ends
                end = _deflated_end(content, begin, f"{where}/{name}")
            if end > len(content):
                raise CutOff(f"{where}: cut off in {name}; fetch it again")
            if not name.endswith("/"):
                members.append(
                    RemoteMember(name.replace("\\", "/"), begin, end - begin, method, crc if known else None)
                )
            at = content.find(b"PK\x03\x04", end)
    if not members:
        raise CutOff(f"{where}: cut off in its first member; fetch it again")
    return members


def _deflated_end(content: mmap.mmap, begin: int, where: str) -> int:
    packer, at, unpacked = zlib.decompressobj(-15), begin, 0
    try:
        while not packer.eof and at < len(content):
            rest = content[at : at + _CHUNK]
            at += len(rest)
            while rest and not packer.eof:
                unpacked += len(packer.decompress(rest, _CHUNK))
                rest = packer.unconsumed_tail
                if unpacked > max(_CHUNK, (at - begin) * MOST_RATIO):
                    raise BadArchive(f"{where}: unpacks to too many bytes: refused as a bomb")
    except zlib.error as error:
        raise BadArchive(f"{where}: damaged ({error}); fetch it again") from error
    return at - len(packer.unused_data)
