"""The second network: what it is shown, and what its word does to scores."""

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from kitchenwatch.detect.loading import Model
from kitchenwatch.detect.picture import PictureDetector, mirrored
from kitchenwatch.detect.verifier import AT_ONCE, SIDE, VERIFIED, Verifier, close_up
from kitchenwatch.detect.yolo import GREY
from kitchenwatch.model import LABELS, Detections, Label
from kitchenwatch.picture import ArrayPicture

SAMPLE = Path(__file__).parents[2] / "sample_videos" / "two_cooks" / "two_cooks.mp4"


@pytest.fixture(scope="module")
def verifier(shipped: Model) -> Verifier:
    assert shipped.verifier
    return shipped.verifier


def board(width: int = 400, height: int = 300) -> NDArray[np.uint8]:
    """Every pixel tells where it is: blue its column, green its row, both by two thirds."""
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    return np.dstack([columns // 2, rows // 2, np.full_like(rows, 200)]).astype(np.uint8)


def found(*things: tuple[tuple[float, ...], Label, float]) -> Detections:
    boxes, labels, scores = zip(*things, strict=True)
    return Detections(
        np.array(boxes, np.float32),
        np.array(scores, np.float32),
        np.array([LABELS.index(label) for label in labels], np.int64),
    )


def test_a_thing_is_shown_in_the_middle_and_its_surroundings_darker() -> None:
    seen = close_up(ArrayPicture(board()), np.array([180, 130, 220, 170], np.float32), 2.0)
    assert seen.shape == (SIDE, SIDE, 3)
    middle = SIDE // 2
    assert np.abs(seen[middle, middle].astype(int) - [100, 75, 200]).max() <= 1
    assert seen[middle, 2, 2] == 100  # outside the box, half as bright
    bright = seen[..., 2] > 150
    assert (
        np.abs(
            np.array([np.flatnonzero(bright.any(0))[[0, -1]], np.flatnonzero(bright.any(1))[[0, -1]]])
            - [
                [40, 119],
                [40, 119],
            ]
        ).max()
        <= 1
    )


def test_beyond_the_picture_there_is_grey() -> None:
    seen = close_up(ArrayPicture(board()), np.array([0, 0, 40, 40], np.float32), 2.0)
    assert (seen[: SIDE // 4 - 1] == GREY // 2).all()
    assert (seen[:, : SIDE // 4 - 1] == GREY // 2).all()
    assert np.abs(seen[SIDE // 2, SIDE // 2].astype(int) - [10, 10, 200]).max() <= 1


@pytest.mark.parametrize(
    "box",
    [(0, 0, 400, 300), (399, 299, 400, 300), (10, 10, 10, 10), (-30, -30, 5, 5), (390, 100, 430, 102), (0, 0, 4, 300)],
)
@pytest.mark.parametrize("context", [2.0, 3.2])
def test_any_box_can_be_shown(box: tuple[float, ...], context: float) -> None:
    assert close_up(ArrayPicture(board()), np.array(box, np.float32), context).shape == (SIDE, SIDE, 3)


def test_scores_become_what_both_networks_say(verifier: Verifier, noise: NDArray[np.uint8]) -> None:
    picture = ArrayPicture(noise)
    seen = found(
        ((10, 10, 60, 70), Label.CIGARETTE, 0.8),
        ((0, 0, 300, 300), Label.PERSON, 0.9),
        ((9, 9, 50, 50), Label.HAT, 0.4),
    )
    verified = verifier.verified(picture, seen)
    beliefs = verifier.beliefs(picture, seen.boxes[[0, 2]], [Label.CIGARETTE, Label.HAT])
    assert verified.scores[[0, 2]] == pytest.approx(np.sqrt([0.8, 0.4] * beliefs), rel=1e-3)
    assert verified.scores[1] == np.float32(0.9)
    assert (verified.boxes == seen.boxes).all()
    assert verified.labels.tolist() == seen.labels.tolist()


def test_a_crowd_is_judged_part_by_part_and_nobody_is_forgotten(verifier: Verifier, noise: NDArray[np.uint8]) -> None:
    many = found(*(((i, i, i + 30, i + 40), VERIFIED[i % 6], 0.5) for i in range(2 * AT_ONCE + 3)))
    verified = verifier.verified(ArrayPicture(noise), many)
    alone = [verifier.verified(ArrayPicture(noise), many[np.array([index])]).scores[0] for index in range(len(many))]
    assert verified.scores == pytest.approx(alone, rel=1e-3)


def test_nothing_found_is_nothing_to_verify(verifier: Verifier, noise: NDArray[np.uint8]) -> None:
    assert len(verifier.verified(ArrayPicture(noise), Detections.none())) == 0


@pytest.fixture(scope="module")
def cooks() -> NDArray[np.uint8]:
    """Two cooks, one of them with a bare head."""
    with av.open(str(SAMPLE)) as film:
        frame = next(frame for frame in film.decode(video=0) if frame.time and frame.time >= 8.0)
        return np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def test_a_bare_head_is_believed_and_a_covered_one_is_not(
    shipped: Model, verifier: Verifier, cooks: NDArray[np.uint8]
) -> None:
    heads = PictureDetector(shipped.engine, 0.3).detect(cooks).of(Label.NO_HAT)
    assert len(heads)
    picture = ArrayPicture(cooks)
    bare = verifier.beliefs(picture, heads.boxes, [Label.NO_HAT] * len(heads))
    covered = verifier.beliefs(picture, heads.boxes, [Label.HAT] * len(heads))
    assert (bare > covered).all()
    even = np.full(len(heads), 0.5, np.float32)
    assert not verifier.contradicts(picture, heads.boxes, [Label.NO_HAT] * len(heads), even, even).any()
    assert verifier.contradicts(picture, heads.boxes, [Label.HAT] * len(heads), even, even).all()


def test_single_pictures_are_verified_in_a_mirror_too(shipped: Model, cooks: NDArray[np.uint8]) -> None:
    detector = PictureDetector(shipped.engine, 0.2, shipped.verifier)
    seen, turned = detector.detect(cooks), detector.detect(mirrored(cooks))
    assert len(seen) >= 3
    assert (np.diff(seen.scores) <= 0).all()
    assert turned.scores == pytest.approx(seen.scores, abs=0.02)
    unverified = PictureDetector(shipped.engine, 0.2).detect(cooks)
    assert seen.of(Label.PERSON).scores == pytest.approx(unverified.of(Label.PERSON).scores)
    assert seen.of(Label.NO_HAT).scores.max() != unverified.of(Label.NO_HAT).scores.max()
