"""Damaged statistics, made in every wire format: refused with the typed error, or the cells that a plain
reading of the damaged bytes gives. Recorded files are damaged in `test_statistics_fuzz`, registers' in
`test_mutated_files`."""

import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest

from assets.errors import SourceError
from assets.normalise.readers.eurostat_tsv import read_eurostat_tsv
from assets.normalise.readers.jsonstat.dataset import read_jsonstat
from assets.normalise.readers.px.file import read_px
from assets.normalise.readers.sdmx_csv.message import read_sdmx_csv
from assets.normalise.readers.source_table import SourceTable
from tests.normalise.readers.hostile.made_mutations import damaged
from tests.normalise.readers.plain.plain_readings import (
    Cells,
    KeyTwice,
    cells_of,
    plain_jsonstat,
    plain_px,
    plain_sdmx_csv,
    plain_tsv,
)
from tests.normalise.readers.written_forms import to_jsonstat, to_px, to_sdmx_csv, to_tsv

CODES = {
    "freq": ["A"],
    "unit": ["NR", "MIO_EUR"],
    "geo": ["FI", "FI1C3", "SE", "Ä"],
    "TIME_PERIOD": ["2022", "2023", "2024"],
}
COUNT = len(list(itertools.product(*CODES.values())))
VALUES = [None if n % 7 == 3 else n * 10.5 if n % 2 else -n for n in range(COUNT)]
FLAGS = [[None, "p", None, "bu", None][n % 5] for n in range(COUNT)]
CUBE: Any = (CODES, VALUES, FLAGS)
BOM = b"\xef\xbb\xbf"
Form = tuple[bytes, bytes, Callable[[bytes], SourceTable], Callable[[bytes, dict[str, Any]], Cells]]
FORMS: dict[str, Form] = {
    "json array": (to_jsonstat(CUBE, False, 1), b",", read_jsonstat, lambda c, _: plain_jsonstat(c)),
    "json object": (to_jsonstat(CUBE, True, None), b",", read_jsonstat, lambda c, _: plain_jsonstat(c)),
    "tsv": (to_tsv(*CUBE, "\r\n"), b"\t", read_eurostat_tsv, lambda c, _: plain_tsv(c)),
    "tsv, LF": (to_tsv(*CUBE, "\n"), b"\t", read_eurostat_tsv, lambda c, _: plain_tsv(c)),
    "sdmx-csv": (
        to_sdmx_csv(*CUBE, ""), b",", read_sdmx_csv, lambda c, m: plain_sdmx_csv(c, m["dimensions"])
    ),
    "sdmx-csv, quoted": (
        to_sdmx_csv(*CUBE, '"'), b",", read_sdmx_csv, lambda c, m: plain_sdmx_csv(c, m["dimensions"])
    ),
    "px": (to_px(CODES, VALUES, "\n"), b",", read_px, lambda c, m: plain_px(c, m["encoding"])),
}  # fmt: skip


def check_damages(name: str, count: int) -> None:
    content, delimiter, read, plain = FORMS[name]
    made = random.Random(name)
    refused = 0
    for _ in range(count):
        broken = damaged(content, made, delimiter)
        try:
            table = read(broken)
        except SourceError as error:
            assert "\n" not in str(error)
            refused += 1
            continue
        text = broken.removeprefix(BOM)
        try:
            cells = cells_of(table.frame, table.metadata["dimensions"])
        except KeyTwice:
            with pytest.raises(KeyTwice):
                plain(text, table.metadata)
        else:
            assert cells == plain(text, table.metadata), broken
    assert 0 < refused < count


@pytest.mark.parametrize("name", FORMS)
def test_a_damaged_statistic_is_refused_or_read_as_it_stands(name: str) -> None:
    check_damages(name, 40)


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMS)
def test_many_damages(name: str) -> None:
    check_damages(name, 3000)
