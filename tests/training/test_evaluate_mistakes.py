"""Which mistakes come onto the sheet, and what is said of them."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from evaluated import Box, boxes, examined

from kitchenwatch.model import LABELS, Detections, Label
from kitchenwatch.training.dataset import Picture, Truth
from kitchenwatch.training.evaluate.mistakes import WORST, Mistake, false_alarms, missed
from kitchenwatch.training.evaluate.report import measure
from kitchenwatch.training.evaluate.run import Examined
from kitchenwatch.training.evaluate.sheet import CAPTION, COLUMNS, HEADING, TILE, sheet

pytest.importorskip("faster_coco_eval", reason="needs the extra: pip install 'kitchenwatch[evaluate]'")

HEAD: Box = (100, 100, 150, 150)
NEAR: Box = (130, 100, 180, 150)  # IoU 0.25
ASIDE: Box = (300, 300, 350, 350)
AT_HALF: dict[Label, float | None] = dict.fromkeys(LABELS, 0.5)


def told(drawn: Detections, found: Detections, label: Label = Label.HAT) -> tuple[list[str], list[str]]:
    """What is said of the false alarms and of the missed on one picture."""
    result = measure([examined(drawn, found)], AT_HALF, {})
    return [one.said for one in false_alarms(result, label)], [one.said for one in missed(result, label)]


def test_a_false_alarm_names_what_was_drawn_there() -> None:
    hat = boxes((Label.HAT, HEAD))
    assert told(boxes((Label.NO_HAT, HEAD)), boxes((Label.HAT, HEAD, 0.8)))[0] == ["0.80, drawn as no_hat"]
    assert told(hat, boxes((Label.HAT, NEAR, 0.7)))[0] == ["0.70, box off (IoU 0.25)"]
    assert told(hat, boxes((Label.HAT, HEAD, 0.9), (Label.HAT, HEAD, 0.6)))[0] == ["0.60, found twice"]
    assert told(hat, boxes((Label.HAT, ASIDE, 0.6)))[0] == ["0.60, nothing drawn"]
    assert told(boxes((Label.PERSON, HEAD)), boxes((Label.HAT, HEAD, 0.6)))[0] == ["0.60, nothing drawn"]


def test_a_missed_box_names_what_was_found_there() -> None:
    hat = boxes((Label.HAT, HEAD))
    assert told(hat, boxes((Label.NO_HAT, HEAD, 0.8)))[1] == ["found as no_hat 0.80"]
    assert told(hat, boxes((Label.HAT, HEAD, 0.3)))[1] == ["only 0.30"]
    assert told(hat, boxes((Label.HAT, NEAR, 0.9)))[1] == ["box off, 0.90"]
    assert told(hat, boxes((Label.PERSON, HEAD, 0.9)))[1] == ["nothing found"]
    assert told(hat, boxes((Label.HAT, HEAD, 0.6)))[1] == []


def test_the_worst_come_first_one_a_picture() -> None:
    pictures = [
        examined(boxes((Label.HAT, HEAD)), boxes((Label.HAT, ASIDE, 0.01 * n), (Label.HAT, (0, 0, 30, 30), 0.0099 * n)))
        for n in range(1, 31)
    ]
    worst = false_alarms(measure(pictures, AT_HALF, {}), Label.HAT)
    assert [one.picture for one in worst] == list(range(29, 29 - WORST, -1))
    assert worst[0].said.startswith("0.30")


def test_without_a_threshold_what_was_found_at_all_is_not_missed() -> None:
    phone = boxes((Label.PHONE, HEAD))
    pictures = [examined(phone, boxes((Label.PHONE, HEAD, 0.02))), examined(phone, Detections.none())]
    result = measure(pictures, AT_HALF | {Label.PHONE: None}, {})
    assert [one.said for one in missed(result, Label.PHONE)] == ["nothing found"]


def test_a_sheet_frames_the_mistake_in_its_tile(tmp_path: Path) -> None:
    image = np.zeros((480, 640, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "kitchen_1.png"), image)
    picture = Picture(tmp_path / "kitchen_1.png", tmp_path / "kitchen_1.txt")
    shown = Examined(picture, Truth(boxes((Label.HAT, NEAR)), Detections.none()), Detections.none())
    mistake = Mistake(0, np.array(HEAD, np.float32), "0.70, nothing drawn")
    made = sheet([shown], Label.HAT, [mistake], [])
    assert made.shape == (2 * HEADING + TILE + CAPTION + CAPTION, COLUMNS * TILE, 3)
    # The box is 50 of the tile's 150 px: its left edge lies at a third of the tile.
    left = made[HEADING + TILE // 2, TILE // 3 - 2 : TILE // 3 + 3].astype(int)
    assert (left[:, 2] - left[:, 0]).max() > 150
    assert (made[HEADING : HEADING + TILE, :TILE].reshape(-1, 3).min(axis=1) > 200).any()  # the drawn box, white
