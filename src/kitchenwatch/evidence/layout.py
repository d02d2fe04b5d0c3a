"""Where evidence and chain lie: keys in the blob store."""

import re
from collections.abc import Iterable

from kitchenwatch.manifest import case_key
from kitchenwatch.model import EvidenceKind, Violation

CHAIN = "chain/"
EVIDENCE = "evidence/"
JPEG = "image/jpeg"
MP4 = "video/mp4"

_SUFFIX = {JPEG: "jpg", MP4: "mp4"}
_ENTRY = re.compile(r"(\d{8})\.json")


def evidence_key(violation: Violation, kind: EvidenceKind, media_type: str) -> str:
    """`evidence/<site>/<day in UTC>/<case>/<kind>.<suffix>`: the same violation always has the same places."""
    name = f"{kind}.{_SUFFIX[media_type]}"
    return case_key(violation.site, violation.opened_at, violation.id, name)


def chain_prefix(site: str) -> str:
    """Where a site's chain lies."""
    return f"{CHAIN}{site}/"


def entry_key(site: str, seq: int) -> str:
    """Where an entry lies; sorted by name, entries are in their order."""
    return f"{CHAIN}{site}/{seq:08d}.json"


def head_key(site: str) -> str:
    """Where it is told how long the chain is."""
    return f"{CHAIN}{site}/head.json"


def seq_of(key: str) -> int | None:
    """The place in the chain that an entry's key names; None for any other key."""
    match = _ENTRY.fullmatch(key.rpartition("/")[2])
    return int(match[1]) if match else None


def sites_in(keys: Iterable[str]) -> list[str]:
    """The sites that these keys of chains or evidence belong to, sorted."""
    return sorted({key.split("/")[1] for key in keys})
