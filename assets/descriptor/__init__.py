"""Descriptors: the YAML of `schemas/` as plain frozen dataclasses, checked by `schemas/profile.json`.

Loading belongs here, and the types that others use are handed out from here. Reading YAML, checking, and
resolving shared fields and code lists live in the modules beside this one. What a descriptor
makes (tables, assets, packages) belongs to the stages.
"""

from collections.abc import Sequence
from pathlib import Path

from assets.descriptor.build import build_catalogue, build_dataset
from assets.descriptor.complete import complete_dataset, is_default_rule, written_place
from assets.descriptor.complete_fields import UNIT
from assets.descriptor.merged import read_merged
from assets.descriptor.model import (
    LANGUAGES,
    Catalogue,
    Code,
    Dataset,
    Field,
    RejectRule,
    Resource,
    Source,
    Texts,
)
from assets.descriptor.profile import check_profile, choices, placed, quote_value
from assets.descriptor.providers import Provider, read_providers
from assets.descriptor.rules.dataset import dataset_problems
from assets.descriptor.rules.unwritten import unwritten_texts
from assets.descriptor.shared import Shared, read_shared
from assets.descriptor.yaml import DescriptorMistake, Document, raise_mistakes, read_yaml
from assets.errors import DescriptorError
from assets.overlay import check_config, config_folder, list_schemas, packaged_schemas, schema_folders

__all__ = [
    "LANGUAGES",
    "UNIT",
    "Catalogue",
    "Code",
    "Dataset",
    "DescriptorMistake",
    "Field",
    "Provider",
    "RejectRule",
    "Resource",
    "Source",
    "Texts",
    "gather_mistakes",
    "is_default_rule",
    "load_catalogue",
    "load_dataset",
    "load_datasets",
    "read_providers",
]

NOT_DATASETS = ("catalogue.yaml", "fields.yaml", "notes.yaml", "providers.yaml", "strategy.yaml")
GEOGRAPHY = "regions"  # the dataset that gives all others their areas


def load_dataset(path: Path, schemas: Path | None = None) -> Dataset:
    """The dataset that the descriptor at `path` describes.

    Shared fields and code lists come from `schemas` (default: the operator's folder, see `overlay`), and what
    it lacks from the packaged folder. Raises `DescriptorMistake`, a `DescriptorError`, for the first mistake,
    with the further ones in its `others`.
    """
    return _load(path, read_shared(folders_of(schemas)))


def load_datasets(folder: Path | None = None) -> tuple[list[Dataset], list[DescriptorError]]:
    """All datasets of a folder like `schemas/`, and all mistakes of the others.

    Without `folder`: those of the operator's folder (`overlay`) and the installed ones of other names, of
    both only those that the catalogue names, where it names any. Of `folder`, descriptors are
    `datasets/*.yaml`, or `*.yaml` where it has no `datasets`. Shared fields and code lists that it lacks are
    the packaged ones. Raises `DescriptorError` only when the folder, the catalogue's choice or `fields.yaml`
    itself is wrong, `SettingError` for an operator's folder with a file that nothing reads.
    """
    if folder and not folder.is_dir():
        raise DescriptorError(f"{folder}: no such folder; give a folder with descriptors, like schemas/")
    shared = read_shared(folders_of(folder))
    datasets: list[Dataset] = []
    errors: list[DescriptorError] = []
    for path in descriptor_paths(folder) if folder else chosen_paths():
        try:
            datasets.append(_load(path, shared))
        except DescriptorMistake as mistake:
            errors += [mistake, *mistake.others]
        except DescriptorError as error:
            errors.append(error)
    return datasets, errors


def gather_mistakes(errors: Sequence[DescriptorError]) -> dict[str, DescriptorError]:
    """Of each dataset whose descriptor is wrong one error that says all its mistakes, a line each, the first
    line of the file first.
    """
    mistakes: dict[str, list[DescriptorError]] = {}
    for error in errors:
        mistakes.setdefault(error.dataset, []).append(error)
    return {
        name: found[0] if len(found) == 1 else DescriptorError("\n".join(map(str, found)))
        for name, found in mistakes.items()
    }


def chosen_paths() -> list[Path]:
    """The descriptors that count: all, or those that the operator's catalogue names, and `regions`."""
    check_config()
    paths = list_schemas("datasets/*.yaml")
    chosen = load_catalogue().raw.get("datasets") if config_folder() else None
    if not chosen:
        return paths
    names = [path.stem for path in paths]
    for name in chosen:
        if name not in names:
            allowed = choices(name, names)
            raise DescriptorError(f"catalogue.yaml: datasets: found {quote_value(name)}; allowed: {allowed}")
    return [path for path in paths if path.stem in (*chosen, GEOGRAPHY)]


def descriptor_paths(folder: Path) -> list[Path]:
    """The descriptors of a folder like `schemas/`, sorted by name."""
    datasets = folder / "datasets"
    inside = datasets if datasets.is_dir() else folder
    found = (path for path in inside.glob("*.yaml") if path.name not in NOT_DATASETS)
    return sorted(found, key=lambda path: path.stem)


def load_catalogue(schemas: Path | None = None) -> Catalogue:
    """The catalogue: what `catalogue.yaml` of `schemas` (default: the operator's folder) says, and else the
    packaged one. Raises `DescriptorMistake`.
    """
    return build_catalogue(read_merged("catalogue.yaml", folders_of(schemas), "catalogue"))


def folders_of(schemas: Path | None) -> tuple[Path, ...]:
    """The folders in which shared things are looked for, the first first."""
    return (schemas, packaged_schemas()) if schemas else schema_folders()


def profile_mistakes(document: Document) -> list[DescriptorMistake]:
    """What the profile refuses, and the texts that are still to be written, the first line first."""
    unwritten = placed(document, unwritten_texts(document.data))
    marked = {(problem.line, problem.place) for problem in unwritten}
    found = check_profile(document, packaged_schemas() / "profile.json")
    others = [problem for problem in found if (problem.line, problem.place) not in marked]
    return sorted([*unwritten, *others], key=lambda problem: problem.line)


def _load(path: Path, shared: Shared) -> Dataset:
    document = read_yaml(path)
    raise_mistakes(document.mistakes or profile_mistakes(document))
    full, places = complete_dataset(document.data, shared)
    problems = [
        (written_place(place, places), found, allowed)
        for place, found, allowed in dataset_problems(full, path, shared)
    ]
    raise_mistakes(placed(document, problems))
    return build_dataset(full, path, shared)
