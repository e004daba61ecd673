"""Settings to resources: flags, then `INNOREGIO_*` environment, then `catalogue.yaml`.

Nothing is read when this module is imported.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import dagster as dg

from assets.descriptor import Dataset, load_datasets
from assets.workspace import Workspace
from orchestration.settings import find_workspace


class WorkspaceResource(dg.ConfigurableResource[Workspace]):
    """The run's places as a Dagster resource; an empty value is taken from the environment when the run
    starts.
    """

    home: str = ""
    out: str = ""
    base_url: str = ""
    fetch: bool = False  # ask the providers first: side by side, each source once for all steps of a run

    def create_resource(self, context: dg.InitResourceContext) -> Workspace:
        """The workspace of this run."""
        return find_workspace(
            home=Path(self.home) if self.home else None,
            out=Path(self.out) if self.out else None,
            base_url=self.base_url or None,
            environment=os.environ,
        )

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Workspace]:
        """The workspace, and the connections that its assets ask upstream by while the run lasts."""
        workspace = self.create_resource(context)
        if not self.fetch:
            yield workspace
            return
        from orchestration.fetching import ask_side_by_side  # HTTP takes a while to import

        with ask_side_by_side(datasets_to_ask(context.run), workspace, os.environ) as ask:
            yield replace(workspace, upstream=ask)


def datasets_to_ask(run: dg.DagsterRun | None) -> list[Dataset]:
    """The datasets whose raw steps are in a run: all of the graph, those of its assets or of its steps."""
    from orchestration.factory import raw_key

    found = [dataset for dataset in load_datasets()[0] if dataset.is_fetched]
    if run is None:
        return found
    steps, assets = run.step_keys_to_execute, run.asset_selection
    return [
        dataset
        for dataset in found
        if (not steps or raw_key(dataset).to_python_identifier() in steps)
        and (not assets or raw_key(dataset) in assets)
    ]
