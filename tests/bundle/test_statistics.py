"""The bundled statistics: exactly the stated cells of the recorded files, byte for byte where they are lines,
with provenance. Everything is read here by csv, json and gzip alone.
"""

import csv
import gzip
import hashlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from assets.bundle import eurostat as bundle_eurostat
from assets.bundle import statfin as bundle_statfin
from assets.bundle.recorded import read_index, recorded_provenance
from assets.errors import SourceError
from assets.store.snapshots import bundle_root

PARTS = {  # table/part -> recorded file, the beginnings of area codes that are kept (None: the whole file)
    "eurostat/nama_10r_3gdp/data": ("eurostat/tsv/nama_10r_3gdp_2024-07.tsv", "FI SE DK EE LV LT PL DE EU"),
    "eurostat/bd_size_r3/data": ("eurostat/tsv/bd_size_r3_tabular.tsv.gz", "FI SE DK EE LV LT"),
    "eurostat/edat_lfse_22/data": ("eurostat/tsv/edat_lfse_22_tabular.tsv.gz", "FI SE DK EE LV LT"),
    "eurostat/demo_r_pjanaggr3/data": (
        "eurostat/sdmx-csv/demo_r_pjanaggr3_page_linear_2023-09.csv.gz",
        None,
    ),
    "eurostat/pat_ep_rtot/data": ("eurostat/converted/pat_ep_rtot_1977-2012.csv.gz", None),
    "statfin/13tn/2022-2024": ("statfin/pxweb-v1/tkke_13tn_2022-2024_response.json", None),
    "statfin/13tn/2023-2024": ("statfin/pxweb-v1/tkke_13tn_response.json", None),
    "statfin/11re/2023-2024": ("statfin/pxweb-v1/vaerak_11re_response.json", None),
    "statfin/12r5/data": ("statfin/pxweb-v1/tyonv_12r5_response.json", None),
    "statfin/12bs/2023": ("statfin/pxweb-v1/vkour_12bs_response.json", None),
}
TSV = [part for part, (path, areas) in PARTS.items() if areas]
JSON = [part for part in PARTS if part.startswith("statfin")]


def files(part: str) -> tuple[Path, Path]:
    """The one snapshot of a part and its provenance."""
    found = sorted((bundle_root() / part).iterdir(), key=lambda path: len(path.name))
    assert len(found) == 2, f"{part}: {[path.name for path in found]}"
    return found[0], found[1]


def content(path: Path) -> bytes:
    raw = path.read_bytes()
    return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw


def bundled(part: str) -> bytes:
    return content(files(part)[0])


def by_period(part: str, key: str) -> dict[str, str]:
    """The cells of one line of a TSV."""
    header, *lines = bundled(part).decode().splitlines()
    (line,) = (line for line in lines if line.startswith(f"{key}\t"))
    return {
        period.strip(): text.strip()
        for period, text in zip(header.split("\t")[1:], line.split("\t")[1:], strict=True)
    }


def cell(answer: Any, *codes: str) -> Any:
    position = 0
    for name, size, code in zip(answer["id"], answer["size"], codes, strict=True):
        position = position * size + answer["dimension"][name]["category"]["index"][code]
    return answer["value"][position]


@pytest.mark.parametrize("part", TSV)
def test_lines_are_those_of_the_recorded_file(part: str, shared: Path) -> None:
    path, areas = PARTS[part]
    recorded = content(shared / "upstream" / path).splitlines(keepends=True)
    kept = re.compile(rb"[^\t]*,(%s)[^,\t]*\t" % (areas or "").replace(" ", "|").encode())
    country = re.compile(rb"[^\t]*,[A-Z]{2}\t") if part.endswith("3gdp/data") else None
    expected = [line for line in recorded[1:] if kept.match(line) or (country and country.match(line))]
    assert bundled(part).splitlines(keepends=True) == [recorded[0], *expected]
    assert 0 < len(expected) < len(recorded) - 1


def test_population_is_the_recorded_file(shared: Path) -> None:
    path, _ = PARTS["eurostat/demo_r_pjanaggr3/data"]
    assert bundled("eurostat/demo_r_pjanaggr3/data") == content(shared / "upstream" / path)


def test_patents_are_the_cells_of_the_recorded_copy(shared: Path) -> None:
    path, _ = PARTS["eurostat/pat_ep_rtot/data"]
    copy = csv.reader(io.StringIO(content(shared / "upstream" / path).decode()))
    assert next(copy) == ["unit", "geo", "time", "values"]
    expected = {(unit, geo, time): value for unit, geo, time, value in copy}
    header, *lines = bundled("eurostat/pat_ep_rtot/data").decode().split("\r\n")[:-1]
    assert header.split("\t")[0] == "freq,unit,geo\\TIME_PERIOD"
    years = [year.removesuffix(" ") for year in header.split("\t")[1:]]
    assert years == [str(year) for year in range(1977, 2013)]
    found = {}
    for line in lines:
        key, *cells = line.split("\t")
        freq, unit, geo = key.split(",")
        assert freq == "A" and len(cells) == len(years) and all(cell.endswith(" ") for cell in cells)
        found |= {
            (unit, geo, year): text[:-1] for year, text in zip(years, cells, strict=True) if text != ": "
        }
    assert found == expected and len(found) == 103_075


@pytest.mark.parametrize("part", JSON)
def test_json_keeps_figures_and_labels_and_no_prose(part: str, shared: Path) -> None:
    recorded = (shared / "upstream" / PARTS[part][0]).read_bytes()
    ours, theirs = (json.loads(text, parse_float=str, parse_int=str) for text in (bundled(part), recorded))
    for name in ("version", "class", "label", "source", "updated", "role", "id", "size", "value", "status"):
        assert ours.get(name) == theirs.get(name), name
    for name, dimension in theirs["dimension"].items():
        for property in ("index", "label", "unit"):
            assert ours["dimension"][name]["category"].get(property) == dimension["category"].get(property)
    assert not re.search(rb'"(note|link|contact|noteMandatory|raw|href)":|<A |https?:', bundled(part))


def test_prose_goes_and_codes_of_that_name_stay() -> None:
    category = {
        "index": {"note": 0, "link": 1},
        "label": {"note": "Note", "link": "Link"},
        "note": {"note": []},
    }
    dimension = {"label": "note", "category": category, "note": ["…"], "link": {}}
    answer = {
        "id": ["note"],
        "note": [],
        "dimension": {"note": dimension},
        "extension": {"contact": [], "px": {}},
    }
    assert bundle_statfin.without_prose(answer) == {
        "id": ["note"],
        "dimension": {
            "note": {"label": "note", "category": {name: category[name] for name in ("index", "label")}}
        },
        "extension": {"px": {}},
    }


@pytest.mark.slow
def test_the_script_makes_what_is_committed(shared: Path) -> None:
    made = {}
    for module in (bundle_eurostat, bundle_statfin):
        for raw, provenance in module.snapshots(shared / "upstream"):
            made[f"{provenance.provider}/{provenance.table}/{provenance.part}"] = (raw, provenance)
    assert set(made) == set(PARTS)
    for part, (raw, provenance) in made.items():
        record = files(part)[1]
        assert bundled(part) == (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw), part
        known = json.loads(record.read_bytes())
        for name in ("obtained_from", "licence", "media_type", "recorded_before", "updated", "retrieved"):
            assert known[name] == getattr(provenance, name), (part, name)
        assert known["selection"] == (dict(provenance.selection) if provenance.selection else None), part


@pytest.mark.parametrize("part", PARTS)
def test_provenance(part: str) -> None:
    path, record = files(part)
    known = json.loads(record.read_bytes())
    raw = path.read_bytes()
    assert "/".join((known["provider"], known["table"], known["part"])) == part
    assert (known["sha256"], known["bytes"]) == (hashlib.sha256(raw).hexdigest(), len(raw))
    assert path.name.split(".")[0] == known["sha256"][:16]
    assert re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+/blob/[0-9a-f]{40}/\S+", known["obtained_from"])
    assert known["licence"] == "CC-BY-4.0" and known["retrieved"] is None
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", known["recorded_before"])
    if part == "eurostat/pat_ep_rtot/data":
        assert known["selection"] is None
    else:
        assert list(known["selection"]) == ["fi", "sv", "en"]
        assert all(known["table"] in text and text.endswith(".") for text in known["selection"].values())
    if raw[:2] == b"\x1f\x8b":
        assert raw[3] == 0 and raw[4:8] == bytes(4), "the gzip header has a name or a time"


def test_size() -> None:
    size = sum(path.stat().st_size for part in PARTS for path in files(part))
    assert size < 1_000_000


def test_known_figures() -> None:
    gdp = by_period("eurostat/nama_10r_3gdp/data", "A,MIO_EUR,FI1C3")
    assert (gdp["2021"], gdp["2022"]) == ("6992.5", ":")
    births = by_period("eurostat/bd_size_r3/data", "A,V11920,TOTAL,B-S_X_K642,FI1C3")
    assert (births["2019"], births["2020"]) == ("980", "970")
    patents = by_period("eurostat/pat_ep_rtot/data", "A,NR,FI1C3")
    assert patents["2012"] == "20.13"
    research = json.loads(bundled("statfin/13tn/2023-2024"))
    for year, sector, expected in (
        ("2023", "SSS", [96.9, 1281, 856.7]),
        ("2024", "SSS", [116.6, 1286, 902.4]),
        ("2024", "yri", [77.8, 739, 562.9]),
        ("2024", "julk_yvt", [2.1, 49, 43.1]),
    ):
        contents = ("tk_menot", "tk_hlomaara", "tk_htv")
        assert [cell(research, year, "MK07", sector, content) for content in contents] == expected
    assert cell(research, "2024", "MK08", "korkeak", "tk_menot") is None
    people = json.loads(bundled("statfin/11re/2023-2024"))
    assert [cell(people, "MK07", "SSS", "SSS", year, "vaesto") for year in ("2023", "2024")] == [
        204479,
        204635,
    ]


def test_two_answers_of_13tn_agree() -> None:
    older, newer = (json.loads(bundled(f"statfin/13tn/{part}")) for part in ("2022-2024", "2023-2024"))
    keys = [
        (year, area, sector, content)
        for year in ("2023", "2024")
        for area in ("MK05", "MK07")
        for sector in ("SSS", "yri", "julk_yvt", "korkeak")
        for content in ("tk_menot", "tk_hlomaara", "tk_htv")
    ]
    assert [cell(older, *key) for key in keys] == [cell(newer, *key) for key in keys]


def test_wrong_input_says_what_and_where(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"INDEX\.tsv"):
        read_index(tmp_path)
    (tmp_path / "INDEX.tsv").write_text("path\trepo\n")
    with pytest.raises(SourceError, match="no such file in the index"):
        recorded_provenance(tmp_path, "a.tsv", provider="p", table="t", part="d", media_type="text/csv")
    with pytest.raises(SourceError, match="geo is not the last dimension"):
        bundle_eurostat.select_area_lines(b"unit,geo,freq\\TIME_PERIOD\t2000 \n", lambda geo: True)
    with pytest.raises(SourceError, match="twice"):
        bundle_eurostat.patents_tsv(b"unit,geo,time,values\nNR,FI,2000,1\nNR,FI,2000,2\n")
    with pytest.raises(SourceError, match="one value expected"):
        bundle_eurostat.last_update(b"LAST UPDATE\n01/02/23 11:00:00\n02/02/23 11:00:00\n")


def test_update_time_is_that_of_brussels() -> None:
    assert bundle_eurostat.last_update(b"LAST UPDATE\n01/02/23 11:00:00\n") == "2023-02-01T11:00:00+01:00"
    assert bundle_eurostat.last_update(b"LAST UPDATE\n01/07/23 23:00:00\n") == "2023-07-01T23:00:00+02:00"
