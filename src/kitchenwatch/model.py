"""The values that travel through the house: frozen, typed, without behaviour of their own.

Time is told twice: `t` is media time, seconds since the camera's line began, and never goes back;
`at` is the UTC moment at which we received it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.geometry import Boxes
from kitchenwatch.picture import Image, Picture

NAMESPACE = UUID("6b1f3a0e-6a55-5f0e-9a53-6d0f9e9b7c11")


class Kind(StrEnum):
    """A kind of violation; `OTHER` is only ever found by people on patrol (网上巡查)."""

    NO_HAT = "no_hat"
    NO_MASK = "no_mask"
    SMOKING = "smoking"
    PHONE_USE = "phone_use"
    OTHER = "other"


RULE_KINDS: tuple[Kind, ...] = tuple(kind for kind in Kind if kind is not Kind.OTHER)
"""Those that a rule can see."""


class Label(StrEnum):
    """What the detector knows, in the order of its classes."""

    PERSON = "person"
    HAT = "hat"
    NO_HAT = "no_hat"
    MASK = "mask"
    NO_MASK = "no_mask"
    CIGARETTE = "cigarette"
    PHONE = "phone"


LABELS: tuple[Label, ...] = tuple(Label)


class Attentiveness(StrEnum):
    """How closely a camera is looked at."""

    QUIET = "quiet"
    WATCHING = "watching"
    INQUIRING = "inquiring"


class CameraState(StrEnum):
    """What a camera can suffer from; `ONLINE` is the absence of the others."""

    ONLINE = "online"
    OFFLINE = "offline"
    FROZEN = "frozen"
    BLACK = "black"
    COVERED = "covered"
    BLURRED = "blurred"
    MOVED = "moved"


class CaseStatus(StrEnum):
    """Where a case stands for the people who handle it; `lifecycle` tells what leads where."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISPATCHED = "dispatched"
    RECTIFIED = "rectified"
    CLOSED = "closed"
    DISMISSED = "dismissed"


UPHELD: tuple[CaseStatus, ...] = (
    CaseStatus.CONFIRMED,
    CaseStatus.DISPATCHED,
    CaseStatus.RECTIFIED,
    CaseStatus.CLOSED,
)
"""Those in which somebody has found the violation to be true."""


class Origin(StrEnum):
    """Who found a case: a camera's rules, or a person on patrol."""

    CAMERA = "camera"
    PATROL = "patrol"


class VerdictReason(StrEnum):
    """Why a reviewer decided as they did."""

    VIOLATION = "violation"
    FALSE_ALARM = "false_alarm"
    ALLOWED = "allowed"
    DUPLICATE = "duplicate"
    UNCLEAR = "unclear"


class Mistaken(StrEnum):
    """What the machine took for a violation, where a reviewer says so: the next model learns from it."""

    HAIR = "hair"
    HEADSCARF = "headscarf"
    VISOR = "visor"
    BEARD = "beard"
    SPOON = "spoon"
    STRAW = "straw"
    PEN = "pen"
    HAND = "hand"
    POSTER = "poster"
    OTHER = "other"


class Role(StrEnum):
    """What a user may do; `REGULATOR` is bound to districts, `BUSINESS` to sites."""

    ADMIN = "admin"
    REGULATOR = "regulator"
    BUSINESS = "business"
    VIEWER = "viewer"


class EvidenceKind(StrEnum):
    """What a piece of evidence is."""

    SNAPSHOT = "snapshot"
    ANNOTATED = "annotated"
    CROP = "crop"
    CLIP = "clip"
    BEST = "best"
    PHOTO = "photo"
    PORTRAIT = "portrait"


class Doubt(StrEnum):
    """What makes a photo doubtful; it is pointed out, never a reason to refuse it."""

    BEFORE_ORDER = "before_order"
    IN_FUTURE = "in_future"
    NO_CAMERA = "no_camera"
    EDITED = "edited"
    SAME_BYTES = "same_bytes"
    SIMILAR = "similar"
    SIMILAR_TO_SNAPSHOT = "similar_to_snapshot"


class AlertType(StrEnum):
    """What an alert is about; the value is the CloudEvents `type`."""

    CASE_OPENED = "cn.kitchenwatch.case.opened"
    CASE_CLIP = "cn.kitchenwatch.case.clip"
    CASE_CLOSED = "cn.kitchenwatch.case.closed"
    CASE_VERDICT = "cn.kitchenwatch.case.verdict"
    CASE_DISPATCHED = "cn.kitchenwatch.case.dispatched"
    CASE_RECTIFIED = "cn.kitchenwatch.case.rectified"
    CASE_RECHECKED = "cn.kitchenwatch.case.rechecked"
    CASE_OVERDUE = "cn.kitchenwatch.case.overdue"
    CAMERA_HEALTH = "cn.kitchenwatch.camera.health"
    STORAGE_PRESSURE = "cn.kitchenwatch.storage.pressure"
    DIGEST = "cn.kitchenwatch.digest"
    TEST = "cn.kitchenwatch.test"


@dataclass(frozen=True, slots=True)
class CameraRef:
    """Which camera: `id` is unique in the installation."""

    id: str
    site: str


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded picture.

    Attributes:
        camera: the camera's id.
        run: one unbroken connection, or one film (its content hash).
        t: media time in seconds since the camera's line began.
        at: the UTC moment of reception; for a film, its start plus `t`.
        picture: what it shows.
    """

    camera: str
    run: str
    t: float
    at: datetime
    picture: Picture

    @property
    def image(self) -> Image:
        """All of it in colour, `(H, W, 3)` uint8 BGR; costs a conversion the first time."""
        return self.picture.bgr()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.picture.size


@dataclass(frozen=True, slots=True)
class Detections:
    """Boxes found in one picture, as a struct of arrays.

    Attributes:
        boxes: `(N, 4)` float32, x1 y1 x2 y2 in pixels of that picture.
        scores: `(N,)` float32, 0 to 1.
        labels: `(N,)` int64, indices into `LABELS`.
    """

    boxes: Boxes
    scores: NDArray[np.float32]
    labels: NDArray[np.int64]

    @classmethod
    def none(cls) -> "Detections":
        """No detection at all."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))

    def __len__(self) -> int:
        return len(self.scores)

    def __getitem__(self, keep: NDArray[Any]) -> "Detections":
        """The part chosen by a boolean mask or an index array."""
        return Detections(self.boxes[keep], self.scores[keep], self.labels[keep])

    def strongest_first(self) -> "Detections":
        """The same, by falling score; equals stay in their order."""
        return self[np.argsort(-self.scores, kind="stable")]

    def of(self, *labels: Label) -> "Detections":
        """The part that carries one of these labels."""
        wanted = [LABELS.index(label) for label in labels]
        return self[np.isin(self.labels, wanted)]


@dataclass(frozen=True, slots=True)
class Track:
    """One person followed over time.

    Attributes:
        id: number within the camera's line, from 1.
        box: `(4,)` float32 in pixels of the frame.
        score: of the last person detection.
        t: media time of the last detection.
        since: media time of the first.
    """

    id: int
    box: Boxes
    score: float
    t: float
    since: float


@dataclass(frozen=True, slots=True)
class Scene:
    """A frame and the people followed on it.

    Attributes:
        chosen: those who are to be looked at; the others are there, too.
    """

    frame: Frame
    tracks: tuple[Track, ...]
    chosen: tuple[Track, ...]


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one look says about one track for one kind.

    No sighting is made when the look could not judge (a tiny, blurred or cut-off head, a head from
    behind). For `smoking` and `phone_use` a sighting with `violating` 0 says: looked, and saw none.

    Attributes:
        violating: detector score for the violation (`no_hat`, `no_mask`, `cigarette`, `phone`), 0 if unseen.
        complying: detector score against it (`hat`, `mask`), 0 if unseen or if there is no such label.
        head_px: height of the head judged, in pixels of the camera's own resolution.
        box: `(4,)` what was seen, in pixels of the frame, or None.
    """

    t: float
    track: int
    kind: Kind
    violating: float
    complying: float
    head_px: float
    box: Boxes | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """All that one look 2 found on one track: detections in pixels of the frame, and its sightings."""

    t: float
    track: int
    detections: Detections
    sightings: tuple[Sighting, ...]


@dataclass(frozen=True, slots=True)
class Violation:
    """One person, one rule, one violation: opened, and closed or not yet.

    Attributes:
        opened: media time in seconds; `opened_at` the UTC moment.
        closed: media time, or None while it lasts.
        score: confidence 0 to 1 that this is a violation, at its peak.
        box: `(4,)` x1 y1 x2 y2 of the person at the opening, in pixels of the frame.
        scores: (t, accumulated log-likelihood ratio) over time, for the manifest and the chart.
    """

    id: UUID
    camera: str
    site: str
    kind: Kind
    run: str
    track: int
    opened: float
    opened_at: datetime
    score: float
    box: tuple[float, float, float, float]
    closed: float | None = None
    closed_at: datetime | None = None
    scores: tuple[tuple[float, float], ...] = ()


def violation_id(camera: str, kind: Kind, run: str, track: int, opened: float) -> UUID:
    """The same violation has the same id, however often it is computed."""
    return uuid5(NAMESPACE, f"{camera}/{kind}/{run}/{track}/{round(opened * 1000)}")


class Phase(StrEnum):
    """What happened to a violation at this step."""

    OPENED = "opened"
    UPDATED = "updated"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Change:
    """A rule's answer to a step: this violation was opened, got stronger evidence, or was closed."""

    phase: Phase
    violation: Violation


@dataclass(frozen=True, slots=True)
class HealthChange:
    """A camera's state began or ended at this moment."""

    camera: str
    state: CameraState
    began: bool
    at: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file that lies in the blob store.

    Attributes:
        key: place in the blob store, never a path.
        sha256: hex digest of its bytes.
        bytes: length.
        media_type: for example `image/jpeg`.
        begins: for a clip, the UTC moment of its first frame.
    """

    kind: EvidenceKind
    key: str
    sha256: str
    bytes: int
    media_type: str
    begins: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of a site's chain: a signed manifest.

    Attributes:
        site: whose chain.
        seq: place in it, from 1.
        manifest: what is attested (JSON-able), including `site`, `seq`, `prev` and `files`.
        sha256: hex digest of the canonical manifest; the next entry's `prev`.
        key: where the entry lies in the blob store.
    """

    site: str
    seq: int
    manifest: dict[str, Any]
    sha256: str
    key: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks, and what they may see. Empty sets bind `REGULATOR` and `BUSINESS` to nothing."""

    user: str
    role: Role
    districts: frozenset[str] = field(default_factory=frozenset)
    sites: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Alert:
    """A message about a case, a camera or the store, as it leaves the outbox.

    Attributes:
        seq: place in the outbox; also the id in the event stream.
        id: deterministic; the receiver's idempotency key.
        subject: what must be told in order: the case id, or `camera/<id>`.
        data: JSON-able body.
    """

    seq: int
    id: UUID
    type: AlertType
    at: datetime
    site: str | None
    camera: str | None
    kind: Kind | None
    subject: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert on its way to one channel."""

    id: int
    alert: Alert
    channel: str
    attempts: int
