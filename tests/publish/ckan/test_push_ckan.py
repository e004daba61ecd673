"""`innoregio push ckan`: what arrives, that nothing is written twice, and what goes wrong in one line."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orchestration.cli.main import main
from tests.publish.ckan.action_api import KEY, Portal, served_portal

BASE = "http://127.0.0.1:8000/"


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    monkeypatch.setenv("INNOREGIO_CKAN_KEY", KEY)
    with served_portal() as portal:
        yield portal


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A small tree made by hand: one table, released once."""
    out = tmp_path / "public"
    make_release(out, "1.0.0", b"geo,obs_value\r\nFI,1\r\n")
    return out


def make_release(out: Path, version: str, csv: bytes, name: str = "rd-expenditure") -> None:
    folder = out / name / version
    folder.mkdir(parents=True)
    (folder / "table.csv").write_bytes(csv)
    texts = {"fi": "T&k-menot", "sv": "FoU-utgifter", "en": "R&D expenditure"}
    package = {
        "name": name,
        "id": f"{BASE}{name}",
        "version": version,
        "created": "2025-10-23T05:00:00Z",
        "title": texts["en"],
        "title_translated": texts,
        "description": "Made for a test.",
        "description_translated": {"fi": "Tehty.", "sv": "Gjord.", "en": "Made for a test."},
        "keywords": ["R&D"],
        "innoregio:keywords_translated": {"fi": ["t&k"], "sv": ["FoU"], "en": ["R&D"]},
        "innoregio:themes": ["TECH"],
        "innoregio:updateFrequency": "ANNUAL",
        "innoregio:citation": "Source: made.",
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "resources": [
            {
                "name": "table",
                "path": "table.csv",
                "format": "csv",
                "mediatype": "text/csv",
                "bytes": len(csv),
                "hash": f"sha256:{hashlib.sha256(csv).hexdigest()}",
                "title_translated": texts,
                "schema": {
                    "fields": [{"name": "geo", "type": "string"}, {"name": "obs_value", "type": "number"}]
                },
            }
        ],
    }
    (folder / "datapackage.json").write_text(json.dumps(package))
    package["resources"] = [{**package["resources"][0], "path": f"{version}/table.csv"}]  # type: ignore[index]
    (out / name / "datapackage.json").write_text(json.dumps(package))


def push(portal: Portal, out: Path, *arguments: str, code: int = 0) -> Result:
    run = CliRunner().invoke(main, ["push", "ckan", portal.url, "--out", str(out), *arguments])
    assert run.exit_code == code, run.output
    assert KEY not in run.output and "Traceback" not in run.output
    return run


def only(portal: Portal) -> dict:
    (found,) = portal.datasets.values()
    return found


def test_a_dataset_arrives_in_three_languages_with_its_files(portal: Portal, out: Path) -> None:
    assert "created   rd-expenditure 1.0.0" in push(portal, out).stdout
    found = only(portal)
    extras = {one["key"]: one["value"] for one in found["extras"]}
    assert (found["title"], found["notes"], found["license_id"]) == ("T&k-menot", "Tehty.", "cc-by")
    assert (extras["title_sv"], extras["notes_en"]) == ("FoU-utgifter", "Made for a test.")
    assert extras["identifier"] == f"{BASE}rd-expenditure" and found["owner_org"] == "lahti"
    assert {one["name"] for one in found["tags"]} == {"t ja k", "FoU", "R and D"}
    sent = dict(portal.writes)["package_create"]
    assert sent["title_translated"]["sv"] == "FoU-utgifter" and sent["tags_translated"]["sv"] == ["FoU"]
    table, descriptor = found["resources"]
    assert table["url"] == f"{BASE}rd-expenditure/1.0.0/table.csv" and table["name"] == "T&k-menot (CSV)"
    assert table["hash"] == hashlib.sha256((out / "rd-expenditure/1.0.0/table.csv").read_bytes()).hexdigest()
    assert descriptor["url"] == f"{BASE}rd-expenditure/1.0.0/datapackage.json"


@pytest.mark.parametrize("how", [[], ["--upload"]])
def test_a_second_push_writes_nothing(portal: Portal, out: Path, how: list[str]) -> None:
    push(portal, out, *how)
    before = len(portal.writes)
    assert "unchanged rd-expenditure" in push(portal, out, *how).stdout
    assert len(portal.writes) == before > 0


@pytest.mark.parametrize("how", [[], ["--upload"]])
def test_dry_run_prints_what_is_then_sent_and_writes_nothing(
    portal: Portal, out: Path, how: list[str]
) -> None:
    told = json.loads(push(portal, out, "--dry-run", *how).stdout)
    assert portal.writes == [] and portal.datasets == {}
    push(portal, out, *how)
    sent = [
        (one["action"], {k: str(v) if "upload" in one else v for k, v in one["data"].items()}) for one in told
    ]
    assert sent == portal.writes
    assert json.loads(push(portal, out, "--dry-run", *how).stdout) == []


def test_uploaded_files_are_the_files(portal: Portal, out: Path) -> None:
    push(portal, out, "--upload")
    folder = out / "rd-expenditure" / "1.0.0"
    assert list(portal.uploads.values()) == [
        (folder / n).read_bytes() for n in ("table.csv", "datapackage.json")
    ]


def test_a_new_release_is_a_patch_that_leaves_what_others_put_there(portal: Portal, out: Path) -> None:
    push(portal, out)
    found = only(portal)
    found["extras"].append({"key": "reviewed_by", "value": "the portal"})
    found["resources"].append({"id": "theirs", "url": "http://other.example/map", "name": "Map"})
    ids = [one["id"] for one in found["resources"]]
    make_release(out, "1.0.1", b"geo,obs_value\r\nFI,2\r\n")
    portal.calls.clear()
    assert "changed   rd-expenditure 1.0.1" in push(portal, out).stdout
    ((action, sent),) = portal.writes
    assert action == "package_patch" and sent.keys() == {"id", "version", "resources"}
    found = only(portal)
    assert [one["id"] for one in found["resources"]] == ids
    assert found["resources"][0]["url"].endswith("/1.0.1/table.csv")
    assert {"key": "reviewed_by", "value": "the portal"} in found["extras"]


@pytest.mark.parametrize("broken_at", [1, 2, 3])
def test_a_failure_half_way_is_repeated(portal: Portal, out: Path, broken_at: int) -> None:
    portal.fail_at = broken_at
    told = push(portal, out, "--upload", code=1)
    assert "try again later" in told.stderr and len(told.stderr.splitlines()) == 1
    portal.fail_at = None
    push(portal, out, "--upload")
    assert len(portal.uploads) == 2 and len(portal.datasets) == 1
    portal.calls.clear()
    push(portal, out, "--upload")
    assert portal.writes == []


def test_a_withdrawn_dataset_is_marked_and_not_brought_anew(portal: Portal, out: Path) -> None:
    make_release(out, "1.0.0", b"geo,obs_value\r\nFI,1\r\n", "no-descriptor-makes-this")
    told = push(portal, out)
    assert "skipped   no-descriptor-makes-this" in told.stdout and len(portal.datasets) == 1
    path = out / "rd-expenditure" / "datapackage.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"innoregio:status": "withdrawn"}))
    assert "changed   rd-expenditure" in push(portal, out, "rd-expenditure").stdout
    found = only(portal)
    assert found["state"] == "active" and found["notes"].startswith("Aineiston päivittäminen on lopetettu.")
    assert {"key": "status", "value": "withdrawn"} in found["extras"]
    assert not any("status" in one for one in found["resources"])  # schemas differ in the codes they take
    assert "unchanged" in push(portal, out, "rd-expenditure").stdout


def test_a_dataset_of_another_is_not_touched_and_the_others_go_on(portal: Portal, out: Path) -> None:
    make_release(out, "1.0.0", b"geo,obs_value\r\nFI,1\r\n", "population")
    portal.save(
        {"name": "population", "owner_org": "lahti", "title": "Theirs"}, {"id": "1", "state": "active"}
    )
    told = push(portal, out, code=1)
    assert "created   rd-expenditure" in told.stdout and "--prefix" in told.stderr
    assert portal.datasets["1"]["title"] == "Theirs"
    push(portal, out, "--prefix", "lahti-")
    assert {one["name"] for one in portal.datasets.values()} >= {"lahti-population", "lahti-rd-expenditure"}


def test_what_goes_wrong_is_one_line(portal: Portal, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def line(*arguments: str, code: int = 1, url: str = portal.url) -> str:
        run = CliRunner().invoke(main, ["push", "ckan", url, "--out", str(out), *arguments])
        assert run.exit_code == code and len(run.stderr.splitlines()) == 1, run.output
        assert KEY not in run.output and "password" not in run.stderr.replace("or password", "")
        return run.stderr

    portal.organisations = ["lahti", "turku"]
    assert "--organisation: lahti, turku" in line()
    portal.organisations = []
    assert "owner_org: An organization must be provided" in line()
    portal.repeats_key = True
    assert "(***)" in line()
    portal.broken = 503
    assert "cannot answer now (HTTP status 503)" in line()
    portal.broken = 404
    assert "is no CKAN portal" in line()
    portal.broken = 302
    assert "leads to another address" in line()
    portal.broken = None
    assert "cannot be reached" in line(url="http://127.0.0.1:1")
    assert "is no address of a portal" in line(code=2, url="ftp://portal.example")
    assert "holds a user name or password" in line(code=2, url="http://me:password@portal.example")
    monkeypatch.setenv("INNOREGIO_CKAN_KEY", "another")
    told = line("--organisation", "lahti")
    assert "refuses" in told and "(***)" in told and "another" not in told
    monkeypatch.delenv("INNOREGIO_CKAN_KEY")
    assert "INNOREGIO_CKAN_KEY is not set" in line(code=2)
    assert portal.datasets == {}
