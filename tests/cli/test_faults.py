"""What the disk says no to is told in a line, with the place and the remedy."""

import subprocess
import sys
from pathlib import Path

import pytest

from commandline import Command


def test_a_file_where_a_folder_is_wanted_is_told(command: Command, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "set" / "images" / "val").mkdir(parents=True)
    said = command("dataset", "ceiling", tmp_path / "set", tmp_path / "file" / "frames")
    assert said.status == 1
    assert "Traceback" not in said.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, as Linux has it")
def test_a_full_disk_is_told() -> None:
    script = "import sys; from kitchenwatch.cli import main; sys.argv = ['kitchenwatch', '--version']; main()"
    with Path("/dev/full").open("wb", buffering=0) as full:
        done = subprocess.run(
            [sys.executable, "-c", script], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert "No space left on device -> make room, or name a place with more" in done.stderr
    assert "Traceback" not in done.stderr
