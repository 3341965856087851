"""After the warm-up no kernel is compiled any more, whatever comes: a worker would stand still meanwhile."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_what_a_worker_meets_later_needs_no_kernel_that_was_not_loaded() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "tests.streams.compiled_later"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout) == (0, ""), (found.stdout, found.stderr)
