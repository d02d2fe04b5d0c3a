"""Pictures for people: boxes, labels, the strip with local time, and the cut-out person."""

from zoneinfo import ZoneInfo

import cv2
import numpy as np
import pytest
from sealed_stores import START, make_violation

from kitchenwatch.evidence.best import Best, worth
from kitchenwatch.evidence.draw import GREEN, GREY, RED, annotated, jpeg, person
from kitchenwatch.geometry import Boxes
from kitchenwatch.model import LABELS, Detections, Frame, Label, Look, Track
from kitchenwatch.picture import ArrayPicture

BOX: Boxes = np.array([100, 50, 200, 250], np.float32)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def frame_of(image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Frame:
    return Frame("north-cam", "run", 2.0, START, ArrayPicture(image))


@pytest.fixture
def grey() -> Frame:
    return frame_of(np.full((360, 640, 3), 90, np.uint8))


def detections(*labels: Label) -> Detections:
    boxes = np.array([[120 + 30 * place, 60, 140 + 30 * place, 80] for place, _ in enumerate(labels)], np.float32)
    scores = np.full(len(labels), 0.5, np.float32)
    return Detections(boxes, scores, np.array([LABELS.index(label) for label in labels], np.int64))


def has(image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], colour: tuple[int, int, int]) -> bool:
    return bool((image == colour).all(axis=-1).any())


def test_the_frame_itself_is_left_as_it_is(grey: Frame) -> None:
    before = grey.image.copy()
    track = Track(1, BOX, 0.9, 2.0, 0.0)
    look = Look(2.0, 1, detections(Label.NO_HAT, Label.MASK), ())
    picture = annotated(grey, [track], [look], make_violation(), SHANGHAI)
    assert (grey.image == before).all()
    assert picture.shape[1:] == (640, 3)
    assert picture.shape[0] > 360
    assert has(picture[:360], RED)
    assert has(picture[:360], GREEN)


def test_only_the_violator_is_red(grey: Frame) -> None:
    other = Track(7, np.array([400, 50, 500, 250], np.float32), 0.9, 2.0, 0.0)
    picture = annotated(grey, [Track(1, BOX, 0.9, 2.0, 0.0), other], [], make_violation(track=1), SHANGHAI)
    assert has(picture[:360, :300], RED)
    assert has(picture[:360, 300:], GREY)
    assert not has(picture[:360, 300:], RED)


def test_the_strip_tells_the_sites_local_time(grey: Frame) -> None:
    def strip(zone: str) -> bytes:
        return annotated(grey, [], [], make_violation(), ZoneInfo(zone))[360:].tobytes()

    # 11:00 in Shanghai and in Singapore, at the same offset; another hour in Tokyo.
    assert strip("Asia/Shanghai") == strip("Asia/Singapore") != strip("Asia/Tokyo")


@pytest.mark.parametrize("size", [(1, 1), (40, 30), (90, 160), (1920, 1080)])
def test_any_picture_and_any_box_can_be_drawn(size: tuple[int, int]) -> None:
    frame = frame_of(np.zeros((size[1], size[0], 3), np.uint8))
    boxes = [(-50, -50, 5000, 5000), (10, 10, 10, 10), (3000, 3000, 4000, 4000), (5, 0, 8, 3)]
    tracks = [Track(place, np.array(box, np.float32), 0.5, 2.0, 0.0) for place, box in enumerate(boxes)]
    picture = annotated(frame, tracks, [], make_violation(), SHANGHAI)
    assert jpeg(picture)[:2] == b"\xff\xd8"


def test_a_person_is_cut_out_with_a_margin() -> None:
    image = np.zeros((360, 640, 3), np.uint8)
    image[50:250, 100:200] = 255
    crop = person(ArrayPicture(image), BOX)
    assert crop is not None
    assert crop.shape == (260, 130, 3)
    assert (crop[30:230, 15:115] == 255).all()


@pytest.mark.parametrize("box", [(700, 10, 800, 90), (-90, 10, -50, 90), (10, 10, 10, 10)])
def test_nobody_is_cut_out_where_there_is_no_picture(box: tuple[int, int, int, int]) -> None:
    image = np.zeros((360, 640, 3), np.uint8)
    assert person(ArrayPicture(image), np.array(box, np.float32)) is None
    assert worth(ArrayPicture(image), np.array(box, np.float32), 1.0) == 0


def test_sharp_large_and_sure_is_best() -> None:
    noise = np.random.default_rng(3).integers(0, 255, (360, 640, 3), np.uint8)
    blurred = cv2.GaussianBlur(noise, (0, 0), 3).astype(np.uint8)
    sharp = worth(ArrayPicture(noise), BOX, 0.8)
    assert sharp > worth(ArrayPicture(blurred), BOX, 0.8) > 0
    assert sharp > worth(ArrayPicture(noise), BOX, 0.4)
    assert worth(ArrayPicture(blurred), BOX, 0.8) > worth(
        ArrayPicture(blurred), np.array([100, 50, 125, 100], np.float32), 0.8
    )
    twice = cv2.resize(blurred, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    assert worth(ArrayPicture(twice), BOX * 2, 0.8) > 1.5 * worth(
        ArrayPicture(cv2.resize(twice, (640, 360)).astype(np.uint8)), BOX, 0.8
    )
    best = Best(worth(ArrayPicture(blurred), BOX, 0.8), 1.0, START, jpeg(blurred))
    best.offer(frame_of(noise), BOX, 0.8)
    assert (best.t, best.jpeg) == (2.0, jpeg(noise))
    best.offer(Frame("north-cam", "run", 3.0, START, ArrayPicture(noise)), BOX, 0.81)
    assert best.t == 2.0
