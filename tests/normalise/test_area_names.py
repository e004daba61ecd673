"""Names of areas to codes: exact, of one classification, and never a guess."""

import polars as pl
import pytest

from assets.errors import MappingError
from assets.normalise.area_names import code_areas

AREAS = pl.DataFrame(
    [
        ("nuts-2024", "FI1", "1", "Manner-Suomi", None),
        ("nuts-2024", "FI1C", "2", "Etelä-Suomi", None),
        ("nuts-2024", "FI1C6", "3", "Päijät-Häme", "Päijänne-Tavastland"),
        ("nuts-2024", "FI2", "1", "Åland", None),
        ("nuts-2024", "FI20", "2", "Åland", None),
        ("nuts-2024", "FI200", "3", "Åland", None),
        ("nuts-2024", "PL1", "1", "Centralny", None),
        ("nuts-2024", "SE1", "1", "Centralny", None),
        ("nuts-2021", "FI1C3", "3", "Päijät-Häme", None),
        ("country", "FI", "0", "Suomi/Finland", "Finland"),
        ("nuts-2024", "DK0", "1", "Danmark", None),
        ("country", "DK", "0", "Danmark", "Denmark"),
    ],
    schema=["geo_classification", "geo", "level", "name_native", "name_sv"],
    orient="row",
).with_columns(pl.lit(None, pl.String).alias("name_fi"), pl.col("name_sv").alias("name_en"))


def code(*labels: str, known: tuple[str, ...] = (), counted: bool = True) -> list[str]:
    rows = pl.DataFrame({"GEO": labels, "OBS_VALUE": range(len(labels))}, schema_overrides={"GEO": pl.String})
    if counted:
        seen = [str(labels[: i + 1].count(label)) for i, label in enumerate(labels)]
        rows = rows.with_columns(pl.Series("GEO_OCCURRENCE", seen, dtype=pl.String))
    coded = code_areas(rows, "GEO", AREAS.lazy(), "nuts-2024", known, "made")
    assert coded.columns == ["GEO", "OBS_VALUE"] and coded["OBS_VALUE"].to_list() == list(range(len(labels)))
    return coded["GEO"].to_list()


def test_a_name_in_any_language_is_its_code_in_the_one_classification() -> None:
    assert code("Päijät-Häme", "Finland", "Etelä-Suomi") == ["FI1C6", "FI", "FI1C"]
    assert code("Päijänne-Tavastland", counted=False) == ["FI1C6"]


def test_an_area_and_its_only_part_are_told_apart_by_the_order_of_their_rows() -> None:
    assert code("Åland", "Päijät-Häme", "Åland", "Åland") == ["FI2", "FI1C6", "FI20", "FI200"]
    # a table of regions on two levels has no third row
    assert code("Manner-Suomi", "Etelä-Suomi", "Åland", "Åland") == ["FI1", "FI1C", "FI2", "FI20"]
    assert code("Päijät-Häme", "Åland") == ["FI1C6", "FI200"]


def test_a_name_of_a_country_and_its_only_part_is_the_part_where_the_country_has_another() -> None:
    assert code("Denmark", "Danmark", "Manner-Suomi") == ["DK", "DK0", "FI1"]
    assert code("Finland", "Danmark") == ["FI", "DK"], "no other name of the table is of the part's level"


def test_what_the_descriptor_maps_or_leaves_out_stays() -> None:
    known = ("European Union", "Centralny")
    assert code("European Union", "Päijät-Häme", "Centralny", known=known) == [
        "European Union",
        "FI1C6",
        "Centralny",
    ]


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["Päijät-Häme", "päijät-häme"], "'päijät-häme'"),
        (["Päijät-Häme ", "Lahti"], "'Lahti', 'Päijät-Häme '"),
        (["Åland"], r"'Åland' \(1 rows, FI2, FI20, FI200\)"),
        (["Päijät-Häme", "Päijät-Häme"], r"'Päijät-Häme' \(2 rows, FI1C6\)"),
        (["Centralny", "Centralny"], r"'Centralny' \(2 rows, PL1, SE1\)"),
        (["Centralny", "Etelä-Suomi"], r"'Centralny' \(1 rows, PL1, SE1\)"),
    ],
)
def test_a_name_of_no_area_or_of_several_stops(labels: list[str], said: str) -> None:
    with pytest.raises(
        MappingError, match=f"made: GEO: not each the name of one area of nuts-2024: {said}; map"
    ):
        code(*labels)


def test_a_classification_that_is_not_there_stops() -> None:
    rows = pl.DataFrame({"GEO": ["Päijät-Häme"]})
    with pytest.raises(MappingError, match="no area list 'nuts-2030'"):
        code_areas(rows, "GEO", AREAS.lazy(), "nuts-2030", (), "made")
