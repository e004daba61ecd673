"""The catalogue read by other people's programs: CKAN's DCAT parser and mlcroissant.

Their environments are made by `install.sh` (`.ci/run` does); there a missing one is a failure.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from assets.descriptor import load_catalogue
from assets.publish.catalogue.beside import read_workbooks
from tests.clients.published_tables import READERS, differences, python, run, tables
from tests.clients.served_tree import Served, served  # noqa: F401
from tests.shipped import shipped_names, with_gathered

TAG = re.compile(r"[\w \-.]{2,100}")  # ckan.logic.validators: tag_length_validator, tag_name_validator
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

pytestmark = pytest.mark.slow


def canonical(dataset: dict[str, Any]) -> dict[str, Any]:
    ordered = {name: sorted(dataset[name], key=json.dumps) for name in ("tags", "extras")}
    return {**dataset, **ordered, "resources": sorted(dataset["resources"], key=lambda one: str(one["uri"]))}


def test_ckan_reads_the_same_from_all_three(served: Served) -> None:  # noqa: F811
    read = json.loads(
        run(python("ckan"), str(READERS / "read_with_ckan.py"), str(served.out)).splitlines()[-1]
    )
    turtle, xml, jsonld = ([canonical(one) for one in datasets] for datasets in read.values())
    assert turtle == xml == jsonld
    assert len(turtle) == len(with_gathered(shipped_names()))
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
        assert dataset["url"] == f"{served.base}fi/dataset/{name}.html"
        workbooks = read_workbooks(served.out / name, name)
        files |= {workbook["path"]: workbook | {"mediatype": XLSX} for workbook in workbooks}
        assert len(dataset["resources"]) == len(files) == len(package["resources"]) + 3
        for resource in dataset["resources"]:
            entry = files[resource["url"].removeprefix(f"{served.base}{name}/")]
            assert resource["mimetype"] == entry["mediatype"]
            assert f"sha256:{resource['hash']}" == entry["hash"]
            assert resource["size"] == (served.out / name / entry["path"]).stat().st_size


def test_ckan_takes_the_documented_harvest_source(served: Served) -> None:  # noqa: F811
    """What its harvester asks of a configuration, and how it hands the format to its parser."""
    docs = (Path(__file__).parents[2] / "docs" / "portals.md").read_text("utf-8")
    source = json.loads(docs.split("```json\n")[1].split("```")[0])
    code = (
        "import json, sys; from ckanext.dcat.processors import RDFParser\n"
        "form, path = sys.argv[1:]; parser = RDFParser(profiles=['euro_dcat_ap_3'])\n"
        "assert form in parser.supported_formats()\n"
        "parser.parse(open(path, encoding='utf-8').read(), _format=form)\n"
        "print(len(list(parser.datasets())))"
    )
    form = json.loads(source["config"])["rdf_format"]
    told = run(python("ckan"), "-c", code, form, str(served.out / "catalog.ttl"))
    assert int(told.splitlines()[-1]) == len(with_gathered(shipped_names()))


@pytest.mark.parametrize(
    ("name", "form"), [("catalog.ttl", "turtle"), ("catalog.rdf", "xml"), ("catalog.jsonld", "json-ld")]
)
def test_a_stock_ckan_schema_takes_every_record(served: Served, name: str, form: str) -> None:  # noqa: F811
    """Its validators over each harvested file and dataset; the code lists come after the tables."""
    told = run(
        python("ckan"), str(READERS / "check_with_ckan_schema.py"), str(served.out / name), form
    ).splitlines()
    verdict = json.loads(told[-1])
    assert verdict["complaints"] == []
    assert (
        len(verdict["files"]) == len(with_gathered(shipped_names()))
        and sum(map(len, verdict["files"].values())) > 100
    )
    for titles in verdict["files"].values():
        kinds = [title.startswith("Koodiluettelo") for title in titles]
        assert kinds == sorted(kinds)


def test_croissant_gives_the_rows_that_we_wrote(served: Served, tmp_path: Path) -> None:  # noqa: F811
    script = str(READERS / "read_croissant.py")
    read = json.loads(
        run(
            python(),
            script,
            str(served.out),
            served.base,
            str(tmp_path),
            CROISSANT_CACHE=str(tmp_path / "cache"),
        ).splitlines()[-1]
    )
    assert read == {path.parent.name: [] for path in served.out.glob("*/datapackage.json")}
    assert sorted(read) == with_gathered(shipped_names())
    wanted = [table for table in tables(served.out) if table.format == "parquet"]
    assert [line for table in wanted for line in differences(table, tmp_path / table.name)] == []
