"""Whom to ask: a provider of the registry (`schemas/providers.yaml`), with its address from the environment.

What a provider does differently in code stands in a file named after it, not here.
"""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from assets.descriptor import Provider, read_providers
from assets.errors import SettingError
from assets.fetch.errors import NoLiveSource


def setting_name(provider: str) -> str:
    """The environment variable that replaces the provider's base address."""
    return f"INNOREGIO_{provider.upper().replace('-', '_')}_URL"


def find_provider(name: str, environment: Mapping[str, str]) -> Provider:
    """The provider, with its base address from the environment where it stands there.

    Raises `NoLiveSource` for one that is known neither to the registry nor to the environment, and
    `SettingError` for an address that none can be asked at; the message does not show it, since it may hold a
    password.
    """
    base = environment.get(setting_name(name), "").strip()
    if base and not (base.startswith("file:") or urlsplit(base).scheme in ("http", "https")):
        raise SettingError(
            f"{setting_name(name)} holds no base address; give one like https://data.example.org/"
        )
    provider = read_providers().get(name)
    if provider is None and not base:
        raise NoLiveSource(f"{name}: no address of this provider is known; set {setting_name(name)}")
    provider = provider or Provider(name)
    return replace(provider, base=base) if base else provider
