"""Fixtures for all tests: where the recorded upstream files are, when they are."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded upstream files: `INNOREGIO_SHARED`, or `shared` beside the project's folder."""
    folder = Path(os.environ.get("INNOREGIO_SHARED", Path(__file__).parents[2] / "shared"))
    if not (folder / "upstream" / "INDEX.tsv").is_file():
        pytest.skip("the recorded upstream files are not here (set INNOREGIO_SHARED to their folder)")
    return folder
