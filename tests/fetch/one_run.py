"""One command of a person in a process of its own, against a made upstream that the environment names.

`python -m tests.fetch.one_run publish rd-expenditure --fetch`; Polars does not stand a fork.
"""

import sys
from unittest.mock import patch

from orchestration.cli.main import main
from tests.fetch.faults.kill_names import NAMES
from tests.fetch.live_runs import quick_session, shipped

if __name__ == "__main__":
    with (
        patch("orchestration.fetching.open_session", quick_session),
        patch("assets.descriptor.load_datasets", lambda: (shipped(*NAMES), [])),
    ):
        sys.exit(main())
