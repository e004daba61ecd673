"""Tables that once were, or easily could be, judged otherwise than by frictionless-py: `corpus/*.json`.

Each case has a reason, a schema, a dialect, the text of a file, and the errors: type, row number, field
number.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.validate.referee import frictionless_places, our_report

V2 = "https://datapackage.org/profiles/2.0/tableschema.json"
CASES = [
    (f"{path.stem}: {case['why']}", case)
    for path in sorted((Path(__file__).parent / "corpus").glob("*.json"))
    for case in json.loads(path.read_text("utf-8"))
]


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=[name for name, _ in CASES])
def test_both_verdicts_are_the_recorded_one(tmp_path: Path, case: dict[str, Any]) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(case["text"].encode())
    schema = {"$schema": V2, **case["schema"]}
    recorded = Counter(tuple(error) for error in case["errors"])
    report = our_report(path, schema, case["dialect"])
    ours = Counter((e.type, e.row_number, e.field_number) for e in report.errors)
    assert ours + Counter({(kind, None, None): 1 for kind in report.totals if not report.errors}) == recorded
    theirs: Counter[tuple[str, int | None, int | None]] = Counter()
    for (kind, row, number, _), count in frictionless_places(path, schema, case["dialect"]).items():
        theirs[kind, row, number] += count
    assert theirs == recorded


def test_errors_are_listed_by_row_then_field(tmp_path: Path) -> None:
    for _, case in CASES:
        path = tmp_path / "table.csv"
        path.write_bytes(case["text"].encode())
        errors = our_report(path, case["schema"], case["dialect"]).errors
        places = [(e.row_number or 0, e.field_number or 10**9 * (e.row_number is not None)) for e in errors]
        assert places == sorted(places)
