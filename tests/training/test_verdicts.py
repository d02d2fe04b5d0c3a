"""What a verdict becomes as a training picture."""

from pathlib import Path
from uuid import UUID

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from kitchenwatch.detect.loading import load_model
from kitchenwatch.detect.picture import PictureDetector
from kitchenwatch.errors import DatasetError
from kitchenwatch.model import LABELS, CaseStatus, Detections, Kind, Label, VerdictReason
from kitchenwatch.training.dataset import Truth, pictures
from kitchenwatch.training.verdicts import Reviewed, believed, export, judged_labels, picture

SAMPLE = Path(__file__).parents[2] / "sample_videos" / "no_hat" / "no_hat.mp4"
COOK = np.array([509, 152, 677, 480], np.float32)  # of the sample's truth, at 4 s: bare-headed


@pytest.fixture(scope="module")
def snapshot() -> NDArray[np.uint8]:
    """The sample film at 4 s."""
    with av.open(str(SAMPLE)) as film:
        frame = next(frame for frame in film.decode(video=0) if frame.time and frame.time >= 4.0)
        return np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


@pytest.fixture(scope="module")
def detector() -> PictureDetector:
    return PictureDetector(load_model(prefer="onnxruntime").engine)


def reviewed(snapshot: NDArray[np.uint8], status: CaseStatus, reason: VerdictReason, site: str = "canteen") -> Reviewed:
    return Reviewed(UUID(int=1), site, Kind.NO_HAT, status, reason, COOK, snapshot)


def known(truth: Truth) -> tuple[int, int]:
    """How many heads are drawn bare and covered."""
    return len(truth.drawn.of(Label.NO_HAT)), len(truth.drawn.of(Label.HAT))


@pytest.mark.parametrize(
    ("status", "reason", "bare", "covered"),
    [
        (CaseStatus.CONFIRMED, VerdictReason.VIOLATION, 1, 0),
        (CaseStatus.DISMISSED, VerdictReason.ALLOWED, 1, 0),
        (CaseStatus.DISMISSED, VerdictReason.DUPLICATE, 1, 0),
        (CaseStatus.DISMISSED, VerdictReason.FALSE_ALARM, 0, 1),
    ],
)
def test_a_verdict_says_what_the_head_is(
    snapshot: NDArray[np.uint8],
    detector: PictureDetector,
    status: CaseStatus,
    reason: VerdictReason,
    bare: int,
    covered: int,
) -> None:
    made = picture(reviewed(snapshot, status, reason), detector)
    assert made is not None
    image, truth = made
    assert known(truth) == (bare, covered)
    assert image.shape[0] < snapshot.shape[0]
    head = truth.drawn.of(Label.NO_HAT, Label.HAT).boxes[0]
    assert 15 < head[3] - head[1] < image.shape[0] / 2


def test_an_unclear_case_teaches_nothing_about_its_kind(snapshot: NDArray[np.uint8], detector: PictureDetector) -> None:
    made = picture(reviewed(snapshot, CaseStatus.DISMISSED, VerdictReason.UNCLEAR), detector)
    assert made is not None
    image, truth = made
    assert known(truth) == (0, 0)
    whole = truth.unknown.of(Label.NO_HAT).boxes
    assert [0, 0, image.shape[1], image.shape[0]] in whole.tolist()


def test_what_nobody_judged_is_believed_only_when_it_is_sure() -> None:
    boxes = np.array([[0, 0, 9, 9], [0, 0, 5, 5]], np.float32)
    truth = believed(Detections(boxes, np.array([0.9, 0.3], np.float32), np.array([0, 6])))
    assert truth.drawn.labels.tolist() == [LABELS.index(Label.PERSON)]
    assert truth.unknown.labels.tolist() == [LABELS.index(Label.PHONE)]


def test_a_confirmed_case_that_the_detector_no_longer_sees_is_counted_not_guessed(
    detector: PictureDetector, tmp_path: Path
) -> None:
    empty = np.full((720, 1280, 3), 90, np.uint8)
    case = reviewed(empty, CaseStatus.CONFIRMED, VerdictReason.VIOLATION)
    made = export([case], detector, tmp_path / "set")
    assert (made.taught, made.unseen) == ({}, 1)


def test_all_pictures_of_a_site_are_in_one_split(
    snapshot: NDArray[np.uint8], detector: PictureDetector, tmp_path: Path
) -> None:
    sites = [f"site-{number}" for number in range(30)]
    cases = [
        Reviewed(UUID(int=number), site, Kind.NO_HAT, CaseStatus.CONFIRMED, VerdictReason.VIOLATION, COOK, snapshot)
        for number, site in enumerate(sites * 2)
    ]
    made = export(cases, detector, tmp_path / "set")
    split_of = {split: {picture.source for picture in pictures(tmp_path / "set", split)} for split in ("train", "val")}
    assert made.taught == {"no_hat violation": 60}
    assert split_of["train"] | split_of["val"] == set(sites)
    assert not split_of["train"] & split_of["val"]


def test_the_exported_labels_are_those_of_the_verdict(
    snapshot: NDArray[np.uint8], detector: PictureDetector, tmp_path: Path
) -> None:
    case = reviewed(snapshot, CaseStatus.DISMISSED, VerdictReason.FALSE_ALARM, site="noodles")
    export([case], detector, tmp_path / "set")
    (written,) = pictures(tmp_path / "set", case.split)
    ids = written.rows()[:, 0].astype(int).tolist()
    assert LABELS.index(Label.HAT) in ids
    assert LABELS.index(Label.NO_HAT) not in ids
    assert isinstance(written.truth(10, 10).drawn, Detections)
    assert str(case.case) in (tmp_path / "set" / "verdicts.jsonl").read_text()


def test_a_dataset_tells_which_labels_its_verdicts_are_about(
    snapshot: NDArray[np.uint8], detector: PictureDetector, tmp_path: Path
) -> None:
    export([reviewed(snapshot, CaseStatus.CONFIRMED, VerdictReason.VIOLATION)], detector, tmp_path / "told")
    assert set(judged_labels(tmp_path / "told")) == {Label.HAT, Label.NO_HAT}
    assert judged_labels(tmp_path / "drawn by hand") == LABELS
    (tmp_path / "told" / "verdicts.jsonl").write_text('{"kind": "whistling"}\n')
    with pytest.raises(DatasetError, match=r"verdicts\.jsonl: not notes of verdicts"):
        judged_labels(tmp_path / "told")
