"""Looks, detections and heads are held against what was drawn, and left alone where nobody knows."""

import numpy as np
import pytest

from kitchenwatch.detect.sightings import Abstain
from kitchenwatch.model import LABELS, Detections, Kind, Label, Look, Sighting
from kitchenwatch.training import states
from kitchenwatch.training.dataset import Truth
from kitchenwatch.training.examples import Example, examples
from kitchenwatch.training.findings import findings
from kitchenwatch.training.groups import difference_hash, groups

Box = tuple[float, float, float, float]
PERSON, HEAD, FACE = (100.0, 80.0, 200.0, 400.0), (130.0, 85.0, 160.0, 121.0), (135.0, 95.0, 155.0, 119.0)
AT_MOUTH, BESIDE, ELSEWHERE = (150.0, 110.0, 158.0, 114.0), (60.0, 200.0, 68.0, 204.0), (400.0, 300.0, 408.0, 304.0)
EVERYWHERE = (0.0, 0.0, 640.0, 480.0)


def boxes(*these: tuple[Label, Box] | tuple[Label, Box, float]) -> Detections:
    return Detections(
        np.array([one[1] for one in these], np.float32).reshape(-1, 4),
        np.array([one[2] if len(one) == 3 else 1.0 for one in these], np.float32),
        np.array([LABELS.index(one[0]) for one in these], np.int64),
    )


def look(kind: Kind, violating: float, complying: float, box: Box | None = HEAD) -> Look:
    seen = None if box is None else np.array(box, np.float32)
    sighting = Sighting(0.0, 1, kind, violating, complying, 36.0, seen)
    return Look(0.0, 1, boxes((Label.NO_HAT, HEAD, 0.8)), (sighting,))


def judged(seen: Look, drawn: Detections, unknown: Detections | None = None) -> list[Example]:
    return list(examples([seen], Truth(drawn, unknown or Detections.none()), 3))


def test_a_state_is_judged_by_the_box_drawn_there() -> None:
    (bare,) = judged(look(Kind.NO_HAT, 0.8, 0.1), boxes((Label.NO_HAT, HEAD)))
    (covered,) = judged(look(Kind.NO_HAT, 0.8, 0.1), boxes((Label.HAT, HEAD)))
    assert (bare.violating, covered.violating, bare.group) == (True, False, 3)
    assert judged(look(Kind.NO_HAT, 0.8, 0.1), boxes((Label.HAT, ELSEWHERE))) == []
    assert judged(look(Kind.NO_HAT, 0.8, 0.1), boxes((Label.NO_MASK, HEAD))) == []


def test_where_a_state_is_unknown_there_is_no_example() -> None:
    drawn = boxes((Label.NO_HAT, HEAD))
    assert judged(look(Kind.NO_HAT, 0.8, 0.1), drawn, boxes((Label.HAT, EVERYWHERE))) == []
    assert len(judged(look(Kind.NO_HAT, 0.8, 0.1), drawn, boxes((Label.HAT, ELSEWHERE)))) == 1


def test_doubt_that_a_camera_would_keep_to_itself_is_no_example() -> None:
    assert judged(look(Kind.NO_HAT, 0.5, 0.45), boxes((Label.NO_HAT, HEAD))) == []


@pytest.mark.parametrize(("thing", "answer"), [(AT_MOUTH, [True]), (BESIDE, []), (ELSEWHERE, [False])])
def test_a_cigarette_counts_within_reach_and_neither_way_at_its_edge(thing: Box, answer: list[bool]) -> None:
    found = judged(look(Kind.SMOKING, 0.4, 0.0, None), boxes((Label.CIGARETTE, thing)))
    assert [one.violating for one in found] == answer


def test_who_was_not_searched_for_cigarettes_neither_smokes_nor_does_not() -> None:
    seen = look(Kind.SMOKING, 0.4, 0.0, None)
    assert judged(seen, Detections.none(), boxes((Label.CIGARETTE, EVERYWHERE))) == []
    assert [one.violating for one in judged(seen, Detections.none(), boxes((Label.PHONE, EVERYWHERE)))] == [False]


def test_a_drawn_box_makes_one_detection_right_the_strongest() -> None:
    twice = boxes((Label.HAT, HEAD, 0.3), (Label.HAT, HEAD, 0.9), (Label.HAT, ELSEWHERE, 0.5), (Label.HAT, HEAD, 0.04))
    found = findings(twice, Truth(boxes((Label.HAT, HEAD)), Detections.none()), 0)
    assert [(round(one.score, 2), one.right) for one in found] == [(0.9, True), (0.5, False), (0.3, False)]


def test_a_detection_where_its_label_is_unknown_is_neither_right_nor_wrong() -> None:
    seen = boxes((Label.CIGARETTE, AT_MOUTH, 0.5), (Label.PHONE, AT_MOUTH, 0.5))
    found = list(findings(seen, Truth(Detections.none(), boxes((Label.CIGARETTE, EVERYWHERE))), 0))
    assert [(one.label, one.right) for one in found] == [(Label.PHONE, False)]


# --- state accuracy


def counted(seen: list[Look], *drawn: tuple[Label, Box]) -> states.StateTable:
    return states.measure(states.heads(seen, Truth(boxes((Label.PERSON, PERSON), *drawn), Detections.none())))


def test_a_head_is_judged_rightly_wrongly_or_not_at_all() -> None:
    drawn = (Label.NO_HAT, HEAD)
    labels, here = (Label.NO_HAT, Label.HAT), ["24-40"]
    assert counted([look(Kind.NO_HAT, 0.8, 0.1)], drawn).count(labels, here) == states.Count(1, 1, 1)
    assert counted([look(Kind.NO_HAT, 0.1, 0.8)], drawn).count(labels, here) == states.Count(1, 1, 0)
    assert counted([look(Kind.NO_HAT, 0.5, 0.45)], drawn).count(labels, here) == states.Count(1, 0, 0)
    assert counted([], drawn).count(labels, here) == states.Count(1, 0, 0)


def test_a_face_is_as_tall_as_its_head() -> None:
    drawn = boxes((Label.PERSON, PERSON), (Label.HAT, HEAD), (Label.MASK, FACE))
    assert [head.height_px for head in states.heads([], Truth(drawn, Detections.none()))] == [36, 36]
    (alone,) = states.heads([], Truth(drawn.of(Label.PERSON, Label.MASK), Detections.none()))
    assert alone.height_px == pytest.approx(24 / states.FACE)


def test_a_head_in_two_peoples_boxes_counts_once() -> None:
    assert counted([], (Label.PERSON, PERSON), (Label.HAT, HEAD)).count([Label.HAT], states.BANDS).heads == 1


def test_a_second_head_in_a_persons_box_is_of_somebody_whom_nobody_drew() -> None:
    table = counted([], (Label.HAT, HEAD), (Label.HAT, (185.0, 150.0, 215.0, 186.0)))
    assert table.count([Label.HAT], states.BANDS).heads == 1


def test_the_table_tells_shares_and_null_where_there_is_nothing_to_divide() -> None:
    told = counted([look(Kind.NO_HAT, 0.1, 0.8)], (Label.NO_HAT, HEAD)).as_json()
    assert told["no_hat"]["16-40"]["accuracy"] == 0
    assert told["no_hat"]["16-40"]["unjudged"] == 0
    assert told["no_hat"]["16-40"]["hat"]["accuracy"] is None
    assert told["no_mask"]["all"] == {"heads": 0, "judged": 0, "right": 0, "accuracy": None, "unjudged": None} | {
        label: {"heads": 0, "judged": 0, "right": 0, "accuracy": None, "unjudged": None}
        for label in ("no_mask", "mask")
    }


def test_more_doubt_leaves_more_unjudged() -> None:
    truth = Truth(boxes((Label.PERSON, PERSON), (Label.NO_HAT, HEAD)), Detections.none())
    found = list(states.heads([look(Kind.NO_HAT, 0.6, 0.35)], truth))
    judged = {
        setting.doubt: count.judged
        for setting, count in states.trade_off(found, [Label.NO_HAT])
        if setting.sure == Abstain().sure
    }
    assert judged == {0.0: 1, 0.1: 1, 0.2: 1, 0.3: 0, 0.5: 0}


# --- scenes


def test_the_same_scene_smaller_or_mirrored_is_one_group() -> None:
    chance = np.random.default_rng(1)
    one, other = (np.kron(chance.integers(0, 255, (9, 12, 3)), np.ones((20, 20, 1))).astype(np.uint8) for _ in "ab")
    found = groups([difference_hash(image) for image in (one, other, one[::2, ::2], one[:, ::-1])])
    assert found[0] == found[2] == found[3] != found[1]
