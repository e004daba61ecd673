"""Everything that the pages are made from, read and drawn once for all languages.

Reading it belongs to the modules of its parts and to `write`, what a page shows to `page_parts`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from assets.descriptor import LANGUAGES, Catalogue, Dataset
from assets.publish.site import captions
from assets.publish.site.areas import Focus
from assets.publish.site.projects import Projects
from assets.publish.site.region_facts import (
    Region,
    page_name,
)
from assets.publish.site.strategy import ThemeShown
from assets.publish.site.territory import Territory
from assets.publish.site.views import View


@dataclass(frozen=True)
class Site:
    """Everything that the pages are made from."""

    base: str
    catalogue: Catalogue
    focus: Focus
    views: Sequence[View]
    drawn: Mapping[str, str]  # figure's key and form -> SVG with open texts
    workbooks: Mapping[str, Mapping[str, int]]  # dataset -> language -> bytes
    territory: Territory
    projects: Projects | None
    programmes: Sequence[tuple[Mapping[str, str], int]]  # names and projects of those in the register
    states: Mapping[tuple[str, str, str], Mapping[str, Any]]  # dataset, provider, table -> the last fetch
    regions: Mapping[str, Region] = field(default_factory=dict)  # NUTS code -> the regions with a page
    themes: Sequence[ThemeShown] = ()  # of the strategy of the region in focus
    waiting: Sequence[Dataset] = ()  # described, and not fetched yet

    @property
    def root(self) -> str:
        """The path of the site's address: `/`, or the folder that it is in."""
        return urlsplit(self.base).path

    @property
    def slug(self) -> str:
        """The focus region's name in its page's address."""
        return page_name(self.focus.names["en"])

    @cached_property  # every page asks
    def classifications(self) -> Mapping[str, Mapping[str, str]]:
        """Language -> what each area classification is called."""
        return {language: captions.classification_labels(self.views, language) for language in LANGUAGES}

    @property
    def providers(self) -> list[str]:
        """Every provider, by name."""
        return sorted({provider for view in self.views for provider in view.providers})
