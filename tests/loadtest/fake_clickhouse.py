"""A stand-in for ClickHouse that holds exactly the rows and dead letters the truth asks for, until told otherwise."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from loadtest.expected import Expected
from loadtest.run import Run


class FakeClickHouse:
    """Answers the two queries of `loadtest.landed`. Tests change `rows` and `letters` to plant a fault."""

    def __init__(self, run: Run, expected: Expected) -> None:
        self.rows = expected.landed()
        self.letters = expected.rejects()
        self.bytes = run.originals(self.letters)

    def query_arrow(self, query: str, parameters: dict[str, Any] | None = None) -> pa.Table:
        """Return the rows or dead letters of one partition, in no particular order."""
        which = parameters or {}
        if "FROM dead_letters" in query:
            return self._dead_letters(which["partition"], which["first"])
        rows = self.rows.select((self.rows.partition == which["partition"]) & (self.rows.offset >= which["first"]))
        shuffled = np.random.default_rng(1).permutation(len(rows))
        return pa.table(
            {
                "_offset": rows.offset[shuffled],
                "scan_id": pa.array([rows.scan_id[row].tobytes() for row in shuffled], pa.binary(16)),
                "verdict": rows.verdict[shuffled],
                "rescan_of": rows.rescan_of[shuffled],
                "lateness": rows.lateness[shuffled],
            }
        )

    def _dead_letters(self, partition: int, first: int) -> pa.Table:
        chosen = np.flatnonzero((self.letters.partition == partition) & (self.letters.offset >= first)).tolist()
        return pa.table(
            {
                "_offset": self.letters.offset[chosen],
                "reason": self.letters.reason[chosen],
                "key": pa.array([self.bytes[row][0] or b"" for row in chosen], pa.binary()),
                "value": pa.array([self.bytes[row][1] or b"" for row in chosen], pa.binary()),
            }
        )

    def lose_row(self, row: int) -> None:
        """Forget a row."""
        self.rows = self.rows.select(np.arange(len(self.rows)) != row)

    def double_row(self, row: int) -> None:
        """Hold a row twice."""
        twice = np.sort(np.append(np.arange(len(self.rows)), row))
        self.rows = self.rows.select(twice)

    def change_row(self, row: int, **values: int) -> None:
        """Give a row other values."""
        for name, value in values.items():
            column = getattr(self.rows, name).copy()
            column[row] = value
            self.rows = replace(self.rows, **{name: column})
