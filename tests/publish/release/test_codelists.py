"""Code lists as tables: joined over resources, provider's codes, areas that occur, contradictions refused."""

import csv
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from assets.descriptor import Code, Dataset
from assets.errors import PublishError
from assets.publish.release.codelists import code_lists
from assets.publish.release.tables import prepare_table
from tests.publish.release.made_dataset import (
    AREAS,
    DATASET,
    FIGURE_ROWS,
    FIGURES,
    REGISTER,
    changed_field,
    figures,
    made_field,
    texts,
)

PAIJAT_HAME = ("Päijät-Häme", "Päijät-Häme", "Päijänne-Tavastland", "Päijät-Häme")


def lists(
    dataset: Dataset = DATASET, rows: list[tuple] | None = None, areas: pl.LazyFrame | None = AREAS
) -> dict:
    frames = {"made-figures": prepare_table(figures(rows), FIGURES)}
    return {entry.resource.name: entry for entry in code_lists(dataset, frames, areas)}


def test_every_coded_field_has_a_list() -> None:
    assert list(lists()) == ["codes-geo", "codes-obs_flag", "codes-obs_status", "codes-sex"]
    assert lists()["codes-sex"].frame.rows() == [
        ("T", None, "SSS", "Yhteensä", "Totalt", "Total", "Eurostat code list SEX", "fi sv", None),
        ("F", "T", "2", "Naiset", "Kvinnor", "Females", None, None, None),
        ("M", "T", "1", "Miehet", None, "Males", None, None, "Men and boys"),
    ]


def test_columns_are_the_same_in_every_list() -> None:
    labels = ["label_fi", "label_sv", "label_en"]
    expected = ["code", "parent", "provider_code", *labels, "source", "translated", "definition"]
    for name in ("codes-sex", "codes-obs_status"):
        assert lists()[name].frame.columns == expected == [f.name for f in lists()[name].resource.fields]


def test_a_field_that_we_make_has_no_provider_code() -> None:
    assert lists()["codes-obs_status"].frame["provider_code"].to_list() == [None, None]


def test_a_code_that_is_not_mapped_is_the_providers_own() -> None:
    dataset = changed_field("sex", code_map={})
    assert lists(dataset)["codes-sex"].frame["provider_code"].to_list() == ["T", "F", "M"]


def test_two_provider_codes_of_one_code_stand_side_by_side() -> None:
    dataset = changed_field("sex", code_map={"SSS": "T", "Total": "T"})
    assert lists(dataset)["codes-sex"].frame["provider_code"].to_list()[0] == "SSS Total"


def test_flags_are_a_list_of_symbols() -> None:
    assert lists()["codes-obs_flag"].frame.rows() == [
        ("c", "confidential suomeksi", "confidential på svenska", "confidential"),
        ("p", "provisional suomeksi", "provisional på svenska", "provisional"),
    ]


def test_only_areas_that_occur_are_listed_and_countries_need_no_entry() -> None:
    assert lists()["codes-geo"].frame.rows() == [
        ("country", "XX", None, None, None, None, None, None),
        ("maakunta-2025", "MK07", "maakunta", *PAIJAT_HAME, "en"),
        ("nuts-2021", "FI1C3", "3", *PAIJAT_HAME, "en"),
    ]


@pytest.mark.usefixtures("extent")
def test_every_listed_area_has_a_label_in_three_languages(published: Path) -> None:
    """By the csv module: of an area without a name in a language, its own, and the list says so."""
    native = 0
    for path in sorted(published.glob("*/codes-geo.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        assert [row for row in rows if not all(row[f"label_{la}"] for la in ("fi", "sv", "en"))] == []
        for row in rows:
            for language in row["native"].split():
                assert row[f"label_{language}"] == row["name_native"]
                native += 1
    assert native > 5000


def test_an_area_that_no_list_has_stops_the_dataset() -> None:
    rows = [("FI1C9", "nuts-2021", "2022", "T", 1.0, "A", None)]
    with pytest.raises(
        PublishError, match=r"codes-geo: 1 areas are not in the list of areas, such as FI1C9 \(nuts-2021\)"
    ):
        lists(rows=rows)


def test_a_null_area_is_no_area() -> None:
    fields = tuple(replace(field, constraints={}) for field in FIGURES.fields)
    rows = [*FIGURE_ROWS, (None, None, "2024", "T", 1.0, "A", None)]
    frames = {"made-figures": prepare_table(figures(rows), replace(FIGURES, fields=fields))}
    (geo,) = [entry for entry in code_lists(DATASET, frames, AREAS) if entry.resource.name == "codes-geo"]
    assert geo.frame.height == 3


def test_the_dataset_of_areas_is_its_own_list() -> None:
    dataset = replace(DATASET, resources=(*DATASET.resources, replace(REGISTER, name="areas")))
    assert "codes-geo" not in lists(dataset) and "codes-geo" not in lists(areas=None)


def test_lists_of_two_resources_are_joined() -> None:
    other = replace(
        REGISTER,
        fields=(
            made_field(
                "sex",
                "string",
                codes=(Code("T", FIGURES.field("sex").codes[0].labels), Code("X", texts("X"))),
            ),
        ),
    )
    joined = lists(replace(DATASET, resources=(FIGURES, other)))["codes-sex"].frame
    assert joined["code"].to_list() == ["T", "F", "M", "X"]


def test_one_code_with_two_labels_is_refused() -> None:
    other = replace(REGISTER, fields=(made_field("sex", "string", codes=(Code("T", texts("All")),)),))
    with pytest.raises(PublishError, match="codes-sex: code T has the labels"):
        lists(replace(DATASET, resources=(FIGURES, other)))


def test_one_symbol_with_two_meanings_is_refused() -> None:
    other = replace(REGISTER, fields=(made_field("obs_flag", "string", flags={"c": texts("closed")}),))
    with pytest.raises(PublishError, match="codes-obs_flag: symbol c has two meanings"):
        lists(replace(DATASET, resources=(FIGURES, other)))
