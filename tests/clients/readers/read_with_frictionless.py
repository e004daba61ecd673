"""Reads tables through the descriptor with frictionless; see `columns.py`."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from columns import read_all
from frictionless import Package, system


@cache
def package(descriptor: str) -> Package:
    return Package(descriptor)


def read(table: Mapping[str, Any]) -> dict[str, list[Any]]:
    resource = package(table["descriptor"]).get_resource(table["resource"])
    with system.use_context(trusted=True), resource.open():
        rows = [row.to_list() for row in resource.row_stream]
        names = list(resource.header)
    columns: list[Any] = list(zip(*rows, strict=True)) if rows else [[] for _ in names]
    return dict(zip(names, columns, strict=True))


read_all(read)
