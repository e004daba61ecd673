"""What the commands have in common: their shared options, and how an error of the input is reported.

The commands themselves belong to `cli` and to the modules that it adds.
"""

import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import click

from assets.errors import InnoregioError, SettingError
from assets.overlay import SETTING

Command = TypeVar("Command", bound=Callable[..., Any])

debug_option = click.option("--debug", is_flag=True, help="Show the traceback of an error.")
out_option = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the published tree (else INNOREGIO_OUT, else public).",
)


@contextmanager
def config_in_force(folder: Path) -> Iterator[None]:
    """`folder` is `INNOREGIO_CONFIG` meanwhile."""
    before = os.environ.get(SETTING)
    os.environ[SETTING] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ[SETTING]
        else:
            os.environ[SETTING] = before


def use_config(context: click.Context, _parameter: click.Parameter, folder: Path | None) -> None:
    """`--config` is `INNOREGIO_CONFIG` while the command runs, also for the processes that it starts."""
    if folder is None or context.resilient_parsing:
        return
    context.with_resource(config_in_force(folder))


config_option = click.option(
    "--config",
    type=click.Path(path_type=Path, file_okay=False),
    expose_value=False,
    callback=use_config,
    help="Folder of your own settings (else INNOREGIO_CONFIG).",
)


def common(command: Command) -> Command:
    """The options of every command that prints a result."""
    form = click.option(
        "--format", "form", type=click.Choice(["text", "json"]), default="text", help="Form of the result."
    )
    return config_option(debug_option(form(command)))


def version_option(command: Command) -> Command:
    """`--version`: ours, the digest of the code that runs, and of the libraries whose bytes are published."""

    def show_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
        if wanted and not context.resilient_parsing:
            from assets.build_information import describe_program

            click.echo(", ".join(f"{name} {text}" for name, text in describe_program().items()))
            context.exit()

    help_text = "Show the version of innoregio, the digest of its code, and the versions of its libraries."
    return click.option(
        "--version", is_flag=True, expose_value=False, is_eager=True, callback=show_version, help=help_text
    )(command)


def choose(known: Sequence[str], broken: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """The asked datasets, or all; a name that no descriptor has is a usage error that lists the names, and
    says which was probably meant."""
    names = [*known, *broken]
    for name in wanted:
        if name not in names:
            meant = get_close_matches(name, names, 1, 0.6)
            listed = f"; did you mean {meant[0]}? There are" if meant else "; there are"
            raise click.UsageError(f"there is no dataset '{name}'{listed}: {', '.join(names)}")
    return list(wanted) or names


@contextmanager
def report_errors(debug: bool, code: int = 1) -> Iterator[None]:
    """A line on stderr for each mistake and exit code `code` for an error of the input; Ctrl-C and
    SIGTERM end with 130.
    """
    try:
        yield
    except (InnoregioError, OSError) as error:
        if debug:
            traceback.print_exc()
        detail = str(error)
        if isinstance(error, OSError) and error.strerror:
            detail = f"{error.filename or 'a file that is being written'}: {error.strerror}"
        for line in detail.splitlines():
            click.echo(f"innoregio: {line}", err=True)
        raise SystemExit(2 if isinstance(error, SettingError) else code) from None
    except KeyboardInterrupt:
        click.echo(
            "innoregio: stopped; what is published is whole, the next run goes on from there", err=True
        )
        raise SystemExit(130) from None
