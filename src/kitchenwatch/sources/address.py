"""Where a camera or film is, in words that may be logged."""

import re

ESCAPE = "inside a password write @ : / ? # as %40 %3A %2F %3F %23"

# Makers put passwords into paths and queries too: `/user=admin_password=…_channel=1.sdp`, `?pwd=…`.
_SECRET = re.compile(r"(?i)((?:user(?:name)?|pass(?:word|wd)?|pwd|auth|token|key)=)[^&_/]*")


def redacted(address: str) -> str:
    """The address without user, password or token; a file's path stays as it is."""
    if not is_live(address):
        return address
    scheme, rest = address.split("://", 1)
    # Cameras are given passwords with "@" and "/" in them, which URL parsers trip over: cut at the last "@".
    return f"{scheme}://" + _SECRET.sub(r"\1***", rest.rsplit("@", 1)[-1])


def is_ambiguous(address: str) -> bool:
    """Whether its host may be a part of a password: FFmpeg ends it at the first of / ? #, wherever the @ stands."""
    rest = address.partition("://")[2]
    return "@" in rest and "@" not in re.split("[/?#]", rest, maxsplit=1)[0]


def is_live(address: str) -> bool:
    """Whether this is a stream on the network rather than a file."""
    # Not parsed: a password with "[" in it is no address to a URL parser.
    return "://" in address and not address.lower().startswith("file:")
