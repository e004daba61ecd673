"""Regional innovation data for people who compute: published tables, labels, territories, citations.

    import innoregio as ir
    ir.datasets()
    ir.load("regional-accounts", labels="fi", territory="maakunta-2026")

The public face of the project: what stands in `__all__` keeps its name and meaning from version to version.
It reads a published tree, in a folder or over HTTP, and never needs Dagster. How the tree is made belongs to
`assets` and `orchestration`.
"""

from innoregio import geography
from innoregio.citing import cite
from innoregio.listing import datasets, tables, versions
from innoregio.loading import load
from innoregio.tree import DataError, use

__all__ = ["DataError", "cite", "datasets", "geography", "load", "tables", "use", "versions"]
