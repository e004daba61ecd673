"""Random packages of tables that refer to each other, to themselves, with gaps and repeats, for the
comparison with frictionless-py.
"""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
POOLS = {  # few values, so that many are found; the last ones are equal to another, odd, or wrong
    "string": ["a", "b", "c", " a", "A"],
    "integer": ["1", "2", "3", "+1", " 2", "x"],
    "number": ["1", "2.5", "1.0", "2.50", "1e0", "x"],
    "date": ["2020-01-01", "2020-01-02", "2020-1-1", "x"],
    "boolean": ["true", "false", "1", "x"],
    "any": ["a", "b", "1"],
    "year": ["2020", "2021", " 202", "x"],
}
MISSING: list[list[str]] = [[""], [""], ["", "-"], [], ["a"], ["", "1"]]


@dataclass(frozen=True)
class MadePackage:
    """A descriptor and the rows of its tables, header first."""

    descriptor: dict[str, Any]
    tables: dict[str, list[list[str]]]

    def write(self, folder: Path) -> Path:
        """Writes the package; gives the path of its descriptor."""
        for name, rows in self.tables.items():
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows(rows)
        path = folder / "datapackage.json"
        path.write_text(json.dumps(self.descriptor), "utf-8")
        return path


@st.composite
def made_packages(draw: st.DrawFn) -> MadePackage:
    """One to three tables of one to three fields; the types are so few that keys often fit."""
    names = ["towns", "people", "links"][: draw(st.integers(1, 3))]
    kinds = draw(st.lists(st.sampled_from(sorted(POOLS)), min_size=1, max_size=2))
    resources, tables = [], {}
    for name in names:
        fields = [
            {"name": f"{name[0]}{number}", "type": draw(st.sampled_from(kinds))}
            for number in range(draw(st.integers(1, 3)))
        ]
        for field in fields:
            if draw(st.integers(0, 5)) == 0:
                field["missingValues"] = draw(st.sampled_from(MISSING))
        schema: dict[str, Any] = {"fields": fields, "missingValues": draw(st.sampled_from(MISSING))}
        if draw(st.integers(0, 2)) == 0:
            schema["primaryKey"] = [fields[0]["name"]]
        resources.append(described(name, schema))
        tables[name] = [[str(field["name"]) for field in fields], *draw(made_rows(fields))]
    for resource in resources:
        keys = draw(st.lists(foreign_keys(resource, resources), max_size=2))
        if keys:
            resource["schema"]["foreignKeys"] = keys
    return MadePackage({"$schema": PROFILE, "name": "made", "resources": resources}, tables)


def described(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The resource of one table, with nothing left to guess."""
    dialect = {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "skipInitialSpace": False}
    return {
        "name": name,
        "type": "table",
        "path": f"{name}.csv",
        "format": "csv",
        "encoding": "utf-8",
        "dialect": dialect | {"header": True, "headerRows": [1]},
        "schema": schema,
    }


@st.composite
def made_rows(draw: st.DrawFn, fields: list[dict[str, Any]]) -> list[list[str]]:
    """Up to six rows; half of the tables have odd and wrong cells."""
    dirty = draw(st.booleans())
    cells = [
        st.sampled_from([*(POOLS[field["type"]] if dirty else POOLS[field["type"]][:2]), ""])
        for field in fields
    ]
    return draw(st.lists(st.tuples(*cells).map(list), max_size=6))


@st.composite
def foreign_keys(
    draw: st.DrawFn, resource: dict[str, Any], resources: list[dict[str, Any]]
) -> dict[str, Any]:
    """A key of one or two fields to any table of the package, itself included, by any fields of it."""
    target = draw(st.sampled_from(resources))
    own, other = ([f["name"] for f in r["schema"]["fields"]] for r in (resource, target))
    width = draw(st.integers(1, min(2, len(own), len(other))))
    unlike = [
        draw(st.lists(st.sampled_from(names), min_size=width, max_size=width, unique=True))
        for names in (own, other)
    ]
    itself = target is resource and draw(st.booleans())
    reference = {"resource": "" if itself else target["name"], "fields": unlike[1]}
    return {"fields": unlike[0], "reference": reference}
