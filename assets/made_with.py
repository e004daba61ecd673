"""What a release was made with: our version, a digest of our code and of the descriptor, the libraries whose
bytes it holds.

It stands in the published descriptor as `innoregio:madeWith`, so that `rebuild` can say which code is needed;
it never makes a release. Fingerprints that save work belong to `fingerprints`.
"""

from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version

from assets.descriptor import Dataset
from assets.fingerprints import digest, digest_code

LIBRARIES = ("innoregio", "polars", "pyarrow")
DIGITS = 16


def made_with(dataset: Dataset) -> dict[str, str]:
    """Versions by name, `code` and `descriptor`: the same wherever the same code runs."""
    known = {name: installed_version(name) for name in LIBRARIES}
    known["code"] = digest_code()[:DIGITS]
    known["descriptor"] = digest(repr(replace(dataset, path=None)))[:DIGITS]
    return known


def installed_version(name: str) -> str:
    """The version of an installed distribution; `unknown` where it is run without being installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"


def tell_difference(published: Mapping[str, str], here: Mapping[str, str]) -> str | None:
    """What a release was made with that is another thing here, in words; None where nothing is."""
    others = [
        f"{name} {published[name]} (here {here[name]})"
        for name in here
        if name in published and published[name] != here[name]
    ]
    return ", ".join(others) or None
