"""Looks, whose is what, and when a look stays silent."""

from datetime import UTC, datetime
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from kitchenwatch.detect.belonging import Portrait, portrait
from kitchenwatch.detect.crops import lift, look_at, upper_body
from kitchenwatch.detect.loading import Model
from kitchenwatch.detect.looks import FrameLook, PersonLook
from kitchenwatch.detect.picture import PictureDetector, mirrored
from kitchenwatch.detect.sightings import Abstain, sharpness, sightings
from kitchenwatch.detect.verifier import SIDE, VERIFIED, Verifier
from kitchenwatch.detect.yolo import Detector
from kitchenwatch.model import LABELS, Detections, Frame, Kind, Label, Look, Scene, Sighting, Track
from kitchenwatch.picture import ArrayPicture
from kitchenwatch.ports import Engine

SAMPLE = Path(__file__).parents[2] / "sample_videos" / "two_cooks" / "two_cooks.mp4"
PERSON = np.array([200, 100, 300, 340], np.float32)  # head about 30 high at its top
HEAD = (235.0, 102.0, 265.0, 134.0)
FACE = (240.0, 112.0, 260.0, 132.0)
NOBODY = np.zeros((0, 4), np.float32)


def found(*rows: tuple[tuple[float, float, float, float], Label, float]) -> Detections:
    return Detections(
        np.array([box for box, _, _ in rows], np.float32).reshape(-1, 4),
        np.array([score for *_, score in rows], np.float32),
        np.array([LABELS.index(label) for _, label, _ in rows], np.int64),
    )


def scene(frame: Frame, tracks: list[Track]) -> Scene:
    return Scene(frame, tuple(tracks), tuple(tracks))


def around(x: float, y: float, width: float, height: float) -> tuple[float, float, float, float]:
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def own(*rows: tuple[tuple[float, float, float, float], Label, float]) -> Portrait:
    made = portrait(found(*rows), PERSON, NOBODY)
    assert made is not None
    return made


def judged(noise: NDArray[np.uint8], made: Portrait | None) -> dict[Kind, Sighting]:
    return {one.kind: one for one in sightings(1.0, 4, made, ArrayPicture(noise), Abstain())}


# --- crops


def test_the_crop_is_square_holds_hat_and_hands_and_stays_on_the_frame() -> None:
    x1, y1, x2, y2 = upper_body(PERSON, 1920, 1080)
    assert x2 - x1 == y2 - y1 == 192
    assert y1 < PERSON[1] - 30
    assert x1 < PERSON[0]
    assert x2 > PERSON[2]
    corner = upper_body(np.array([0, 0, 100, 240], np.float32), 640, 360)
    assert corner.tolist() == [0, 0, 146, 154]


def test_what_the_crops_own_edge_cuts_is_dropped_but_not_what_the_frames_edge_cuts() -> None:
    crop = np.array([0, 50, 100, 150], np.float32)
    seen = found(
        ((0, 40, 20, 60), Label.HAT, 0.9), ((40, 0, 60, 20), Label.HAT, 0.8), ((30, 30, 50, 50), Label.HAT, 0.7)
    )
    lifted = lift(seen, crop, 640, 360)
    assert lifted.boxes.tolist() == [[0, 90, 20, 110], [30, 80, 50, 100]]


class Recording:
    """An engine that sees nothing and remembers the shapes it was given."""

    name = "recording"

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        self.shapes.append(batch.shape)
        return np.zeros((len(batch), 4 + len(LABELS), 10), np.float32)


def test_a_crowd_is_looked_at_in_bounded_batches(noise: NDArray[np.uint8]) -> None:
    engine = Recording()
    looks = look_at(Detector(engine), [(ArrayPicture(noise), [PERSON] * 11)])
    assert [len(found) for found in looks] == [11]
    assert [shape[0] for shape in engine.shapes] == [8, 3]


# --- several cameras at once


class Brightness:
    """An engine that sees one person, and a bare head above, as sure as the picture is bright."""

    name = "brightness"

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        self.shapes.append(batch.shape)
        raw = np.zeros((len(batch), 4 + len(LABELS), 1), np.float32)
        raw[:, :4, 0] = batch.shape[3] / 2, batch.shape[2] / 2, 40, 40
        for label in (Label.PERSON, Label.NO_HAT):
            raw[:, 4 + LABELS.index(label), 0] = batch.max(axis=(1, 2, 3))
        return raw


def plain(camera: int, brightness: int, height: int = 1080, width: int = 1920) -> Frame:
    image = np.full((height, width, 3), brightness, np.uint8)
    return Frame(f"cam-{camera}", "run", 0.0, datetime(2026, 1, 1, tzinfo=UTC), ArrayPicture(image))


def test_frames_of_one_shape_share_a_run_and_each_gets_its_own_answer() -> None:
    engine = Brightness()
    sizes = [(1080, 1920), (576, 704), (720, 1280), (576, 704), (1080, 1920)]
    frames = [plain(index, 130 + 20 * index, *size) for index, size in enumerate(sizes)]
    people = FrameLook(engine).people(frames)
    assert sorted(engine.shapes) == [(2, 3, 544, 640), (3, 3, 384, 640)]
    assert [one.scores.tolist() for one in people] == [[pytest.approx((130 + 20 * n) / 255)] for n in range(5)]
    assert [one.boxes[0, 0].item() for one in people] == pytest.approx([900, 330, 600, 330, 900])


def test_frames_are_searched_at_the_side_that_was_asked_for() -> None:
    engine = Brightness()
    (people,) = FrameLook(engine, side=960).people([plain(0, 200, 1080, 1920)])
    assert engine.shapes == [(1, 3, 544, 960)]
    assert len(people) == 1


def test_many_frames_are_looked_at_in_bounded_batches() -> None:
    engine = Brightness()
    assert len(FrameLook(engine).people([plain(n, 200, 90, 160) for n in range(11)])) == 11
    assert [shape[0] for shape in engine.shapes] == [8, 3]
    assert FrameLook(engine).people([]) == []


def test_people_of_several_cameras_share_a_run_and_each_look_is_their_own() -> None:
    engine = Brightness()
    counts, shades = (3, 0, 2), (120, 150, 200)
    scenes = [
        scene(plain(n, shade), [Track(10 * n + i, PERSON, 0.9, 0.0, 0.0) for i in range(count)])
        for n, (count, shade) in enumerate(zip(counts, shades, strict=True))
    ]
    looks = PersonLook(engine).look(scenes)
    assert engine.shapes == [(5, 3, 320, 320)]
    assert [[look.track for look in each] for each in looks] == [[0, 1, 2], [], [20, 21]]
    scores = [[look.detections.scores.max().item() for look in each] for each in looks]
    assert scores == [[pytest.approx(120 / 255)] * 3, [], [pytest.approx(200 / 255)] * 2]


class Smoker:
    """An engine that sees a bare head and a cigarette before its face, both surely."""

    name = "smoker"

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        raw = np.zeros((len(batch), 4 + len(LABELS), 2), np.float32)
        raw[:, :4, 0] = 160, 100, 80, 80
        raw[:, :4, 1] = 170, 130, 30, 10
        raw[:, 4 + LABELS.index(Label.NO_HAT), 0] = 0.9
        raw[:, 4 + LABELS.index(Label.CIGARETTE), 1] = 0.81
        return raw


class Judge:
    """A verifier's engine that always thinks the same."""

    name = "judge"

    def __init__(self, **beliefs: float) -> None:
        self.asked = 0
        self._said = [beliefs.get(label.value, 0.25) for label in VERIFIED]

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        assert batch.shape[1:] == (3, SIDE, SIDE)
        self.asked += len(batch)
        return np.tile(np.array(self._said, np.float32), (len(batch), 1))


def looked_at(engine: Engine, noise: NDArray[np.uint8], judge: Judge | None) -> Look:
    frame = Frame("cam", "run", 0.0, datetime(2026, 1, 1, tzinfo=UTC), ArrayPicture(noise))
    ((look,),) = PersonLook(engine, verifier=Verifier(judge) if judge else None).look(
        [scene(frame, [Track(1, PERSON, 0.9, 0.0, 0.0)])]
    )
    return look


def test_what_is_at_hand_gets_the_score_of_both_networks(noise: NDArray[np.uint8]) -> None:
    alone, doubted = (looked_at(Smoker(), noise, judge) for judge in (None, Judge()))
    before, after = ({one.kind: one.violating for one in look.sightings} for look in (alone, doubted))
    assert before[Kind.SMOKING] == pytest.approx(0.81)
    assert after[Kind.SMOKING] == pytest.approx(0.45)
    assert after[Kind.NO_HAT] == before[Kind.NO_HAT]
    assert doubted.detections.of(Label.CIGARETTE).scores.tolist() == pytest.approx([0.45])


def test_nobody_is_said_to_wear_no_hat_where_both_networks_together_rather_see_one(noise: NDArray[np.uint8]) -> None:
    # The detector is sure by ln(0.9 / 0.1) - ln(0.02 / 0.98) = 6.1 nats; the verifier disagrees by 4.4 and by 6.4.
    agreeing, contradicting = Judge(no_hat=0.1, hat=0.9), Judge(no_hat=0.04, hat=0.96)
    accused, spared = (looked_at(Smoker(), noise, judge) for judge in (agreeing, contradicting))
    assert {one.kind for one in accused.sightings} == {Kind.NO_HAT, Kind.SMOKING, Kind.PHONE_USE}
    assert {one.kind for one in spared.sightings} == {Kind.SMOKING, Kind.PHONE_USE}
    assert agreeing.asked == contradicting.asked == 2  # the head, and what is at hand


class Covered:
    """An engine that sees a hat, surely."""

    name = "covered"

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        raw = np.zeros((len(batch), 4 + len(LABELS), 1), np.float32)
        raw[:, :4, 0] = 160, 100, 80, 80
        raw[:, 4 + LABELS.index(Label.HAT), 0] = 0.9
        return raw


def test_who_complies_is_not_verified(noise: NDArray[np.uint8]) -> None:
    judge = Judge(no_hat=0.9, hat=0.1)
    look = looked_at(Covered(), noise, judge)
    assert next(one for one in look.sightings if one.kind is Kind.NO_HAT).complying == pytest.approx(0.9)
    assert judge.asked == 0


# --- whose is what


def test_the_neighbours_head_in_the_crop_is_not_ones_own() -> None:
    neighbour = np.array([[245, 90, 345, 330]], np.float32)
    theirs = around(295, 108, 30, 34)
    mine = portrait(found((HEAD, Label.HAT, 0.5), (theirs, Label.NO_HAT, 0.9)), PERSON, neighbour)
    assert mine is not None
    assert mine.on_head.of(Label.NO_HAT).scores.tolist() == []
    assert mine.on_head.scores.tolist() == [0.5]
    assert portrait(found((theirs, Label.NO_HAT, 0.9)), PERSON, neighbour) is None


def test_a_head_at_the_knees_is_nobodys() -> None:
    assert portrait(found((around(250, 320, 30, 34), Label.NO_HAT, 0.9)), PERSON, NOBODY) is None


def test_without_a_head_the_face_is_the_yardstick() -> None:
    made = own((FACE, Label.NO_MASK, 0.7))
    assert made.head.tolist() == pytest.approx(FACE)
    assert len(made.on_head) == 0


@pytest.mark.parametrize(
    ("box", "label", "theirs"),
    [
        (around(262, 128, 10, 4), Label.CIGARETTE, True),  # at the mouth
        (around(285, 170, 10, 4), Label.CIGARETTE, True),  # in the hand before the chest
        (around(285, 230, 10, 4), Label.CIGARETTE, False),  # below the waist
        (around(262, 128, 40, 6), Label.CIGARETTE, False),  # longer than a head: a spoon, a chopstick
        (around(268, 118, 12, 24), Label.PHONE, True),  # at the ear
        (around(290, 210, 12, 24), Label.PHONE, False),  # on the table
        (around(262, 150, 60, 40), Label.PHONE, False),  # as big as a tray
    ],
)
def test_things_belong_by_reach_and_size(box: tuple[float, float, float, float], label: Label, theirs: bool) -> None:
    made = own((HEAD, Label.HAT, 0.8), (box, label, 0.6))
    assert (len(made.at_hand) == 1) is theirs


def test_a_thing_nearer_to_another_head_is_theirs() -> None:
    other = around(320, 118, 30, 32)
    made = own((HEAD, Label.HAT, 0.8), (other, Label.HAT, 0.8), (around(300, 128, 10, 4), Label.CIGARETTE, 0.6))
    assert len(made.at_hand) == 0


# --- sightings


def test_a_bare_head_with_a_mask_is_one_violation_and_one_compliance(noise: NDArray[np.uint8]) -> None:
    seen = judged(noise, own((HEAD, Label.NO_HAT, 0.8), (FACE, Label.MASK, 0.7)))
    assert [seen[Kind.NO_HAT].violating, seen[Kind.NO_HAT].complying] == pytest.approx([0.8, 0.0])
    assert [seen[Kind.NO_MASK].violating, seen[Kind.NO_MASK].complying] == pytest.approx([0.0, 0.7])
    assert (seen[Kind.NO_HAT].t, seen[Kind.NO_HAT].track, seen[Kind.NO_HAT].head_px) == (1.0, 4, 32.0)


def test_a_head_from_behind_says_nothing_about_a_mask(noise: NDArray[np.uint8]) -> None:
    assert Kind.NO_MASK not in judged(noise, own((HEAD, Label.HAT, 0.8)))


def test_a_face_alone_says_nothing_about_a_hat(noise: NDArray[np.uint8]) -> None:
    assert Kind.NO_HAT not in judged(noise, own((FACE, Label.NO_MASK, 0.8)))


def test_no_cigarette_on_a_visible_person_is_a_sighting_of_none(noise: NDArray[np.uint8]) -> None:
    seen = judged(noise, own((HEAD, Label.HAT, 0.8)))
    assert (seen[Kind.SMOKING].violating, seen[Kind.SMOKING].box) == (0.0, None)
    assert (seen[Kind.PHONE_USE].violating, seen[Kind.PHONE_USE].box) == (0.0, None)


def test_the_best_cigarette_counts(noise: NDArray[np.uint8]) -> None:
    at_mouth, in_hand = around(262, 128, 10, 4), around(285, 160, 10, 4)
    seen = judged(noise, own((HEAD, Label.HAT, 0.8), (in_hand, Label.CIGARETTE, 0.2), (at_mouth, Label.CIGARETTE, 0.6)))
    assert seen[Kind.SMOKING].violating == pytest.approx(0.6)
    assert seen[Kind.SMOKING].box == pytest.approx(np.array(at_mouth))


@pytest.mark.parametrize(("bare", "covered"), [(0.5, 0.45), (0.2, 0.0), (0.24, 0.1)])
def test_doubt_and_faint_scores_are_silence(noise: NDArray[np.uint8], bare: float, covered: float) -> None:
    made = own((HEAD, Label.NO_HAT, bare), (HEAD, Label.HAT, covered))
    assert Kind.NO_HAT not in judged(noise, made)


def test_a_tiny_head_is_silence(noise: NDArray[np.uint8]) -> None:
    assert judged(noise, own((around(250, 110, 11, 13), Label.NO_HAT, 0.9))) == {}


def test_a_blurred_head_is_silence(noise: NDArray[np.uint8]) -> None:
    made = own((HEAD, Label.NO_HAT, 0.9))
    coarse = np.asarray(cv2.resize(noise[::8, ::8], (640, 360), interpolation=cv2.INTER_NEAREST), np.uint8)
    blurred = np.asarray(cv2.GaussianBlur(coarse, (0, 0), 6), np.uint8)
    assert judged(blurred, made) == {}
    assert judged(coarse, made) != {}
    assert sharpness(np.full((30, 30, 3), 90, np.uint8)) == 0


def test_a_head_cut_by_the_frame_says_nothing_of_hats_but_the_hand_still_counts(noise: NDArray[np.uint8]) -> None:
    person = np.array([200, 0, 300, 240], np.float32)
    seen = found(((235, 0, 265, 32), Label.NO_HAT, 0.9), (around(262, 28, 10, 4), Label.CIGARETTE, 0.6))
    told = judged(noise, portrait(seen, person, NOBODY))
    assert set(told) == {Kind.SMOKING, Kind.PHONE_USE}
    assert told[Kind.SMOKING].violating == pytest.approx(0.6)


# --- the real thing


def test_an_empty_room_holds_nobody(shipped: Model) -> None:
    grey = np.full((360, 640, 3), 128, np.uint8)
    frame = Frame("cam", "run", 0.0, datetime(2026, 1, 1, tzinfo=UTC), ArrayPicture(grey))
    assert [len(found) for found in FrameLook(shipped.engine).people([frame])] == [0]
    track = Track(1, PERSON, 0.9, 0.0, 0.0)
    ((look,),) = PersonLook(shipped.engine).look([scene(frame, [track])])
    assert (look.track, look.t, look.sightings, len(look.detections)) == (1, 0.0, (), 0)
    assert len(PictureDetector(shipped.engine).detect(grey)) == 0


@pytest.mark.parametrize(
    ("size", "inputs"),
    [
        ((360, 480), [(256, 320), (384, 480), (480, 640)]),
        ((720, 1280), [(384, 640), (544, 960), (736, 1280)]),
    ],
)
def test_a_single_picture_is_seen_in_three_sizes_and_in_a_mirror(
    size: tuple[int, int], inputs: list[tuple[int, int]]
) -> None:
    engine = Recording()
    PictureDetector(engine).detect(np.zeros((*size, 3), np.uint8))
    assert engine.shapes == [(1, 3, *shape) for shape in 2 * inputs]


def test_a_mirror_changes_nothing_but_the_side(shipped: Model) -> None:
    with av.open(str(SAMPLE)) as film:
        frame = next(frame for frame in film.decode(video=0) if frame.time and frame.time >= 4.0)
        cooks = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
    detector = PictureDetector(shipped.engine, 0.2)
    seen, turned = detector.detect(cooks), detector.detect(mirrored(cooks))
    assert len(seen) >= 3
    assert turned.labels.tolist() == seen.labels.tolist()
    assert turned.scores == pytest.approx(seen.scores, abs=0.01)
    back = cooks.shape[1] - turned.boxes[:, [2, 0]]
    assert back == pytest.approx(seen.boxes[:, [0, 2]], abs=1.5)
