"""Reviewers' verdicts as training pictures: what people decided teaches the next detector.

A verdict is about one person and one kind. Its picture is that person's surroundings, cut out of the snapshot:

- *confirmed* (and dismissed as *allowed* or as a *duplicate*, for there was something to see): the box that was seen is
  drawn with the violating label.
- dismissed as a *false alarm*: a head or face gets the complying label, for it was judged and is covered; where a
  cigarette or phone was believed, nothing is drawn.
- dismissed as *unclear*: the kind's labels are unknown in the whole picture.

Nobody judged the rest of the picture. There the present detector's sure sights are taken over, so that what it can do
is not unlearned, and its unsure ones are unknown. All pictures of a site are in one split, so that a kitchen that is
trained on is never measured on.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from kitchenwatch.detect.belonging import portrait
from kitchenwatch.detect.crops import cut, upper_body
from kitchenwatch.detect.picture import PictureDetector
from kitchenwatch.detect.sightings import HELD, WORN
from kitchenwatch.detect.yolo import merge
from kitchenwatch.errors import DatasetError
from kitchenwatch.geometry import Boxes, iou
from kitchenwatch.model import LABELS, CaseStatus, Detections, Kind, Label, VerdictReason
from kitchenwatch.training.dataset import Truth, as_rows, write_picture

SURE = 0.5  # from this score on a sight that nobody judged is believed
SAME = 0.4  # boxes that overlap more (IoU) are of one head, face or thing
NOTES = "verdicts.jsonl"
HELD_OUT = 5  # one site in so many is held out
ABOUT: dict[Kind, tuple[Label, ...]] = {**WORN, **{kind: (label,) for kind, label in HELD.items()}}


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A case that somebody decided.

    Attributes:
        person: `(4,)` in pixels of the snapshot.
        snapshot: `(H, W, 3)` uint8 BGR.
    """

    case: UUID
    site: str
    kind: Kind
    status: CaseStatus
    reason: VerdictReason
    person: Boxes
    snapshot: NDArray[np.uint8]

    @property
    def split(self) -> str:
        """`val` for one site in five, by the site's name."""
        return "train" if int(sha256(self.site.encode()).hexdigest(), 16) % HELD_OUT else "val"


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of the verdicts: how many by outcome, and how many could not be used."""

    taught: dict[str, int]
    unseen: int


def export(cases: Iterable[Reviewed], detector: PictureDetector, out: Path) -> Exported:
    """Write the pictures of all verdicts into `out`, a dataset; earlier ones stay.

    Args:
        cases: decided cases.
        detector: the present one, reporting scores from 0.05 on.
        out: made if it is missing.
    """
    taught: Counter[str] = Counter()
    unseen = 0
    for case in cases:
        made = picture(case, detector)
        if made is None:
            unseen += 1
            continue
        image, truth = made
        rows = as_rows(truth, image.shape[1], image.shape[0])
        write_picture(out, case.split, f"{case.site}_{case.case.hex}", image, rows)
        _note(out, case)
        taught[f"{case.kind} {case.reason}"] += 1
    if taught:
        YAML().dump({"names": dict(enumerate(map(str, LABELS))), "unknown": {}}, out / "data.yaml")
    return Exported(dict(taught), unseen)


def judged_labels(root: Path) -> tuple[Label, ...]:
    """The labels that the verdicts in a dataset are about; all, if it tells of none. Raises DatasetError."""
    notes = root / NOTES
    if not notes.is_file():
        return LABELS
    try:
        kinds = {Kind(json.loads(line)["kind"]) for line in notes.read_text(encoding="utf-8").splitlines()}
    except (ValueError, KeyError, TypeError) as cause:
        raise DatasetError(f"{notes}: not notes of verdicts ({cause}) -> export them again") from cause
    return tuple(label for kind in kinds for label in ABOUT.get(kind, ()))


def picture(case: Reviewed, detector: PictureDetector) -> tuple[NDArray[np.uint8], Truth] | None:
    """The picture of one verdict and what is known on it; None if the detector sees nothing there that it is about."""
    rows, columns = case.snapshot.shape[:2]
    crop = upper_body(case.person, columns, rows)
    image = cut(case.snapshot, crop)
    found = detector.detect(image)
    person = np.clip(case.person - np.tile(crop[:2], 2), 0, np.tile([image.shape[1], image.shape[0]], 2))
    judged = _judged(case, found, person.astype(np.float32))
    if judged is None:
        return None
    labels = ABOUT[case.kind]
    if case.reason is VerdictReason.UNCLEAR:
        rest = found[~np.isin(found.labels, [LABELS.index(label) for label in labels])]
        truth = believed(rest)
        return image, Truth(truth.drawn, merge([_whole(image, labels), truth.unknown]))
    rest = _elsewhere(found, labels, judged.boxes[0])
    known = _as_decided(case, judged)
    truth = believed(rest)
    return image, Truth(merge([known, truth.drawn]), truth.unknown)


def believed(found: Detections) -> Truth:
    """What the detector says, taken for true where it is sure and for unknown where it is not."""
    sure = found.scores >= SURE
    return Truth(found[sure], found[~sure])


def _judged(case: Reviewed, found: Detections, person: Boxes) -> Detections | None:
    """The strongest sight of what the verdict is about, on that person."""
    own = portrait(found, person, np.zeros((0, 4), np.float32))
    sights = own.all.of(*ABOUT[case.kind]) if own else Detections.none()
    return sights[np.argsort(-sights.scores)[:1]] if len(sights) else None


def _as_decided(case: Reviewed, judged: Detections) -> Detections:
    labels = ABOUT[case.kind]
    wrong = case.status is CaseStatus.DISMISSED and case.reason is VerdictReason.FALSE_ALARM
    if wrong and len(labels) == 1:
        return Detections.none()
    truly = labels[1] if wrong else labels[0]
    return Detections(judged.boxes, np.ones(1, np.float32), np.array([LABELS.index(truly)]))


def _elsewhere(found: Detections, labels: tuple[Label, ...], box: Boxes) -> Detections:
    """Everything but what was judged."""
    about = np.isin(found.labels, [LABELS.index(label) for label in labels])
    return found[~(about & (iou(found.boxes, box[None])[:, 0] >= SAME))]


def _whole(image: NDArray[np.uint8], labels: tuple[Label, ...]) -> Detections:
    frame = np.array([0, 0, image.shape[1], image.shape[0]], np.float32)
    ids = np.array([LABELS.index(label) for label in labels])
    return Detections(np.tile(frame, (len(ids), 1)), np.ones(len(ids), np.float32), ids)


def _note(out: Path, case: Reviewed) -> None:
    """One line for each picture, so that a reader can go back to the case."""
    line = {"case": str(case.case), "site": case.site, "kind": case.kind, "reason": case.reason, "split": case.split}
    with (out / NOTES).open("a", encoding="utf-8") as notes:
        notes.write(json.dumps(line, ensure_ascii=False) + "\n")
