"""docs/descriptors.md names only what there is; its descriptor is run in test_ninth_dataset.py."""

import json
import re
from pathlib import Path

from assets.descriptor.complete import DEFAULT_RULES
from assets.descriptor.shared import read_shared
from assets.overlay import packaged_schemas

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "descriptors.md").read_text("utf-8")


def test_every_property_is_in_the_profile() -> None:
    profile = (packaged_schemas() / "profile.json").read_text("utf-8")
    known = set(re.findall(r'"(innoregio:\w+)": \{', profile))
    assert json.loads(profile)["$id"] == "urn:innoregio:profile"
    named = set(re.findall(r"innoregio:\w+", TEXT))
    assert len(named) > 10 and named <= known


def test_every_note_and_rule_is_there() -> None:
    notes = read_shared((packaged_schemas(),)).notes
    named = re.findall(r"innoregio:note: ([a-z-]+)|\{([a-z0-9-]+)\}|innoregio:notes: \[([a-z-]+)\]", TEXT)
    assert {name for names in named for name in names if name} <= set(notes)
    assert all(f"`{rule}`" in TEXT for rule in DEFAULT_RULES)


def test_every_link_leads_to_a_page() -> None:
    for page in re.findall(r"\]\(([\w.-]+\.md)\)", TEXT):
        assert (DOCS / page).is_file(), page
    assert "(docs/descriptors.md)" in (DOCS.parent / "README.md").read_text("utf-8")


def test_every_shared_note_is_named_somewhere() -> None:
    files = [*(packaged_schemas() / "datasets").glob("*.yaml"), packaged_schemas() / "providers.yaml"]
    texts = "".join(path.read_text("utf-8") for path in files)
    unused = [name for name in read_shared((packaged_schemas(),)).notes if name not in texts]
    assert unused == []
