"""The trees that the catalogue's tests read: the shipped one, served, and a made one with all that a package
may hold."""

from dataclasses import replace

import polars as pl
import pytest
from rdflib import Graph

from assets.descriptor import load_catalogue
from assets.descriptor.model import RejectRule
from assets.descriptor.rejected import rejected_resources
from assets.publish.catalogue import write_catalogue
from assets.publish.site.write import write_site
from tests.clients.served_tree import Served, served  # noqa: F401
from tests.publish.catalogue.read_tree import Read
from tests.publish.release.made_dataset import BASE, FIGURES
from tests.publish.release.made_releases import AREAS, STATISTIC, VINTAGES, figures, publish_dataset

REASON = {"fi": "Alue puuttuu.", "sv": "Området saknas.", "en": "The area is missing."}


@pytest.fixture(scope="session")
def shipped(served: Served) -> Read:  # noqa: F811
    """The tree of all datasets, which a server answers for."""
    return Read(served.out, served.base, Graph().parse(served.out / "catalog.ttl"))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """Two releases of a made statistic, with ledger, rejected rows, code lists, page and workbook."""
    out = tmp_path_factory.mktemp("made") / "public"
    table = replace(FIGURES, reject_rules=(RejectRule("no-area", "missing", ("geo",), REASON),))
    (rejected,) = rejected_resources([table])
    dataset = replace(STATISTIC, resources=(*STATISTIC.resources, rejected))
    row = ("made-figures", "data", 2, "no-area", None)
    names = [field.name for field in rejected.fields]
    rows = pl.LazyFrame([row], names, orient="row").with_columns(pl.col("key").cast(pl.String))
    from tests.publish.release.made_dataset import changed_snapshot

    for version in ("1.0.0", "1.1.0"):
        tables = {"made-figures": figures(VINTAGES[version]), "rejected": rows}
        snapshot = changed_snapshot(sha256=version[2] * 64)
        assert publish_dataset(dataset, tables, [snapshot], AREAS, out, BASE).version == version
    write_site(out, load_catalogue(), BASE)
    write_catalogue(out, load_catalogue(), BASE)
    return Read(out, BASE, Graph().parse(out / "catalog.ttl"))


@pytest.fixture(params=["shipped", "made"])
def read(request: pytest.FixtureRequest) -> Read:
    """Each of the two."""
    found: Read = request.getfixturevalue(request.param)
    return found
