"""What a verifier is taught with: which boxes, what is true of them, and how they are shown."""

from pathlib import Path

import numpy as np
import pytest

from kitchenwatch.detect.loading import load_model
from kitchenwatch.detect.picture import PictureDetector
from kitchenwatch.detect.verifier import VERIFIED
from kitchenwatch.model import LABELS, Detections, Label
from kitchenwatch.training.dataset import Truth
from kitchenwatch.training.prepare import refitted
from kitchenwatch.training.verifier.candidates import COMPOSED, Candidate, lesson, mine, scenery, truth_of

HEAD = (100.0, 100.0, 140.0, 140.0)
AWAY = np.array([300, 300, 340, 340], np.float32)


def part(*things: tuple[tuple[float, ...], Label]) -> Detections:
    boxes = np.array([box for box, _ in things], np.float32).reshape(-1, 4)
    return Detections(boxes, np.ones(len(things), np.float32), np.array([LABELS.index(label) for _, label in things]))


def box(dx: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """The head, moved by so many of its widths."""
    return np.array(HEAD, np.float32) + np.array([40 * dx, 0, 40 * dx, 0], np.float32)


def test_the_nearer_to_a_drawn_box_the_truer() -> None:
    truth = Truth(part((HEAD, Label.HAT)), part())
    worth = [truth_of(box(dx), Label.HAT, truth) for dx in (0, 0.1, 1 / 3, 0.6)]
    assert worth == [1.0, 1.0, pytest.approx(0.5, abs=1e-5), 0.0]
    assert truth_of(box(0), Label.NO_HAT, truth) == 0


def test_what_nobody_can_tell_teaches_nothing() -> None:
    truth = Truth(part((HEAD, Label.HAT)), part(((0, 0, 400, 400), Label.HAT), ((0, 0, 400, 400), Label.CIGARETTE)))
    assert truth_of(AWAY, Label.HAT, truth) is None
    assert truth_of(box(0), Label.HAT, truth) == 1  # drawn all the same
    assert lesson(AWAY, Label.CIGARETTE, truth)[1].tolist() == [0, 0, 0, 0, 0, 1]  # that it is no phone is known


def test_a_hat_teaches_that_the_head_is_not_bare_and_nothing_of_cigarettes() -> None:
    truth = Truth(part((HEAD, Label.HAT)), part())
    told = {label: tuple(pair) for label, pair in zip(VERIFIED, lesson(box(0), Label.HAT, truth).T, strict=True)}
    assert told[Label.HAT] == (1, 1)
    assert told[Label.NO_HAT] == (0, 1)
    assert all(told[label] == (0, 0) for label in VERIFIED[2:])


def test_candidates_are_what_is_drawn_and_what_the_detector_sees(kitchen_pictures: Path) -> None:
    known = scenery(kitchen_pictures, refitted(kitchen_pictures))
    assert not any(one.composed for one in known)
    detector = PictureDetector(load_model(prefer="onnxruntime").engine)
    by_picture = list(mine(known, detector))
    assert len(by_picture) == len(known) == 6
    found = [one for each in by_picture for one in each]
    assert {one.label for one in found} == set(VERIFIED)
    for number, (one, each) in enumerate(zip(known, by_picture, strict=True)):
        drawn = [
            (LABELS[index], tuple(at))
            for index, at in zip(one.truth.drawn.labels, one.truth.drawn.boxes.tolist(), strict=True)
        ]
        right = {(seen.label, tuple(seen.box.tolist())) for seen in each if seen.right}
        assert {one for one in drawn if one[0] is not Label.PERSON} <= right
        assert all(seen.scenery == number for seen in each)
    assert sum(not one.right for one in found) > 6


def test_pictures_with_pasted_things_are_known_as_such(kitchen_set: Path) -> None:
    (kitchen_set / COMPOSED).write_text("{}")
    assert all(one.composed for one in scenery(kitchen_set, refitted(kitchen_set)))


def test_the_same_number_shows_the_same(kitchen_pictures: Path) -> None:
    pytest.importorskip("torch", reason="needs the extra: pip install 'kitchenwatch[train]'")
    from kitchenwatch.training.verifier.lessons import Lessons

    known = scenery(kitchen_pictures, refitted(kitchen_pictures))
    candidates = [
        Candidate(number, at, LABELS[index], True)
        for number, one in enumerate(known)
        for index, at in zip(one.truth.drawn.labels, one.truth.drawn.boxes, strict=True)
        if LABELS[index] in VERIFIED
    ]
    lessons, again = Lessons(known, candidates, 60, 3), Lessons(known, candidates, 60, 3)
    shown = [lessons[number] for number in range(60)]
    assert all((lessons[number][0] == again[number][0]).all() for number in (0, 31, 59))
    assert {seen.shape for seen, _ in shown} == {(3, 160, 160)}
    assert 0 <= min(seen.min() for seen, _ in shown) < 0.1 < 0.8 < max(seen.max() for seen, _ in shown) <= 1
    taught = np.array([told[1] for _, told in shown]).sum(0)
    assert (taught > 0).all()
    assert taught[VERIFIED.index(Label.CIGARETTE)] > taught[VERIFIED.index(Label.MASK)]
    with pytest.raises(IndexError):
        lessons[60]
