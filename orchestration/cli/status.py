"""The command `status`: how every dataset stands, for people and for monitors.

How that is found out belongs to `monitoring`.
"""

import os
from pathlib import Path

import click

from orchestration.cli.options import choose, common, out_option, report_errors


@click.command()
@click.argument("datasets", nargs=-1, metavar="[DATASET]...")
@out_option
@common
def status(datasets: tuple[str, ...], out: Path | None, form: str, debug: bool) -> None:
    """Say how the datasets stand: release, age of the data, faults.

    Without DATASET all of them.

    Reads the published tree and the store; asks nobody, changes nothing.

    Exit code 0: all is well. 1: something failed, is in quarantine or held back. 3: something is old: a
    source is stale, was not asked for too long, or a derived dataset is behind its inputs.
    """
    with report_errors(debug):
        from assets.descriptor import gather_mistakes, load_datasets
        from orchestration.cli.printing import console, plain_table, print_json
        from orchestration.monitoring.status import OK, read_statuses, status_exit_code
        from orchestration.settings import find_workspace, require_tree

        require_tree(out)
        found, errors = load_datasets()
        broken = gather_mistakes(errors)
        chosen = choose([dataset.name for dataset in found], list(broken), datasets)
        workspace = find_workspace(None, out, None, os.environ)
        wrong = {name: error for name, error in broken.items() if name in chosen}
        wanted = [dataset for dataset in found if dataset.name in chosen]
        statuses = read_statuses(wanted, wrong, workspace)
        code = status_exit_code(statuses)
        if form == "json":
            print_json({"exit_code": code, "datasets": [vars(line) for line in statuses]})
        else:
            table = plain_table("dataset", "state", "version", "data age", "asked")
            for line in statuses:
                age = "" if line.data_age_days is None else f"{line.data_age_days:,} d"
                table.add_row(line.dataset, line.state, line.version or "", age, (line.asked or "")[:10])
            console().print(table)
            for line in statuses:
                if line.message and line.state != OK:
                    click.echo(f"innoregio: {line.dataset} {line.state}: {line.message}", err=True)
        raise SystemExit(code)
