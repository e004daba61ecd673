"""The figures that the made upstream serves: tables of cells, and how each provider writes them.

Made for tests after the providers' references, from the bundled snapshots cut down to Finland; nothing here
was recorded from a provider.
"""

import csv
import gzip
import io
import itertools
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from assets.store.snapshots import bundle_root

Cells = dict[tuple[str, ...], tuple[str, str]]  # codes -> value as text ("" for none), flag


TOTALS = ("T", "TOTAL", "SSS", "_T")


@dataclass
class Table:
    """One statistical table; the last dimension is time for Eurostat, anything for PxWeb."""

    code: str
    dimensions: list[str]
    cells: Cells
    updated: str = "2026-03-01T06:00:00"
    units: dict[str, str] = field(default_factory=dict)
    content: str = ""  # PxWeb: the dimension of the measures
    time: str = "TIME_PERIOD"
    labels: dict[str, str] = field(default_factory=dict)
    eliminated: Sequence[str] = ()  # PxWeb: may be left out of a question; TOTALS come then

    def eliminate(self, box: Mapping[str, Sequence[str]]) -> "Table":
        """The table without the dimensions that a question leaves out, at their totals."""
        gone = {name: self.dimensions.index(name) for name in self.eliminated if name not in box}
        if not gone:
            return self
        totals = {at: next(c for c in self.codes(name) if c in TOTALS) for name, at in gone.items()}
        cells = {
            tuple(code for at, code in enumerate(key) if at not in totals): cell
            for key, cell in self.cells.items()
            if all(key[at] == total for at, total in totals.items())
        }
        left = [name for name in self.dimensions if name not in gone]
        return Table(self.code, left, cells, self.updated, self.units, self.content, self.time, self.labels)

    def codes(self, dimension: str) -> list[str]:
        """The values of a dimension, in the order of their first cell; times ascending."""
        at = self.dimensions.index(dimension)
        found = list(dict.fromkeys(key[at] for key in self.cells))
        return sorted(found) if dimension == self.time else found

    def chosen(self, box: dict[str, list[str]]) -> list[list[str]]:
        """The values per dimension that a question names, all where it names none."""
        return [
            [code for code in self.codes(name) if name not in box or code in box[name]]
            for name in self.dimensions
        ]

    def tsv(self, box: dict[str, list[str]]) -> bytes:
        """Eurostat's TSV."""
        *keys, periods = self.chosen(box)
        known = {
            key[-1] for key in self.cells if all(k in codes for k, codes in zip(key, keys, strict=False))
        }
        periods = [period for period in periods if period in known]
        lines = [",".join(self.dimensions[:-1]) + "\\TIME_PERIOD\t" + "\t".join(f"{p} " for p in periods)]
        for key in itertools.product(*keys):
            found = [self.cells.get((*key, period), ("", "")) for period in periods]
            if any(value or flag for value, flag in found):
                shown = "\t".join(f"{value or ':'} {flag}" for value, flag in found)
                lines.append(f"{','.join(key)}\t{shown}")
        return ("\r\n".join(lines) + "\r\n").encode()

    def sdmx_csv(self, box: dict[str, list[str]]) -> bytes:
        """Eurostat's SDMX-CSV."""
        lines = [",".join(["DATAFLOW", "LAST UPDATE", *self.dimensions, "OBS_VALUE", "OBS_FLAG"])]
        for key in itertools.product(*self.chosen(box)):
            if key in self.cells:
                value, flag = self.cells[key]
                flow = f"ESTAT:{self.code.upper()}(1.0)"
                lines.append(",".join([flow, "01/03/26 23:00:00", *key, value, flag]))
        return ("\r\n".join(lines) + "\r\n").encode()

    def jsonstat(self, box: dict[str, list[str]]) -> dict[str, object]:
        """PxWeb's JSON-stat 2."""
        chosen = self.chosen(box)
        cells = [self.cells.get(key, ("", "")) for key in itertools.product(*chosen)]
        dimension = {}
        for name, codes in zip(self.dimensions, chosen, strict=True):
            category: dict[str, object] = {
                "index": {code: at for at, code in enumerate(codes)},
                "label": {code: code for code in codes},
            }
            if name == self.content and self.units:
                category["unit"] = {code: {"base": self.units.get(code, "lkm")} for code in codes}
            dimension[name] = {"label": self.labels.get(name, name), "category": category}
        answer: dict[str, object] = {
            "version": "2.0", "class": "dataset", "label": self.code, "source": "made",
            "updated": f"{self.updated}Z", "role": {"time": [self.time], "metric": [self.content]},
            "id": self.dimensions, "size": [len(codes) for codes in chosen], "dimension": dimension,
            "value": [json.loads(value) if value else None for value, _ in cells],
        }  # fmt: skip
        status = {str(at): flag for at, (_, flag) in enumerate(cells) if flag}
        return answer | ({"status": status} if status else {})

    def eurostat_json(self, box: dict[str, list[str]]) -> dict[str, object]:
        """Eurostat's JSON-stat: objects in the place of arrays, `time` for time, an offset without colon."""
        dense = self.jsonstat(box)
        ids = ["time" if name == self.time else name for name in self.dimensions]
        values: list[float | None] = dense["value"]  # type: ignore[assignment]
        dimension: dict[str, object] = dense["dimension"]  # type: ignore[assignment]
        return dense | {
            "id": ids,
            "dimension": dict(zip(ids, dimension.values(), strict=True)),
            "role": {"time": ["time"]},
            "updated": f"{self.updated}+0100",
            "value": {str(at): value for at, value in enumerate(values) if value is not None},
        }


def bundled(provider: str, table: str) -> Iterable[bytes]:
    """The bundled files of a table, unpacked."""
    for path in sorted((bundle_root() / provider / table).rglob("*")):
        if path.is_file() and not path.name.endswith((".gz.json", ".json.json")):
            content = path.read_bytes()
            yield gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


def eurostat_table(
    code: str,
    keep: Callable[[str], bool] = lambda geo: geo.startswith(("FI1C", "SE")),
    part: str = "data",
) -> Table:
    """A part of a table of the bundle in TSV or SDMX-CSV, with the areas that are kept."""
    (text,) = (content.decode() for content in bundled("eurostat", f"{code}/{part}"))
    cells: Cells = {}
    if text.startswith("DATAFLOW"):
        rows = list(csv.DictReader(io.StringIO(text)))
        names = [n for n in rows[0] if n not in ("DATAFLOW", "LAST UPDATE", "OBS_VALUE", "OBS_FLAG")]
        for row in rows:
            if keep(row["geo"]):
                cells[tuple(row[name] for name in names)] = row["OBS_VALUE"], row["OBS_FLAG"]
        return Table(code, names, cells)
    header, *lines = text.splitlines()
    first, *periods = header.split("\t")
    names = [*first.partition("\\")[0].split(","), "TIME_PERIOD"]
    for line in lines:
        key, *found = line.split("\t")
        codes = key.split(",")
        if keep(codes[names.index("geo")]):
            for period, cell in zip(periods, found, strict=True):
                value, _, flag = cell.partition(" ")
                if value != ":" or flag.strip():
                    cells[(*codes, period.strip())] = "" if value == ":" else value, flag.strip()
    return Table(code, names, cells)


def statfin_table(code: str) -> Table:
    """A table of the bundle in JSON-stat; where it lacks the whole country, the first area stands for it."""
    cells: Cells = {}
    names: list[str] = []
    units: dict[str, str] = {}
    for content in bundled("statfin", code):
        cube = json.loads(content)
        names = cube["id"]
        axes = [list(cube["dimension"][name]["category"]["index"]) for name in names]
        status = cube.get("status", {})
        for at, key in enumerate(itertools.product(*axes)):
            value = cube["value"][at]
            cells[key] = "" if value is None else json.dumps(value), status.get(str(at), "")
        for measure, unit in (cube["dimension"]["Tiedot"]["category"].get("unit") or {}).items():
            units[measure] = unit.get("base", "lkm")
    area = names.index("Alue")
    if not any(key[area] == "SSS" for key in cells):
        first = next(iter(cells))[area]
        whole = {(*k[:area], "SSS", *k[area + 1 :]): v for k, v in cells.items() if k[area] == first}
        cells = whole | cells
    return Table(code, names, cells, units=units, content="Tiedot", time="Vuosi")


@cache
def cordis_members(projects: int = 40) -> dict[str, bytes]:
    """project.csv and organization.csv of the bundle, cut down to its first projects."""
    found = {}
    chosen: set[str] = set()
    for path in (Path("project"), Path("organization")):
        (text,) = (c.decode() for c in bundled("cordis", f"horizon/{path}"))
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=";")
        header, *rows = reader
        key = "id" if path.name == "project" else "projectID"
        if not chosen:
            chosen = {row[header.index(key)] for row in rows[:projects]}
        kept = [header, *(row for row in rows if row[header.index(key)] in chosen)]
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(kept)
        found[f"{path}.csv"] = out.getvalue().encode()
    return found


def make_zip(members: dict[str, bytes]) -> bytes:
    """An archive of the members, the same bytes each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
