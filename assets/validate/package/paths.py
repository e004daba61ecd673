"""Which files a package may name, and how they are opened: nothing outside its folder, nothing from a
network, no archive that swells.

Descriptors and tables do not belong here. All refusals are `Unreadable`, in frictionless-py's words.
"""

import bz2
import gzip
import ipaddress
import lzma
import re
import zipfile
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import urlsplit

from assets.validate.tables import Unreadable

PLAIN_SIZE = 64 * 2**20  # an archive may always hold this much
LARGEST_RATIO = 200  # and beyond that so many times its own size
BLOCK = 1 << 20
COMPRESSED = {"gz": gzip.GzipFile, "bz2": bz2.BZ2File, "xz": lzma.LZMAFile}


def resolve_path(folder: Path, written: Any) -> Path:
    """The file in `folder` that a descriptor names.

    Raises `Unreadable`: for an address, an absolute path, one with `..`, a hidden folder, a variable, a
    link that leads out of the folder, or when there is no such file.
    """
    if not isinstance(written, str) or not written:
        raise Unreadable("resource-error", f'path "{written}" is not one path of text')
    if "://" in written or written.startswith("//"):
        raise Unreadable("scheme-error", address_note(written))
    parts = PurePosixPath(written).parts
    unsafe = (
        PurePosixPath(written).is_absolute()
        or PureWindowsPath(written).drive
        or "\\" in written
        or "\x00" in written
        or ".." in parts
        or any(part.startswith((".", "~")) for part in parts)
        or re.search(r"\$\w|\$\{|%\w+%", written)
    )
    if unsafe:
        raise Unreadable("resource-error", f'path "{written}" is not safe')
    root, path = folder.resolve(), (folder / written).resolve()
    if not path.is_relative_to(root):
        raise Unreadable("resource-error", f'path "{written}" is not safe: it leads out of the package')
    if not path.is_file():
        raise Unreadable("scheme-error", f'there is no file "{written}" in the package')
    return path


def address_note(address: str) -> str:
    """Why an address is not read; one of an internal machine is said to be so."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return f'"{address}" is no address'
    internal = host in ("", "localhost") or host.endswith((".localhost", ".local", ".internal"))
    try:
        internal = internal or not ipaddress.ip_address(host).is_global
    except ValueError:
        internal = internal or "." not in host
    if internal:
        return f'"{address}" is an internal address; it is refused'
    return f'"{address}" is not fetched; download it into the package and name its path'


def unpack_file(path: Path, written: str, target: Path, inner: str | None = None) -> Path:
    """The file itself, or what a compressed one holds, written below `target`; the name loses its last
    ending.

    Raises `Unreadable` when the archive is damaged, holds more than it should, or has names that lead out.
    """
    ending = written.rpartition(".")[2].lower()
    if ending not in (*COMPRESSED, "zip"):
        return path
    plain = target / path.name.rpartition(".")[0]
    try:
        if ending == "zip":
            with zipfile.ZipFile(path) as archive:
                name = inner or only_member(archive)
                with archive.open(safe_member(name)) as source:
                    copy_bounded(source, target / PurePosixPath(name).name, path, allowance(path))
            return target / PurePosixPath(name).name
        with COMPRESSED[ending](path) as source:
            copy_bounded(source, plain, path, allowance(path))
    except (OSError, EOFError, KeyError, zipfile.BadZipFile, lzma.LZMAError, RuntimeError) as error:
        raise Unreadable("compression-error", f"{written}: {error}") from error
    return plain


def unpack_package(path: Path, target: Path) -> None:
    """Writes all files of a zipped package below `target`. Raises `Unreadable` as `unpack` does."""
    try:
        with zipfile.ZipFile(path) as archive:
            room = allowance(path)
            for member in archive.infolist():
                if member.is_dir():
                    continue
                file = target / safe_member(member.filename)
                file.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source:
                    room -= copy_bounded(source, file, path, room)
    except (OSError, EOFError, zipfile.BadZipFile, RuntimeError) as error:
        raise Unreadable("compression-error", f"{path.name}: {error}") from error


def only_member(archive: zipfile.ZipFile) -> str:
    """The name of the one file in an archive."""
    names = [member.filename for member in archive.infolist() if not member.is_dir()]
    if len(names) != 1:
        raise Unreadable("compression-error", f"the archive holds {len(names)} files; one is expected")
    return names[0]


def safe_member(name: str) -> str:
    """A name within an archive, when it stays within."""
    parts = PurePosixPath(name).parts
    if PurePosixPath(name).is_absolute() or ".." in parts or "\\" in name or PureWindowsPath(name).drive:
        raise Unreadable("compression-error", f'the archive holds "{name}", which leads out of it')
    return name


def allowance(archive: Path) -> int:
    """How many bytes an archive may hold."""
    return max(PLAIN_SIZE, LARGEST_RATIO * archive.stat().st_size)


def copy_bounded(source: Any, target: Path, archive: Path, room: int) -> int:
    """Copies an archive's content to `target`, returns its size, and stops when there is no room for it."""
    copied = 0
    with target.open("wb") as file:
        while block := source.read(BLOCK):
            copied += len(block)
            if copied > room:
                raise Unreadable(
                    "compression-error",
                    f"{archive.name} holds more than {allowance(archive):,} bytes; refused",
                )
            file.write(block)
    return copied
