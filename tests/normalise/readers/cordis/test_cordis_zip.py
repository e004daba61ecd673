"""CORDIS's archives: members at any depth, broken directories, and archives that mean harm."""

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from assets.errors import SourceError
from assets.normalise.readers.cordis.zip import list_members, read_cordis_zip

TOPICS = b'"projectID";"topic";"title"\n"1";"T1";"One"\n"2";"T2";"Two"\n'
RECORD = "<project><id>{0}</id><relations><associations><programme type='relatedTopic'><code>T{0}</code>" \
    "</programme></associations></relations></project>"  # fmt: skip


def archive(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as writer:
        for name, content in members.items():
            writer.writestr(name, content)
    return packed.getvalue()


class Unseekable(io.RawIOBase):
    """A stream that cannot go back, so that sizes are written behind the bytes."""

    def __init__(self) -> None:
        self.content = b""

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:
        self.content += bytes(piece)
        return len(piece)


def streamed(members: dict[str, bytes]) -> bytes:
    stream = Unseekable()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as writer:
        for name, content in members.items():
            writer.writestr(name, content)
    return stream.content


def topics(content: bytes) -> list[str | None]:
    return read_cordis_zip(content, "topics").frame.collect()["topic"].to_list()


@pytest.mark.parametrize("folder", ["", "csv/", "a/b/c/", "csv\\"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_member_at_any_depth(folder: str, method: int) -> None:
    content = archive({"information.zip": b"PK", f"{folder}topics.csv": TOPICS, "xtopics.csv": b"x"}, method)
    table = read_cordis_zip(content, "topics")
    assert table.frame.collect().rows() == [("1", "T1", "One"), ("2", "T2", "Two")]
    assert table.metadata["directory"] == "read"


@pytest.mark.parametrize("make", [archive, streamed])
@pytest.mark.parametrize("damage", ["cut off", "overwritten", "pointing nowhere"])
def test_a_broken_directory_is_rebuilt(make: type, damage: str) -> None:
    content = make({"csv/": b"", "csv/project.csv": b"x" * 5000, "csv/topics.csv": TOPICS})
    start, last = content.index(b"PK\x01\x02"), content.rindex(b"PK\x01\x02")
    broken = {
        "cut off": content[:start],
        "overwritten": content[:start] + b"\0" * (len(content) - start),
        "pointing nowhere": content[: last + 42] + struct.pack("<I", 7) + content[last + 46 :],
    }[damage]
    table = read_cordis_zip(broken, "topics")
    assert table.metadata["directory"] == "rebuilt"
    assert table.frame.collect()["topic"].to_list() == ["T1", "T2"]


def test_records_where_there_is_no_csv() -> None:
    content = archive({f"xml/{number}.xml": RECORD.format(number).encode() for number in (3, 1)})
    assert topics(content) == ["T3", "T1"]


@pytest.mark.parametrize(
    "name", ["../topics.csv", "a/../../topics.csv", "/topics.csv", "C:/topics.csv", "..\\topics.csv"]
)
def test_names_that_lead_out_are_refused(name: str) -> None:
    with pytest.raises(SourceError, match="leads out of the archive"):
        topics(archive({name: TOPICS}))


def test_bombs_are_refused_in_little_memory() -> None:
    bomb = archive({"topics.csv": TOPICS + b'"3";"T3";"' + b" " * 40_000_000 + b'"\n'})
    assert len(bomb) < 60_000
    tracemalloc.start()
    for content in (bomb, bomb[: bomb.index(b"PK\x01\x02")]):
        with pytest.raises(SourceError, match="refused as a bomb"):
            topics(content)
    assert tracemalloc.get_traced_memory()[1] < 30_000_000
    tracemalloc.stop()


def test_a_bomb_whose_size_is_behind_it_is_refused() -> None:
    bomb = streamed({"topics.csv": b"0" * 20_000_000})
    with pytest.raises(SourceError, match="refused as a bomb"):
        topics(bomb[: bomb.index(b"PK\x01\x02")])


def encrypted() -> bytes:
    content = bytearray(archive({"topics.csv": TOPICS}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "no zip archive"),
        (b"not a zip", "no zip archive"),
        (archive({}), "no zip archive, or an empty one"),
        (b"<!DOCTYPE html>", "no zip archive"),
        (archive({"topics.csv": TOPICS, "csv/topics.csv": TOPICS}), "topics.csv is there more than once"),
        (
            archive({"project.csv": TOPICS}),
            "no topics.csv and no XML records in the archive; it has project.csv",
        ),
        (encrypted(), "encrypted"),
        (archive({"topics.csv": TOPICS}, zipfile.ZIP_BZIP2), "only deflate is read"),
        (archive({"topics.csv": TOPICS}, zipfile.ZIP_STORED).replace(b"One", b"Eno"), "checksum is wrong"),
        (archive({"topics.csv": TOPICS})[:70], "cut off|damaged"),
        (archive({"csv/topics.csv": TOPICS + b'"3"\n'}), "bytes/csv/topics.csv: line 4: 1 cells"),
        (archive({"a.xml": b"<project/>"}), "no project record"),
    ],
)
def test_refuses(content: bytes, problem: str) -> None:
    with pytest.raises(SourceError, match=problem):
        topics(content)


def test_a_cut_or_changed_archive_is_refused_or_whole() -> None:
    content = archive({"information.zip": b"PK" * 9, "csv/topics.csv": TOPICS})
    for at in range(len(content)):
        for damaged in (content[:at], content[:at] + b"\xff" + content[at + 1 :]):
            try:
                assert topics(damaged) == ["T1", "T2"]
            except SourceError:
                continue


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "cordis.zip"
    path.write_bytes(archive({"topics.csv": TOPICS}))
    assert [member.name for member in list_members(path)[0]] == ["topics.csv"]
    with pytest.raises(SourceError, match=r"^cordis\.zip: no project\.csv"):
        read_cordis_zip(path, "project")
