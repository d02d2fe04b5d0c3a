"""Files that are a picture and something else at once (polyglots).

What comes after the picture is no fault by itself: phones append films, depth maps and second pictures. A web page, a
script, a document or an archive is none of these.
"""

import zipfile
from collections.abc import Iterator
from typing import BinaryIO

CHUNK = 1 << 20
# Long enough that no compressed picture of 15 MB holds one by chance (less than one in a million).
MARKS = (b"<script", b"<!doctype", b"<html>", b"<iframe", b"<?php ", b"%pdf-1.", b"%pdf-2.")
LONGEST = max(map(len, MARKS))


def carries_more(stream: BinaryIO) -> bool:
    """Whether something else hides in the file; reads all of it, a piece at a time."""
    stream.seek(0)
    if any(mark in piece for piece in _pieces(stream) for mark in MARKS):
        return True
    return zipfile.is_zipfile(stream)


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    """The file in lower case; each piece begins with the end of the one before."""
    end = b""
    while chunk := stream.read(CHUNK):
        piece = end + chunk.lower()
        yield piece
        end = piece[-LONGEST:]
