"""The command line. Results on stdout, progress and problems on stderr. Only `publish` imports Dagster, and
only where an asset has to run, so that the other commands answer at once.

Exit codes: 0 good; 1 a dataset or check failed or is in quarantine, a difference was found, a lock was not
had; 2 usage; 3 published, but a source is stale (1 wins over 3).
What the results look like belongs to `printing`, the commands on releases to `releases`.
"""

import os
import signal
import sys
import time
import traceback
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from orchestration.cli.example import example
from orchestration.cli.init import init
from orchestration.cli.new import new
from orchestration.cli.options import choose, common, debug_option, out_option, report_errors, version_option
from orchestration.cli.push import push
from orchestration.cli.releases import diff, rebuild, verify
from orchestration.cli.serve import serve
from orchestration.cli.snapshot import snapshot
from orchestration.cli.status import status
from orchestration.cli.up import up

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.fetch.states import SourceState
    from orchestration.outcomes import Outcome


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@version_option
def main() -> None:
    """Regional innovation data as validated, versioned Data Packages."""
    signal.signal(signal.SIGTERM, interrupt)


@main.command()
@click.argument("datasets", nargs=-1, metavar="[DATASET]...")
@out_option
@click.option(
    "--base-url",
    metavar="URL",
    help="Address of the served tree (else INNOREGIO_BASE_URL, else catalogue.yaml).",
)
@click.option("--fetch", is_flag=True, help="Ask the providers first; only what changed is downloaded.")
@click.option(
    "--go-back",
    metavar="REASON",
    help="Publish from an earlier state of the sources than the last release; REASON is published too.",
)
@click.option("--wait", is_flag=True, help="Wait while another run publishes into the folder.")
@click.option("--quiet", is_flag=True, help="No progress.")
@common
def publish(
    datasets: tuple[str, ...],
    out: Path | None,
    base_url: str | None,
    fetch: bool,
    go_back: str | None,
    wait: bool,
    quiet: bool,
    form: str,
    debug: bool,
) -> None:
    """Publish DATASETs, all by default: normalise, validate, release.

    What did not change is not published again; what fails keeps its last release.

    Exit code 1: a dataset failed or is in quarantine. 3: all is published, but a source is stale.
    """
    with report_errors(debug):
        from assets.descriptor import gather_mistakes, load_catalogue, load_datasets
        from assets.publish.release.lock import publication_lock
        from orchestration.cli.printing import print_notice, print_outcomes
        from orchestration.monitoring.last_outcomes import remember_outcomes
        from orchestration.settings import find_workspace, state_reason

        found, errors = load_datasets()
        broken = gather_mistakes(errors)
        chosen = choose([dataset.name for dataset in found], list(broken), datasets)
        workspace = find_workspace(None, out, base_url, os.environ)
        if go_back is not None:
            workspace = replace(workspace, go_back=state_reason(go_back, datasets))
        with publication_lock(workspace.out, wait=wait):
            from orchestration.publishing import publish_datasets, publish_exit_code

            outcomes, states = publish_datasets(found, broken, chosen, workspace, os.environ, fetch, quiet)
        print_outcomes(outcomes, states, workspace.out, form, debug)
        remember_outcomes(workspace.home, outcomes)
        send_or_warn(outcomes, states, workspace.base_url)
        print_notice(load_catalogue(), workspace.base_url)
        raise SystemExit(publish_exit_code(outcomes, states))


@main.command(name="fetch")
@click.argument("datasets", nargs=-1, metavar="[DATASET]...")
@click.option("--all", "first", is_flag=True, help="Every dataset that waits for its first fetch.")
@click.option("--yes", is_flag=True, help="With --all: do not ask whether to go on after the estimate.")
@click.option("--quiet", is_flag=True, help="No progress.")
@common
def fetch_sources(
    datasets: tuple[str, ...], first: bool, yes: bool, quiet: bool, form: str, debug: bool
) -> None:
    """Ask the providers what changed, and keep it; publish nothing.

    DATASETs: whose sources are asked; by default all that were fetched before or ship with figures, with
    --all those that wait for their first fetch.

    Exit code 1: a source failed or is in quarantine. 3: a source is stale; the data at hand are used.
    """
    with report_errors(debug):
        from assets.descriptor import gather_mistakes, load_datasets
        from assets.fetch.states import exit_code
        from orchestration.cli.printing import print_sources
        from orchestration.fetching import fetch_datasets
        from orchestration.first_fetch import choose_asked, format_estimate
        from orchestration.settings import find_workspace, require_home

        found, errors = load_datasets()
        broken = gather_mistakes(errors)
        if first and datasets:
            raise click.UsageError("--all and names of datasets: give one of them")
        chosen = choose([dataset.name for dataset in found], list(broken), datasets)
        workspace = find_workspace(None, None, None, os.environ)
        require_home(workspace.home)
        wanted = choose_asked(found, chosen, workspace, datasets, first)
        if first:
            chosen = [dataset.name for dataset in wanted]
            for line in format_estimate(wanted, os.environ):
                click.echo(f"innoregio: {line}", err=True)
            if wanted and not yes and sys.stdin.isatty():
                click.confirm("go on?", abort=True, err=True)
        states = [
            state
            for states in fetch_datasets(wanted, workspace, os.environ, quiet).values()
            for state in states
        ]
        print_sources(states, form)
        send_or_warn([], states, workspace.base_url)
        wrong = [broken[name] for name in broken if name in chosen]
        for error in wrong:
            for line in str(error).splitlines():
                click.echo(f"innoregio: {line}", err=True)
        raise SystemExit(1 if wrong else exit_code(states))


@main.command(name="validate")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--schema",
    type=click.Path(path_type=Path),
    help="Table Schema (JSON) of a single CSV, TSV or Parquet file.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help="Form of the report; json has the shape of frictionless-py's.",
)
@click.option(
    "--limit-errors",
    "limit",
    type=click.IntRange(min=0),
    metavar="N",
    default=1000,
    show_default=True,
    help="How many errors are listed for each table; 0: all. All are counted.",
)
@debug_option
def validate_command(path: Path, schema: Path | None, form: str, limit: int, debug: bool) -> None:
    """Validate PATH, a Data Package or a table.

    A datapackage.json, a folder or zip archive with one, a CSV, TSV or Parquet file.
    """
    with report_errors(debug):
        from assets.validate.package.check import InputError, validate_path
        from orchestration.cli.printing_reports import print_reports

        started = time.monotonic()
        try:
            reports = validate_path(path, schema, limit or sys.maxsize)
        except InputError as error:
            if debug:
                traceback.print_exc()
            for line in str(error).splitlines():
                click.echo(f"innoregio: {line}", err=True)
            raise SystemExit(2) from None
        print_reports(reports, form, time.monotonic() - started)
        if not all(report.valid for report in reports):
            raise SystemExit(1)


@main.command(name="list")
@out_option
@common
def list_datasets(out: Path | None, form: str, debug: bool) -> None:
    """List the datasets: title, tables, source, published version."""
    with report_errors(debug):
        from assets.descriptor import load_datasets
        from orchestration.cli.printing import print_list
        from orchestration.settings import find_workspace, require_tree

        require_tree(out)
        found, errors = load_datasets()
        print_list(found, find_workspace(None, out, None, os.environ), form)
        for error in errors:
            click.echo(str(error), err=True)
        if errors:
            raise SystemExit(1)


@main.command()
@click.argument("dataset")
@click.option("--codes", is_flag=True, help="Print codes that its lists do not have, as YAML to paste.")
@out_option
@common
def show(dataset: str, codes: bool, out: Path | None, form: str, debug: bool) -> None:
    """Show one DATASET: tables, columns, sources, published version.

    Where its descriptor is wrong: every mistake in it, the first line first.
    """
    with report_errors(debug):
        from assets.descriptor import gather_mistakes, load_datasets
        from orchestration.cli.printing import print_dataset
        from orchestration.settings import find_workspace, require_tree

        require_tree(out)
        found, errors = load_datasets()
        broken = gather_mistakes(errors)
        choose([dataset.name for dataset in found], list(broken), [dataset])
        if dataset in broken:
            raise broken[dataset]
        chosen = next(candidate for candidate in found if candidate.name == dataset)
        workspace = find_workspace(None, out, None, os.environ)
        if codes:
            from assets.authoring.unknown_codes import format_unknown_codes

            lines = list(format_unknown_codes(chosen, workspace))
            click.echo("\n".join(lines) or f"# {dataset}: its lists have every code")
            return
        print_dataset(chosen, workspace, form)


def send_or_warn(outcomes: "Sequence[Outcome]", states: "Sequence[SourceState]", place: str) -> None:
    """One message to people where a run failed and a setting asks for it; a line on stderr where it could not
    be sent.
    """
    from orchestration.monitoring.notices import send_notices
    from orchestration.monitoring.run_summary import summarise_run

    for problem in send_notices(summarise_run(outcomes, states), place, os.environ):
        click.echo(f"innoregio: {problem}", err=True)


def interrupt(_signal: int, _frame: FrameType | None) -> None:
    """SIGTERM ends a run like Ctrl-C."""
    raise KeyboardInterrupt


for command in (init, new, example, snapshot, verify, diff, rebuild, serve, push, status, up):
    main.add_command(command)

if __name__ == "__main__":
    sys.exit(main())
