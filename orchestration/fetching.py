"""Asking the providers from the command line: one session for all datasets, and its progress on stderr.

What is asked and what its answer means belongs to `assets.fetch`; results are printed by `printing`.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from assets.descriptor import Dataset
from assets.fetch.acquire import acquire_all, open_session
from assets.fetch.states import SourceState
from assets.pipeline import find_measure
from assets.workspace import Workspace

Tell = Callable[[Sequence[SourceState]], None]


def fetch_datasets(
    datasets: Sequence[Dataset], workspace: Workspace, environment: Mapping[str, str], quiet: bool
) -> dict[str, list[SourceState]]:
    """Asks upstream for all sources of `datasets`: name -> what became of each; those of withdrawn datasets
    are left alone. The published tree is not touched. Raises `StoreError` where the store cannot be written.
    """
    datasets = [dataset for dataset in datasets if not dataset.is_withdrawn]
    with (
        report_progress(len(datasets), quiet) as tell,
        open_session(workspace.store, environment) as session,
    ):
        last = partial(find_measure, workspace)
        return acquire_all(datasets, workspace.store, environment, session, tell=tell, released=last)


@contextmanager
def report_progress(count: int, quiet: bool) -> Iterator[Tell]:
    """What hears of each dataset that is done: a bar on a terminal, a line per source elsewhere."""
    lock, begun = threading.Lock(), time.monotonic()

    def line(states: Sequence[SourceState]) -> None:
        with lock:
            for one in states:
                seconds = time.monotonic() - begun
                print(
                    f"{seconds:6.1f} s  {one.provider}/{one.table}  {one.state}", file=sys.stderr, flush=True
                )

    if quiet:
        yield lambda states: None
    elif not sys.stderr.isatty():
        yield line
    else:
        columns = (
            TextColumn("fetching"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("fetching", total=count)
            yield lambda states: progress.advance(task)
