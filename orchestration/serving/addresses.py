"""Which file or page an address of the published tree means, and which addresses mean nothing.

A file is opened here once and answered from that descriptor, so that a run that replaces it meanwhile cannot
mix two releases in one answer. What is said of the file belongs to `headers`.
"""

import errno
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from assets.descriptor import LANGUAGES
from assets.publish.release.layout import DESCRIPTOR, is_version

INDEX = "index.html"
IN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
IN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # without waiting for a pipe's other end
NOT_THERE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENXIO}


class OpenFile(NamedTuple):
    """A file of the tree, open for reading; whoever gets it closes it."""

    name: str  # path inside the tree
    descriptor: int
    facts: os.stat_result


def split_address(path: str) -> list[str] | None:
    """The names in a decoded path (`/fi/index.html`); None for one that no published file can have.

    Names that begin with a dot are the run's own (lock, half-written files, records), or lead out of the
    folder.
    """
    names = path.removeprefix("/").split("/")
    if names[-1] == "":
        names.pop()
    return names if all(is_name(name) for name in names) else None


def is_name(name: str) -> bool:
    """Whether a published file or folder can be called so."""
    return (
        name.isprintable()
        and not name.startswith(".")
        and "\\" not in name
        and 1 <= len(name.encode()) <= 255
    )


def open_file(out: Path, names: Sequence[str]) -> OpenFile | None:
    """The regular file under `names` in the tree, opened without following any link below `out`.

    None where there is none, and inside a version folder that is not complete yet. `names` is not empty.
    Raises `OSError` where the file is there and cannot be opened.
    """
    if len(names) > 2 and is_version(names[1]) and not out.joinpath(*names[:2], DESCRIPTOR).is_file():
        return None
    try:
        folder = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for name in names[:-1]:
                folder, left = os.open(name, IN_FOLDER, dir_fd=folder), folder
                os.close(left)
            descriptor = os.open(names[-1], IN_FILE, dir_fd=folder)
        finally:
            os.close(folder)
    except OSError as error:
        if error.errno in NOT_THERE:
            return None
        raise
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        os.close(descriptor)
        return None
    return OpenFile("/".join(names), descriptor, facts)


def is_folder(out: Path, names: Sequence[str]) -> bool:
    """Whether `names` lead to a folder of the tree, without following a link."""
    paths = [out.joinpath(*names[: count + 1]) for count in range(len(names))]
    return all(path.is_dir() and not path.is_symlink() for path in paths)


def page_of(out: Path, names: Sequence[str], languages: Sequence[str]) -> str | None:
    """The address, inside the tree, that shows what the identifier of a dataset or of a release stands for.

    A dataset has its page in the first of `languages` that the site has; a release has its descriptor.
    """
    if not 1 <= len(names) <= 2 or not out.joinpath(*names, DESCRIPTOR).is_file():
        return None
    if len(names) == 2:
        return f"{names[0]}/{names[1]}/{DESCRIPTOR}"
    pages = [f"{language}/dataset/{names[0]}.html" for language in languages]
    return next((page for page in pages if (out / page).is_file()), f"{names[0]}/{DESCRIPTOR}")


def preferred_languages(accepted: str) -> list[str]:
    """The site's languages, those that an `Accept-Language` header prefers first, then English."""
    wanted: dict[str, float] = {}
    for part in accepted.split(","):
        tag, _, weight = part.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            quality = 0
        language = tag.strip().lower().split("-")[0]
        if language in LANGUAGES and quality > 0:
            wanted[language] = max(quality, wanted.get(language, 0))
    return [*sorted(wanted, key=lambda language: -wanted[language]), "en", *LANGUAGES]
