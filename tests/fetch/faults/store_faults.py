"""What happens to a store between two runs, by the names of the second table in `docs/fetching.md`."""

import shutil
from collections.abc import Callable
from pathlib import Path

TABLE = Path("eurostat", "nama_10r_3gdp")
Harm = Callable[[Path], Path]  # of the store: does it, and says which file or folder


def flip(path: Path, at: int | None = None) -> Path:
    """Another bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2 if at is None else at] ^= 1
    path.write_bytes(content)
    return path


def blob(store: Path) -> Path:
    """The file that the live answer is in."""
    return next(path for path in (store / TABLE / "data").iterdir() if path.suffix == ".gz")


def set_file(store: Path) -> Path:
    """The file that says that it is a whole answer."""
    return next((store / TABLE).glob("*.set.json"))


def lose_snapshot(store: Path) -> Path:
    found = blob(store)
    found.unlink()
    return found


def lose_set(store: Path) -> Path:
    found = set_file(store)
    found.unlink()
    return found


def lose_store(store: Path) -> Path:
    shutil.rmtree(store.parent)
    return store


def flip_provenance(store: Path) -> Path:
    record = blob(store)
    record = record.with_name(f"{record.name}.json")
    return flip(record, record.read_bytes().index(b'"updated": "2026') + 15)


STORE_FAULTS: dict[str, Harm] = {
    "a snapshot missing": lose_snapshot,
    "a set missing": lose_set,
    "the store lost": lose_store,
    "a flipped bit in a snapshot": lambda store: flip(blob(store)),
    "a flipped bit in a provenance": flip_provenance,
    "a flipped bit in a set": lambda store: flip(set_file(store)),
}

OWN_TESTS = {  # rows of the table that have a test of their own
    "a clock that is wrong": "faults.test_withdrawn_answers.test_a_clock_that_is_wrong_decides_nothing",
    "an input without a date that lacks rows": "test_undated.test_an_input_without_a_date_shows_by_its_rows",
    "a wrong answer that is withdrawn": "faults.test_withdrawn_answers.test_the_corrected_answer_is_taken",
    "one programme in another unit": "test_one_programme.test_a_programme_in_another_unit_waits",
}
