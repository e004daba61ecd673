"""Where a setting comes from: a flag, then the `INNOREGIO_*` environment, then `catalogue.yaml`.

Free of Dagster, so that quick commands stay quick; the Dagster resource made from the same settings is in
`resources`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import urlsplit

from assets.descriptor import load_catalogue
from assets.errors import SettingError, StoreError
from assets.workspace import Workspace

LONGEST_REASON = 500


def find_out(out: Path | None, environment: Mapping[str, str]) -> Path:
    """The folder of the published tree: the flag, `INNOREGIO_OUT`, or `public` in the current folder."""
    return out or Path(environment.get("INNOREGIO_OUT") or "public")


def require_tree(out: Path | None) -> None:
    """Raises `SettingError` where the tree that was asked for by name is no folder."""
    if out is not None and not out.is_dir():
        raise SettingError(f"{out}: no such folder; publish first, or give the folder of a published tree")


def require_home(home: Path) -> None:
    """Raises `StoreError` where nothing can be written below `home`, before a run spends time on it."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=home):
            pass
    except OSError as error:
        reason = "a file has this name" if home.is_file() else error.strerror or str(error)
        detail = "name a folder that can be with INNOREGIO_HOME"
        raise StoreError(f"{home}: cannot be written ({reason}); {detail}") from error


def state_reason(reason: str, datasets: Sequence[str]) -> dict[str, str]:
    """The reason to go back for each of the datasets that were named, in one line without a full stop.

    Raises `SettingError` without a reason, and where no dataset was named: nobody goes back with all.
    """
    detail = " ".join(reason.split()).rstrip(".")
    if not detail or not detail.isprintable() or len(detail) > LONGEST_REASON:
        raise SettingError(f"--go-back: give the reason in words, at most {LONGEST_REASON} characters")
    if not datasets:
        raise SettingError("--go-back: name the datasets that go back to an earlier state of their sources")
    return dict.fromkeys(datasets, detail)


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
        detail = "INNOREGIO_BASE_URL: " if not base_url and environment.get("INNOREGIO_BASE_URL") else ""
        raise SettingError(f"{detail}{address!r} is no base address; give one like https://data.example.org/")
    return Workspace(
        home=(home or Path(environment.get("INNOREGIO_HOME") or "data")).absolute(),
        out=find_out(out, environment).absolute(),
        base_url=address.rstrip("/") + "/",
    )
