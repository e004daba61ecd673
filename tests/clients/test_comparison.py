"""The comparison that judges the clients sees a row, a value or a column that differs."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clients.published_tables import READERS, Table, differences

sys.path.append(str(READERS))
from columns import write_columns

TYPES = {"geo": "string", "obs_value": "number", "is_new": "boolean"}
FOUND: dict[str, list[Any]] = {
    "geo": ['a "b"\\\r\nc', "ä", None],
    "obs_value": [0.1, float("nan"), 1e21],
    "is_new": [True, None, False],
}


@pytest.fixture
def table(tmp_path: Path) -> Table:
    path = tmp_path / "t.csv"
    text = 'geo,obs_value,is_new\r\n"a ""b""\\\r\nc",0.1,true\r\nä,,\r\n,1000000000000000000000,false\r\n'
    path.write_bytes(text.encode())
    return Table("d/t", "csv", path, path, TYPES, tmp_path / "datapackage.json")


def test_the_same_is_the_same(table: Table, tmp_path: Path) -> None:
    write_columns(tmp_path / "found", FOUND)
    assert differences(table, tmp_path / "found") == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda columns: columns | {"geo": ["ä", "ä", None]}, "d/t, geo, row 1: 'ä' instead of"),
        (
            lambda columns: columns | {"obs_value": [0.1, 0.0, 1e21]},
            "d/t, obs_value, row 2: '0.0' instead of ''",
        ),
        (lambda columns: columns | {"obs_value": [0.1 + 1e-17 * 2, None, 1e21]}, "d/t, obs_value, row 1"),
        (
            lambda columns: columns | {"is_new": [True, False, False]},
            "d/t, is_new, row 2: 'false' instead of ''",
        ),
        (lambda columns: {name: values[:2] for name, values in columns.items()}, "d/t: 2 rows of geo"),
        (
            lambda columns: dict(reversed(columns.items())),
            "d/t: columns ['is_new', 'obs_value', 'geo'] instead",
        ),
    ],
)
def test_a_difference_is_told(
    change: Callable[[dict[str, Any]], dict[str, Any]], told: str, table: Table, tmp_path: Path
) -> None:
    write_columns(tmp_path / "found", change(dict(FOUND)))
    assert differences(table, tmp_path / "found")[0].startswith(told)


def test_a_tolerance_is_for_the_last_bits_and_no_more(table: Table, tmp_path: Path) -> None:
    write_columns(tmp_path / "found", FOUND | {"obs_value": [0.1 + 2**-56, None, 1e21]})
    assert differences(table, tmp_path / "found", 2.0**-51) == []
    assert len(differences(table, tmp_path / "found")) == 1
    write_columns(tmp_path / "far", FOUND | {"obs_value": [0.1 + 2**-54, None, 1e21]})
    assert len(differences(table, tmp_path / "far", 2.0**-51)) == 1
