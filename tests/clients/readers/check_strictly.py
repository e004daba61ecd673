"""Checks the metadata of packages with `check-datapackage`, what the standard says one should included.

`check_strictly.py DESCRIPTOR…` prints JSON: descriptor -> issues.
"""

import json
import sys
from pathlib import Path

from check_datapackage import Config, check

print(
    json.dumps(
        {
            path: [str(issue) for issue in check(json.loads(Path(path).read_bytes()), Config(strict=True))]
            for path in sys.argv[1:]
        }
    )
)
