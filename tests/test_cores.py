"""The cores that a process may use, in one that is pinned to a single core."""

import subprocess
import sys

PINNED = """
import os
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
from kitchenwatch.cores import CORES
print(CORES)
"""


def test_a_pinned_process_does_not_count_cores_of_others() -> None:
    done = subprocess.run([sys.executable, "-c", PINNED], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
