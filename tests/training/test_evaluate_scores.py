"""The figures of an evaluation, on boxes made by hand."""

import numpy as np
import pytest
from evaluated import boxes, crowd, examined

from kitchenwatch.detect.looks import FrameLook
from kitchenwatch.detect.sightings import Abstain
from kitchenwatch.model import LABELS, Detections, Label
from kitchenwatch.rules.calibration import Calibration
from kitchenwatch.training.evaluate.curve import curve_of
from kitchenwatch.training.evaluate.gathered import gather
from kitchenwatch.training.evaluate.report import measure
from kitchenwatch.training.evaluate.scores import FALSE, IGNORED, score
from kitchenwatch.training.evaluate.thresholds import thresholds

pytest.importorskip("faster_coco_eval", reason="needs the extra: pip install 'kitchenwatch[evaluate]'")

HEAD = (100.0, 100.0, 150.0, 150.0)
ASIDE = (300.0, 300.0, 350.0, 350.0)
AT_HALF: dict[Label, float | None] = dict.fromkeys(LABELS, 0.5)


@pytest.mark.parametrize("seed", range(4))
def test_the_curve_gives_the_evaluators_own_figure(seed: int) -> None:
    evidence = gather(crowd(seed))
    scores = score(evidence)
    for label in (Label.PERSON, Label.HAT):
        found = scores.ap50[label]
        assert found is not None
        assert 0.2 < found < 0.95
        assert curve_of(evidence, scores.match, label).average_precision() == pytest.approx(found, abs=1e-9)


def test_a_picture_that_counts_twice_is_as_good_as_two() -> None:
    few = crowd(1, 6)
    evidence, twice = gather(few), gather([*few, few[0]])
    weights = np.array([2.0, 1, 1, 1, 1, 1])
    curve = curve_of(evidence, score(evidence).match, Label.PERSON)
    # Two detections of one score stand in either order, so that the twins' curves differ by a step.
    assert curve.average_precision(weights) == pytest.approx(score(twice).ap50[Label.PERSON], abs=0.02)
    assert curve.average_precision(weights) != curve.average_precision()


def test_the_interval_holds_the_figure_and_stays_the_same() -> None:
    evidence = gather(crowd(2, 60))
    curve = curve_of(evidence, score(evidence).match, Label.PERSON)
    interval, value = curve.interval(), curve.average_precision()
    assert interval is not None
    assert value is not None
    assert interval[0] < value < interval[1] < interval[0] + 0.4
    assert curve.interval() == interval


def test_what_is_found_where_nobody_can_tell_counts_neither_for_nor_against() -> None:
    drawn = boxes((Label.HAT, HEAD))
    found = boxes((Label.HAT, ASIDE, 0.9), (Label.HAT, HEAD, 0.8))
    unknown = boxes((Label.HAT, (280, 280, 400, 400)))
    other = boxes((Label.NO_HAT, (280, 280, 400, 400)))
    assert score(gather([examined(drawn, found)])).match.tolist() == [FALSE, 0]
    assert score(gather([examined(drawn, found, other)])).match.tolist() == [FALSE, 0]
    ignored = score(gather([examined(drawn, found, unknown)]))
    assert ignored.match.tolist() == [IGNORED, 0]
    assert ignored.ap50[Label.HAT] == pytest.approx(1.0)


def test_a_drawn_box_in_an_unknown_part_is_still_wanted() -> None:
    whole = boxes((Label.CIGARETTE, (0, 0, 640, 480)))
    drawn = boxes((Label.CIGARETTE, HEAD))
    assert score(gather([examined(drawn, Detections.none(), whole)])).ap50[Label.CIGARETTE] == 0
    found = boxes((Label.CIGARETTE, HEAD, 0.4), (Label.CIGARETTE, ASIDE, 0.9))
    assert score(gather([examined(drawn, found, whole)])).ap50[Label.CIGARETTE] == pytest.approx(1.0)


def test_a_label_that_was_never_drawn_has_no_figure() -> None:
    result = measure([examined(Detections.none(), boxes((Label.PHONE, HEAD, 0.9)))], AT_HALF, {})
    phone = result.report.labels[Label.PHONE]
    assert (phone.boxes, phone.ap50, phone.interval, phone.recall) == (0, None, None, None)
    assert phone.precision == 0


def test_a_frame_with_more_than_a_hundred_people_is_counted_whole() -> None:
    many = [(Label.PERSON, (10.0 * x, 40.0 * y, 10.0 * x + 8, 40.0 * y + 30)) for x in range(30) for y in range(5)]
    drawn = boxes(*many)
    assert score(gather([examined(drawn, drawn)])).ap50[Label.PERSON] == pytest.approx(1.0)


def test_precision_and_recall_are_told_at_the_threshold() -> None:
    drawn = boxes((Label.HAT, HEAD), (Label.HAT, (0, 0, 40, 40)))
    found = boxes((Label.HAT, HEAD, 0.9), (Label.HAT, ASIDE, 0.6), (Label.HAT, (0, 0, 40, 40), 0.4))
    pictures = [examined(drawn, found)]
    hat = measure(pictures, AT_HALF, {}).report.labels[Label.HAT]
    assert (hat.precision, hat.recall) == (0.5, 0.5)
    hat = measure(pictures, AT_HALF | {Label.HAT: 0.95}, {}).report.labels[Label.HAT]
    assert (hat.precision, hat.recall) == (None, 0)
    hat = measure(pictures, AT_HALF | {Label.HAT: None}, {}).report.labels[Label.HAT]
    assert (hat.threshold, hat.precision, hat.recall) == (None, None, None)


def test_a_mistake_counts_in_the_size_of_its_own_head_only() -> None:
    small, large = (0.0, 0.0, 20.0, 20.0), (100.0, 100.0, 160.0, 160.0)
    drawn = boxes((Label.HAT, small), (Label.HAT, large))
    found = boxes((Label.HAT, (300, 0, 320, 20), 0.9), (Label.HAT, small, 0.8), (Label.HAT, large, 0.7))
    sizes = measure([examined(drawn, found)], AT_HALF, {}).report.sizes[Label.HAT]
    assert {size: one.boxes for size, one in sizes.items()} == {"<16": 0, "16-24": 1, "24-40": 0, ">40": 1, "none": 0}
    assert sizes[">40"].ap50 == pytest.approx(1.0)
    assert sizes["16-24"].ap50 == pytest.approx(0.5)
    assert sizes["<16"].ap50 is None
    assert sizes["16-24"].recall == 1


def test_a_source_is_told_apart_when_it_has_boxes_enough() -> None:
    ten = [examined(boxes((Label.HAT, HEAD)), boxes((Label.HAT, HEAD, 0.9)), name=f"good_{n}") for n in range(10)]
    bad = [examined(boxes((Label.HAT, HEAD)), Detections.none(), name=f"bad_{n}") for n in range(11)]
    nine = [examined(boxes((Label.HAT, HEAD)), Detections.none(), name=f"few_{n}") for n in range(9)]
    sources = measure([*ten, *bad, *nine], AT_HALF, {}).report.sources
    assert sources == {"good": {Label.HAT: pytest.approx(1.0)}, "bad": {Label.HAT: 0.0}, "few": {}}


def test_the_shipped_thresholds_are_those_of_the_code_and_the_calibration() -> None:
    neutral = thresholds(Calibration.neutral())
    assert neutral[Label.HAT] == neutral[Label.NO_MASK] == Abstain().sure
    assert neutral[Label.PERSON] == FrameLook.__init__.__defaults__[0]  # type: ignore[index]
    # 1.5 + logit(s) = 0, at s = 0.1824
    assert neutral[Label.CIGARETTE] == pytest.approx(0.183, abs=1e-6)
    assert thresholds(None)[Label.PHONE] is None


def test_a_label_that_no_score_speaks_for_has_no_threshold() -> None:
    plain = Calibration.neutral().model_dump()
    plain["kinds"]["phone_use"]["bias"] = -9.0
    assert thresholds(Calibration.model_validate(plain))[Label.PHONE] is None


def test_silent_scores_are_none_from_which_the_product_acts() -> None:
    plain = Calibration.neutral().model_dump()
    plain["kinds"]["smoking"]["silent"] = 0.42
    assert thresholds(Calibration.model_validate(plain))[Label.CIGARETTE] == pytest.approx(0.421)
