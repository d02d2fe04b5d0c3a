"""One answer from several looks at one picture."""

from typing import Any

import numpy as np
import pytest

from kitchenwatch.detect.fusion import View, fuse
from kitchenwatch.model import LABELS, Detections, Label

WIDTH, HEIGHT = 400, 300
HEAD = (100.0, 80.0, 140.0, 120.0)
ASIDE = (104.0, 80.0, 144.0, 120.0)
Box = tuple[float, float, float, float]


def found(*rows: tuple[Box, Label, float]) -> Detections:
    return Detections(
        np.array([box for box, _, _ in rows], np.float32).reshape(-1, 4),
        np.array([score for *_, score in rows], np.float32),
        np.array([LABELS.index(label) for _, label, _ in rows], np.int64),
    )


def view(
    *rows: tuple[Box, Label, float],
    region: Box = (0, 0, WIDTH, HEIGHT),
    scale: float = 1.0,
    labels: tuple[Label, ...] = LABELS,
) -> View:
    return View(found(*rows), np.array(region, np.float32), scale, labels)


def told(*views: View) -> list[tuple[list[float], Label, Any]]:
    made = fuse(views, WIDTH, HEIGHT)
    return [
        (box.tolist(), LABELS[label], pytest.approx(score))
        for box, label, score in zip(made.boxes.round(2), made.labels, made.scores, strict=True)
    ]


def test_what_two_looks_saw_is_one_thing_of_their_mean() -> None:
    made = told(view((HEAD, Label.HAT, 0.9)), view((ASIDE, Label.HAT, 0.3)))
    assert made == [([101, 80, 141, 120], Label.HAT, 0.6)]  # a quarter of the weight moves it by a quarter of the way


def test_what_only_one_of_two_looks_saw_is_worth_half() -> None:
    assert told(view((HEAD, Label.HAT, 0.8)), view()) == [(list(HEAD), Label.HAT, 0.4)]


def test_a_look_that_saw_it_twice_is_asked_once() -> None:
    made = told(view((HEAD, Label.HAT, 0.8), (ASIDE, Label.HAT, 0.4)), view((HEAD, Label.HAT, 0.6)))
    assert [score for *_, score in made] == [0.7]


@pytest.mark.parametrize(
    "blind",
    [
        {"region": (200, 0, 400, 300)},  # looked elsewhere
        {"region": (120, 0, 400, 300)},  # sees only half of it
        {"region": (100, 0, 400, 300)},  # its own edge may cut something off
        {"scale": 0.25},  # 10 pixels there
        {"labels": (Label.PERSON,)},  # looked for something else
    ],
)
def test_a_look_that_could_not_see_it_is_not_asked(blind: dict[str, object]) -> None:
    assert told(view((HEAD, Label.HAT, 0.8)), view(**blind)) == [(list(HEAD), Label.HAT, 0.8)]  # type: ignore[arg-type]


def test_the_pictures_own_edge_cuts_nothing_off() -> None:
    corner = (0.0, 0.0, 40.0, 40.0)
    crop = view(region=(0, 0, 200, 200))
    assert told(view((corner, Label.HAT, 0.8)), crop) == [(list(corner), Label.HAT, 0.4)]


def test_labels_and_things_stay_apart_strongest_first() -> None:
    far = (300.0, 200.0, 340.0, 240.0)
    made = told(view((HEAD, Label.HAT, 0.5), (HEAD, Label.NO_HAT, 0.7), (far, Label.HAT, 0.6)))
    assert [(label, score) for _, label, score in made] == [(Label.NO_HAT, 0.7), (Label.HAT, 0.6), (Label.HAT, 0.5)]


def test_looks_that_saw_nothing_say_nothing() -> None:
    assert len(fuse([view(), view()], WIDTH, HEIGHT)) == 0
