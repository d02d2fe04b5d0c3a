"""What is told twice is worth less the second time."""

import numpy as np
import pytest

from kitchenwatch.detect.duplicates import softened
from kitchenwatch.model import LABELS, Detections, Label

HERE = (100.0, 100.0, 120.0, 104.0)
HALF_ASIDE = (110.0, 100.0, 130.0, 104.0)  # overlaps HERE by a third
ELSEWHERE = (200.0, 100.0, 220.0, 104.0)


def found(*rows: tuple[tuple[float, ...], Label, float]) -> Detections:
    boxes, labels, scores = zip(*rows, strict=True)
    return Detections(
        np.array(boxes, np.float32), np.array(scores, np.float32), np.array([LABELS.index(label) for label in labels])
    )


def test_the_weaker_of_two_boxes_loses_what_they_share() -> None:
    made = softened(found((HALF_ASIDE, Label.CIGARETTE, 0.6), (HERE, Label.CIGARETTE, 0.9)))
    assert made.boxes.tolist() == [list(HERE), list(HALF_ASIDE)]
    assert made.scores == pytest.approx([0.9, 0.6 * 2 / 3])


def test_each_stronger_box_takes_its_part_and_the_order_is_made_anew() -> None:
    made = softened(
        found(
            (HERE, Label.PHONE, 0.9),
            (HALF_ASIDE, Label.PHONE, 0.6),
            (HALF_ASIDE, Label.PHONE, 0.5),
            (ELSEWHERE, Label.PHONE, 0.3),
        )
    )
    assert made.scores == pytest.approx([0.9, 0.4, 0.3, 0.0])
    assert made.boxes[2].tolist() == list(ELSEWHERE)


@pytest.mark.parametrize(
    ("one", "other"), [(Label.PERSON, Label.PERSON), (Label.HAT, Label.NO_HAT), (Label.MASK, Label.NO_MASK)]
)
def test_people_and_other_labels_are_left_alone(one: Label, other: Label) -> None:
    assert softened(found((HERE, one, 0.9), (HALF_ASIDE, other, 0.6))).scores == pytest.approx([0.9, 0.6])


def test_nothing_stays_nothing() -> None:
    assert len(softened(Detections.none())) == 0
