"""What a fetch leaves in outputs and on disk: no secret, states in Dagster, clear words for a disk."""

import gzip
import json
import logging
from base64 import b64decode
from pathlib import Path

import dagster as dg
import pytest
from click.testing import CliRunner

from orchestration.cli.main import main
from orchestration.definitions import build
from orchestration.factory import raw_key
from tests.fetch.live_runs import made_upstream, quick_session, shipped
from tests.upstream.answers import Request, Response
from tests.upstream.faults import ERROR, PAGE, new_unit, over_wire, status
from tests.upstream.server import Upstream, environment, serve

SECRETS = ("hunter2", "k3y-of-mine", "aHVudGVyMg", "cGVyc29uOmh1bnRlcjI")  # plain, and as HTTP has it


@pytest.fixture
def upstream(monkeypatch: pytest.MonkeyPatch) -> Upstream:
    monkeypatch.setattr("orchestration.fetching.open_session", quick_session)
    monkeypatch.setattr("assets.fetch.acquire.open_session", quick_session)
    named = shipped("rd-expenditure", "framework-projects", "regions")
    monkeypatch.setattr("assets.descriptor.load_datasets", lambda: (named, []))
    with serve(made_upstream()) as running:
        yield running


def repeated(request: Request, response: Response) -> Response:
    """A server that tells who asked, in words."""
    return Response(403, f"no rights: {what_came(request)}".encode())


def repeated_in_json(request: Request, response: Response) -> Response:
    """The same, in an error object with status 200."""
    return Response(200, json.dumps({"error": [{"status": 500, "label": what_came(request)}]}).encode())


def what_came(request: Request) -> str:
    """Names, passwords and keys as a server gets them, packed and unpacked."""
    packed = [request.headers.get(name, "") for name in ("authorization", "proxy-authorization")]
    return f"{packed} {[b64decode(one.partition(' ')[2]) for one in packed]} {request.query}"


def sent_away(request: Request, response: Response) -> Response:
    """A redirect that takes the secrets along, to where nobody goes."""
    return Response(302, b"", {"location": "https://person:hunter2@10.0.0.1/?key=k3y-of-mine"})


FAULTS = {
    "none": None,
    "503": status(503),
    "429": status(429),
    "page": status(200, PAGE),
    "400": status(400, ERROR),
    "reset": over_wire("reset"),
    "repeated": repeated,
    "repeated in JSON": repeated_in_json,
    "sent away": sent_away,
    "new column": status(200, b'{"class":"dataset","id":["hidden"],"size":[1],"value":[1]}'),
}
RUNS = [("fetch", fault) for fault in FAULTS]
LONG_RUNS = [("publish --fetch rd-expenditure", fault) for fault in ("none", "503", "repeated", "new column")]


@pytest.mark.parametrize(
    ("command", "fault"), [*RUNS, *(pytest.param(*run, marks=pytest.mark.slow) for run in LONG_RUNS)]
)
def test_no_secret_in_any_output(
    upstream: Upstream, tmp_path: Path, caplog: pytest.LogCaptureFixture, command: str, fault: str
) -> None:
    """A password in the base address, a key behind it: used, and nowhere to be read."""
    caplog.set_level(logging.DEBUG)
    if broken := FAULTS[fault]:
        upstream.break_it("13tn", broken)
        upstream.break_it("cordis", broken)
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
    assert len(list(tmp_path.rglob("*"))) > 3
    assert secrets_in(tmp_path, done.output, caplog.text) == []


def secrets_in(folder: Path, *told: str) -> list[tuple[str, str]]:
    """Where a secret stands: in what was told, in any file below the folder, in a file's name."""
    texts = {f"output {number}": text for number, text in enumerate(told)}
    for path in (path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
        texts[str(path)] = content.decode("utf-8", "replace") + path.name
    return [(name, secret) for name, text in texts.items() for secret in SECRETS if secret in text]


def test_no_secret_of_a_proxy_in_any_output(
    upstream: Upstream, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = {
        "INNOREGIO_HOME": str(tmp_path / "data"),
        "INNOREGIO_STATFIN_URL": "http://data.example/",
        "INNOREGIO_CORDIS_URL": f"{upstream.address}/cordis",
        "HTTP_PROXY": f"{upstream.address}/".replace("://", "://person:hunter2@"),
        "NO_PROXY": "127.0.0.1",
    }
    upstream.break_it("", repeated)
    done = CliRunner().invoke(main, ["fetch", "rd-expenditure", "--debug"], env=settings)
    assert "statfin/13tn" in done.output and upstream.log, "it was asked"
    assert "proxy-authorization" in upstream.log[0].headers
    assert secrets_in(tmp_path, done.output, caplog.text) == []


@pytest.mark.slow
def test_no_secret_in_what_dagster_keeps(
    upstream: Upstream, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Event log, run storage and logs of the steps, of a run that ends well and of one that does not."""
    caplog.set_level(logging.DEBUG)
    (tmp_path / "dagster").mkdir()
    address = environment(upstream)["INNOREGIO_STATFIN_URL"].replace("://", "://person:hunter2@")
    settings = {
        "INNOREGIO_HOME": str(tmp_path / "data"),
        "INNOREGIO_OUT": str(tmp_path / "public"),
        "INNOREGIO_STATFIN_URL": f"{address}?key=k3y-of-mine",
        "DAGSTER_HOME": str(tmp_path / "dagster"),
    }
    told = []
    for fault in (None, repeated):
        if fault:
            upstream.break_it("13tn", fault)
        done = CliRunner().invoke(main, ["publish", "--fetch", "rd-expenditure", "--debug"], env=settings)
        told.append(done.output)
    assert list((tmp_path / "dagster").rglob("*.db")), "it was kept"
    assert any(("key", "k3y-of-mine") in request.query for request in upstream.log), "it was used"
    assert secrets_in(tmp_path, *told, caplog.text, *capfd.readouterr()) == []


@pytest.mark.slow
def test_no_key_of_a_portal_in_any_output(
    published: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ckanapi")
    caplog.set_level(logging.DEBUG)
    told = []
    for broken in (
        status(403),
        status(500, PAGE),
        status(200, PAGE),
        over_wire("reset"),
        status(302, location="/"),
    ):
        upstream = Upstream()
        upstream.break_it("", broken)
        with serve(upstream):
            command = ["push", "ckan", upstream.address, "--out", str(published), "--debug"]
            done = CliRunner().invoke(main, command, env={"INNOREGIO_CKAN_KEY": "k3y-of-mine"})
        assert done.exit_code == 1, done.output
        assert any("k3y-of-mine" in request.headers.values() for request in upstream.log), "it was used"
        told.append(done.output)
    assert secrets_in(tmp_path, *told, caplog.text) == []


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


@pytest.mark.slow
def test_dagster_shows_a_quarantine_with_its_reason(
    upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(upstream).items():
        monkeypatch.setenv(name, value)
    datasets = shipped("rd-expenditure")
    config = {"home": str(tmp_path / "data"), "out": str(tmp_path / "public"), "fetch": True}
    found = []
    with dg.DagsterInstance.ephemeral() as instance:
        for change in (lambda _: None, new_unit):
            change(upstream)
            upstream.statfin["13tn"][1].updated += "0"
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
            (event,) = done.get_asset_materialization_events()
            found.append(event.step_materialization_data.materialization.metadata)
    assert [one["state"].value for one in found] == ["updated", "quarantined"]
    assert "'Miljoonaa euroa' and is 'Tuhatta euroa'; edit the descriptor" in str(found[1]["sources"].value)


def test_a_store_that_takes_nothing_is_told_in_one_line(upstream: Upstream, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the store should be")
    done = CliRunner().invoke(
        main, ["fetch", "--quiet"], env=environment(upstream) | {"INNOREGIO_HOME": str(tmp_path / "data")}
    )
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr and "Traceback" not in done.output
    assert (tmp_path / "data").read_text() == "a file where the store should be"
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
