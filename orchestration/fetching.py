"""Asking the providers: one session for all datasets of a run, and for the command line its progress.

What is asked and what its answer means belongs to `assets.fetch`; results are printed by `printing`.
"""

import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import partial
from typing import NamedTuple

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from assets.descriptor import Dataset
from assets.fetch.acquire import AT_ONCE, Report, acquire, acquire_all, acquire_in_batches, open_session
from assets.fetch.connectors.connector import Session
from assets.fetch.states import SourceState
from assets.pipeline import find_measure
from assets.workspace import Workspace


class Shown(NamedTuple):
    """What is shown of a fetch: `report` hears of each dataset, `hide` takes a bar away for a while."""

    report: Report
    hide: Callable[[], AbstractContextManager[None]]


def fetch_datasets(
    datasets: Sequence[Dataset], workspace: Workspace, environment: Mapping[str, str], quiet: bool
) -> dict[str, list[SourceState]]:
    """Asks upstream for all sources of `datasets`: name -> what became of each; those of withdrawn datasets
    are left alone. The published tree is not touched. Raises `StoreError` where the store cannot be written.
    """
    datasets = [dataset for dataset in datasets if dataset.is_fetched]
    with (
        show_progress(len(datasets), quiet) as shown,
        open_session(workspace.store, environment) as session,
    ):
        store, last = workspace.store, partial(find_measure, workspace)
        return acquire_all(datasets, store, environment, session, report=shown.report, released=last)


def fetch_in_batches(
    datasets: Sequence[Dataset], workspace: Workspace, environment: Mapping[str, str], quiet: bool
) -> Generator[dict[str, list[SourceState]]]:
    """What `fetch_datasets` gives, as it comes: who publishes one batch does not wait for the next."""
    datasets = [dataset for dataset in datasets if dataset.is_fetched]
    with (
        show_progress(len(datasets), quiet) as shown,
        open_session(workspace.store, environment) as session,
    ):
        store, last = workspace.store, partial(find_measure, workspace)
        for batch in acquire_in_batches(
            datasets, store, environment, session, report=shown.report, released=last
        ):
            with shown.hide():
                yield batch


@contextmanager
def ask_side_by_side(
    datasets: Sequence[Dataset], workspace: Workspace, environment: Mapping[str, str]
) -> Iterator[Callable[[Dataset], Sequence[SourceState]]]:
    """What a step gives its dataset to, to hear what became of its sources.

    The first one asks for all `datasets` side by side, within the limits of their providers; each later one
    waits for its own. A dataset that is not among them is asked for when its step comes. What was under way
    when the run ends is stopped.
    """
    store, last = workspace.store, partial(find_measure, workspace)
    with open_session(store, environment) as session, ExitStack() as stack:
        answers: dict[str, Future[list[SourceState]]] = {}

        def ask(dataset: Dataset) -> list[SourceState]:
            if not answers:
                pool = stack.enter_context(stopping_pool(session))
                for other in {other.name: other for other in [dataset, *datasets]}.values():
                    answers[other.name] = pool.submit(
                        acquire, other, store, environment, session, released=last
                    )
            if dataset.name not in answers:
                return acquire(dataset, store, environment, session, released=last)
            return answers[dataset.name].result()

        yield ask


@contextmanager
def stopping_pool(session: Session) -> Iterator[ThreadPoolExecutor]:
    """Threads that ask side by side; at the end, transfers under way end with their next bytes."""
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        session.client.stop()
        pool.shutdown()


@contextmanager
def show_progress(count: int, quiet: bool) -> Iterator[Shown]:
    """A bar of the datasets that are done on a terminal, a line per source elsewhere."""
    lock, begun = threading.Lock(), time.monotonic()

    def line(states: Sequence[SourceState]) -> None:
        with lock:
            for state in states:
                seconds = time.monotonic() - begun
                detail = f"{seconds:6.1f} s  {state.provider}/{state.table}  {state.state}"
                print(detail, file=sys.stderr, flush=True)

    if quiet:
        yield Shown(lambda states: None, nullcontext)
    elif not sys.stderr.isatty():
        yield Shown(line, nullcontext)
    else:
        columns = (
            TextColumn("fetching"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("fetching", total=count)

            @contextmanager
            def hide() -> Iterator[None]:
                """While another bar is on the terminal; two would write over each other."""
                progress.stop()
                yield
                progress.start()

            yield Shown(lambda states: progress.advance(task), hide)
