"""The numbers of a table's rows by their position, as frictionless-py counts them.

They are kept batch by batch, since nearly all batches are whole: a table larger than memory has more rows
than its check may remember.
"""

from array import array
from bisect import bisect_right
from collections.abc import Sequence

from assets.csv.rows import Batch


class RowNumbers:
    """The number of the row at each position (from 0), for the few that an error names."""

    def __init__(self) -> None:
        self.starts: list[int] = []  # position of each batch's first row
        self.spans: list[Sequence[int]] = []
        self.count = 0

    def add(self, batch: Batch) -> None:
        """Adds the rows of a batch."""
        rows = len(batch.frame)
        if not rows:
            return
        span: Sequence[int] = range(batch.first, batch.first + rows)
        if batch.numbers is not None and batch.numbers[-1] != span[-1]:  # some rows were left out
            span = array("q", batch.numbers)
        self.starts.append(self.count)
        self.spans.append(span)
        self.count += rows

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, position: int) -> int:
        if not 0 <= position < self.count:
            raise IndexError(position)
        index = bisect_right(self.starts, position) - 1
        return self.spans[index][position - self.starts[index]]
