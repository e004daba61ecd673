"""Settings to resources: flags, then `INNOREGIO_*` environment, then `schemas/catalogue.yaml`.

Nothing is read when this module is imported.
"""

import os
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

    def create_resource(self, context: dg.InitResourceContext) -> Workspace:
        """The workspace of this run."""
        return find_workspace(
            home=Path(self.home) if self.home else None,
            out=Path(self.out) if self.out else None,
            base_url=self.base_url or None,
            environment=os.environ,
        )
