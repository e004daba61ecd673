"""The command `init`: asks what a catalogue needs, and writes the operator's own folder.

What is written belongs to `assets.authoring.first_config`.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from assets.errors import SettingError
from orchestration.cli.options import debug_option, report_errors

Check = Callable[[str], object]

# option -> what is asked on a terminal, and what is offered
QUESTIONS = {
    "publisher": "Who publishes? Name of the organisation, in Finnish",
    "publisher_sv": "The same in Swedish",
    "publisher_en": "The same in English",
    "type": "What kind of organisation",
    "contact": "Who answers questions? E-mail address, or address of a page",
    "base_url": "Under what address will the data be served",
    "focus": "Which region is shown first? NUTS code, or name",
}
REQUIRED = ("publisher", "contact", "base_url", "focus")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--publisher", metavar="NAME", help="Who publishes, in Finnish.")
@click.option("--publisher-sv", metavar="NAME", help="In Swedish (else as in Finnish).")
@click.option("--publisher-en", metavar="NAME", help="In English (else as in Finnish).")
@click.option("--type", metavar="TYPE", help="Kind of publisher: RegionalAuthority, LocalAuthority …")
@click.option("--homepage", metavar="URL", help="Home page of the publisher.")
@click.option("--contact", metavar="ADDRESS", help="E-mail address, or address of a page.")
@click.option("--base-url", metavar="URL", help="Address under which the data will be served.")
@click.option("--focus", metavar="REGION", help="NUTS code or name of the region shown first.")
@debug_option
def init(folder: Path, debug: bool, **given: str | None) -> None:
    """Write a FOLDER with settings of your own.

    It is laid over what innoregio ships: catalogue, descriptors, code lists, words. Asks for what no option
    says. Upgrades leave the folder alone.
    """
    with report_errors(debug):
        from assets.authoring.first_config import FirstCatalogue, write_config

        answers = ask_missing(given)
        region = write_config(
            folder,
            FirstCatalogue(
                names={
                    "fi": answers["publisher"],
                    "sv": answers["publisher_sv"],
                    "en": answers["publisher_en"],
                },
                kind=answers["type"],
                contact=answers["contact"],
                base_url=answers["base_url"],
                focus=answers["focus"],
                homepage=answers["homepage"],
            ),
        )
        click.echo(f"wrote {folder / 'catalogue.yaml'}: {answers['publisher_en']}, {region}")
        click.echo(f"\nUse it:  export INNOREGIO_CONFIG={folder.absolute()}\n         innoregio publish")


def answer_parser(check: Check | None) -> Callable[[str], str]:
    """An answer that `check` takes, as it was written; for another the question is asked again."""

    def proceed(answer: str) -> str:
        try:
            if check:
                check(answer)
        except SettingError as error:
            raise click.UsageError(str(error)) from error
        return answer

    return proceed


def ask_missing(given: dict[str, str | None]) -> dict[str, Any]:
    """What was given, and the answers to the other questions on a terminal.

    Without one, what is required and was not given is a usage error.
    """
    from assets.authoring.first_config import PUBLISHER_TYPES, check_contact, check_web, find_region

    checks: dict[str, Check] = {"contact": check_contact, "base_url": check_web, "focus": find_region}
    answers = dict(given)
    missing = [name for name in REQUIRED if not answers[name]]
    if missing and not sys.stdin.isatty():
        options = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
        raise click.UsageError(f"give {options}; without a terminal nothing is asked")
    if missing:
        for name, question in QUESTIONS.items():
            if answers[name]:
                continue
            offered = answers["publisher"] if name.startswith("publisher_") else None
            if name == "type":
                kinds = click.Choice(PUBLISHER_TYPES, case_sensitive=False)
                answers[name] = click.prompt(question, default=PUBLISHER_TYPES[0], type=kinds, err=True)
            else:
                answers[name] = click.prompt(
                    question, default=offered, value_proc=answer_parser(checks.get(name)), err=True
                )
    return answers | {
        "publisher_sv": answers["publisher_sv"] or answers["publisher"],
        "publisher_en": answers["publisher_en"] or answers["publisher"],
        "type": answers["type"] or PUBLISHER_TYPES[0],
    }
