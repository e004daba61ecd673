"""Reports as text: the one that a normalised table carries from its step to the package's step, and the
`report.json` of a release.

What is checked belongs to `engine` and `package`, the shape of the published report to
`frictionless_report`.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import orjson

from assets.errors import InnoregioError
from assets.validate.frictionless_report import to_frictionless_report
from assets.validate.package.check import check_package
from assets.validate.report import ExpectationResult, Report, RowError
from assets.validate.table_check import LISTED_ERRORS

FORMULA_CELLS = "innoregio:formulaCells"


class InvalidRelease(InnoregioError):
    """The files of a release, as they were written, are not what their descriptor says."""


def judge_release(package: Mapping[str, Any], folder: Path, tables: Mapping[str, Report]) -> bytes:
    """`report.json` of a release: every file in `folder` that `package` describes, read again and checked
    against its Table Schema with all keys between tables, what became of every expectation, and how many
    cells of a CSV file a spreadsheet would run as formulas, as `package` counts them.

    `tables`: the reports on the normalised tables by resource, which hold the expectations. The bytes depend
    on nothing else. Raises `InvalidRelease` when a file is not valid.
    """
    reports = [with_expectations(report, tables) for report in check_package(package, folder, LISTED_ERRORS)]
    for report in reports:
        if not report.valid:
            first = report.errors[0]
            row = f"row {first.row_number}: " if first.row_number else ""
            errors = sum(report.totals.values())
            raise InvalidRelease(
                f"{package.get('name')}: {report.place} was written with {errors} errors, the first: "
                f"{row}{first.type}: {first.note}"
            )
    shaped = to_frictionless_report(reports)
    counted = {
        resource["name"]: resource.get(FORMULA_CELLS, 0)
        for resource in package["resources"]
        if resource.get("format") == "csv"
    }
    for task in shaped["tasks"]:
        if task["name"] in counted:
            task["formulaCells"] = counted[task["name"]]
    return orjson.dumps(shaped, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def with_expectations(report: Report, tables: Mapping[str, Report]) -> Report:
    """The report on a table's CSV, with the warnings and expectations of the table that became it."""
    table = tables.get(report.resource)
    if table is None:
        return report
    new = tuple(warning for warning in table.warnings if warning not in report.warnings)
    return replace(report, warnings=report.warnings + new, expectations=table.expectations)


def report_text(report: Report) -> str:
    """A report as JSON."""
    return orjson.dumps(asdict(report), default=str).decode()


def read_report(text: str) -> Report:
    """The report that `report_text` wrote. Raises `ValueError`, `KeyError` or `TypeError` for other text."""
    fields: dict[str, Any] = orjson.loads(text)
    fields["errors"] = tuple(RowError(**error) for error in fields["errors"])
    fields["expectations"] = tuple(
        ExpectationResult(**(expectation | {"notes": tuple(expectation["notes"])}))
        for expectation in fields["expectations"]
    )
    fields |= {"warnings": tuple(fields["warnings"]), "labels": tuple(fields["labels"])}
    return Report(**fields)
