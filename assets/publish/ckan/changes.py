"""Which calls bring a portal's dataset up to what it should be; none when it is so already.

Pure: what the portal shows is given, and the calls are returned. Only what differs is written. What others
put on the portal's dataset (extras, resources, groups) stays.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.errors import RefusedError
from assets.publish.ckan.dictionaries import EXTRAS

OF_FILE = ("url", "size", "hash", "hash_algorithm", "mimetype")  # of a resource; set by its upload
Shown = Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """One call of the action API that writes: the dictionary, and the file that goes with it."""

    action: str
    data: Mapping[str, Any]
    upload: Path | None = None


def plan_calls(
    wanted: Mapping[str, Any],
    resources: Sequence[Mapping[str, Any]],
    files: Mapping[str, Path] | None,
    shown: Shown | None,
    owner: str | None,
) -> list[Call]:
    """The calls for one dataset.

    `shown`: what `package_show` answers, None when there is no such dataset. `files`: resource id -> file
    where files are uploaded, None where they are linked. `owner`: the organisation of a new dataset. Raises
    `RefusedError` where a dataset of that name is not ours.
    """
    if files is not None:
        bare = [
            {key: value for key, value in resource.items() if key not in OF_FILE} for resource in resources
        ]
    else:
        bare = [dict(resource) for resource in resources]
    calls = []
    if shown is None:
        new = {**wanted, **({"owner_org": owner} if owner else {}), "resources": bare}
        calls.append(Call("package_create", new))
    else:
        check_ours(wanted, shown)
        patch = differing_fields(wanted, shown)
        ours = merge_resources(bare, shown, linked=files is None)
        if ours is not None:
            patch["resources"] = ours
        if patch:
            calls.append(Call("package_patch", {"id": shown["id"], **patch}))
    if files is not None:
        there = {resource["id"]: resource for resource in (shown or {}).get("resources", [])}
        for resource in resources:
            before = there.get(resource["id"], {})
            known = before.get("url_type") == "upload" and before.get("hash") == resource["hash"]
            if not known:
                update = {
                    key: resource[key]
                    for key in ("id", "hash", "hash_algorithm", "mimetype", "size")
                    if key in resource
                }
                calls.append(Call("resource_patch", update, files[resource["id"]]))
    return calls


def check_ours(wanted: Mapping[str, Any], shown: Shown) -> None:
    """Raises `RefusedError` unless the portal's dataset bears our identifier and is not deleted."""
    expected = identifier(wanted)
    found = identifier(shown)
    name = wanted["name"]
    if shown.get("state") == "deleted":
        raise RefusedError(f"{name}: deleted on the portal; restore or purge it there, then push again")
    if found != expected:
        detail = f"has the identifier {found}" if found else "has no identifier of ours"
        raise RefusedError(
            f"{name}: the portal has a dataset of this name that is not this one (it {detail}, "
            f"not {expected}); choose other names with --prefix"
        )


def identifier(dataset: Mapping[str, Any]) -> str | None:
    """The address that says which dataset of ours a dataset of the portal is."""
    extras = {extra["key"]: extra["value"] for extra in dataset.get("extras") or []}
    return extras.get("identifier") or dataset.get("identifier")


def differing_fields(wanted: Mapping[str, Any], shown: Shown) -> dict[str, Any]:
    """The fields of a dataset that are to be written. One that the portal does not show it does not keep."""
    patch = {}
    for key, value in wanted.items():
        if key == "tags":
            if {tag["name"] for tag in value} != {tag["name"] for tag in shown.get("tags") or []}:
                patch[key] = value
        elif key == "extras":
            if (extras := merge_extras(value, shown.get("extras") or [])) is not None:
                patch[key] = extras
        elif key in shown and not same(value, shown[key]):
            patch[key] = value
    return patch


def merge_extras(wanted: Sequence[Mapping[str, str]], shown: Sequence[Shown]) -> list[dict[str, str]] | None:
    """All extras with ours as they should be; None when they are so."""
    ours = {extra["key"]: extra["value"] for extra in wanted}
    there = {extra["key"]: extra["value"] for extra in shown}
    merged = {key: value for key, value in there.items() if key not in EXTRAS} | ours
    return None if merged == there else [{"key": key, "value": merged[key]} for key in sorted(merged)]


def merge_resources(
    wanted: Sequence[Mapping[str, Any]], shown: Shown, linked: bool
) -> list[dict[str, Any]] | None:
    """All resources with ours as they should be, first; None when they are so.

    One of ours that the newest release does not have is left out: its address in the catalogue says that it
    is ours. Of an uploaded file the portal's own address stays.
    """
    there = {resource["id"]: resource for resource in shown.get("resources") or []}
    ids = {resource["id"] for resource in wanted}
    mine = f"{identifier(shown)}#"
    merged = []
    for resource in wanted:
        before = there.get(resource["id"])
        differs = before is None or any(
            key in before and not same(fold(key, value), fold(key, before[key]))
            for key, value in resource.items()
        )
        portals = {"url_type": ""} if linked and before and before.get("url_type") else {}
        merged.append({**(before or {}), **resource, **portals} if differs or portals else dict(before or {}))
    merged += [
        dict(resource)
        for key, resource in there.items()
        if key not in ids and not str(resource.get("uri") or "").startswith(mine)
    ]
    return merged if merged != list(there.values()) else None


def fold(key: str, value: Any) -> Any:
    """A value as it is compared: portals write the names of formats in their own way (`csv`, `CSV`)."""
    return str(value).casefold() if key == "format" else value


def same(wanted: Any, shown: Any) -> bool:
    """Whether the portal shows what it was given, if in another form: a number as text, JSON as a list."""
    if isinstance(wanted, str) and isinstance(shown, list):
        try:
            return bool(json.loads(wanted) == shown)
        except ValueError:
            return False
    if isinstance(wanted, (bool, dict, list)):
        return bool(wanted == shown)
    return str(wanted) == str(shown if shown is not None else "")
