"""Picture health on made-up kitchens, some of them encoded as real cameras encode."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from films import Image
from kitchenwatch.attention.full import FullAttention
from kitchenwatch.model import Frame
from kitchenwatch.picture import ArrayPicture
from kitchenwatch.sources.film import FilmSource
from kitchenwatch.sources.health import HealthSettings, PictureWatch

START = datetime(2026, 11, 1, 8, tzinfo=UTC)
SIZE = (480, 270)
# The same proportions as in service, but a kitchen is learned in 10 s and frozen after 15.
SETTINGS = HealthSettings(learn_s=10, frozen_s=15, blurred_s=8, moved_s=8, begin_s=5, relearn_s=60)
Told = list[tuple[str, bool, float]]
Look = Callable[[Image, float], Image]


def kitchen(seed: int = 3) -> Image:
    """Shelves, worktops and pots: rectangles and circles of many greys."""
    random = np.random.default_rng(seed)
    image = np.full((SIZE[1], SIZE[0], 3), 120, np.uint8)
    for _ in range(90):
        x, y = int(random.integers(0, SIZE[0])), int(random.integers(0, SIZE[1]))
        width, height = random.integers(15, 90, 2)
        colour = random.integers(30, 230, 3).tolist()
        cv2.rectangle(image, (x, y), (x + int(width), y + int(height)), colour, -1)
        cv2.circle(image, (y, x % SIZE[1]), int(width) // 4, colour[::-1], 2)
    return image


ROOM = kitchen()


# A few pictures of noise, drawn from in turn: no two following pictures share theirs.
NOISE = np.random.default_rng(1).normal(0, 2, (7, SIZE[1], SIZE[0], 3)).round().astype(np.int8)


def noisy(image: Image, t: float) -> Image:
    """What a sensor makes of it."""
    noise = NOISE[round(t * 10) % len(NOISE)]
    return cv2.add(image, noise, dtype=cv2.CV_8U).astype(np.uint8)


def people(image: Image, t: float) -> Image:
    """Three people who walk through, as large as half the picture's height, one of them past the lens."""
    image = image.copy()
    for number, (speed, height) in enumerate([(45, 130), (26, 150), (82, 250)]):
        x = int((t * speed + number * 150) % SIZE[0])
        cv2.rectangle(image, (x, SIZE[1] - height), (x + height // 2, SIZE[1]), (230 - 60 * number, 200, 210), -1)
    return image


def shown(look: Look, since: float = 20.0) -> Look:
    """The room with people in it, and from `since` on what `look` makes of it."""
    return lambda image, t: noisy(look(people(image, t), t) if t >= since else people(image, t), t)


def frames(look: Look, seconds: float, fps: float = 2) -> Iterator[Frame]:
    for number in range(int(seconds * fps)):
        t = number / fps
        yield Frame("cam1", "run", t, START + timedelta(seconds=t), ArrayPicture(look(ROOM, t)))


def told(pictures: Iterator[Frame], watch: PictureWatch) -> Told:
    changes = [change for frame in pictures for change in watch.observe(frame)]
    assert {change.camera for change in changes} <= {"cam1"}
    return [(change.state.value, change.began, (change.at - START).total_seconds()) for change in changes]


def black(image: Image, t: float) -> Image:
    return np.full_like(image, 12)


def covered(image: Image, t: float) -> Image:
    return np.full_like(image, 90)


def blurred(image: Image, t: float) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 4), np.uint8)


def turned(image: Image, t: float) -> Image:
    return people(np.roll(ROOM, (19, 45), (0, 1)), t)


@pytest.mark.parametrize(
    ("look", "state", "blind"),
    [(black, "black", True), (covered, "covered", True), (blurred, "blurred", True), (turned, "moved", False)],
)
@pytest.mark.parametrize("fps", [2, 6])
def test_a_bad_picture_begins_at_its_first_sign(look: Look, state: str, blind: bool, fps: float) -> None:
    watch = PictureWatch(SETTINGS)
    changes = told(frames(shown(look), 31, fps), watch)
    assert [change[:2] for change in changes] == [(state, True)]
    assert changes[0][2] == pytest.approx(20, abs=0.6)
    assert watch.blind == blind


@pytest.mark.parametrize("look", [black, covered, blurred, turned])
def test_it_ends_when_the_picture_is_good_again(look: Look) -> None:
    watch = PictureWatch(SETTINGS)

    def for_a_while(image: Image, t: float) -> Image:
        return look(image, t) if t < 35 else image

    changes = told(frames(shown(for_a_while), 42), watch)
    assert [began for _, began, _ in changes] == [True, False]
    assert changes[1][2] == pytest.approx(35, abs=0.6)
    assert not watch.blind


@pytest.mark.parametrize("look", [black, covered, blurred, turned])
def test_a_short_disturbance_is_not_told(look: Look) -> None:
    def shortly(image: Image, t: float) -> Image:
        return look(image, t) if t < 24 else image

    assert told(frames(shown(shortly), 36), PictureWatch(SETTINGS)) == []


def test_people_light_and_daylight_are_nothing_bad() -> None:
    def evening(image: Image, t: float) -> Image:
        return (people(image, t) * (1.0 if t < 20 else 0.25)).astype(np.uint8)

    watch = PictureWatch(SETTINGS)
    assert told(frames(lambda image, t: noisy(evening(image, t), t), 50), watch) == []
    assert not watch.blind


def test_a_picture_that_stands_still_is_frozen_though_its_clock_ticks() -> None:
    def stuck(image: Image, t: float) -> Image:
        picture = noisy(image, min(t, 20))
        cv2.putText(picture, f"{t:.1f}", (10, 25), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (255, 255, 255))
        return picture if t < 50 else noisy(image, t)

    watch = PictureWatch(SETTINGS)
    changes = told(frames(stuck, 49), watch)
    assert [change[:2] for change in changes] == [("frozen", True)]
    assert changes[0][2] == pytest.approx(20, abs=1.1)
    assert watch.blind


def test_an_empty_still_room_is_not_frozen_even_when_encoded_poorly(
    make_film: Callable[..., Path],
) -> None:
    """The encoder drops nearly all sensor noise and repeats pictures between keyframes; keyframes still differ."""

    def paint(image: Image, t: float) -> None:
        image[:] = noisy(ROOM, t)

    film = make_film(seconds=40, fps=2, size=SIZE, gop=4, bit_rate=60_000, painter=paint)
    assert told(renamed(film), PictureWatch(SETTINGS)) == []


@pytest.mark.parametrize("look", [black, covered, blurred, turned])
def test_bad_pictures_are_found_in_real_video(make_film: Callable[..., Path], look: Look) -> None:
    def paint(image: Image, t: float) -> None:
        image[:] = shown(look)(ROOM, t)

    film = make_film(seconds=32, fps=2, size=SIZE, gop=4, bit_rate=300_000, painter=paint)
    changes = told(renamed(film), PictureWatch(SETTINGS))
    assert [(state, began) for state, began, _ in changes] == [("moved" if look is turned else look.__name__, True)]


def renamed(film: Path) -> Iterator[Frame]:
    return iter(FilmSource("cam1", film, START, FullAttention(5)).frames())


def test_a_turned_camera_is_learned_anew_after_a_while() -> None:
    changes = told(frames(shown(turned), 120, 2), PictureWatch(SETTINGS))
    assert [(state, began) for state, began, _ in changes] == [("moved", True), ("moved", False)]


def test_a_gap_in_the_footage_counts_for_nothing() -> None:
    watch = PictureWatch(replace(SETTINGS, begin_s=5))
    frame = Frame("cam1", "run", 0, START, ArrayPicture(black(ROOM, 0)))
    assert watch.observe(frame) == []
    assert watch.observe(replace(frame, t=3600, at=START + timedelta(hours=1))) == []
    assert not watch.blind
