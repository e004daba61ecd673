"""`verify` walks back through every ledger: a change in one is found, whoever repaired the hashes."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.publish.release.datapackage import package_bytes
from assets.publish.release.tree import publish_dataset
from assets.publish.revisions.verify import verify_ledgers
from tests.publish.release.made_dataset import BASE, REGISTER, SNAPSHOT, register
from tests.publish.release.made_releases import AREAS, STATISTIC, publish_vintages

Change = Callable[[pl.DataFrame], pl.DataFrame]


@pytest.fixture(scope="module")
def vintages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_vintages(tmp_path_factory.mktemp("vintages"))


@pytest.fixture
def folder(vintages: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(vintages, tmp_path / "made-data"))


def faults(folder: Path) -> list[str]:
    paths = sorted(folder.glob("*.*.*/datapackage.json"))
    return list(verify_ledgers(folder, {path.parent.name: json.loads(path.read_bytes()) for path in paths}))


def change_ledger(folder: Path, version: str, change: Change) -> None:
    path = folder / version / "revisions.parquet"
    change(pl.read_parquet(path, memory_map=False)).write_parquet(path)


def other_value(rows: pl.DataFrame, column: str, release: str) -> pl.DataFrame:
    """Another value in the first row of a release that has one."""
    here = (pl.col("release") == release) & pl.col(column).is_not_null()
    first = here & (here.cum_sum() == 1)
    return rows.with_columns(
        pl.when(first).then(pl.col(column) + pl.lit(1.0)).otherwise(column).alias(column)
    )


WALK = "walking back from {} does not give made-figures of version {}"
NEW = "the new values of made-figures are not those of version {}"
KEPT = "the rows of earlier releases are not those of version {}"


def test_true_ledgers_have_no_fault(folder: Path) -> None:
    assert faults(folder) == []


@pytest.mark.parametrize(
    ("version", "change", "expected"),
    [
        (
            "1.1.0",
            lambda rows: other_value(rows, "old_obs_value", "1.1.0"),
            [WALK.format("1.1.0", "1.0.0"), KEPT.format("1.1.0")],
        ),
        ("1.3.0", lambda rows: other_value(rows, "old_obs_value", "1.3.0"), [WALK.format("1.3.0", "1.2.0")]),
        ("1.3.0", lambda rows: other_value(rows, "old_obs_value", "1.1.0"), [KEPT.format("1.2.0")]),
        ("1.3.0", lambda rows: other_value(rows, "new_obs_value", "1.1.0"), [KEPT.format("1.2.0")]),
        ("1.3.0", lambda rows: other_value(rows, "new_obs_value", "1.3.0"), [NEW.format("1.3.0")]),
        ("1.3.0", lambda rows: rows.filter(pl.col("release") != "1.2.0"), [KEPT.format("1.2.0")]),
        ("1.3.0", lambda rows: rows.head(-1), [WALK.format("1.3.0", "1.2.0")]),
        (
            "1.3.0",
            lambda rows: rows.with_columns(old_key=pl.lit(None, pl.String)),
            [WALK.format("1.3.0", "1.2.0")],
        ),
        (
            "1.3.0",
            lambda rows: rows.with_columns(release=pl.col("release").replace("1.3.0", "1.4.0")),
            ["tells of 1.4.0, which came later", None, None],
        ),
        (
            "1.3.0",
            lambda rows: rows.with_columns(resource=pl.lit("elsewhere")),
            ["has rows of elsewhere, of which version 1.2.0 is no earlier state", None, None],
        ),
    ],
)  # fmt: skip
def test_a_changed_ledger_is_told(
    folder: Path, version: str, change: Change, expected: list[str | None]
) -> None:
    change_ledger(folder, version, change)
    found = faults(folder)
    assert len(found) == len(expected)
    for text in expected:
        assert text is None or any(line.endswith(f"/revisions.parquet: {text}") for line in found), found


def test_a_ledger_that_is_gone_from_the_package_is_told(folder: Path) -> None:
    path = folder / "1.3.0/datapackage.json"
    package: dict[str, Any] = json.loads(path.read_bytes())
    package["resources"] = [one for one in package["resources"] if not one["name"].startswith("revisions")]
    path.write_bytes(package_bytes(package))
    assert faults(folder) == ["1.3.0/revisions.parquet: missing, version 1.2.0 has one"]


def test_a_ledger_that_claims_too_much_is_told(folder: Path) -> None:
    """Between two shapes of a table no row leads."""
    path = folder / "1.2.0/datapackage.json"
    package: dict[str, Any] = json.loads(path.read_bytes())
    table = next(one for one in package["resources"] if one["name"] == "made-figures")
    table["schema"]["fields"][-1]["type"] = "any"
    path.write_bytes(package_bytes(package))
    assert "1.3.0/revisions.parquet: leads back past another shape of made-figures" in faults(folder)


def test_a_file_that_cannot_be_read_is_left_to_the_check_of_files(folder: Path) -> None:
    (folder / "1.1.0/made-figures.parquet").write_bytes(b"PAR1")
    change_ledger(folder, "1.3.0", lambda rows: rows.head(-1))
    assert faults(folder) == [f"1.3.0/revisions.parquet: {WALK.format('1.3.0', '1.2.0')}"]


def test_a_register_is_compared_by_key(tmp_path: Path) -> None:
    dataset = replace(STATISTIC, resources=(REGISTER,))
    now = register().collect()
    for frame in (now, now.filter(pl.col("id") != "002")):
        publish_dataset(dataset, {"made-register": frame.lazy()}, [SNAPSHOT], AREAS, tmp_path, BASE)
    folder = tmp_path / "made-data"
    assert faults(folder) == []
    change_ledger(folder, "1.1.0", lambda rows: rows.with_columns(row_key=pl.lit("id=003")))
    assert faults(folder) == [
        "1.1.0/revisions.parquet: walking back from 1.1.0 does not give made-register of version 1.0.0"
    ]
