"""The tables of the bundle's first releases keep their bytes, whatever moves in the code that makes them.

`released_hashes.csv` was recorded before the modules moved to their rooms. A line of it changes only with a
change of the data that `CHANGELOG.md` explains.
"""

import csv
import hashlib
from pathlib import Path

import pytest

RECORDED = Path(__file__).with_name("released_hashes.csv")


@pytest.mark.usefixtures("extent")
def test_the_tables_are_the_bytes_that_were_recorded(published: Path, published_names: list[str]) -> None:
    with RECORDED.open(encoding="utf-8", newline="") as lines:
        recorded = {row["path"]: row["sha256"] for row in csv.DictReader(lines)}
    now = {
        str(path.relative_to(published)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in published.glob("*/*.csv")
    }
    expected = {name: sha256 for name, sha256 in recorded.items() if name.split("/")[0] in published_names}
    assert expected and {name: now.get(name) for name in expected} == expected
