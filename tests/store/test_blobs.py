"""Blobs on a real disk."""

import io
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from kitchenwatch.errors import NotFound, StorageError, StorageFull
from kitchenwatch.store.blobs import DiskBlobs


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where the blobs lie."""
    return tmp_path / "store" / "blobs"


@pytest.fixture
def blobs(root: Path) -> DiskBlobs:
    """An empty blob store."""
    return DiskBlobs(root)


def test_what_is_put_can_be_read_sought_and_measured(blobs: DiskBlobs) -> None:
    blobs.put("evidence/s/2026-11-22/c/snapshot.jpg", b"picture")
    assert blobs.get("evidence/s/2026-11-22/c/snapshot.jpg") == b"picture"
    assert blobs.size("evidence/s/2026-11-22/c/snapshot.jpg") == 7
    with blobs.open("evidence/s/2026-11-22/c/snapshot.jpg") as file:
        file.seek(-3, io.SEEK_END)
        assert file.read() == b"ure"


def test_putting_again_replaces_the_whole(blobs: DiskBlobs) -> None:
    blobs.put("a/b", b"a long first text")
    blobs.put("a/b", b"short")
    assert blobs.get("a/b") == b"short"


def test_a_finished_file_is_moved_in(blobs: DiskBlobs, root: Path) -> None:
    path = blobs.scratch(".mp4")
    assert path.suffix == ".mp4"
    assert not path.exists()
    assert path.parent.stat().st_dev == root.stat().st_dev
    path.write_bytes(b"film")
    blobs.put_file("evidence/clip.mp4", path)
    assert blobs.get("evidence/clip.mp4") == b"film"
    assert not path.exists()


def test_keys_are_those_below_the_prefix_in_order_without_scratch(blobs: DiskBlobs) -> None:
    for key in ("chain/s/2.json", "chain/s/1.json", "chain/s2/1.json", "evidence/x"):
        blobs.put(key, b"")
    blobs.scratch(".part").write_bytes(b"half")
    assert list(blobs.keys("chain/s/")) == ["chain/s/1.json", "chain/s/2.json"]
    assert list(blobs.keys("chain/")) == ["chain/s/1.json", "chain/s/2.json", "chain/s2/1.json"]
    assert list(blobs.keys("")) == ["chain/s/1.json", "chain/s/2.json", "chain/s2/1.json", "evidence/x"]
    assert list(blobs.keys("nothing/")) == []


def test_deleting_takes_the_file_and_its_empty_folders(blobs: DiskBlobs, root: Path) -> None:
    blobs.put("evidence/a/1", b"1")
    blobs.put("evidence/b/2", b"2")
    blobs.delete("evidence/a/1")
    blobs.delete("evidence/a/1")
    assert list(blobs.keys("")) == ["evidence/b/2"]
    assert not (root / "evidence" / "a").exists()


@pytest.mark.parametrize("key", ["evidence/none.jpg", "evidence"])
def test_what_is_not_there_is_told(blobs: DiskBlobs, key: str) -> None:
    blobs.put("evidence/some.jpg", b"")
    for read in (blobs.get, blobs.open, blobs.size):
        with pytest.raises(NotFound, match=key):
            read(key)


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../x", "a/../../x", "a//b", "a/", "a\\b", "a\0b", "./a", ".scratch/x", "a/.hidden"]
)
def test_a_key_never_leads_out_of_the_folder(blobs: DiskBlobs, key: str, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no key"):
        blobs.put(key, b"x")
    with pytest.raises(StorageError, match="no key"):
        blobs.get(key)
    assert not (tmp_path / "x").exists()


def test_what_a_killed_process_left_is_removed_and_what_a_live_one_builds_is_not(root: Path) -> None:
    killed, living = (
        subprocess.Popen([sys.executable, "-c", BUILD, root], stdout=subprocess.PIPE, text=True) for _ in range(2)
    )
    left, built = (Path(process.stdout.readline().strip()) for process in (killed, living) if process.stdout)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait(10)
    DiskBlobs(root)
    assert not left.parent.exists()
    assert built.read_bytes() == b"half a film"
    living.kill()
    living.wait(10)


BUILD = textwrap.dedent("""
    import sys, time
    from pathlib import Path
    from kitchenwatch.store.blobs import DiskBlobs
    blobs = DiskBlobs(Path(sys.argv[1]))
    path = blobs.scratch(".mp4")
    path.write_bytes(b"half a film")
    print(path, flush=True)
    time.sleep(60)
""")


def test_a_full_disk_is_told_with_the_folder_and_nothing_is_left_of_it(small_disk: Path) -> None:
    blobs = DiskBlobs(small_disk / "blobs")
    blobs.put("evidence/a", b"x" * 500_000)
    with pytest.raises(StorageFull, match=r"blobs: no room left -> free space"):
        blobs.put("evidence/b", b"x" * 900_000)
    assert list(blobs.keys("")) == ["evidence/a"]
    blobs.delete("evidence/a")
    blobs.put("evidence/b", b"x" * 900_000)
    free, total = blobs.free()
    assert free < total - 900_000


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="file/blobs"):
        DiskBlobs(tmp_path / "file" / "blobs")
