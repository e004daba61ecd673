"""The citations on the dataset pages as pandoc reads them; BibTeX and CSL-JSON give the same entry."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from assets.publish.site.citation import Cited, bibtex
from tests.clients.published_tables import READERS, python
from tests.publish.site.site_tree import LANGUAGES, cited_on
from tests.shipped import shipped_names, with_gathered

pytestmark = pytest.mark.slow


def read(kind: str, text: str) -> list[dict[str, Any]]:
    """Citations as pandoc understands them."""
    done = subprocess.run(
        [python(), str(READERS / "read_citations.py"), kind], input=text, capture_output=True, text=True
    )
    assert done.returncode == 0 and not done.stderr, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_pandoc_reads_the_same_from_both(published: Path, language: str) -> None:
    forms = [cited_on(page) for page in sorted((published / language / "dataset").glob("*.html"))]
    from_bibtex = read("biblatex", "\n".join(one["bibtex"] for one in forms))
    from_csl = read("csljson", json.dumps([json.loads(one["csl"])[0] for one in forms]))
    assert len(from_bibtex) == len(from_csl) == len(with_gathered(shipped_names()))
    for first, second in zip(from_bibtex, from_csl, strict=True):
        assert first["issued"] == {"date-parts": [second["issued"]["date-parts"][0][:1]]}
        for name in ("type", "title", "author", "publisher", "version", "URL"):
            assert first[name] == second[name], (name, first, second)
        assert f"“{first['note']}”" == second["note"]


def test_signs_of_latex_come_back() -> None:
    title = "R&D 5 % of $x #1 a_b \\ ~ ^ <script> åäö"
    (found,) = read("biblatex", bibtex(Cited("a", "1.0.0", title, title, "2025-01-02", "u", title, "en")))
    assert (found["title"], found["publisher"], found["note"]) == (title, title, title)
    assert found["author"] == [{"literal": title}] and found["issued"] == {"date-parts": [[2025]]}
