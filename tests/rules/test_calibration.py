"""Scores become log-likelihood ratios, by numbers that a file beside the model holds."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kitchenwatch.errors import ModelError
from kitchenwatch.model import LABELS, Kind, Label, Sighting
from kitchenwatch.rules.calibration import Calibration

FIT = {"examples": 100, "positive": 40, "ece": 0.02, "by_hand": False}
STATE = {"bias": 0.5, "violating": 0.8, "complying": 0.6, "head": 0.1, "limit": 4.0, "fit": FIT}
OBJECT = {"bias": 1.5, "violating": 0.7, "unseen": -0.3, "limit": 4.0, "fit": FIT}
LABEL = {"bias": -0.2, "seen": 1.2, "doubted": 2.0, "size": 0.3, "fit": FIT}
BOX = np.array([100, 50, 132, 178], np.float32)  # 32 × 128 pixels


def body() -> dict[str, Any]:
    kinds = {"no_hat": STATE, "no_mask": STATE, "smoking": OBJECT, "phone_use": OBJECT}
    labels = {str(label): LABEL for label in LABELS}
    return {"model_sha256": "ab" * 32, "fitted_on": "val", "kinds": kinds, "labels": labels}


def saved(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "model.calibration.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def sighting(kind: Kind, violating: float, complying: float = 0.0, head_px: float = 32.0) -> Sighting:
    return Sighting(0.0, 1, kind, violating, complying, head_px)


def test_a_state_weighs_both_labels_and_the_size_of_the_head(tmp_path: Path) -> None:
    calibration = Calibration.load(saved(tmp_path, body()))
    bare, covered, larger = math.log(0.6 / 0.4), math.log(0.3 / 0.7), math.log(48 / 32)
    expected = 0.5 + 0.8 * bare - 0.6 * covered + 0.1 * larger * (bare - covered)
    assert calibration.llr(sighting(Kind.NO_HAT, 0.6, 0.3, 48)) == pytest.approx(expected)


def test_the_same_scores_of_a_smaller_head_are_worth_less_and_size_alone_is_worth_nothing(tmp_path: Path) -> None:
    calibration = Calibration.load(saved(tmp_path, body()))
    large, small = (sighting(Kind.NO_HAT, 0.7, 0.1, head_px) for head_px in (48, 20))
    assert calibration.llr(large) > calibration.llr(small) > 0
    undecided = {calibration.llr(sighting(Kind.NO_HAT, 0.4, 0.4, head_px)) for head_px in (10, 32, 400)}
    assert len(undecided) == 1


def test_sizes_beyond_those_that_were_fitted_change_no_more(tmp_path: Path) -> None:
    calibration = Calibration.load(saved(tmp_path, body()))
    for end, beyond in ((64, 900), (16, 1)):
        assert calibration.llr(sighting(Kind.NO_HAT, 0.6, 0.3, end)) == calibration.llr(
            sighting(Kind.NO_HAT, 0.6, 0.3, beyond)
        )


def test_a_detection_has_a_probability_by_its_score_and_size(tmp_path: Path) -> None:
    calibration = Calibration.load(saved(tmp_path, body()))
    odds = -0.2 + 1.2 * math.log(0.6) - 2.0 * math.log(0.4) + 0.3 * math.log(2)
    assert calibration.chance(Label.HAT, 0.6, BOX) == pytest.approx(1 / (1 + math.exp(-odds)))
    assert calibration.chance(Label.HAT, 0.5, BOX) < calibration.chance(Label.HAT, 0.6, BOX)
    assert 0 < calibration.chance(Label.HAT, 0.0, BOX) < calibration.chance(Label.HAT, 1.0, BOX) < 1


def test_without_a_fit_the_score_is_the_probability() -> None:
    assert Calibration.neutral().chance(Label.PHONE, 0.37, BOX) == pytest.approx(0.37)


def test_an_object_weighs_its_one_label_and_unseen_speaks_against_it(tmp_path: Path) -> None:
    calibration = Calibration.load(saved(tmp_path, body()))
    assert calibration.llr(sighting(Kind.SMOKING, 0.6)) == pytest.approx(1.5 + 0.7 * math.log(0.6 / 0.4))
    assert calibration.llr(sighting(Kind.SMOKING, 0.0)) == -0.3
    assert calibration.llr(sighting(Kind.PHONE_USE, 0.049)) == -0.3
    assert calibration.llr(sighting(Kind.PHONE_USE, 0.05)) == -0.3


def test_up_to_the_silent_score_an_object_speaks_against_but_never_for(tmp_path: Path) -> None:
    content = body()
    content["kinds"]["smoking"] = OBJECT | {"bias": 2.0, "silent": 0.4}
    calibration = Calibration.load(saved(tmp_path, content))
    worth = {score: calibration.llr(sighting(Kind.SMOKING, score)) for score in (0.0, 0.051, 0.2, 0.4, 0.401)}
    assert [worth[0.0], worth[0.051], worth[0.2], worth[0.4]] == [-0.3, pytest.approx(-0.046, abs=0.001), 0.0, 0.0]
    assert worth[0.401] == pytest.approx(2.0 + 0.7 * math.log(0.401 / 0.599))


def test_a_look_is_worth_no_more_than_the_limit() -> None:
    neutral = Calibration.neutral()
    assert neutral.llr(sighting(Kind.NO_HAT, 1.0, 0.0)) == 4
    assert neutral.llr(sighting(Kind.NO_MASK, 0.0, 1.0)) == -4
    assert neutral.llr(sighting(Kind.NO_HAT, 1.0, 0.5)) == pytest.approx(math.log(0.98 / 0.02))
    assert neutral.llr(sighting(Kind.SMOKING, 1.0, head_px=0.0)) == 4


def without(*keys: str) -> dict[str, Any]:
    changed = json.loads(json.dumps(body()))
    part = changed
    for key in keys[:-1]:
        part = part[key]
    del part[keys[-1]]
    return changed  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "the file"),
        (without("kinds", "smoking"), "kinds.smoking"),
        (without("kinds", "no_hat", "complying"), "kinds.no_hat.complying"),
        (without("kinds", "no_hat", "fit"), "kinds.no_hat.fit"),
        (without("labels", "mask"), "labels.mask"),
        (body() | {"kinds": body()["kinds"] | {"no_hat": STATE | {"head": -0.1}}}, "kinds.no_hat.head"),
        (body() | {"notes": 1}, "notes"),
        (body() | {"kinds": body()["kinds"] | {"smoking": OBJECT | {"unseen": 0.5}}}, "kinds.smoking.unseen"),
        (body() | {"kinds": body()["kinds"] | {"no_hat": STATE | {"limit": 0}}}, "kinds.no_hat.limit"),
    ],
)
def test_a_wrong_file_is_named_with_the_place_in_it(content: object, told: str, tmp_path: Path) -> None:
    path = saved(tmp_path, content)
    with pytest.raises(ModelError) as caught:
        Calibration.load(path)
    assert str(path) in str(caught.value)
    assert f" {told}: " in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.json: No such file"):
        Calibration.load(tmp_path / "none.json")


def test_numbers_for_another_model_are_refused(tmp_path: Path) -> None:
    calibration = Calibration.load(saved(tmp_path, body()))
    calibration.require("ab" * 32)
    with pytest.raises(ModelError, match="fitted for model abababababab, not for cdcdcdcdcdcd"):
        calibration.require("cd" * 32)
