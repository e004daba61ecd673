"""Codes of a dataset's sources that its lists do not have, whole, as YAML to paste into the descriptor.

What a code means is a person's matter: labels are left empty, and an empty label stops the descriptor.
"""

import json
from collections.abc import Iterator

from assets.descriptor import Dataset
from assets.fetch.snapshots import fetch_snapshots
from assets.normalise.mapping import find_unknown_codes
from assets.normalise.resource import map_resource
from assets.pipeline import read_areas
from assets.workspace import Workspace

LABELS = '{fi: "", sv: "", en: ""}'


def format_unknown_codes(dataset: Dataset, workspace: Workspace) -> Iterator[str]:
    """Lines of YAML: for each field with unknown codes a comment that says where they are, and `categories`
    with every code, in quotes, and the number of its rows. No line where every code is known.

    Raises `StoreError` where a snapshot is missing, `SourceError` or `MappingError` where one cannot be read.
    """
    snapshots = fetch_snapshots(dataset, workspace.roots)
    for resource in dataset.resources:
        if resource.build or resource.rejected_of:
            continue
        by_name = any(field.area_names for field in resource.fields)
        areas = read_areas(workspace) if by_name else None
        for field, codes in find_unknown_codes(resource, map_resource(resource, snapshots, areas)):
            yield f"# {resource.name}, field {field.name}, source column {field.source_column}:"
            yield "# give each code its labels here, or name it in innoregio:codes or innoregio:ignoreCodes"
            yield "categories:"
            for code, rows in codes:
                yield f"  {json.dumps(code, ensure_ascii=False)}: {LABELS}  # {rows:,} rows"
