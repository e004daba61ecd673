"""Changes between NUTS versions: known ones, pairing, notes, and that they lead from list to list."""

from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.errors import MappingError
from assets.normalise.regions import lists as region_lists
from assets.normalise.regions import nuts_changes
from assets.normalise.regions.nuts_workbook import read_nuts_workbook

Tables = dict[str, pl.DataFrame]


def change(tables: Tables, to: int, old: str | None, new: str | None) -> dict[str, Any]:
    both = (pl.col("old").eq_missing(pl.lit(old)), pl.col("new").eq_missing(pl.lit(new)))
    return tables["changes"].filter(pl.col("to_classification") == f"nuts-{to}", *both).row(0, named=True)


def test_known_changes(tables: Tables) -> None:
    iitti = change(tables, 2024, "FI1C3", "FI1C6")
    assert (iitti["change"], iitti["pairing"], iitti["level"]) == ("boundary-shift", "name", 3)
    assert iitti["note"] == "LAU Iitti (142) moved from ex-FI1C4 to ex-FI1C3"
    assert change(tables, 2024, "FI1C4", "FI1C7")["note"] == iitti["note"]
    assert change(tables, 2010, "FI185", "FI1C3")["change"] == "recoded"
    assert change(tables, 2010, "FI182", "FI1B1")["change"] == "merged"
    assert change(tables, 2010, "FI18", None)["change"] == "split"
    assert change(tables, 2010, "FI18", "FI1C")["change"] == "new"
    kainuu = change(tables, 2016, "FI1D4", "FI1D8")
    assert (kainuu["change"], kainuu["pairing"]) == ("boundary-shift", "line")
    finnish = tables["changes"].filter(pl.coalesce("old", "new").str.starts_with("FI"))
    assert Counter(finnish["to_classification"]) == {
        "nuts-2006": 2,
        "nuts-2010": 21,
        "nuts-2016": 2,
        "nuts-2024": 9,
    }
    assert change(tables, 2013, "UKH13", None)["change"] == "split"  # the full list leaves the word out
    assert change(tables, 2024, "LV007", None)["change"] == "merged"


def test_notes_are_one_tidy_line_that_says_more_than_the_kind(tables: Tables) -> None:
    notes = tables["changes"]["note"].drop_nulls()
    assert notes.str.contains(r"[0-9(]").all()
    assert not notes.str.contains(r"^\s|\s$|\n|recalculation by NSI").any()
    assert change(tables, 2010, "FI18", "FI1C")["note"] == "FI1B + FI1C = FI18"
    assert change(tables, 2024, "AT225", "AT225")["note"].startswith("Boundary shift between AT224 and AT225")
    assert change(tables, 2024, "ITI3", "ITI3")["note"] == "art. 5(2a)"
    assert change(tables, 2010, "FI185", "FI1C3")["note"] is None  # the codes say it


def test_an_explanation_in_the_wrong_line_is_no_note(tables: Tables) -> None:
    """The sheet of level 3 explains PT181 to PT1C1 with `PT196 = PT16J`."""
    assert change(tables, 2024, "PT181", "PT1C1")["note"] == "Code change due to changes on NUTS-2 level"


def test_a_change_is_there_once(tables: Tables) -> None:
    frame = tables["changes"]
    assert frame.select("from_classification", "to_classification", "old", "new").is_unique().all()
    assert frame.filter(pl.col("old").is_null() & pl.col("new").is_null()).is_empty()
    assert frame["pairing"].is_null().eq(frame["old"].is_null() | frame["new"].is_null()).all()


def test_changes_lead_from_list_to_list(tables: Tables) -> None:
    """Old codes are areas of the earlier version, new ones of the later; what is not in the next list has a
    change."""
    areas = dict(tables["areas"].group_by("geo_classification").agg("geo").iter_rows())
    frame = tables["changes"]
    for (earlier, later), rows in frame.group_by("from_classification", "to_classification"):
        old, new = set(areas[str(earlier)]), set(areas[str(later)])
        assert set(rows["old"].drop_nulls()) <= old
        assert set(rows["new"].drop_nulls()) <= new
        gone, come = old - new, new - old
        # Two steps are not told by any workbook: the United Kingdom left, partner countries and Croatia came.
        gone -= {code for code in gone if code.startswith("UK") and later == "nuts-2024"}
        assert gone <= set(rows["old"].drop_nulls())
        untold = {code[:2] for code in come - set(rows["new"].drop_nulls())}
        assert untold <= {
            "nuts-2010": {"HR"},
            "nuts-2016": {"AL", "CH", "IS", "LI", "ME", "MK", "NO", "RS", "TR"},
        }.get(str(later), set())


def lines(*rows: tuple[str | None, ...]) -> pl.DataFrame:
    """Made lines of a workbook 2021 to 2024: sheet, old, new, level, name, change, explanation."""
    frame = pl.DataFrame(
        rows, schema=["sheet", "old", "new", "level", "name", "change", "explanation"], orient="row"
    )
    text = [pl.lit(None, pl.String).alias("part"), pl.lit("2021").alias("from"), pl.lit("2024").alias("to")]
    return frame.cast(pl.String).with_columns(text)


def test_boundary_shift_and_new_region_are_paired_only_side_by_side_with_one_name_and_level() -> None:
    made = nuts_changes.nuts_changes(
        lines(
            ("correspondence", "XA111", None, "3", "A", "Boundary shift", None),
            ("correspondence", None, "XA112", "3", "A", "New region", None),
            ("correspondence", None, "XA113", "3", "B", "New region", None),
            ("correspondence", "XA114", None, "3", "B", "Boundary shift", None),
            ("correspondence", "XA115", None, "3", "C", "Boundary shift", None),
            ("correspondence", "XA116", "XA116", "3", "X", None, None),
            ("correspondence", None, "XA117", "3", "C", "New region", None),
            ("correspondence", "XA118", None, "3", "D", "Boundary shift", None),
            ("correspondence", None, "XA12", "2", "D", "New region", None),
            ("correspondence", "XA119", None, "3", "E", "Split", None),
            ("correspondence", None, "XA11A", "3", "E", "New region", None),
        )
    )
    assert made.filter(pl.col("pairing") == "name").select("old", "new").rows() == [
        ("XA111", "XA112"),
        ("XA114", "XA113"),
    ]
    assert made.height == 9 - 1
    assert made.filter(pl.col("old") == "XA116").is_empty()


def test_an_unknown_word_for_a_change_stops() -> None:
    with pytest.raises(MappingError, match="XA111 to XA112: the change 'Swapped' is not in"):
        nuts_changes.nuts_changes(lines(("correspondence", "XA111", "XA112", "3", "A", "Swapped", None)))
    with pytest.raises(MappingError, match="XA111 to XA112: the change '' is not in"):
        nuts_changes.nuts_changes(lines(("correspondence", "XA111", "XA112", "3", "A", None, None)))


@pytest.mark.slow  # it reads all workbooks anew
def test_every_listed_wording_occurs(shared: Path) -> None:
    """The list of wordings is closed in both directions: one that no workbook has is out of date."""
    listed = set(region_lists.read_region_list("nuts_change_kinds")["text"])
    folder = shared / "upstream/nuts/eurostat"
    books = [read_nuts_workbook(path).frame.collect() for path in folder.glob("NUTS*.xls*")]
    found = pl.concat(books).filter(pl.col("sheet") == "correspondence")["change"].str.to_lowercase()
    assert listed <= set(found)
