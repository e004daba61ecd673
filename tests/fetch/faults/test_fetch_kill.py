"""A fetch that is killed at any change of the store, a publication with it, and two of them at once."""

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assets.fetch.snapshots import fetch_snapshots
from assets.fetch.states import UNCHANGED, UPDATED
from assets.publish.release.verify import verify_tree
from assets.store.snapshots import bundle_root
from tests.fetch.faults.kill_names import NAMES
from tests.fetch.live_runs import made_upstream, quick_session, run, shipped, taken
from tests.fetch.person import Person, tree
from tests.upstream.server import environment, serve

CHANGES = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree")
FORK = multiprocessing.get_context("fork")


def killed_at(moment: int, folder: Path, work: Callable[[], object]) -> int:
    """Runs `work` in a process of its own that is killed before its change number `moment` of the folder;
    how many changes there were, where it came to its end.
    """
    ours, theirs = FORK.Pipe(duplex=False)

    def child() -> None:
        seen = [0]

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            if event not in CHANGES or not str(arguments[0]).startswith(str(folder)):
                return
            if event != "open" or arguments[2] & (os.O_WRONLY | os.O_RDWR):
                seen[0] += 1
                if seen[0] == moment:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        work()
        theirs.send(seen[0])
        os._exit(0)

    process = FORK.Process(target=child)
    process.start()
    theirs.close()
    process.join(60)
    assert process.exitcode in (0, -signal.SIGKILL)
    return int(ours.recv()) if process.exitcode == 0 else 0


def kill_at(name: str, tmp_path: Path, chosen: Callable[[int], Iterator[int]]) -> None:
    """Kills fetches of a dataset, first ones and later ones, at the chosen of all moments."""
    (dataset,) = shipped(name)
    upstream = made_upstream()
    upstream.max_cells = 60  # the table comes in pieces
    with serve(upstream):
        settings = environment(upstream)
        store = tmp_path / "all"
        many = killed_at(0, store, lambda: run(dataset, store, settings))
        right = taken(dataset, store)
        assert many > 20
        for moment in chosen(many):
            store = tmp_path / str(moment)
            assert killed_at(moment, store, lambda: run(dataset, store, settings)) == 0  # noqa: B023
            found = fetch_snapshots(dataset, (store, bundle_root()))
            assert len({store in one.path.parents for one in found}) == 1, "all live, or none"
            again = max(2, moment // 3)
            killed_at(again, store, lambda: run(dataset, store, settings))  # noqa: B023
            assert run(dataset, store, settings)[0].state in (UPDATED, UNCHANGED)
            assert taken(dataset, store) == right, moment


def test_killed_at_some_changes_of_the_store(tmp_path: Path) -> None:
    kill_at("framework-projects", tmp_path, lambda many: iter((2, many // 2, many - 3)))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["rd-expenditure", "framework-projects", "regional-accounts"])
def test_killed_at_every_change_of_the_store(name: str, tmp_path: Path) -> None:
    kill_at(name, tmp_path, lambda many: iter(range(1, many + 1)))


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    monkeypatch.setattr("orchestration.fetching.open_session", quick_session)
    monkeypatch.setattr("assets.descriptor.load_datasets", lambda: (shipped(*NAMES), []))
    with serve(made_upstream()) as upstream:
        yield Person(tmp_path / "a", upstream)


def begin(person: Person, *arguments: str) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    out = ["--out", str(person.public)] if arguments[0] == "publish" else []
    return subprocess.Popen(
        [sys.executable, "-m", "tests.fetch.one_run", *arguments, *out, "--quiet"],
        env={**os.environ, **person.settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )


@pytest.mark.slow
def test_a_publication_with_a_fetch_is_killed_at_many_moments(person: Person, tmp_path: Path) -> None:
    begun = time.monotonic()
    assert begin(person, "publish", *NAMES, "--fetch").wait(300) == 0
    whole = time.monotonic() - begun
    right = tables(tree(person.public))
    killed = 0
    for attempt in range(1, 7):
        one = Person(tmp_path / f"b{attempt}", person.upstream)
        process = begin(one, "publish", *NAMES, "--fetch")
        time.sleep(whole * (0.3 + 0.1 * attempt))
        process.kill()
        killed += process.wait(300) == -signal.SIGKILL
        wrong = verify_tree(one.public) if list(one.public.glob("*/datapackage.json")) else []
        assert not [told for told in wrong if "the next run" not in told]
        assert one.run("publish", *NAMES, "--fetch")[0] == 0, one.said
        assert tables(tree(one.public)) == right
        assert verify_tree(one.public) == []
        shutil.rmtree(tmp_path / f"b{attempt}")
    assert killed >= 3


def tables(files: dict[str, bytes]) -> dict[str, bytes]:
    """The tables of a tree: what tells of them may name when it was asked for."""
    return {name: content for name, content in files.items() if name.endswith((".csv", ".parquet"))}


@pytest.mark.slow
@pytest.mark.parametrize("wait", [[], ["--wait"]])
def test_two_publications_with_a_fetch_at_once(person: Person, tmp_path: Path, wait: list[str]) -> None:
    alone = Person(tmp_path / "alone", person.upstream)
    assert alone.run("publish", *NAMES, "--fetch")[0] == 0
    both = [begin(person, "publish", *NAMES, "--fetch", *wait) for _ in range(2)]
    third = begin(person, "fetch", *NAMES)
    told = [process.communicate(timeout=300)[1] for process in [*both, third]]
    codes = sorted(process.returncode for process in both)
    assert codes == ([0, 0] if wait else [0, 1]), told
    assert third.returncode == 0, told
    if not wait:
        (refused,) = [words for words, process in zip(told, both, strict=False) if process.returncode]
        assert "is publishing here; wait for it or use --wait" in refused and refused.count("\n") == 1
    assert verify_tree(person.public) == []
    assert tables(tree(person.public)) == tables(tree(alone.public))
    code, found = person.run("publish", *NAMES, "--fetch")
    assert code == 0 and {one["state"] for one in found.values()} == {"unchanged"}, person.said
