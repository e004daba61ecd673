"""How a run shows itself on stderr: a bar on a terminal, plain lines elsewhere.

Results belong to `cli`, on stdout.
"""

import logging
import sys
import time

import dagster as dg
from dagster import DagsterEvent
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@dg.logger(
    config_schema=None,
    description="One line, or one bar, per run on stderr; the command reports what went wrong at the end.",
)
def progress_logger(context: dg.InitLoggerContext) -> logging.Logger:
    """A logger that turns Dagster's events into progress."""
    steps = len(context.job_def.nodes) if context.job_def else 0
    logger = logging.Logger("innoregio.progress", logging.INFO)
    logger.addHandler(BarHandler(steps) if sys.stderr.isatty() else LineHandler())
    logger.setLevel(logging.DEBUG)  # Dagster sends its step events at this level
    return logger


class LineHandler(logging.Handler):
    """A line per finished step: what, how many rows, how long."""

    def __init__(self) -> None:
        super().__init__()
        self.started = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the line of a materialisation; everything else is left out."""
        event: DagsterEvent | None = getattr(record, "dagster_event", None)
        if event is not None and event.is_step_materialization and event.asset_key:
            seconds = time.monotonic() - self.started
            print(
                f"{seconds:6.1f} s  {'/'.join(event.asset_key.path)}{format_rows(event)}",
                file=sys.stderr,
                flush=True,
            )


class BarHandler(logging.Handler):
    """A bar that counts finished steps and names the one under way."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.progress = Progress(
            TextColumn("{task.description:<44.44}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self.task = self.progress.add_task("starting", total=steps)

    def emit(self, record: logging.LogRecord) -> None:
        """Moves the bar on when a step starts or ends, and takes it away when the run ends."""
        event: DagsterEvent | None = getattr(record, "dagster_event", None)
        if event is None:
            return
        if event.is_step_start:
            self.progress.start()  # not before: Dagster makes loggers that hear of no step
            self.progress.update(self.task, description=str(event.step_key).replace("__", "/"))
        elif event.is_step_success or event.is_step_failure or event.is_step_skipped:
            self.progress.advance(self.task)
            if self.progress.finished:
                self.progress.stop()
        elif event.is_job_event and (event.is_job_success or event.is_job_failure):
            self.progress.stop()


def format_rows(event: DagsterEvent) -> str:
    """The rows of a materialisation in words, where it counted them."""
    rows = event.step_materialization_data.materialization.metadata.get("dagster/row_count")
    return f"  {rows.value:,} rows" if rows is not None else ""
