"""When rows that went and rows that came count as the same under another code, and when they must not."""

from collections.abc import Mapping

import polars as pl
import pytest

from assets.publish.revisions.compare import compare_tables
from assets.publish.revisions.recode import Recoding, find_recoding

KEY = ("geo", "geo_classification", "sector", "time_period")
Lists = Mapping[str, pl.DataFrame]
Row = tuple[str, str, str, str, float | None]


def table(*rows: Row) -> pl.DataFrame:
    return pl.DataFrame(
        rows, schema={**dict.fromkeys(KEY, pl.String), "obs_value": pl.Float64}, orient="row"
    ).sort(KEY)


def recoding(old: pl.DataFrame, new: pl.DataFrame, lists: tuple[Lists, Lists] = ({}, {})) -> Recoding:
    return find_recoding(compare_tables(old, new, KEY), (old, new), KEY, lists)


def told(found: Recoding) -> list[tuple[str, str, str, int]]:
    return [
        (" ".join(map(str, one.old)), " ".join(map(str, one.new)), one.evidence, one.rows)
        for one in found.renames
    ]


def series(
    sector: str, values: list[float | None], area: str = "AA", vintage: str = "v1", start: int = 2000
) -> list[Row]:
    return [(area, vintage, sector, str(start + place), value) for place, value in enumerate(values)]


def sectors(*rows: tuple[str, str | None, str | None]) -> Lists:
    """A code list of sectors: code, provider's code, label."""
    schema = ["code", "provider_code", "label_en"]
    return {"codes-sector": pl.DataFrame(rows, schema=dict.fromkeys(schema, pl.String), orient="row")}


def areas(*rows: tuple[str, str, str, str]) -> Lists:
    """A code list of areas: vintage, code, level, name."""
    schema = ["geo_classification", "code", "level", "name_native"]
    return {"codes-geo": pl.DataFrame(rows, schema=dict.fromkeys(schema, pl.String), orient="row")}


KEPT = series("B", [9.0, 8.0])


def test_the_same_figures_under_another_code() -> None:
    found = recoding(table(*series("A", [1.0, 2.0, 3.0]), *KEPT), table(*series("X", [1.0, 2.0, 3.0]), *KEPT))
    assert told(found) == [("A", "X", "figures", 3)]
    assert (found.added.height, found.gone.height) == (0, 0)
    assert found.before["sector"].unique().to_list() == ["A"]
    assert found.after["sector"].unique().to_list() == ["X"]
    assert found.before["time_period"].to_list() == found.after["time_period"].to_list()


def test_a_period_that_comes_or_goes_with_the_code_is_told_beside() -> None:
    old = table(*series("A", [1.0, 2.0, 3.0, 4.0]), *series("B", [9.0], start=2001))
    new = table(*series("X", [2.0, 3.0, 4.0, 5.0], start=2001), *series("B", [9.0], start=2001))
    found = recoding(old, new)
    assert told(found) == [("A", "X", "figures", 3)]
    assert found.gone["time_period"].to_list() == ["2000"] and found.added["time_period"].to_list() == [
        "2004"
    ]


@pytest.mark.parametrize(
    "values", [[5.0, 5.0, 5.0, 5.0], [None, None, None], [1.0, 2.0]], ids=["equal", "missing", "few"]
)
def test_figures_that_many_series_have_are_no_evidence(values: list[float | None]) -> None:
    found = recoding(table(*series("A", values), *KEPT), table(*series("X", values), *KEPT))
    assert not found.renames and found.added.height == found.gone.height == len(values)


def test_two_codes_with_the_same_figures_are_not_told_apart_by_guessing() -> None:
    values = [1.0, 2.0, 3.0]
    found = recoding(
        table(*series("A", values), *series("B", values)), table(*series("X", values), *series("Y", values))
    )
    assert not found.renames and found.added.height == 6


def test_a_code_that_is_still_there_was_not_renamed() -> None:
    """Only some rows of A went, and X has the same figures: A is no former name of X."""
    rest = series("A", [7.0], start=1990)
    found = recoding(table(*series("A", [1.0, 2.0, 3.0]), *rest), table(*series("X", [1.0, 2.0, 3.0]), *rest))
    assert not found.renames and found.gone.height == 3


def test_a_code_that_was_there_is_no_new_name() -> None:
    known = series("X", [7.0], start=1990)
    found = recoding(
        table(*series("A", [1.0, 2.0, 3.0]), *known), table(*series("X", [1.0, 2.0, 3.0]), *known)
    )
    assert not found.renames and found.added.height == 3


def test_the_providers_code_is_stronger_than_the_label_and_the_figures() -> None:
    old, new = series("A", [1.0, 2.0, 3.0]), series("X", [4.0, 5.0, 6.0])
    lists = sectors(("A", "1", "Firms")), sectors(("X", "1", "Companies"), ("Y", "2", "Firms"))
    found = recoding(table(*old, *KEPT), table(*new, *series("Y", [1.0, 2.0, 3.0]), *KEPT), lists)
    assert told(found) == [("A", "X", "provider", 3)]
    assert found.after["obs_value"].to_list() == [4.0, 5.0, 6.0]  # revised at once: both values are told


def test_the_same_label_under_another_code() -> None:
    lists = sectors(("A", "A", "Firms")), sectors(("X", "X", "Firms"))
    found = recoding(table(*series("A", [1.0]), *KEPT), table(*series("X", [1.5]), *KEPT), lists)
    assert told(found) == [("A", "X", "label", 1)]


def test_a_new_vintage_of_areas() -> None:
    old = [*series("A", [1.0], "AA1"), *series("A", [2.0], "AA2"), *series("A", [3.0], "AA3")]
    new = [
        *series("A", [1.0], "AA1", "v2"),
        *series("A", [2.0], "AA7", "v2"),
        *series("A", [4.0], "AA8", "v2"),
    ]
    lists = (
        areas(("v1", "AA1", "3", "One"), ("v1", "AA2", "3", "Two"), ("v1", "AA3", "3", "Three")),
        areas(("v2", "AA1", "3", "One"), ("v2", "AA7", "3", "Two"), ("v2", "AA8", "3", "Eight")),
    )
    found = recoding(table(*old), table(*new), lists)
    assert told(found) == [("v1 AA1", "v2 AA1", "vintage", 1), ("v1 AA2", "v2 AA7", "label", 1)]
    assert found.gone["geo"].to_list() == ["AA3"] and found.added["geo"].to_list() == ["AA8"]


def test_a_region_and_its_only_part_have_one_name_and_are_not_confused() -> None:
    lists = (
        areas(("v1", "AA", "2", "Åland"), ("v1", "AA0", "3", "Åland")),
        areas(("v2", "BB", "2", "Åland"), ("v2", "BB0", "3", "Åland")),
    )
    old = [*series("A", [1.0], "AA"), *series("A", [1.0], "AA0")]
    new = [*series("A", [1.0], "BB", "v2"), *series("A", [1.0], "BB0", "v2")]
    assert told(recoding(table(*old), table(*new), lists)) == [
        ("v1 AA", "v2 BB", "label", 1),
        ("v1 AA0", "v2 BB0", "label", 1),
    ]


def test_two_parts_of_the_key_renamed_at_once() -> None:
    lists = (
        {**sectors(("A", "1", "Firms")), **areas(("v1", "AA", "3", "One"))},
        {**sectors(("X", "1", "Firms")), **areas(("v2", "AA", "3", "One"))},
    )
    found = recoding(table(*series("A", [1.0, 2.0])), table(*series("X", [1.0, 2.0], vintage="v2")), lists)
    assert {one[:3] for one in told(found)} == {("v1 AA", "v2 AA", "vintage"), ("A", "X", "provider")}
    assert (found.added.height, found.gone.height, found.after.height) == (0, 0, 2)


def test_categories_give_the_same_as_text() -> None:
    old, new = table(*series("A", [1.0, 2.0, 3.0]), *KEPT), table(*series("X", [1.0, 2.0, 3.0]), *KEPT)
    coded = [one.with_columns(pl.col(pl.String).cast(pl.Categorical)) for one in (old, new)]
    found = compare_tables(old, new, KEY)
    assert told(find_recoding(found, (coded[0], coded[1]), KEY, ({}, {}))) == [("A", "X", "figures", 3)]
