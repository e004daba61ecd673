"""The web site of a published tree: pages in three languages, charts, workbooks.

A pure function of the tree, the catalogue's settings and the base address. `write` decides what is written,
`pages` which pages there are; what a release holds is decided elsewhere.
"""

from assets.publish.site.write import write_site

__all__ = ["write_site"]
