"""Settings to resources: flags, then `INNOREGIO_*` environment, then `catalogue.yaml`.

Nothing is read when this module is imported.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import dagster as dg

from assets.workspace import Workspace
from orchestration.settings import find_workspace


class WorkspaceResource(dg.ConfigurableResource[Workspace]):
    """The run's places as a Dagster resource; an empty value is taken from the environment when the run
    starts.
    """

    home: str = ""
    out: str = ""
    base_url: str = ""
    fetch: bool = False  # ask the providers first; with one session for all assets of this process

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
        from assets.fetch.acquire import acquire, open_session  # HTTP takes a while to import
        from assets.pipeline import find_measure

        with open_session(workspace.store, os.environ) as session:
            last = partial(find_measure, workspace)
            ask = partial(acquire, store=workspace.store, environment=os.environ, session=session)
            yield replace(workspace, upstream=partial(ask, released=last))
