"""Every seam of the house on one page: a workshop offers one of these and knows the others only as such.

`bootstrap` is the only place that joins them to concrete classes.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Protocol, Self
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.model import (
    Alert,
    Attentiveness,
    Change,
    Delivery,
    Detections,
    Entry,
    EvidenceFile,
    Frame,
    HealthChange,
    Look,
    Scene,
    Sighting,
    Track,
    Violation,
)
from kitchenwatch.picture import Picture


class Clock(Protocol):
    """Where time comes from (`clock.SystemClock`, `clock.ManualClock`)."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since an arbitrary start."""
        ...

    def sleep(self, seconds: float, wake: threading.Event | None = None) -> None:
        """Wait; an event that is set ends the wait early."""
        ...


# --- sources ---------------------------------------------------------------------------------------------------


class Clip(Protocol):
    """Footage that has been secured but not yet written: holding it keeps it, whatever the ring forgets."""

    @property
    def begins(self) -> datetime:
        """UTC moment of the first frame (the keyframe at or before what was asked)."""
        ...

    @property
    def t(self) -> tuple[float, float]:
        """Media time of the first and the last frame, in seconds."""
        ...

    def joined(self, later: Self) -> Self:
        """This clip and what a later one of the same run has beyond it; itself, if it is another run's."""
        ...

    def write(self, path: Path) -> None:
        """Remux into a browser-playable MP4 without re-encoding. Raises StorageError, SourceUnreadable."""
        ...


class Footage(Protocol):
    """The last seconds of a camera, or a whole film, still encoded."""

    def until(self) -> float:
        """Media time up to which footage is held; infinity for a film, all of which is there."""
        ...

    def cut(self, begin: float, end: float) -> Clip | None:
        """What is held of that span (media seconds), from the keyframe before `begin`; None if nothing is."""
        ...


class Source(Protocol):
    """One camera's frames, for as long as there are any; `frames` runs in the caller's thread."""

    @property
    def footage(self) -> Footage: ...

    def frames(self) -> Iterator[Frame]:
        """Sampled frames with media time that never goes back. A live source reconnects by itself and ends only
        on `stop`; a film ends at its end, or raises SourceUnreadable."""
        ...

    def stop(self) -> None:
        """End `frames` soon, from any thread, in any state, however often."""
        ...


# --- attention -------------------------------------------------------------------------------------------------


class Attention(Protocol):
    """What of one camera is worth decoding and looking at: asked by its source, asked and taught by its line.

    The two may be different threads. Times are media time in seconds.
    """

    @property
    def state(self) -> Attentiveness:
        """How closely the camera is looked at now."""
        ...

    def decodes(self, t: float, key: bool, size: int) -> bool:
        """Whether the encoded picture that has come is to be decoded; asked once for each, in their order.

        Args:
            key: whether it is a keyframe.
            size: in bytes.
        """
        ...

    def recalls(self, t: float, picture: Picture) -> bool:
        """Whether what was passed over since the keyframe before is to be decoded after all, and handed out before it.

        Args:
            t: media time of a keyframe that has been decoded.
            picture: what it shows.
        """
        ...

    def due(self, t: float) -> bool:
        """Whether the decoded picture of that time is handed out; if so, it counts as looked at."""
        ...

    def late(self, seconds: float) -> None:
        """A picture of this camera has waited so long for somebody to decode it or to look at it."""
        ...

    def searches(self, frame: Frame) -> bool:
        """Whether look 1 is worth its price on this frame."""
        ...

    def chooses(self, t: float, tracks: Sequence[Track]) -> list[Track]:
        """Those whom look 2 is given now; they count as looked at."""
        ...

    def learn(self, frame: Frame, tracks: Sequence[Track], undecided: Mapping[int, float]) -> None:
        """What was found on a frame that was searched.

        Args:
            undecided: as `Judge` tells it.
        """
        ...


# --- detect ----------------------------------------------------------------------------------------------------


class Engine(Protocol):
    """Runs a network: `(B, 3, H, W)` float32 RGB 0–1 in, its raw output out: of a detector `(B, 4 + labels, anchors)`,
    of a verifier `(B, labels)`."""

    @property
    def name(self) -> str: ...

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]: ...


class FrameLook(Protocol):
    """Look 1: people on whole frames, of several cameras at once."""

    def people(self, frames: Sequence[Frame]) -> list[Detections]:
        """Detections of `person` on each frame, in the same order, in pixels of that frame."""
        ...


class PersonLook(Protocol):
    """Look 2: heads, faces, cigarettes and phones on the native-resolution crop of each person, of several
    cameras at once."""

    def look(self, scenes: Sequence[Scene]) -> list[list[Look]]:
        """For each scene one look at each whom it has chosen, in the same order, boxes in pixels of that frame."""
        ...


class Tracker(Protocol):
    """Follows people through irregular time steps."""

    def update(self, t: float, people: Detections) -> list[Track]:
        """The tracks seen at `t`; a track not seen for long is forgotten."""
        ...


# --- rules -----------------------------------------------------------------------------------------------------


class Judge(Protocol):
    """Turns one camera's sightings into violations."""

    def step(self, frame: Frame, tracks: Sequence[Track], sightings: Sequence[Sighting]) -> list[Change]:
        """Weigh what was seen at this frame; also closes what has ended by then."""
        ...

    @property
    def undecided(self) -> Mapping[int, float]:
        """Track numbers of those in view whose evidence adds up to something that is not yet decided, and how far it
        has come: 1 decides."""
        ...

    def finish(self, t: float, at: datetime) -> list[Change]:
        """The footage is over: close what is still open."""
        ...


class PictureHealth(Protocol):
    """Judges the picture itself."""

    def observe(self, frame: Frame) -> list[HealthChange]:
        """States that began or ended with this frame."""
        ...

    @property
    def blind(self) -> bool:
        """Whether nothing can be judged now (black, covered, frozen, blurred)."""
        ...


class HealthLog(Protocol):
    """Where camera health is written down (and from there alerted)."""

    def record(self, change: HealthChange) -> None:
        """Begin or end an interval; saying the same twice changes nothing."""
        ...


# --- evidence --------------------------------------------------------------------------------------------------


class Recorder(Protocol):
    """Fixes the evidence of violations and opens their cases."""

    def step(self, frame: Frame, tracks: Sequence[Track], looks: Sequence[Look], changes: Sequence[Change]) -> None:
        """Secure snapshots at once and clips when their time has come."""
        ...

    def finish(self, changes: Sequence[Change]) -> None:
        """The footage is over: write what is still owed."""
        ...


class Blobs(Protocol):
    """Bytes under keys such as `evidence/<site>/2026-11-22/<case>/snapshot.jpg`."""

    def put(self, key: str, data: bytes) -> None:
        """Write whole or not at all, durably. Raises StorageFull, StorageError."""
        ...

    def put_file(self, key: str, path: Path) -> None:
        """Move a finished file in, whole or not at all, durably."""
        ...

    def scratch(self, suffix: str) -> Path:
        """A fresh path on the same device, to build a file for `put_file`."""
        ...

    def get(self, key: str) -> bytes:
        """Raises NotFound."""
        ...

    def open(self, key: str) -> BinaryIO:
        """A seekable reader. Raises NotFound."""
        ...

    def size(self, key: str) -> int:
        """Length in bytes. Raises NotFound."""
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys below a prefix, sorted."""
        ...

    def delete(self, key: str) -> None:
        """Deleting what is not there is no error."""
        ...

    def free(self) -> tuple[int, int]:
        """Bytes free and bytes in all on the device."""
        ...


class Chain(Protocol):
    """Each site's signed chain of manifests."""

    def append(self, site: str, manifest: Mapping[str, Any]) -> Entry:
        """Seal: adds site, seq, prev and time, signs, writes the entry file. Raises StorageFull, SealError.

        A case is opened, given its clip and closed only once: sealing such an event again returns the entry
        that is there."""
        ...

    def find(self, site: str, case: UUID, event: str) -> Entry | None:
        """The entry that sealed this event (`opened`, `clip` or `closed`) of this case, if there is one."""
        ...

    def entries(self, site: str) -> Iterator[Entry]:
        """The chain as written, from the first entry, unverified."""
        ...

    def sites(self) -> list[str]:
        """Every site that has a chain."""
        ...


class CaseBook(Protocol):
    """Where cases are written; every call is one transaction that also fills the outbox."""

    def open(self, violation: Violation, files: Sequence[EvidenceFile], entry: Entry) -> bool:
        """Violation, case, evidence and outbox rows; False if that case is already there (then it is left alone)."""
        ...

    def add_evidence(self, case: UUID, files: Sequence[EvidenceFile], entry: Entry) -> None:
        """Evidence that came later (the clip)."""
        ...

    def close(self, violation: Violation, files: Sequence[EvidenceFile], entry: Entry) -> None:
        """The violation has ended; its best snapshot joins the evidence."""
        ...

    def known(self, case: UUID) -> frozenset[str]:
        """Kinds of evidence that the case already has, `closed` among them once it is; empty if there is no case."""
        ...


# --- alerts ----------------------------------------------------------------------------------------------------


class Outbox(Protocol):
    """Alerts that wait, and what became of them. Deliveries of one subject to one channel come in outbox order.

    May be called from several threads at once: each channel has its own.
    """

    def fan_out(self) -> int:
        """Make the deliveries that new alerts owe to the channels of their recipients; how many alerts it took."""
        ...

    def due(self, now: datetime, limit: int) -> list[Delivery]:
        """Deliveries whose time has come, oldest alert first; none whose predecessor (same subject and channel) is
        still waiting. At most `limit` a channel, so that a channel that lags cannot hide the others."""
        ...

    def delivered(self, delivery: Delivery, now: datetime) -> None: ...

    def retry(self, delivery: Delivery, at: datetime, error: str) -> None:
        """Try again at that moment."""
        ...

    def give_up(self, delivery: Delivery, error: str) -> None: ...

    def hold_for_digest(self, delivery: Delivery) -> None:
        """This push is over the cap: it will be told in a digest."""
        ...

    def held(self, channel: str, subject: str) -> bool:
        """Whether that channel was spared the opening of that case, so that what follows should be held too."""
        ...

    def pushed_since(
        self, channel: str, site: str | None, camera: str | None, kind: str | None, since: datetime
    ) -> int:
        """How many case-opened pushes of that place and kind the channel got since then."""
        ...

    def write_digests(self, now: datetime, window: timedelta) -> int:
        """One digest alert a channel for what was held longer ago than `window`; how many."""
        ...

    def after(self, seq: int, limit: int) -> list[Alert]:
        """Alerts with a greater `seq`, in order, for the event stream."""
        ...


class Channel(Protocol):
    """One way to reach a recipient."""

    def send(self, delivery: Delivery) -> None:
        """Returns when the receiver has it. Raises DeliveryRetry or DeliveryRefused."""
        ...
