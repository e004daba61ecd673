"""Somebody who types `innoregio fetch` and `publish --fetch`, and looks at the tree that comes of it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from assets.descriptor import Dataset
from assets.descriptor.classification import build_classification
from orchestration.cli.main import main
from tests.commands import tree_bytes
from tests.upstream.server import Upstream, environment


class Person:
    """Somebody at a terminal, in a folder, with the made upstream in the place of the providers."""

    def __init__(self, folder: Path, upstream: Upstream) -> None:
        self.public, self.store = folder / "public", folder / "data" / "snapshots"
        self.upstream, self.said = upstream, ""
        self.settings = environment(upstream) | {"INNOREGIO_HOME": str(folder / "data")}

    def run(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """Exit code, and the results by dataset."""
        self.upstream.log.clear()
        out = ["--out", str(self.public)] if arguments[0] == "publish" else []
        done = CliRunner().invoke(main, [*arguments, *out, "--quiet", "--format", "json"], env=self.settings)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        self.said = done.stderr
        assert done.stdout, self.said
        return done.exit_code, {one["dataset"]: one for one in json.loads(done.stdout)}

    def renewed(self, **changes: Any) -> None:
        """The provider publishes the table anew."""
        folder, table = self.upstream.statfin["13tn"]
        self.upstream.statfin["13tn"] = folder, replace(table, **changes)


def tree(folder: Path) -> dict[str, bytes]:
    """The tree without what tells of sources: `sources.json`, the status pages, and the note on the pages."""
    told = ("sources.json", ".site.json", "status.html")
    return {name: content for name, content in tree_bytes(folder).items() if not name.endswith(told)}


def states(folder: Path) -> dict[str, Any]:
    """`sources.json` of the tree: table -> entry."""
    return {one["table"]: one for one in json.loads((folder / "sources.json").read_bytes())["sources"]}


def declared(dataset: Dataset, classification: str) -> Dataset:
    """The dataset after a person wrote another classification into its descriptor."""
    resources = tuple(
        replace(
            one,
            classification=build_classification(classification),
            raw={**one.raw, "innoregio:classification": classification},
        )
        for one in dataset.resources
    )
    written = [{**one, "innoregio:classification": classification} for one in dataset.raw["resources"]]
    return replace(dataset, resources=resources, raw={**dataset.raw, "resources": written})
