"""How much the C library keeps: told by itself, in a process of its own."""

import os
import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")

COUNT = """
import ctypes, sys, tempfile, threading
from pathlib import Path
from kitchenwatch.allocation import keep_little

if sys.argv[1] == "little":
    keep_little()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
libc.fopen.restype = ctypes.c_void_p
libc.malloc_info.argtypes, libc.fclose.argtypes = [ctypes.c_int, ctypes.c_void_p], [ctypes.c_void_p]
together = threading.Barrier(6)

def take():
    held = libc.malloc(100)
    together.wait()
    libc.free(held)

threads = [threading.Thread(target=take) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
with tempfile.NamedTemporaryFile() as told:
    file = libc.fopen(told.name.encode(), b"w")
    libc.malloc_info(0, file)
    libc.fclose(file)
    print(Path(told.name).read_text().count("<heap nr="))
"""


def heaps(how: str, **environment: str) -> int:
    """How many heaps six threads have, with the main one."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")} | environment
    done = subprocess.run([sys.executable, "-c", COUNT, how], env=env, capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_threads_share_two_heaps() -> None:
    assert heaps("much") > 2
    assert heaps("little") == 2


def test_what_the_environment_says_holds() -> None:
    assert heaps("little", MALLOC_ARENA_MAX="4") == 4
