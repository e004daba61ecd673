"""What a stock CKAN would say of each harvested file: ckanext-scheming's validators over every resource
dictionary, by ckanext-dcat's own schema `dcat_ap_full`, and the dataset's own fields likewise. No server.

Run by `test_client_portals.py` with an interpreter that has `ckan[requirements]`, `ckanext-dcat` and
`ckanext-scheming`: `check_with_ckan_schema.py CATALOGUE FORMAT`. Prints JSON: the files checked, the titles
of each dataset's files in order, the complaints. Left out are the fields of a dataset whose validators ask
the database (name, owner, licence list): there an organisation's portal decides.
"""

import json
import sys
from pathlib import Path
from typing import Any

import flask
from ckan import logic
from ckan.common import config
from ckan.lib.navl.dictization_functions import validate
from ckanext.dcat.processors import RDFParser
from ckanext.dcat.validators import dcat_validators
from ckanext.scheming import plugins as scheming
from ckanext.scheming import validation
from flask_babel import Babel

SCHEMA = "ckanext.dcat.schemas:dcat_ap_full.yaml"
PRESETS = "ckanext.scheming:presets.json ckanext.dcat.schemas:presets.yaml"
PROFILES = ["euro_dcat_ap_3", "euro_dcat_ap_scheming"]
ASK_THE_DATABASE = ("name", "owner_org", "tag_string", "license_id")


def load_schema() -> dict[str, Any]:
    """The extension's schema with its presets filled in, as its plugin does on a server."""
    logic.get_validator("ignore_missing")  # loads those of CKAN
    logic._validators_cache.update({**validation.all_validators, **dcat_validators})
    scheming._SchemingMixin._load_presets({"scheming.presets": PRESETS})
    plugin = scheming.SchemingDatasetsPlugin()
    plugin._schemas = scheming._load_schemas([SCHEMA], "dataset_type")
    plugin._expanded_schemas = scheming._expand_schemas(plugin._schemas)
    scheming.SchemingDatasetsPlugin.instance = plugin
    return plugin._expanded_schemas["dataset"]


def rules(schema: dict[str, Any], kind: str) -> dict[str, Any]:
    """Field -> its validators."""
    return {
        field["field_name"]: scheming._field_create_validators(field, schema, False)
        for field in schema[kind]
        if kind == "resource_fields" or field["field_name"] not in ASK_THE_DATABASE
    }


def check(content: str, form: str) -> dict[str, Any]:
    """The verdict on a catalogue."""
    schema = load_schema()
    of_dataset, of_file = (rules(schema, kind) for kind in ("dataset_fields", "resource_fields"))
    parser = RDFParser(profiles=PROFILES)
    parser.parse(content, _format=form)
    files: dict[str, list[str]] = {}
    complaints = []
    for dataset in parser.datasets():
        resources = dataset.pop("resources")
        files[dataset["title"]] = [one["name"] for one in resources]
        for one, wanted in ((dataset, of_dataset), *((resource, of_file) for resource in resources)):
            _, errors = validate({key: one[key] for key in wanted.keys() & one.keys()}, wanted, {})
            if errors:
                complaints.append(f"{dataset['title']}: {one.get('name', 'dataset')}: {errors}")
    return {"files": files, "complaints": complaints}


config["ckan.locale_default"] = "fi"
app = flask.Flask("check")
Babel(app)
logic._actions["scheming_dataset_schema_show"] = lambda context, told: (
    scheming.SchemingDatasetsPlugin.instance._expanded_schemas[told["type"]]
)
with app.test_request_context():
    print(json.dumps(check(Path(sys.argv[1]).read_text("utf-8"), sys.argv[2])))
