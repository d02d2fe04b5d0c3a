"""The fingerprint of a file."""

import hashlib
from typing import BinaryIO

CHUNK = 1 << 20


def fingerprint(stream: BinaryIO) -> tuple[str, int]:
    """SHA-256 in hex, and length in bytes, of what is left in the stream."""
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size
