"""What a fetch leaves in outputs and on disk: no secret, states in Dagster, clear words for a disk."""

import logging
from pathlib import Path

import dagster as dg
import pytest
from click.testing import CliRunner

from assets.factory import raw_key
from orchestration.cli import main
from orchestration.definitions import build
from tests.fetch.live_runs import made_upstream, quick_session, shipped
from tests.upstream.faults import ERROR, PAGE, over_wire, status
from tests.upstream.server import Fault, Upstream, environment, serve

SECRETS = ("hunter2", "k3y-of-mine", "aHVudGVyMg", "cGVyc29uOmh1bnRlcjI")  # plain, and as HTTP writes it


@pytest.fixture
def upstream(monkeypatch: pytest.MonkeyPatch) -> Upstream:
    monkeypatch.setattr("orchestration.fetching.open_session", quick_session)
    monkeypatch.setattr("assets.fetch.acquire.open_session", quick_session)
    named = shipped("rd-expenditure", "framework-projects", "regions")
    monkeypatch.setattr("assets.descriptor.load_datasets", lambda: (named, []))
    with serve(made_upstream()) as running:
        yield running


FAULTS = (None, status(503), status(429), status(200, PAGE), status(400, ERROR), over_wire("reset"))


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        *(("fetch", fault) for fault in FAULTS),
        *(pytest.param("publish --fetch rd-expenditure", fault, marks=pytest.mark.slow) for fault in FAULTS),
    ],
)
def test_no_secret_in_any_output(
    upstream: Upstream, tmp_path: Path, caplog: pytest.LogCaptureFixture, command: str, fault: Fault | None
) -> None:
    """A password in the base address, a key behind it: used, and nowhere to be read."""
    caplog.set_level(logging.DEBUG)
    if fault:
        upstream.break_it("13tn", fault)
        upstream.break_it("cordis", fault)
    address = environment(upstream)["INNOREGIO_STATFIN_URL"].replace("://", "://person:hunter2@")
    settings = {
        "INNOREGIO_HOME": str(tmp_path / "data"),
        "INNOREGIO_OUT": str(tmp_path / "public"),
        "INNOREGIO_STATFIN_URL": address,
        "INNOREGIO_CORDIS_URL": f"{upstream.address}/cordis?key=k3y-of-mine",
    }
    done = CliRunner().invoke(main, [*command.split(), "--debug"], env=settings)
    assert "statfin/13tn" in done.output
    assert any("authorization" in request.headers for request in upstream.log), "it was used"
    if command == "fetch":
        assert any(("key", "k3y-of-mine") in request.query for request in upstream.log), "it was used"
    texts = {"output": done.output, "log": caplog.text}
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        texts[str(path)] = path.read_bytes().decode("utf-8", "replace") + path.name
    assert len(texts) > 3
    assert not [(name, secret) for name, text in texts.items() for secret in SECRETS if secret in text]


@pytest.mark.slow
def test_dagster_shows_states_and_asks_for_a_listing_once(
    upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(upstream).items():
        monkeypatch.setenv(name, value)
    datasets = shipped("regional-accounts", "patent-applications")
    config = {"home": str(tmp_path / "data"), "out": str(tmp_path / "public"), "fetch": True}
    with dg.DagsterInstance.ephemeral() as instance:
        done = (
            build(datasets)
            .resolve_implicit_global_asset_job_def()
            .execute_in_process(
                instance=instance,
                asset_selection=[raw_key(dataset) for dataset in datasets],
                run_config={
                    "resources": {"workspace": {"config": config}},
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                },
            )
        )
    assert [request.path for request in upstream.log].count("/eurostat/catalogue/toc/txt") == 1
    found = [
        event.step_materialization_data.materialization for event in done.get_asset_materialization_events()
    ]
    assert len(found) == 2
    for one in found:
        assert one.metadata["state"].value == "updated"
        assert isinstance(one.metadata["age in days"].value, int)
        assert one.metadata["requests"].value >= 1
        assert "| eurostat/" in str(one.metadata["sources"].value)


def test_a_store_that_takes_nothing_is_told_in_one_line(upstream: Upstream, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the store should be")
    done = CliRunner().invoke(
        main, ["fetch", "--quiet"], env=environment(upstream) | {"INNOREGIO_HOME": str(tmp_path / "data")}
    )
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr and "Traceback" not in done.output
    assert (tmp_path / "data").read_text() == "a file where the store should be"
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
