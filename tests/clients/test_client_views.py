"""The views of `innoregio.sql` in DuckDB, over HTTP and from the folder: every row, labels beside codes."""

import csv
import json
import re
from pathlib import Path

import pytest

from assets.publish.catalogue.sql_views import view_name
from tests.clients.published_tables import READERS, python, run
from tests.clients.served_tree import Served, served  # noqa: F401

PAGE = Path(__file__).parents[2] / "docs/client.md"
pytestmark = pytest.mark.slow
LABELLED = """SELECT geo, sector, sector_label_fi, geo_label_en, obs_value FROM rd_expenditure
WHERE time_period = '2024' AND indicator = 'RD_EXPENDITURE' ORDER BY geo, sector"""


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def value_of(row: dict[str, str]) -> float:
    return float(row["obs_value"] or "nan")


@pytest.mark.parametrize("over_http", [False, True], ids=["folder", "http"])
def test_every_table_is_a_view_with_all_its_rows(over_http: bool, served: Served) -> None:  # noqa: F811
    wanted = {}
    for path in sorted(served.out.glob("*/datapackage.json")):
        for entry in json.loads(path.read_bytes())["resources"]:
            if entry["name"].endswith("-parquet"):
                name = view_name(path.parent.name, entry["name"].removesuffix("-parquet"))
                wanted[name] = entry["innoregio:rows"]
    assert len(wanted) > 40
    queries = [LABELLED, *(f'SELECT count(*) FROM "{name}"' for name in wanted)]
    tree = served.base if over_http else f"{served.out}/"
    labelled, *counts = json.loads(
        run(python(), str(READERS / "run_views.py"), tree, json.dumps(queries, ensure_ascii=False))
    )
    assert {name: count for name, [[count]] in zip(wanted, counts, strict=True)} == wanted
    folder = served.out / "rd-expenditure"
    sectors = {row["code"]: row["label_fi"] for row in rows_of(folder / "codes-sector.csv")}
    areas = {row["code"]: row["label_en"] for row in rows_of(folder / "codes-geo.csv")}
    expected = [
        [
            row["geo"],
            row["sector"],
            sectors[row["sector"]],
            areas[row["geo"]],
            float(row["obs_value"] or "nan"),
        ]
        for row in rows_of(folder / "rd-expenditure.csv")
        if (row["time_period"], row["indicator"]) == ("2024", "RD_EXPENDITURE")
    ]
    shown = [[*row[:4], float("nan") if row[4] is None else row[4]] for row in labelled]
    assert repr(shown) == repr(sorted(expected, key=lambda row: row[:2]))
    assert shown


def test_the_query_of_the_page_has_the_regions_figures(served: Served) -> None:  # noqa: F811
    [block] = re.findall(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    query = block[block.index("SELECT") :]
    [rows] = json.loads(run(python(), str(READERS / "run_views.py"), f"{served.out}/", json.dumps([query])))
    wanted = [
        (row["time_period"], value_of(row))
        for row in rows_of(served.out / "rd-expenditure" / "rd-expenditure.csv")
        if (row["geo"], row["indicator"]) == ("MK07", "RD_EXPENDITURE")
    ]
    assert {row[0] for row in rows} == {"Päijät-Häme"}
    assert sorted((row[1], float("nan") if row[2] is None else row[2]) for row in rows) == sorted(wanted)
