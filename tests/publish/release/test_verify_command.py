"""`innoregio verify` names whatever is broken in a tree: files, ledgers, catalogue, pages, links."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from assets.descriptor import load_catalogue
from assets.publish.catalogue.write import write_catalogue
from assets.publish.site.write import write_site
from orchestration.cli.main import main
from tests.publish.release.made_releases import BASE, VINTAGES, publish

DATA = "made-data"
NEWEST = list(VINTAGES)[2]
PAGE = f"en/dataset/{DATA}.html"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three releases with catalogue and pages."""
    out = tmp_path_factory.mktemp("good") / "public"
    for number, version in enumerate(list(VINTAGES)[:3]):
        publish(out, VINTAGES[version], f"{number:x}" * 64)
    write_site(out, load_catalogue(), BASE)
    write_catalogue(out, load_catalogue(), BASE)
    return out


@pytest.fixture
def out(good: Path, tmp_path: Path) -> Path:
    """A copy to break."""
    return Path(shutil.copytree(good, tmp_path / "public"))


def verify(out: Path) -> tuple[int, list[str]]:
    done = CliRunner().invoke(main, ["verify", "--out", str(out)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output.splitlines()


def put(path: Path, old: str, new: str) -> None:
    """Another text in a file."""
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())


def write_before(path: Path, content: bytes) -> None:
    """Puts bytes before a file's own."""
    path.write_bytes(content + path.read_bytes())


def put_page(path: Path, old: str, new: str) -> None:
    """The same in a page, as if it had been written so."""
    put(path, old, new)
    out = next(folder for folder in path.parents if (folder / ".site.json").is_file())
    record = json.loads((out / ".site.json").read_bytes())
    record["files"][path.relative_to(out).as_posix()] = digest(path)
    (out / ".site.json").write_text(json.dumps(record))


def digest(path: Path) -> str:
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def falsify_ledger(out: Path) -> None:
    """Another old value in the newest ledger, and descriptors that know its bytes."""
    folder = out / DATA / NEWEST
    path = folder / "revisions.parquet"
    was = digest(path)
    metadata = pl.read_parquet_metadata(path)
    frame = pl.read_parquet(path).with_columns(pl.col("old_obs_value") + 1)
    kept = {key: value for key, value in metadata.items() if key != "ARROW:schema"}
    frame.write_parquet(path, metadata=kept)
    shutil.copyfile(path, out / DATA / "revisions.parquet")
    for descriptor in (folder / "datapackage.json", out / DATA / "datapackage.json"):
        put(descriptor, was, digest(path))


def in_each_graph(out: Path, old: str, new: str) -> None:
    for name in ("catalog.ttl", "catalog.rdf", "catalog.jsonld"):
        path = out / name
        path.write_bytes(path.read_bytes().replace(old.encode(), new.encode()))


CSV = f"{DATA}/{NEWEST}/made-figures.csv"
BREAKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a file of a release": (lambda out: put(out / CSV, "71.5", "71.6"), f"{CSV}: hash sha256:"),
    "a file that is gone": (lambda out: (out / CSV).unlink(), f"{CSV}: missing"),
    "a newest copy": (
        lambda out: put(out / DATA / "README.md", "Made", "Mode"),
        f"{DATA}/README.md: lags or was changed, it is not the file of version {NEWEST}",
    ),
    "a path of the descriptor": (
        lambda out: put(out / DATA / NEWEST / "datapackage.json", '"made-figures.csv"', '"made.csv"'),
        f"{DATA}/{NEWEST}/made.csv: missing",
    ),
    "a ledger": (
        falsify_ledger,
        f"{DATA}/{NEWEST}/revisions.parquet: walking back from {NEWEST} does not give made-figures of",
    ),
    "a link of the feed": (
        lambda out: put(out / "feed.atom", f"{DATA}/1.1.0/datapackage.json", f"{DATA}/1.1.0/d.json"),
        f"feed.atom: {BASE}{DATA}/1.1.0/d.json is not in the tree",
    ),
    "a link of the sitemap": (
        lambda out: put(out / "sitemap.xml", PAGE, "en/dataset/made.html"),
        f"sitemap.xml: {BASE}en/dataset/made.html is not in the tree",
    ),
    "an address of the catalogue": (
        lambda out: in_each_graph(out, f"{DATA}/{NEWEST}/made-figures.csv", f"{DATA}/9.9.9/made-figures.csv"),
        f"catalog.ttl: {BASE}{DATA}#made-figures-csv offers {BASE}{DATA}/9.9.9/made-figures.csv",
    ),
    "one form of the catalogue": (
        lambda out: put(out / "catalog.rdf", "Made data", "Mode data"),
        "catalog.rdf: says something else than catalog.ttl",
    ),
    "a link of a page": (
        lambda out: put_page(out / PAGE, f"../../{DATA}/made-figures.csv", f"../../{DATA}/figures.csv"),
        f"{PAGE}: leads to {DATA}/figures.csv, which is not there",
    ),
    "a place on a page": (
        lambda out: put_page(out / PAGE, 'id="versions"', 'id="version"'),
        f"{PAGE}: leads to {PAGE}#versions, which that page does not have",
    ),
    "a link out of the tree": (
        lambda out: put_page(out / PAGE, f"../../{DATA}/made-figures.csv", "../../../../secret.csv"),
        f"{PAGE}: leads to secret.csv, which is not there",
    ),
    "a link out of the tree that hides its dots": (
        lambda out: put_page(out / PAGE, f"../../{DATA}/made-figures.csv", "../../%2e%2e/secret.csv"),
        f"{PAGE}: leads to ../secret.csv, which leads out of the tree",
    ),
    "a byte that is no text": (
        lambda out: write_before(out / "fi" / "about.html", b"\xff"),
        "fi/about.html: was changed; the next run writes it",
    ),
    "a link above an address with a path": (
        lambda out: (
            put(out / "feed.atom", f"<id>{BASE}feed.atom", f"<id>{BASE}open/feed.atom"),
            put_page(out / PAGE, f"../../{DATA}/made-figures.csv", "../../../secret.csv"),
        ),
        f"{PAGE}: leads out of the tree, to ../../../secret.csv",
    ),
    "a page": (lambda out: put(out / PAGE, "Made", "Mode"), f"{PAGE}: was changed; the next run writes it"),
    "a page that is gone": (
        lambda out: (out / "fi" / "about.html").unlink(),
        "fi/about.html: missing; the next run writes it",
    ),
    "a link to a page that is gone": (
        lambda out: (out / "fi" / "about.html").unlink(),
        "fi/index.html: leads to fi/about.html, which is not there",
    ),
    "the stylesheet": (
        lambda out: (out / "site" / "style.css").unlink(),
        "en/index.html: leads to site/style.css, which is not there",
    ),
    "a hit of the search": (
        lambda out: put_page(out / "sv" / "search.json", f"dataset/{DATA}.html", "dataset/made.html"),
        "sv/search.json: leads to sv/dataset/made.html, which is not there",
    ),
    "an address of Croissant": (
        lambda out: put(
            out / DATA / "croissant.json", f"{NEWEST}/made-figures.csv", "9.9.9/made-figures.csv"
        ),
        f"{DATA}/croissant.json: leads to {DATA}/9.9.9/made-figures.csv, which is not there",
    ),
    "Croissant": (
        lambda out: (out / DATA / "croissant.json").write_text("[1]"),
        f"{DATA}/croissant.json: not readable",
    ),
    "an identifier": (
        lambda out: put(out / DATA / "README.md", f"{DATA}/{NEWEST}>", f"{DATA}/9.9.9>"),
        f"{DATA}/README.md: leads to {DATA}/9.9.9, which is not there",
    ),
}


def test_a_good_tree(good: Path) -> None:
    code, told = verify(good)
    assert (code, len(told)) == (0, 1), told
    assert told[0].endswith("every file is what its descriptor says, every link leads to one")


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_broken_is_named(name: str, out: Path) -> None:
    change, expected = BREAKS[name]
    change(out)
    code, told = verify(out)
    assert code == 1
    assert [line for line in told if line.startswith(expected)], told


def test_the_next_run_mends_the_pages(out: Path) -> None:
    (out / PAGE).write_text("overwritten")
    (out / DATA / "croissant.json").unlink()
    write_site(out, load_catalogue(), BASE)
    write_catalogue(out, load_catalogue(), BASE)
    assert verify(out)[0] == 0
