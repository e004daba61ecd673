"""Makes published trees for the catalogue's tests and benchmark: descriptors as publish writes them, small
files with right sizes and hashes."""

import hashlib
import json
from pathlib import Path
from typing import Any

LANGUAGES = ("fi", "sv", "en")
FIELDS = (
    "geo",
    "geo_classification",
    "time_period",
    "indicator",
    "sector",
    "unit",
    "obs_value",
    "obs_status",
)
CODES = "geo_classification,code,level,name_native,label_fi,label_sv,label_en\r\n"
AREAS = (
    "country,FI,0,Suomi,Suomi,Finland,Finland\r\n"
    "country,SE,0,Sverige,Ruotsi,Sverige,Sweden\r\n"
    "nuts-2021,FI1C3,3,Päijät-Häme,Päijät-Häme,Päijänne-Tavastland,Päijät-Häme\r\n"
    "nuts-2021,SE110,3,Stockholms län,,,\r\n"
)


def translated(name: str, text: str) -> dict[str, Any]:
    return {name: text, f"{name}_translated": {la: f"{text} {la}" for la in LANGUAGES}}


def made_field(name: str) -> dict[str, Any]:
    kind = "number" if name == "obs_value" else "string"
    return {
        "name": name,
        "type": kind,
        **translated("title", name),
        **translated("description", f"What {name} says."),
    }


def resource(folder: Path, name: str, form: str, fields: tuple[str, ...], content: bytes) -> dict[str, Any]:
    path = f"{name.removesuffix('-parquet')}.{form}"
    (folder / path).write_bytes(content)
    entry = {
        "name": name,
        "type": "table",
        **translated("title", f"Table {name}"),
        **translated("description", f"The table {name}, made for tests of the catalogue."),
        "path": path,
        "format": form,
        "mediatype": "text/csv" if form == "csv" else "application/vnd.apache.parquet",
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "innoregio:rows": 1,
        "schema": {"fields": [made_field(field) for field in fields], "primaryKey": ["geo"]},
    }
    return entry | ({"bytes": len(content)} if form == "csv" else {})


def make_release(
    out: Path, name: str, version: str = "1.0.0", created: str = "2024-05-01T06:00:00Z", **changes: Any
) -> dict[str, Any]:
    """Publish a made release; `changes` replace properties of its descriptor."""
    folder = out / name / version
    folder.mkdir(parents=True)
    areas = ("geo_classification", "code", "level", "name_native", "label_fi", "label_sv", "label_en")
    package: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": name,
        **translated("title", f"Dataset {name}"),
        **translated(
            "description", f"What {name} holds: figures made for the tests of the catalogue, no more."
        ),
        "version": version,
        "created": created,
        "modified": created,
        "keywords": ["R&D", "regions"],
        "innoregio:keywords_translated": {
            "fi": ["t&k-menot", "alueet"],
            "sv": ["FoU-utgifter", "regioner"],
            "en": ["R&D", "regions"],
        },
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "sources": [
            {"title": "Eurostat, rd_e", "path": "https://doi.org/10.2908/RD_E", "version": "2024-05-01"}
        ],
        "innoregio:themes": ["TECH", "REGI"],
        "innoregio:updateFrequency": "ANNUAL",
        "innoregio:citation": "Source: Eurostat.",
        "innoregio:temporal": {"start": "2015-01-01", "end": "2023-12-31"},
        "resources": [
            resource(folder, name, "csv", FIELDS, b"geo\r\nFI\r\n"),
            resource(folder, f"{name}-parquet", "parquet", FIELDS, b"PAR1"),
            resource(folder, "codes-geo", "csv", areas, (CODES + AREAS).encode()),
            resource(folder, "codes-unit", "csv", ("code", "label_en"), b"code,label_en\r\nPC,Per cent\r\n"),
        ],
        **changes,
    }
    (folder / "README.md").write_text(f"# {name}\n", encoding="utf-8")
    (out / name / "README.md").write_text(f"# {name}\n", encoding="utf-8")
    write_descriptors(out, package)
    return package


def write_descriptors(out: Path, package: dict[str, Any]) -> None:
    """Write the descriptor of a release, and the newest one, which says the same."""
    folder, version = out / package["name"], package["version"]
    moved = [{**entry, "path": f"{version}/{entry['path']}"} for entry in package["resources"]]
    for path, content in ((folder / version, package), (folder, {**package, "resources": moved})):
        text = json.dumps(content, ensure_ascii=False, indent=2)
        (path / "datapackage.json").write_text(text, encoding="utf-8")
