"""docs/portals.md says what is there: its addresses, configurations, properties, code and numbers."""

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from rdflib import URIRef
from rdflib.namespace import RDF

from assets.descriptor import load_catalogue, load_dataset
from assets.overlay import packaged_schemas
from assets.publish.catalogue.terms import PREFIXES
from orchestration.cli.main import main
from orchestration.serving.headers import MEDIA_TYPES
from tests.publish.catalogue.made_withdrawn import DESCRIPTOR, WITHDRAWN
from tests.publish.catalogue.quality import DCAT
from tests.publish.catalogue.read_tree import Read
from tests.publish.catalogue.shapes import CONTRADICTIONS

DOCS = Path(__file__).parents[3] / "docs"
TEXT = (DOCS / "portals.md").read_text("utf-8")
BASE = "https://data.example.org/"


def blocks(language: str) -> list[str]:
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", TEXT, re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", text, flags=re.MULTILINE) for indent, text in found]


def test_every_address_is_published_with_its_media_type(shipped: Read) -> None:
    rows = re.findall(r"^\| `([\w./-]+)` \| .*? \| `([^`]+)` \|", TEXT, re.MULTILINE)
    assert len(rows) == 9
    for path, media_type in rows:
        assert (shipped.out / path).is_file(), path
        assert MEDIA_TYPES[Path(path).suffix] == media_type
    graphs = {path.name for path in shipped.out.glob("catalog.*")}
    assert graphs <= {path for path, _ in rows}


@pytest.mark.usefixtures("extent")
def test_the_size_is_as_told(shipped: Read, published_names: list[str]) -> None:
    """Kilobytes a dataset, in the file that is told to CKAN; new datasets move the average a little."""
    (told,) = re.findall(r"takes some (\d+) kB in Turtle", TEXT)
    size = (shipped.out / "catalog.ttl").stat().st_size / len(published_names) / 1000
    assert abs(size - int(told)) < 0.3 * int(told)


def test_the_harvest_source_of_ckan() -> None:
    (text,) = blocks("json")
    source = json.loads(text)
    assert source["url"] == f"{BASE}catalog.ttl" and source["source_type"] == "dcat_rdf"
    assert MEDIA_TYPES[".ttl"].startswith(json.loads(source["config"])["rdf_format"])


@pytest.mark.usefixtures("extent")
def test_the_code_reads_a_published_catalogue(
    shipped: Read, published_names: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = blocks("python")
    exec(compile(code.replace(BASE, shipped.base), "portals.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(published_names)
    told = "population 2026-04-09T00:00:00+00:00 Befolkningen efter område False"
    assert any(told in line for line in lines)


@pytest.mark.parametrize(
    ("heading", "kind"),
    [("Dataset", DCAT.Dataset), ("Distribution", DCAT.Distribution), ("Release", DCAT.Resource)],
)
def test_every_property_is_there_and_told(made: Read, heading: str, kind: URIRef) -> None:
    (text,) = re.findall(rf"^- \*\*{heading}\*\*(.*?)(?=^- \*\*|\n\n)", TEXT, re.MULTILINE | re.DOTALL)
    told = set(re.findall(r"`(\w+:\w+)`", text))
    used = {
        f"{prefix}:{str(name).removeprefix(iri)}"
        for subject in made.graph.subjects(RDF.type, kind)
        for name in made.graph.predicates(subject)
        for prefix, iri in PREFIXES.items()
        if str(name).startswith(iri) and name != RDF.type
    }
    assert told - used == set()
    assert used - told <= {"dct:relation"}


def test_the_settings_are_understood(tmp_path: Path) -> None:
    settings, withdrawn = blocks("yaml")
    shipped = yaml.safe_load((packaged_schemas() / "catalogue.yaml").read_text("utf-8"))
    changed = yaml.safe_dump(shipped | yaml.safe_load(settings), allow_unicode=True)
    (tmp_path / "catalogue.yaml").write_text(changed, encoding="utf-8")
    found = load_catalogue(tmp_path)
    assert found.base_url == BASE and found.contact["email"] == "data@example.org"
    assert withdrawn == WITHDRAWN
    (tmp_path / "made-projects.yaml").write_text(
        DESCRIPTOR.replace("resources:\n", f"{withdrawn}resources:\n", 1), encoding="utf-8"
    )
    assert load_dataset(tmp_path / "made-projects.yaml").is_withdrawn


def test_the_commands_are_there() -> None:
    lines = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("innoregio")]
    assert len(lines) == 2
    for line in lines:
        _, command, *options = shlex.split(line)
        shown = CliRunner().invoke(main, [command, "--help"]).stdout
        assert all(option in shown for option in options if option.startswith("--"))


def test_the_shapes_that_do_not_pass_are_counted() -> None:
    assert len(CONTRADICTIONS) == 5 and "five demands" in TEXT


def test_other_pages_are_there() -> None:
    for name in re.findall(r"\]\(([\w.-]+\.md)\)", TEXT):
        assert (DOCS / name).is_file(), name
    assert "(docs/portals.md)" in (DOCS.parent / "README.md").read_text("utf-8")
