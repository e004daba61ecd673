"""The registry of providers: what the packaged one says, what a folder of one's own adds, what is refused."""

from pathlib import Path

import pytest
import yaml

from assets.descriptor import LANGUAGES, DescriptorMistake, read_providers
from assets.fetch.connectors.providers import find_provider
from assets.fetch.errors import NoLiveSource
from assets.overlay import packaged_schemas
from assets.publish.site.captions import provider_address, provider_name


def test_the_packaged_registry_is_read_as_it_is_written() -> None:
    written = yaml.safe_load((packaged_schemas() / "providers.yaml").read_text(encoding="utf-8"))
    read = read_providers()
    assert list(read) == list(written)
    for name, data in written.items():
        assert (read[name].base, read[name].homepage) == (data.get("address", ""), data.get("homepage"))
        assert set(read[name].names) == set(LANGUAGES)


def test_pages_and_requests_read_the_same_entry() -> None:
    assert provider_name("statfin", "sv") == "Statistikcentralen"
    assert provider_address("statfin") == "https://stat.fi/"
    assert find_provider("statfin", {}).base == "https://pxdata.stat.fi/PxWeb/api/v1"
    assert provider_name("nobody", "fi") == "nobody" and provider_address("nobody") is None


def test_a_provider_of_the_environment_alone_can_be_asked() -> None:
    found = find_provider("made-office", {"INNOREGIO_MADE_OFFICE_URL": "https://data.example.org/api"})
    assert (found.name, found.base, found.calls, dict(found.licence)) == (
        "made-office",
        "https://data.example.org/api",
        30,
        {},
    )
    with pytest.raises(NoLiveSource, match="set INNOREGIO_MADE_OFFICE_URL"):
        find_provider("made-office", {})


def test_a_folder_of_ones_own_adds_and_replaces_providers(tmp_path: Path) -> None:
    own = {"fi": "Oma", "sv": "Egen", "en": "Own"}
    entries = {"own-office": {"name_translated": own}, "eurostat": {"name_translated": own, "calls": 2}}
    (tmp_path / "providers.yaml").write_text(yaml.safe_dump(entries), encoding="utf-8")
    read = read_providers((tmp_path, packaged_schemas()))
    assert read["own-office"].names == own
    assert (read["eurostat"].calls, read["eurostat"].base) == (2, "")
    assert read["statfin"] == read_providers()["statfin"]


def test_a_mistake_in_the_registry_names_file_line_and_property(tmp_path: Path) -> None:
    text = "made:\n  name_translated: {fi: A, sv: B, en: C}\n  adress: https://example.org\n"
    (tmp_path / "providers.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DescriptorMistake, match=r"providers\.yaml:3: made\.adress: .*did you mean address"):
        read_providers((tmp_path, packaged_schemas()))
