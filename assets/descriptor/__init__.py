"""Descriptors: the YAML of `schemas/` as plain frozen dataclasses, checked by `schemas/profile.json`.

Loading belongs here, and the types that others use are handed out from here. Reading YAML, checking, and
resolving shared fields and code lists live in the `descriptor_*` modules beside this one. What a descriptor
makes (tables, assets, packages) belongs to the stages.
"""

from pathlib import Path

from assets.descriptor.build import build_catalogue, build_dataset
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
from assets.descriptor.profile import check_profile, placed
from assets.descriptor.rules.dataset import dataset_problems
from assets.descriptor.shared import Shared, packaged_schemas, profile_path, read_shared, shared_file
from assets.descriptor.yaml import DescriptorMistake, raise_mistakes, read_yaml
from assets.errors import DescriptorError

__all__ = [
    "LANGUAGES",
    "Catalogue",
    "Code",
    "Dataset",
    "DescriptorMistake",
    "Field",
    "RejectRule",
    "Resource",
    "Source",
    "Texts",
    "load_catalogue",
    "load_dataset",
    "load_datasets",
]

NOT_DATASETS = ("catalogue.yaml", "fields.yaml")


def load_dataset(path: Path, schemas: Path | None = None) -> Dataset:
    """The dataset that the descriptor at `path` describes.

    Shared fields and code lists come from `schemas` (default: the packaged folder). Raises
    `DescriptorMistake`, a `DescriptorError`, for the first mistake, with the further ones in its `others`.
    """
    return _load(path, read_shared(schemas or packaged_schemas()))


def load_datasets(folder: Path | None = None) -> tuple[list[Dataset], list[DescriptorError]]:
    """All datasets of a folder like `schemas/` (default: the packaged one), and all mistakes of the others.

    Descriptors are `datasets/*.yaml`, or `*.yaml` where the folder has no `datasets`. Shared fields and code
    lists that the folder lacks are the packaged ones. Raises `DescriptorError` only when the folder or
    `fields.yaml` itself is wrong.
    """
    folder = folder or packaged_schemas()
    if not folder.is_dir():
        raise DescriptorError(f"{folder}: no such folder; give a folder with descriptors, like schemas/")
    shared = read_shared(folder)
    datasets: list[Dataset] = []
    errors: list[DescriptorError] = []
    for path in descriptor_paths(folder):
        try:
            datasets.append(_load(path, shared))
        except DescriptorMistake as mistake:
            errors += [mistake, *mistake.others]
        except DescriptorError as error:
            errors.append(error)
    return datasets, errors


def descriptor_paths(folder: Path) -> list[Path]:
    """The descriptors of a folder like `schemas/`, sorted by name."""
    datasets = folder / "datasets"
    inside = datasets if datasets.is_dir() else folder
    return sorted(path for path in inside.glob("*.yaml") if path.name not in NOT_DATASETS)


def load_catalogue(schemas: Path | None = None) -> Catalogue:
    """The catalogue: `catalogue.yaml` of `schemas`, else the packaged one. Raises `DescriptorMistake`."""
    path = shared_file(schemas or packaged_schemas(), "catalogue.yaml")
    assert path is not None, "the packaged schemas have catalogue.yaml"
    document = read_yaml(path)
    raise_mistakes(document.mistakes or check_profile(document, profile_path(path.parent), "catalogue"))
    return build_catalogue(document.data)


def _load(path: Path, shared: Shared) -> Dataset:
    document = read_yaml(path)
    raise_mistakes(document.mistakes or check_profile(document, profile_path(shared.folder)))
    raise_mistakes(placed(document, dataset_problems(document.data, path, shared)))
    return build_dataset(document.data, path, shared)
