"""Where a setting comes from: a flag, then the `INNOREGIO_*` environment, then `schemas/catalogue.yaml`.

Free of Dagster, so that quick commands stay quick; the Dagster resource made from the same settings is in
`resources`.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from assets.descriptor import load_catalogue
from assets.errors import SettingError
from assets.workspace import Workspace


def find_out(out: Path | None, environment: Mapping[str, str]) -> Path:
    """The folder of the published tree: the flag, `INNOREGIO_OUT`, or `public` in the current folder."""
    return out or Path(environment.get("INNOREGIO_OUT") or "public")


def find_workspace(
    home: Path | None,
    out: Path | None,
    base_url: str | None,
    environment: Mapping[str, str],
) -> Workspace:
    """The places of one run as absolute paths; the base address ends with a slash.

    Raises `SettingError` for a base address that is none.
    """
    address = base_url or environment.get("INNOREGIO_BASE_URL") or load_catalogue().base_url
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        told = "INNOREGIO_BASE_URL: " if not base_url and environment.get("INNOREGIO_BASE_URL") else ""
        raise SettingError(f"{told}{address!r} is no base address; give one like https://data.example.org/")
    return Workspace(
        home=(home or Path(environment.get("INNOREGIO_HOME") or "data")).absolute(),
        out=find_out(out, environment).absolute(),
        base_url=address.rstrip("/") + "/",
    )
