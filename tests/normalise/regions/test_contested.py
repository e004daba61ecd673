"""Where the lists and the matrices disagree: found by reading the matrices with the csv module."""

import csv
from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest

from assets.normalise.regions.contested import find_contested, prepare_matrices
from assets.normalise.regions.nuts_matrices import MEASURES, Matrix

Tables = dict[str, pl.DataFrame]
Flows = dict[str, dict[str, float]]
TOLERANCE = 0.001
EDGE = ["from_classification", "from_geo", "to_classification", "to_geo"]
MATRICES = ((2016, 2021), (2010, 2016), (2006, 2021))


def read_flows(shared: Path, level: int, first: int, last: int) -> tuple[Flows, Flows]:
    """The inhabitants of 2018 by the two codes, and the other way round."""
    there: Flows = defaultdict(dict)
    back: Flows = defaultdict(dict)
    path = shared / f"upstream/nuts/conversion/n{level}_cm_v{first}_v{last}.csv"
    with path.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            old, new = row[f"code_v{first}"], row[f"code_v{last}"]
            there[old][new] = back[new][old] = float(row["pop18"])
    return there, back


def edge(tables: Tables, *ends: str) -> dict[str, object]:
    found = tables["crosswalk"].filter(pl.col(name) == end for name, end in zip(EDGE, ends, strict=True))
    return found.row(0, named=True)


@pytest.mark.parametrize(("first", "last"), MATRICES)
def test_every_relation_beyond_the_tolerance_is_contested(
    tables: Tables, shared: Path, first: int, last: int
) -> None:
    """Both ways: what is called the same land must hold all of each area's inhabitants."""
    there, back = read_flows(shared, 3, first, last)
    codes = [set(tables["areas"].filter(geo_classification=f"nuts-{year}")["geo"]) for year in (first, last)]
    compared, doubted = 0, 0
    whole = tables["crosswalk"].filter(
        pl.col("kind").is_in(["same", "whole"]),
        pl.col("from_geo").str.len_chars() == 5,
        from_classification=f"nuts-{first}",
        to_classification=f"nuts-{last}",
    )
    for row in whole.iter_rows(named=True):
        old, new = row["from_geo"], row["to_geo"]
        if not there[old].keys() <= codes[1] or not back[new].keys() <= codes[0] or not there[old]:
            continue
        share = there[old].get(new, 0) / sum(there[old].values())
        share_back = there[old].get(new, 0) / sum(back[new].values())
        if (old, new) in (("FI182", "FI1B1"), ("FI186", "FI1C4")):  # a note says FI1B1 = FI181 + FI182
            assert row["exact"]
            continue
        least = min(share, share_back) if row["kind"] == "same" else share
        compared += 1
        if least < 1 - TOLERANCE:
            doubted += 1
            assert not row["exact"], (old, new, share, share_back)
            assert row["weight"] == 1 and row["other_source"]
            assert row["other_weight"] == pytest.approx(share, abs=1e-9)
            assert row["other_weight_back"] == pytest.approx(share_back, abs=1e-9)
        elif not row["exact"]:  # a matrix of a shorter span says so
            assert row["other_source"] in ("n3-2010-2016", "n3-2016-2021"), (old, new, share, share_back)
            assert first == 2006
    assert compared > 1000 and doubted > 15


def test_himanka_kiikoinen_and_langelmaki(tables: Tables) -> None:
    """Municipalities that merged across a border of NUTS 3 between 2006 and 2013, which no list says."""
    for old, new, least in (
        ("FI1A1", "FI1D5", 0.9624),
        ("FI196", "FI196", 0.9948),
        ("FI197", "FI197", 0.9983),
    ):
        for version in ("nuts-2010", "nuts-2021"):
            found = edge(tables, "nuts-2006", old, version, new)
            assert (found["kind"], found["weight"], found["exact"]) == ("same", 1.0, False)
            assert (found["source"], found["other_source"]) == ("nuts-lists", "n3-2006-2021")
            assert found["other_weight"] == pytest.approx(least, abs=1e-4)
        assert edge(tables, "nuts-2010", new, "nuts-2013", new)["exact"]
    national = edge(tables, "nuts-2006", "FI1A1", "maakunta-2026", "MK16")
    assert (national["kind"], national["exact"]) == ("same", False)
    assert national["other_weight"] == pytest.approx(0.962428, abs=1e-6)
    assert edge(tables, "maakunta-2026", "MK16", "nuts-2006", "FI1A1")["other_source"] == "n3-2006-2021"
    land = dict(
        tables["territories"].filter(geo_classification="nuts-2006").select("geo", "territory_id").rows()
    )
    assert (land["FI1A1"], land["FI185"][:3]) == (
        "nuts-2003:FI1A1",
        "FI:",
    )  # a break where it is not the same


def test_known_contradictions_abroad(tables: Tables) -> None:
    for first, geo, last, share in (
        ("nuts-2010", "UKM63", "nuts-2016", 0.787465),
        ("nuts-2016", "NL33A", "nuts-2021", 0.913758),
        ("nuts-2010", "NL111", "nuts-2016", 0.918612),
    ):
        found = edge(tables, first, geo, last, geo)
        assert not found["exact"] and found["other_weight"] == pytest.approx(share, abs=1e-6)
    assert edge(tables, "nuts-2016", "NL33", "nuts-2021", "NL33")["other_source"] == "n3-2016-2021"
    # Blamed on the step that the shorter matrix spans, not on those before.
    assert edge(tables, "nuts-2010", "DEG0P", "nuts-2013", "DEG0P")["exact"]


def test_a_sliver_is_cut_below_the_limit_only(tables: Tables, shared: Path) -> None:
    there, _ = read_flows(shared, 3, 2006, 2021)
    found = tables["crosswalk"].filter(from_geo="NL336", to_classification="nuts-2021", kind="population")
    expected = {new: people / sum(there["NL336"].values()) for new, people in there["NL336"].items()}
    weights = dict(found.filter(reference_year=2018).select("to_geo", "weight").rows())
    assert weights == pytest.approx(expected) and set(weights) == {"NL310", "NL33A", "NL33C"}
    area = tables["crosswalk"].filter(from_geo="NL336", to_geo="NL33A", kind="area")["weight"]
    assert area.item() == pytest.approx(402.0 / (110.8 + 402.0 + 20.7))


def test_an_official_note_denies_a_sliver(tables: Tables, shared: Path) -> None:
    """FI1B + FI1C = FI18, says the list; the matrix gives 630 inhabitants to FI1D."""
    there, _ = read_flows(shared, 2, 2006, 2021)
    assert 0 < there["FI18"]["FI1D"] < 1000
    found = tables["crosswalk"].filter(from_geo="FI18", to_classification="nuts-2021")
    assert set(found["to_geo"]) == {"FI1B", "FI1C"}
    back = tables["crosswalk"].filter(from_geo="FI1D", to_classification="nuts-2006")
    assert set(back["to_geo"]) == {"FI13", "FI1A"}


def test_a_large_flow_is_no_sliver_whatever_a_note_says(tables: Tables) -> None:
    """PL925 = PL12E, says the list of 2016; of the PL129 of 2010 the matrix has 13 per cent there."""
    found = tables["crosswalk"].filter(
        from_geo="PL129",
        to_geo="PL925",
        from_classification="nuts-2010",
        reference_year=2018,
        kind="population",
    )
    assert found["weight"].item() == pytest.approx(0.132457, abs=1e-6)


def made_matrix(first: int, last: int, flows: dict[tuple[str, str], float]) -> Matrix:
    rows = [(old, new, *[people] * len(MEASURES)) for (old, new), people in flows.items()]
    frame = pl.DataFrame(rows, schema=["old", "new", *MEASURES], orient="row")
    return Matrix(f"nuts-{first}", f"nuts-{last}", 3, f"n3-{first}-{last}", frame)


def test_the_step_that_no_shorter_matrix_confirms_is_contested() -> None:
    """Made lists of three versions in which nothing changed, and matrices that say otherwise."""
    years = (2010, 2013, 2016)
    areas = pl.DataFrame(
        [(f"nuts-{year}", geo, 3) for year in years for geo in ("AA001", "AA002")],
        schema=["geo_classification", "geo", "level"],
        orient="row",
    )
    texts = ["from_classification", "to_classification", "old", "new", "change", "note"]
    changes = pl.DataFrame(schema=dict.fromkeys(texts, pl.String))
    moved = {("AA001", "AA001"): 90.0, ("AA001", "AA002"): 10.0, ("AA002", "AA002"): 100.0}
    still = {("AA001", "AA001"): 100.0, ("AA002", "AA002"): 100.0}

    def steps(*matrices: Matrix) -> set[str]:
        found = find_contested(areas, changes, prepare_matrices(areas, changes, matrices))
        return set(found["one"])

    assert steps(made_matrix(2010, 2016, moved)) == {"nuts-2010", "nuts-2013"}
    assert steps(made_matrix(2010, 2016, moved), made_matrix(2013, 2016, still)) == {"nuts-2010"}
    assert steps(made_matrix(2010, 2016, moved), made_matrix(2010, 2013, moved)) == {"nuts-2010"}
    assert steps(made_matrix(2010, 2016, still)) == set()
