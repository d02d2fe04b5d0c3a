"""Findings of people on patrol (网上巡查): the picture that goes with them, and the case that they open."""

import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import cv2
from PIL.Image import Image

from kitchenwatch.errors import Invalid, NotFound
from kitchenwatch.manifest import case_key
from kitchenwatch.model import EvidenceFile, EvidenceKind, Kind
from kitchenwatch.photos.examine import examine
from kitchenwatch.sources.moment import picture_at
from kitchenwatch.store.loop import Found
from kitchenwatch.store.tables import Camera
from kitchenwatch.web.auth import Caller
from kitchenwatch.web.deps import WebDeps

QUALITY = 92
JPEG = "image/jpeg"
# Between the clocks of the browser and the server.
AHEAD = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Shot:
    """A JPEG, and the UTC moment that it shows, where the picture itself is of a known moment."""

    jpeg: bytes
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """`t` seconds after the beginning of a case's clip."""

    case: UUID
    t: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What somebody reports.

    Attributes:
        id: of the case to be; the same form sent twice opens one.
        at: by the site's clock; None means now.
    """

    id: UUID
    kind: Kind
    at: datetime | None
    remark: str


def live_shot(deps: WebDeps, camera: str) -> Shot:
    """What the camera shows at this moment, as large as it sends it. Raises NotFound: it shows nothing."""
    view = deps.live(camera)
    seen = view.sights.newest if view else None
    if seen is None:
        raise NotFound(f"there is no picture of camera {camera!r} now -> send one")
    data = cv2.imencode(".jpg", seen.frame.image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
    return Shot(data.tobytes(), seen.frame.at)


def clip_shot(deps: WebDeps, caller: Caller, camera: str, moment: Moment) -> Shot:
    """What a clip of that camera shows at a moment.

    Raises:
        NotFound: there is no such clip within the caller's scope, or it is another camera's.
        SourceUnreadable: it cannot be decoded.
    """
    clip = deps.reading.evidence(caller.scope, moment.case, EvidenceKind.CLIP)
    if clip.begins is None or deps.reading.case(caller.scope, moment.case).camera_id != camera:
        raise NotFound(f"case {moment.case} keeps no clip of camera {camera!r}")
    with deps.blobs.open(clip.key) as stream:
        image, t = picture_at(stream, moment.t)
    data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
    return Shot(data.tobytes(), clip.begins + timedelta(seconds=t))


def sent_shot(stream: BinaryIO, zone: str) -> Shot:
    """A picture that somebody has sent, made small and encoded anew, so that nothing hides in it.

    Raises PhotoRefused: it is no picture that we take.
    """
    return Shot(_jpeg(examine(stream, ZoneInfo(zone)).view))


def report(deps: WebDeps, caller: Caller, camera: Camera, finding: Finding, shot: Shot | None) -> UUID:
    """Open the case; its id.

    Args:
        camera: with its site; that the caller may see it has been asked before.

    Raises:
        Invalid: the moment lies ahead, or nothing is said.
        Forbidden: not for that role.
    """
    now = deps.clock.now()
    at = (shot and shot.at) or _moment(finding.at, camera.site.timezone) or now
    if at > now + AHEAD:
        raise Invalid("a finding cannot lie ahead -> correct its time")
    if finding.kind is Kind.OTHER and not finding.remark:
        raise Invalid("say in the remark what was found")
    files = (_kept(deps, camera, finding.id, at, shot.jpeg),) if shot else ()
    return deps.loop.find(Found(finding.id, camera.id, finding.kind, at, finding.remark, files), caller.actor)


def _kept(deps: WebDeps, camera: Camera, case: UUID, at: datetime, jpeg: bytes) -> EvidenceFile:
    # The name is never used twice: of two that report the same at once, only one's picture is sealed.
    key = case_key(camera.site_id, at, case, f"{EvidenceKind.SNAPSHOT}-{uuid4().hex[:8]}.jpg")
    deps.blobs.put(key, jpeg)
    return EvidenceFile(EvidenceKind.SNAPSHOT, key, hashlib.sha256(jpeg).hexdigest(), len(jpeg), JPEG)


def _moment(at: datetime | None, zone: str) -> datetime | None:
    return at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) if at else None


def _jpeg(picture: Image) -> bytes:
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=QUALITY)
    return data.getvalue()
