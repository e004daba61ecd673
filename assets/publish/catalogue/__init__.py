"""The catalogue of all packages of a published tree: DCAT-AP, schema.org, Croissant, feed, sitemap.

A pure function of the tree, the catalogue's settings and the base address: nothing here reads a clock, and
nothing here decides what a release holds. `write` writes, `verify` checks, `graph` says what is said, and
`serialise` in which bytes.
"""

from assets.publish.catalogue.verify import verify_catalogue
from assets.publish.catalogue.write import write_catalogue

__all__ = ["verify_catalogue", "write_catalogue"]
