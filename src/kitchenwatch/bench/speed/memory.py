"""Memory that this process takes from others."""

from pathlib import Path

SMAPS = Path("/proc/self/smaps_rollup")


def private_bytes() -> int | None:
    """Memory that only this process holds, shared libraries left out; None where Linux does not tell."""
    try:
        lines = SMAPS.read_text().splitlines()
    except OSError:
        return None
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Private_"))
