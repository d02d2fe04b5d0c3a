"""The entries of a site's chain that tell of one case."""

import logging
from dataclasses import dataclass

from kitchenwatch.errors import NotFound, SealError
from kitchenwatch.evidence.layout import entry_key
from kitchenwatch.evidence.signed import parsed
from kitchenwatch.ports import Blobs
from kitchenwatch.store.tables import Case, CaseStep, Evidence, Upload

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seal:
    """One link, as it lies in the chain; all but `seq` is empty if it is not there or damaged.

    Attributes:
        event: why it was written (`manifest.Event`).
        sha256, prev: hex digests of its manifest, and of the entry before it.
        sealed_at: UTC moment in ISO 8601.
    """

    seq: int
    event: str = ""
    sha256: str = ""
    prev: str = ""
    sealed_at: str = ""


def seals_of(blobs: Blobs, case: Case) -> list[Seal]:
    """Those that the rows of the case name, in their order; what they say is not verified here."""
    told: list[Evidence | CaseStep | Upload] = [*case.evidence, *case.steps, *case.uploads]
    places = {row.seal_seq for row in told} | ({case.seal_seq} if case.seal_seq else set())
    return [_read(blobs, case.site_id, seq) for seq in sorted(places)]


def _read(blobs: Blobs, site: str, seq: int) -> Seal:
    key = entry_key(site, seq)
    try:
        body = parsed(blobs.get(key))
        manifest = body["manifest"]
        said = (manifest["event"], body["sha256"], manifest["prev"] or "", manifest["sealed_at"])
        return Seal(seq, *map(str, said))
    except (NotFound, SealError, KeyError, TypeError) as error:
        log.error("site %s: %s cannot be read (%s) -> kitchenwatch verify", site, key, error)
        return Seal(seq)
