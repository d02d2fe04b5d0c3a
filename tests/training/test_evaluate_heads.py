"""Which head a box belongs to, and how large it is."""

import numpy as np
import pytest
from evaluated import Box, boxes

from kitchenwatch.model import Detections, Label
from kitchenwatch.training.evaluate.heads import head_heights
from kitchenwatch.training.states import FACE

HEAD = (Label.HAT, (100.0, 100.0, 140.0, 150.0))  # 50 px, its centre at 120, 125
FAR_HEAD = (Label.NO_HAT, (400.0, 100.0, 420.0, 120.0))


@pytest.mark.parametrize(
    ("label", "box", "height"),
    [
        (Label.HAT, (0, 0, 30, 33), 33),  # it is a head
        (Label.MASK, (105, 115, 135, 148), 50),  # inside the drawn one
        (Label.NO_MASK, (200, 200, 230, 230), 30 / FACE),  # no head around it
        (Label.CIGARETTE, (150, 140, 160, 144), 50),
        (Label.CIGARETTE, (120, 300, 130, 304), np.nan),  # 3.5 heads away
        (Label.PHONE, (390, 120, 400, 135), 20),  # the other head is nearer
        (Label.PERSON, (60, 90, 180, 400), 50),
        (Label.PERSON, (60, 0, 180, 200), np.nan),  # the head lies too low in it
        (Label.PERSON, (200, 90, 300, 400), np.nan),
    ],
)
def test_each_box_has_the_head_it_is_at(label: Label, box: Box, height: float) -> None:
    (found,) = head_heights(boxes((label, box)), boxes(HEAD, FAR_HEAD))
    assert found == pytest.approx(height, nan_ok=True)


def test_a_face_drawn_alone_stands_for_its_head() -> None:
    face = boxes((Label.MASK, (100, 100, 120, 130)))
    (cigarette,) = head_heights(boxes((Label.CIGARETTE, (110, 125, 120, 128))), face)
    assert cigarette == pytest.approx(30 / FACE)


def test_where_nothing_is_drawn_only_heads_and_faces_have_a_size() -> None:
    found = boxes((Label.PERSON, HEAD[1]), (Label.PHONE, HEAD[1]), (Label.NO_HAT, HEAD[1]))
    assert head_heights(found, Detections.none()) == pytest.approx([np.nan, np.nan, 50], nan_ok=True)
