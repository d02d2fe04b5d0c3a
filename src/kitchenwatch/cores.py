"""How many of the processor's cores this process may use.

What pins a process to some of them (`taskset`, `docker run --cpuset-cpus`) counts; a share of their time (`docker run
--cpus`) does not.
"""

import os

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
