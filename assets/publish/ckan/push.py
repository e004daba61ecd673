"""Goes through the packages of a tree and brings a CKAN portal up to them, one dataset after the other.

Each is asked for first, and only what differs is written. So a run that was cut off is repeated by the same
command, and a run without news writes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ckanapi import RemoteCKAN

from assets.descriptor import Catalogue
from assets.errors import RefusedError
from assets.publish.catalogue.packages import Package
from assets.publish.ckan.changes import Call, plan_calls
from assets.publish.ckan.dictionaries import (
    Settings,
    base_of,
    dataset_dictionary,
    portal_name,
    resource_dictionaries,
)
from assets.publish.ckan.portal import find_owner, read_portal_settings, show_dataset, write


@dataclass(frozen=True)
class Pushed:
    """What became of one package (created, changed, unchanged, skipped, refused), and by which calls."""

    dataset: str
    name: str  # on the portal
    state: str
    version: str
    calls: tuple[Call, ...]
    message: str | None = None


def push_packages(
    packages: Sequence[Package],
    catalogue: Catalogue,
    out: Path,
    portal: RemoteCKAN,
    *,
    upload: bool,
    prefix: str,
    organisation: str | None,
    dry_run: bool,
    report: Callable[[Pushed], None],
) -> list[Pushed]:
    """Pushes each package; `report` hears of each when it is done.

    `organisation`: the owner of new datasets, else the only one that the key may publish for. With `dry_run`
    the portal is asked and nothing is written. Raises `PortalError` where the portal cannot be reached or
    refuses the key; what it does not take of one dataset is reported, and the others go on.
    """
    settings = read_portal_settings(portal, prefix)
    done = []
    for package in packages:
        try:
            pushed = push_package(package, catalogue, settings, out, portal, upload, organisation, dry_run)
        except RefusedError as error:
            name = portal_name(package, prefix)
            pushed = Pushed(package.name, name, "refused", package.version, (), str(error))
        report(pushed)
        done.append(pushed)
    return done


def push_package(
    package: Package,
    catalogue: Catalogue,
    settings: Settings,
    out: Path,
    portal: RemoteCKAN,
    upload: bool,
    organisation: str | None,
    dry_run: bool,
) -> Pushed:
    """Pushes one package. A withdrawn one that the portal never had is not brought there."""
    name = portal_name(package, settings.prefix)
    shown = show_dataset(portal, name)
    if shown is None and package.withdrawn:
        return Pushed(package.name, name, "skipped", package.version, (), "withdrawn, and not on the portal")
    owner = organisation or (find_owner(portal) if shown is None and portal.apikey else None)
    wanted = dataset_dictionary(package, catalogue, settings, out)
    resources = resource_dictionaries(package, settings, out)
    files = {resource["id"]: file_of(resource, package, out) for resource in resources} if upload else None
    calls = plan_calls(wanted, resources, files, shown, owner)
    if not dry_run:
        for call in calls:
            write(portal, call, name)
    state = "unchanged" if not calls else "created" if shown is None else "changed"
    return Pushed(package.name, name, state, package.version, tuple(calls))


def file_of(resource: Mapping[str, Any], package: Package, out: Path) -> Path:
    """The file of the tree that a resource links."""
    return out / unquote(str(resource["url"]).removeprefix(base_of(package)))
