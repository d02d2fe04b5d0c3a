"""Pictures into the network's input and its output into detections."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kitchenwatch.detect.yolo import GREY, Detector, as_batch, decode, input_shape, letterbox, merge, suppress
from kitchenwatch.model import LABELS, Detections, Label
from kitchenwatch.picture import ArrayPicture


def found(*rows: tuple[list[float], float, Label]) -> Detections:
    boxes, scores, labels = zip(*rows, strict=True)
    return Detections(
        np.array(boxes, np.float32),
        np.array(scores, np.float32),
        np.array([LABELS.index(label) for label in labels], np.int64),
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 900), st.integers(2, 900), st.sampled_from([(640, 384), (320, 320), (384, 640)]))
def test_a_box_comes_back_from_the_letterbox(width: int, height: int, canvas: tuple[int, int]) -> None:
    image = np.zeros((height, width, 3), np.uint8)
    padded, placement = letterbox(ArrayPicture(image), *canvas)
    assert padded.shape == (canvas[1], canvas[0], 3)
    inner = np.array([[0, 0, width, height]], np.float32)
    shift = np.array([placement.left, placement.top] * 2, np.float32)
    back = placement.to_picture(inner * np.float32(placement.scale) + shift)
    assert back == pytest.approx(inner, abs=1e-2)


def test_the_letterbox_pads_with_grey_and_keeps_proportions() -> None:
    white = np.full((100, 200, 3), 255, np.uint8)
    canvas, placement = letterbox(ArrayPicture(white), 320, 320)
    assert (placement.scale, placement.left, placement.top) == (1.6, 0, 80)
    assert np.all(canvas[:80] == GREY)
    assert np.all(canvas[80:240] == 255)
    assert np.all(canvas[240:] == GREY)


def test_boxes_in_the_padding_are_cut_at_the_pictures_edge() -> None:
    _, placement = letterbox(ArrayPicture(np.zeros((100, 200, 3), np.uint8)), 320, 320)
    assert placement.to_picture(np.array([[-5, 0, 330, 320]], np.float32)).tolist() == [[0, 0, 200, 100]]


@pytest.mark.parametrize(
    ("size", "shape"),
    [((1920, 1080), (640, 384)), ((704, 576), (640, 544)), ((1080, 1920), (384, 640)), ((9, 9), (640, 640))],
)
def test_the_input_holds_the_picture_in_whole_strides(size: tuple[int, int], shape: tuple[int, int]) -> None:
    assert input_shape(*size, 640) == shape


def test_a_batch_is_rgb_from_zero_to_one() -> None:
    blue = np.zeros((4, 6, 3), np.uint8)
    blue[..., 0] = 255
    batch = as_batch([blue, blue])
    assert batch.shape == (2, 3, 4, 6)
    assert batch.dtype == np.float32
    assert batch[0, :, 0, 0].tolist() == [0, 0, 1]


def test_decoding_keeps_both_labels_of_one_anchor() -> None:
    raw = np.zeros((4 + len(LABELS), 3), np.float32)
    raw[:4, 1] = 160, 160, 40, 60
    raw[4 + LABELS.index(Label.HAT), 1] = 0.5
    raw[4 + LABELS.index(Label.NO_HAT), 1] = 0.3
    _, placement = letterbox(ArrayPicture(np.zeros((320, 320, 3), np.uint8)), 320, 320)
    seen = decode(raw, placement, min_score=0.1, max_iou=0.6)
    assert sorted(LABELS[label] for label in seen.labels) == [Label.HAT, Label.NO_HAT]
    assert seen.boxes[0].tolist() == [140, 130, 180, 190]


def test_suppression_is_within_a_label_and_keeps_the_strongest() -> None:
    one, nearly = [10.0, 10.0, 50.0, 50.0], [12.0, 10.0, 52.0, 50.0]
    parts = found(
        (one, 0.6, Label.HAT), (nearly, 0.9, Label.HAT), (one, 0.3, Label.NO_HAT), ([80, 80, 99, 99], 0.2, Label.HAT)
    )
    kept = suppress(parts, 0.5)
    assert kept.scores.tolist() == pytest.approx([0.9, 0.3, 0.2])
    assert [LABELS[label] for label in kept.labels] == [Label.HAT, Label.NO_HAT, Label.HAT]


def test_nothing_in_nothing_out() -> None:
    assert len(suppress(Detections.none(), 0.5)) == 0
    assert len(merge([])) == 0


class OneHead:
    """An engine that sees one bare head in the middle of every picture."""

    name = "one head"

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        raw = np.zeros((len(batch), 4 + len(LABELS), 1), np.float32)
        raw[:, :4, 0] = batch.shape[3] / 2, batch.shape[2] / 2, 32, 32
        raw[:, 4 + LABELS.index(Label.NO_HAT), 0] = 0.8
        return raw


def test_pictures_of_several_sizes_share_a_run() -> None:
    pictures = [ArrayPicture(np.zeros((*size, 3), np.uint8)) for size in ((100, 100), (640, 320))]
    small, tall = Detector(OneHead()).detect(pictures, 320, 320)
    assert small.boxes[0].tolist() == pytest.approx([45, 45, 55, 55])
    assert tall.boxes[0].tolist() == pytest.approx([128, 288, 192, 352])
    assert Detector(OneHead()).detect([], 320, 320) == []


@pytest.mark.parametrize("size", [(1080, 1920), (577, 705), (430, 640), (90, 160)])
def test_a_scaled_picture_shows_what_the_mean_over_areas_shows(size: tuple[int, int]) -> None:
    rows, columns = np.mgrid[: size[0], : size[1]]
    waves = np.sin(rows / 17) + np.cos(columns / 23)
    image = np.repeat((127 + 60 * waves).astype(np.uint8)[..., None], 3, axis=2)
    small = ArrayPicture(image).shrunk(320, 180)
    assert small.shape == (180, 320, 3)
    assert np.abs(small - cv2.resize(image, (320, 180), interpolation=cv2.INTER_AREA).astype(float)).mean() < 2
    lines = np.zeros((1080, 1920, 3), np.uint8)
    lines[::3] = 240  # every third row: a picture thinned out instead of averaged would be black or white
    assert 70 < ArrayPicture(lines).shrunk(640, 360).mean() < 90
