"""The catalogue read by other people's programs: CKAN's DCAT parser and mlcroissant.

They have environments of their own, made from `readers/*.txt`: `CATALOGUE_READERS` names the folder that
holds `ckan` and `croissant` (`.ci/run` makes them). There a missing one is a failure.
"""

import csv
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from served_catalogue import Served, served  # noqa: F401

from assets.descriptor import load_catalogue

READERS = Path(__file__).parent / "readers"
TAG = re.compile(r"[\w \-.]{2,100}")  # ckan.logic.validators: tag_length_validator, tag_name_validator

pytestmark = pytest.mark.slow


def run(environment: str, script: str, *arguments: str) -> Any:
    folder = os.environ.get("CATALOGUE_READERS")
    if folder is None and not os.environ.get("CI"):
        pytest.skip("CATALOGUE_READERS does not name the folder of the readers' environments")
    python = Path(folder or "missing") / environment / "bin" / "python"
    assert python.is_file(), f"{python}: the reader is not installed"
    done = subprocess.run(
        [str(python), str(READERS / script), *arguments], capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def canonical(dataset: dict[str, Any]) -> dict[str, Any]:
    ordered = {name: sorted(dataset[name], key=json.dumps) for name in ("tags", "extras")}
    return {**dataset, **ordered, "resources": sorted(dataset["resources"], key=lambda one: str(one["uri"]))}


def test_ckan_reads_the_same_from_all_three(served: Served) -> None:  # noqa: F811
    read = run("ckan", "read_with_ckan.py", str(served.out))
    turtle, xml, jsonld = ([canonical(one) for one in datasets] for datasets in read.values())
    assert turtle == xml == jsonld
    assert len(turtle) == 8
    for dataset in turtle:
        extras = {extra["key"]: extra["value"] for extra in dataset["extras"]}
        name = extras["uri"].removeprefix(served.base)
        package = json.loads((served.out / name / "datapackage.json").read_bytes())
        assert dataset["title"] == package["title_translated"]["fi"]
        assert dataset["notes"] == package["description_translated"]["fi"].strip()
        assert dataset["version"] == package["version"]
        assert all(TAG.fullmatch(tag["name"]) for tag in dataset["tags"])
        assert extras["publisher_name"] == load_catalogue().publisher["name_translated"]["fi"]
        assert {"contact_name", "temporal_start", "temporal_end", "spatial_uri", "theme"} <= extras.keys()
        files = {entry["path"]: entry for entry in package["resources"]}
        assert len(dataset["resources"]) == len(files)
        for resource in dataset["resources"]:
            entry = files[resource["url"].removeprefix(f"{served.base}{name}/")]
            assert resource["mimetype"] == entry["mediatype"]
            assert f"sha256:{resource['hash']}" == entry["hash"]
            assert resource["size"] == (served.out / name / entry["path"]).stat().st_size


def test_croissant_gives_the_rows_of_the_csv(served: Served) -> None:  # noqa: F811
    read = run("croissant", "read_croissant.py", str(served.out), served.base)
    assert len(read) == 8
    for name, found in read.items():
        assert found["issues"] == [], name
        assert found["tables"]
        for table, content in found["tables"].items():
            with (served.out / name / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
                rows = list(csv.DictReader(lines))
            assert content["rows"] == len(rows), table
            for record, row in zip(content["records"], (rows[0], rows[-1]), strict=True):
                assert list(record) == list(row)
                for column, value in record.items():
                    assert same(value, row[column]), (table, column, value, row[column])


def same(value: Any, cell: str) -> bool:
    """Whether a record's value is what the CSV writes."""
    if value is None:
        return cell == ""
    if isinstance(value, bool):
        return cell == str(value).lower()
    if isinstance(value, (int, float)):
        return float(cell) == float(value)
    moment = re.sub(r" 00:00:00$|(\+00:00)$", "", value)
    return cell in (value, moment, moment.replace(" ", "T") + "Z") or _same_number(value, cell)


def _same_number(value: str, cell: str) -> bool:
    try:
        return float(value) == float(cell)
    except ValueError:
        return False
