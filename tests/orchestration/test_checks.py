"""Checks say what was looked at, and a run ends as the command line would."""

from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from assets.descriptor import Dataset
from assets.fetch.cache import CacheEntry
from assets.fetch.states import FAILED, QUARANTINED, STALE, UNCHANGED, UPDATED, SourceState, write_state
from assets.workspace import Workspace
from orchestration.definitions import build
from orchestration.publishing import publish_exit_code
from orchestration.read_events import RunEvents, read_outcome
from tests.orchestration.made_workspace import BASE, GOOD, described, make_workspace

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
GROUP = GOOD.replace("-", "_")


def run_job(datasets: list[Dataset], workspace: Workspace) -> dg.ExecuteInProcessResult:
    with dg.DagsterInstance.ephemeral() as instance:
        job = build(datasets, workspace).resolve_job_def("refresh")
        return job.execute_in_process(instance=instance, run_config=QUIET, raise_on_error=False)


def checks_of(result: dg.ExecuteInProcessResult, key: str) -> dict[str, dg.AssetCheckEvaluation]:
    found = result.get_asset_check_evaluations()
    return {one.check_name: one for one in found if one.asset_key.to_user_string() == key}


def expecting(dataset: Dataset, *expectations: dict[str, object]) -> Dataset:
    (resource,) = dataset.resources
    return replace(dataset, resources=(replace(resource, expectations=expectations),))


def test_each_expectation_is_a_check_named_after_its_rule(tmp_path: Path) -> None:
    dataset = expecting(
        described(tmp_path, GOOD),
        {"rule": "rows", "minimum": 1, "reason": "there are some"},
        {"rule": "rows", "maximum": 1, "reason": "made small"},
        {"rule": "coverage", "field": "project", "maximum_loss": 0, "reason": "none goes"},
    )
    result = run_job([dataset], make_workspace(tmp_path))
    checks = checks_of(result, f"{GROUP}/normalised")
    assert result.success, "a warning keeps nothing back"
    assert {name: one.passed for name, one in checks.items()} == {
        "table_schema": True,
        "rows": True,
        "rows_2": False,
        "coverage": True,
    }
    assert checks["rows_2"].severity == dg.AssetCheckSeverity.WARN
    assert checks["rows_2"].description == "rows: 2 rows, at most 1 are expected (made small)"
    assert checks["coverage"].description == "nothing to compare with yet"


def test_a_grave_one_keeps_the_table_back_and_the_outcome_names_it(tmp_path: Path) -> None:
    dataset = expecting(described(tmp_path, GOOD), {"rule": "rows", "minimum": 3, "reason": "there are more"})
    result = run_job([dataset], make_workspace(tmp_path))
    assert not result.success
    check = checks_of(result, f"{GROUP}/normalised")["rows"]
    assert not check.passed and check.severity == dg.AssetCheckSeverity.ERROR
    outcome = read_outcome(dataset, RunEvents(result.all_events, None), "")
    assert outcome.state == "failed"
    told = "made-projects: 1 errors; the first: rows: 2 rows, at least 3 are expected (there are more)"
    assert outcome.message == told


def test_a_table_of_other_columns_still_says_of_each_check_what_became_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assets import pipeline
    from assets.validate.table_check import failed_report

    def other(frame, resource, **_):  # type: ignore[no-untyped-def]
        return failed_report(resource.name, "extra-label", ["a column that the schema does not have"])

    monkeypatch.setattr(pipeline, "validate", other)
    result = run_job([described(tmp_path, GOOD)], make_workspace(tmp_path))
    checks = checks_of(result, f"{GROUP}/normalised")
    assert not checks["table_schema"].passed and not checks["rows"].passed
    assert "not looked at" in (checks["rows"].description or "")


@pytest.mark.parametrize(
    ("state", "code", "severity"),
    [
        (UNCHANGED, 0, None),
        (UPDATED, 0, None),
        (STALE, 3, dg.AssetCheckSeverity.WARN),
        (QUARANTINED, 1, dg.AssetCheckSeverity.ERROR),
        (FAILED, 1, dg.AssetCheckSeverity.ERROR),
    ],
)
def test_a_run_ends_as_the_command_line_would(
    tmp_path: Path, state: str, code: int, severity: dg.AssetCheckSeverity | None
) -> None:
    """A source that was not reached is seen on its asset and in the end of the run; all is published."""
    dataset, workspace = described(tmp_path, GOOD), make_workspace(tmp_path)

    def ask(dataset: Dataset) -> list[SourceState]:
        said = SourceState(dataset.name, "made", GOOD, state, "connection refused", "2026-11-24T08:00:00Z")
        write_state(workspace.store, said, CacheEntry(), "made")
        return [said]

    result = run_job([dataset], replace(workspace, upstream=ask))
    outcome = read_outcome(dataset, RunEvents(result.all_events, None), "")
    assert outcome.state == "published"
    raw = checks_of(result, f"{GROUP}/raw")["sources_answered"]
    last = checks_of(result, "catalogue")["sources_answered"]
    assert publish_exit_code([outcome], ask(dataset)) == code
    assert result.success == (code != 1)
    assert raw.passed == last.passed == (code == 0)
    if severity:
        assert raw.severity == last.severity == severity
        assert f"made/{GOOD} {state}: connection refused" in (raw.description or "")
        assert (raw.description or "").startswith("served stale: ") == (code == 3)
    assert (workspace.out / "catalog.ttl").is_file()


def test_what_an_engineer_sees_on_an_asset(tmp_path: Path) -> None:
    """Numbers that Dagster plots, sample rows, columns with their texts, links to page and files."""
    dataset, workspace = described(tmp_path, GOOD), make_workspace(tmp_path)
    result = run_job([dataset], workspace)
    made = {
        event.asset_key.to_user_string(): event.step_materialization_data.materialization.metadata
        for event in result.all_events
        if event.is_step_materialization and event.asset_key
    }
    raw, table, package = (made[f"{GROUP}/{end}"] for end in ("raw", "normalised", "package"))
    assert raw["bytes"].value == 9 and isinstance(raw["data age in days"].value, int)
    assert table["dagster/row_count"].value == 2 and "| P2" in str(table["sample rows"].value)
    files = (workspace.out / GOOD / "1.0.0").iterdir()
    assert package["bytes"].value == sum(path.stat().st_size for path in files)
    assert package["page"].value == f"{BASE}en/dataset/{GOOD}.html"
    assert f"]({BASE}{GOOD}/1.0.0/{GOOD}.csv)" in str(package["files"].value)
    assert (workspace.out / "en" / "dataset" / f"{GOOD}.html").is_file()
    node = build([dataset]).resolve_asset_graph().get(dg.AssetKey([GROUP, "normalised"]))
    (column,) = node.metadata["dagster/column_schema"].columns
    assert (column.name, column.description) == ("project", "Code of the project.")


def test_how_long_ago_a_source_may_have_been_asked(tmp_path: Path) -> None:
    """An annual dataset is asked weekly: two weeks without are a warning, three an error."""
    graph = build([described(tmp_path, GOOD)]).resolve_asset_graph()
    policy = graph.get(dg.AssetKey([GROUP, "raw"])).freshness_policy
    assert policy is not None
    assert (policy.warn_window.to_timedelta().days, policy.fail_window.to_timedelta().days) == (14, 21)
