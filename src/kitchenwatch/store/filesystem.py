"""What kind of file system a path lies on."""

from pathlib import Path

from kitchenwatch.errors import StorageError

# Their locks or shared memory do not hold between machines, and SQLite's WAL needs both
# (https://sqlite.org/wal.html, "Disadvantages"; https://sqlite.org/faq.html#q5).
NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ncpfs", "lustre", "ceph", "glusterfs"})
FUSED = frozenset({"fuse.glusterfs", "fuse.sshfs", "fuse.rclone"})
MOUNTS = Path("/proc/mounts")


def refuse_network(path: Path, mounts: Path = MOUNTS) -> None:
    """Raise StorageError if `path` lies on a network file system; where mounts cannot be read, nothing is known."""
    if not mounts.is_file():
        return
    kind = _kind(path.resolve(), mounts.read_text(encoding="utf-8", errors="surrogateescape"))
    if kind in NETWORK | FUSED:
        raise StorageError(
            f"{path}: SQLite does not work on a network file system ({kind}) -> "
            "put the database on a local disk, or use PostgreSQL"
        )


def _kind(path: Path, mounts: str) -> str:
    """Type of the innermost mount that holds `path`; of two on one place the later, which hides the other."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        _, place, found, *_ = line.split(" ")
        # The kernel writes blanks in a path as \040 (proc(5), fstab(5)).
        mount = Path(place.encode("latin-1", "surrogateescape").decode("unicode_escape"))
        if path.is_relative_to(mount) and len(mount.parts) >= best:
            best, kind = len(mount.parts), found
    return kind
