"""Two releases compared: the numbers, the shape of the JSON, and what is no difference."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.errors import PublishError
from assets.publish.release.tree import publish_dataset
from assets.publish.revisions.diff import ReleaseDiff, describe_diff, diff_releases
from tests.publish.release.made_dataset import (
    BASE,
    FIGURES,
    REGISTER,
    SNAPSHOT,
    figures,
    made_field,
    register,
    texts,
)
from tests.publish.release.made_releases import AREAS, STATISTIC, VINTAGES, changed, publish, publish_vintages


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_vintages(tmp_path_factory.mktemp("vintages"))


def compared(folder: Path, old: str | None = None, new: str | None = None) -> ReleaseDiff:
    found = diff_releases(folder, old, new)
    assert found is not None
    return found


def described(folder: Path, *versions: str, limit: int | None = 10) -> dict[str, Any]:
    """As JSON gives it back."""
    found: dict[str, Any] = json.loads(json.dumps(describe_diff(compared(folder, *versions), limit)))
    return found


def test_the_shape_of_the_json(tree: Path) -> None:
    """All of it, as the documentation promises it to programs."""
    area = {"geo": "AA1", "geo_classification": "nuts-2021"}
    largest = {"key": {**area, "time_period": "2021", "sex": "T"}, "old": 31.5, "new": 47.25, "relative": 0.5}
    told = described(tree, "1.0.0", "1.1.0", limit=1)
    assert told | {"snapshots": []} == {
        "dataset": "made-data",
        "old": "1.0.0",
        "new": "1.1.0",
        "equal": False,
        "tables": [
            {
                "table": "made-figures",
                "kind": "statistic",
                "rows": {"old": 45, "new": 51},
                "newest_period": {"old": "2022", "new": "2023"},
                "columns": [],
                "changes": {
                    "added": 6,
                    "revised": 2,
                    "reflagged": 1,
                    "withdrawn": 0,
                    "recoded": 0,
                    "recoded_revised": 0,
                },
                "renames": [],
                "largest_revision": largest,
                "largest_relative_revision": largest,
                "differences": [
                    {
                        "kind": "revised",
                        "key": {**area, "time_period": "2021", "sex": "T"},
                        "old": {"obs_value": 31.5},
                        "new": {"obs_value": 47.25},
                    },
                    {
                        "kind": "added",
                        "key": {**area, "time_period": "2023", "sex": "F"},
                        "new": {"obs_value": 33.0, "obs_status": "A", "obs_flag": None},
                    },
                ],
            }
        ],
        "code_lists": [],
        "texts": [],
        "snapshots": [],
    }
    (snapshot,) = told["snapshots"]
    assert (snapshot["table"], snapshot["updated"], snapshot["sha256"]) == (
        "made_1",
        "2024-05-20T23:00:00+02:00",
        "1" * 64,
    )


def test_renamed_codes_and_vintages_are_told_as_such(tree: Path) -> None:
    (table,) = described(tree, "1.2.0", "1.3.0")["tables"]
    assert table["changes"] == {
        "added": 0,
        "revised": 0,
        "reflagged": 0,
        "withdrawn": 0,
        "recoded": 41,
        "recoded_revised": 1,
    }
    assert table["renames"][-1] == {
        "fields": ["geo_classification", "geo"],
        "old": ["nuts-2021", "AA5"],
        "new": ["nuts-2024", "BB7"],
        "evidence": "label",
        "rows": 9,
    }
    assert [one["evidence"] for one in table["renames"]] == ["vintage", "vintage", "vintage", "label"]
    assert table["largest_revision"]["new"] == 99.0
    assert table["differences"][0]["old_key"] == {"geo_classification": "nuts-2021"}


def test_over_several_releases_the_net_difference_is_told(tree: Path) -> None:
    (table,) = described(tree, "1.0.0", "1.2.0")["tables"]
    assert table["changes"] == {
        "added": 6,
        "revised": 2,
        "reflagged": 1,
        "withdrawn": 10,
        "recoded": 0,
        "recoded_revised": 0,
    }


def test_backwards_is_the_reverse(tree: Path) -> None:
    (table,) = described(tree, "1.1.0", "1.0.0")["tables"]
    assert table["changes"] == {
        "added": 0,
        "revised": 2,
        "reflagged": 1,
        "withdrawn": 6,
        "recoded": 0,
        "recoded_revised": 0,
    }


def test_which_releases_are_compared(tree: Path) -> None:
    pairs = [
        (one.old, one.new)
        for one in (compared(tree), compared(tree, "1.0.0"), compared(tree, "1.0.0", "1.2.0"))
    ]
    assert pairs == [("1.2.0", "1.3.0"), ("1.0.0", "1.3.0"), ("1.0.0", "1.2.0")]
    assert compared(tree, "1.3.0").is_empty and described(tree, "1.3.0")["equal"] is True


def test_one_release_alone_is_compared_with_nothing(tmp_path: Path) -> None:
    publish(tmp_path, VINTAGES["1.0.0"])
    assert diff_releases(tmp_path / "made-data") is None


def test_what_is_not_there_is_one_line(tree: Path, tmp_path: Path) -> None:
    with pytest.raises(
        PublishError, match=r"made-data: no release 9.9.9; there are 1.0.0, 1.1.0, 1.2.0, 1.3.0"
    ):
        diff_releases(tree, "9.9.9")
    (tmp_path / "empty").mkdir()
    with pytest.raises(PublishError, match="no release here"):
        diff_releases(tmp_path / "empty")
    folder = Path(shutil.copytree(tree, tmp_path / "made-data"))
    for path in ("1.2.0/made-figures.parquet", "1.3.0/codes-sex.csv"):
        (folder / path).write_bytes(b"")
    with pytest.raises(
        PublishError, match=r"made-figures.parquet: a published file cannot be read; run verify"
    ):
        diff_releases(folder)
    with pytest.raises(PublishError, match=r"codes-sex.csv: a published file cannot be read"):
        diff_releases(folder, "1.1.0")


def test_rows_are_counted_beyond_what_is_listed(tree: Path) -> None:
    all_rows = described(tree, "1.0.0", "1.1.0", limit=None)["tables"][0]["differences"]
    assert [one["kind"] for one in all_rows].count("added") == 6
    assert described(tree, "1.0.0", "1.1.0", limit=0)["tables"][0]["differences"] == []


def test_words_code_lists_columns_and_tables(tmp_path: Path) -> None:
    """What is no row is told beside the rows."""
    publish(tmp_path, VINTAGES["1.0.0"])
    fields = (*FIGURES.fields[:-1], made_field("note", "string"))
    sex = replace(FIGURES.fields[3], codes=(replace(FIGURES.fields[3].codes[0], labels=texts("All")),))
    table = replace(FIGURES, fields=(*fields[:3], sex, *fields[4:]))
    frame = figures(VINTAGES["1.0.0"]).rename({"obs_flag": "note"})
    dataset = replace(STATISTIC, titles=texts("Another title"), resources=(table, REGISTER))
    tables = {"made-figures": frame, "made-register": register()}
    assert publish_dataset(dataset, tables, [SNAPSHOT], AREAS, tmp_path, BASE).version == "2.0.0"
    told = described(tmp_path / "made-data")
    first, second = told["tables"]
    assert first["columns"] == ["column obs_flag is gone", "column note is new"]
    assert first["changes"]["revised"] == 0 and second["rows"] == {"old": None, "new": 5}
    assert second["changes"] is None and second["kind"] == "register"
    assert told["code_lists"] == ["codes-sex", "codes-obs_flag"]
    assert {"title", "resources/made-figures"} <= set(told["texts"])


def test_a_register_is_told_by_key(tmp_path: Path) -> None:
    dataset = replace(STATISTIC, resources=(REGISTER,))
    now = register().collect()
    new = now.filter(pl.col("id") != "002").with_columns(
        note=pl.when(pl.col("id") == "001").then(pl.lit("other")).otherwise("note")
    )
    for frame in (now, new):
        publish_dataset(dataset, {"made-register": frame.lazy()}, [SNAPSHOT], None, tmp_path, BASE)
    (table,) = describe_diff(compared(tmp_path / "made-data"))["tables"]
    assert table["changes"] == {"added": 0, "changed": 1, "gone": 1}
    assert [(one["kind"], one["key"], one.get("new")) for one in table["differences"]] == [
        ("changed", {"id": "001"}, {"note": "other"}),
        ("gone", {"id": "002"}, None),
    ]


def test_no_proportion_of_nothing(tmp_path: Path) -> None:
    """A revision from zero has a size and no share."""
    publish(tmp_path, [("AA1", "nuts-2021", "2020", "T", 0.0, "A", None)])
    publish(
        tmp_path,
        changed([("AA1", "nuts-2021", "2020", "T", 0.0, "A", None)], lambda row: row | {"obs_value": 2.0}),
    )
    (table,) = described(tmp_path / "made-data")["tables"]
    assert table["largest_revision"]["relative"] is None and table["largest_relative_revision"] is None


def test_from_no_row_at_all(tmp_path: Path) -> None:
    publish(tmp_path, [])
    publish(tmp_path, VINTAGES["1.0.0"])
    (table,) = described(tmp_path / "made-data")["tables"]
    assert table["rows"] == {"old": 0, "new": 45} and table["changes"]["added"] == 45
