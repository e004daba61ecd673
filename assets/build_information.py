"""What a release was made with: our version, a digest of our code and of the descriptor, the libraries whose
bytes it holds.

It stands in the published descriptor as `innoregio:buildInformation`, so that `rebuild` can say which
code is needed; it never makes a release. Fingerprints that save work belong to `fingerprints`.
"""

from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version

from assets.descriptor import Dataset
from assets.fingerprints import chosen_country, digest, digest_files
from assets.overlay import digest_config

LIBRARIES = ("polars", "pyarrow")
DIGITS = 16


def build_information(dataset: Dataset) -> dict[str, str]:
    """`describe_program`, then the digest of the descriptor; where it chooses rows, the country in focus;
    where the operator's folder has lists of areas or codes, their digest.

    No commit: two of them may hold the same code, and a release of the same code has the same bytes.
    """
    known = describe_program() | {"descriptor": digest(repr(replace(dataset, path=None)))[:DIGITS]}
    focus = chosen_country(dataset.resources)
    config = digest_config()[:DIGITS]
    return known | ({"focus": focus} if focus else {}) | ({"config": config} if config else {})


def describe_program() -> dict[str, str]:
    """Our version, `code`, the digest of its files, and the versions of the libraries whose bytes are
    published: the same wherever the same code runs."""
    return {
        "innoregio": installed_version("innoregio"),
        "code": digest_files()[:DIGITS],
        **{name: installed_version(name) for name in LIBRARIES},
    }


def installed_version(name: str) -> str:
    """The version of an installed distribution; `unknown` where it is run without being installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"


def describe_difference(published: Mapping[str, str], here: Mapping[str, str]) -> str | None:
    """What a release was made with that is another thing here, in words; None where nothing is."""
    others = [
        f"{name} {text} (here {here.get(name, 'none')})"
        for name, text in published.items()
        if here.get(name) != text
    ]
    if others and "innoregio" in published and published["innoregio"] == here.get("innoregio"):
        others.insert(0, f"innoregio {published['innoregio']}")
    return ", ".join(others) or None
