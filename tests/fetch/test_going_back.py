"""Older figures take the place of newer ones only on purpose: by a command with a reason, which is told."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.cli.main import main
from tests.fetch.grown_accounts import grown_accounts, settle
from tests.fetch.person import Person, tree
from tests.upstream.faults import ACCOUNTS
from tests.upstream.server import serve

REASON = "the figures of 2023 were withdrawn"


@pytest.mark.slow
def test_going_back_is_told_and_can_be_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(monkeypatch)
    with serve(grown_accounts()) as upstream:
        person = Person(tmp_path, upstream)
        assert person.run("publish", "regions", ACCOUNTS, "--fetch")[0] == 0
        shutil.rmtree(person.store.parent)
        before = tree(person.public)
        code, found = person.run("publish", ACCOUNTS)
        assert (code, tree(person.public)) == (1, before), person.said
        assert f"innoregio publish {ACCOUNTS} --go-back REASON" in found[ACCOUNTS]["message"]

        code, found = person.run("publish", ACCOUNTS, "--go-back", f"{REASON}.")
        assert (code, found[ACCOUNTS]["state"], found[ACCOUNTS]["version"]) == (0, "published", "1.1.0"), (
            person.said
        )
        folder = person.public / ACCOUNTS
        assert b",2023," not in (folder / f"{ACCOUNTS}.csv").read_bytes()
        package = json.loads((folder / "datapackage.json").read_bytes())
        assert package["innoregio:goneBack"] == REASON
        for language, begun in (("en", "An earlier state"), ("fi", "Aiempaan"), ("sv", "Återgången")):
            assert package["innoregio:versionNotes"][language].startswith(begun)
            assert f"{REASON}." in package["innoregio:versionNotes"][language]
        changes = (folder / "CHANGELOG.md").read_text("utf-8")
        assert f"- An earlier state of the sources was taken on purpose: {REASON}." in changes

        arguments = ["rebuild", f"{ACCOUNTS}@1.1.0", "--out", str(person.public)]
        done = CliRunner().invoke(main, arguments, env=person.settings)
        assert done.exit_code == 0, done.output

        after = tree(person.public)
        for command in (("publish", ACCOUNTS), ("publish", ACCOUNTS, "--go-back", REASON)):
            code, found = person.run(*command)
            assert (code, found[ACCOUNTS]["state"], tree(person.public)) == (0, "unchanged", after)

        code, found = person.run("publish", ACCOUNTS, "--fetch")
        assert (code, found[ACCOUNTS]["version"]) == (0, "1.2.0"), person.said
        package = json.loads((folder / "datapackage.json").read_bytes())
        assert "innoregio:goneBack" not in package and REASON not in package["innoregio:versionNotes"]["en"]
        assert REASON in (folder / "CHANGELOG.md").read_text("utf-8"), "the changelog keeps it"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--go-back", "why"], "name the datasets"),
        ([ACCOUNTS, "--go-back", "  "], "give the reason"),
        ([ACCOUNTS, "--go-back", "x" * 501], "at most 500 characters"),
    ],
)
def test_nobody_goes_back_without_dataset_and_reason(arguments: list[str], told: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["publish", *arguments, "--out", str(tmp_path / "public")])
    assert done.exit_code == 2
    assert told in done.stderr
    assert not list(tmp_path.rglob("datapackage.json"))
