"""Reads a catalogue as CKAN's DCAT harvester does (ckanext-dcat's parser, no server) and prints JSON.

Run by `test_client_portals.py` with an interpreter that has `ckan[requirements]` and `ckanext-dcat`:
`read_with_ckan.py TREE`. For each of the three files: the datasets as CKAN would have them.
"""

import json
import sys
from pathlib import Path
from typing import Any

from ckan.common import config
from ckanext.dcat.processors import RDFParser

FORMATS = {"catalog.ttl": "turtle", "catalog.rdf": "xml", "catalog.jsonld": "json-ld"}


def read(content: str, form: str) -> list[dict[str, Any]]:
    parser = RDFParser(profiles=["euro_dcat_ap_3"])
    parser.parse(content, _format=form)
    return sorted(parser.datasets(), key=lambda dataset: dataset["title"])


config["ckan.locale_default"] = "fi"
print(
    json.dumps(
        {
            name: read((Path(sys.argv[1]) / name).read_text(encoding="utf-8"), form)
            for name, form in FORMATS.items()
        }
    )
)
