"""Four times as many datasets are catalogued in four times the time.

Times are the process's own, the best of five; how long a thousand take is measured by
`tests/benchmarks/catalogue.py`.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.descriptor import load_catalogue
from assets.publish.catalogue import write_catalogue
from tests.publish.catalogue.made_catalogue import make_release


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Path]]:
    made = {}
    for datasets in (250, 1000):
        made[datasets] = tmp_path_factory.mktemp(f"tree-{datasets}")
        for number in range(datasets):
            make_release(made[datasets], f"dataset-{number:05d}")
    yield made


def seconds(out: Path) -> float:
    settings = load_catalogue()
    best = float("inf")
    for letter in "abcde":  # another address: every file is new each time
        start = time.process_time()
        assert write_catalogue(out, settings, f"https://{letter}.example/")
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.slow
def test_time_grows_with_the_datasets_and_no_faster(trees: dict[int, Path]) -> None:
    assert seconds(trees[1000]) <= seconds(trees[250]) * 4 * 1.4
