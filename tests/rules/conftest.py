"""A judge with one rule."""

from collections.abc import Callable
from typing import Any

import pytest
from rule_scenes import CAMERA

from kitchenwatch.model import Kind
from kitchenwatch.rules.calibration import Calibration
from kitchenwatch.rules.judge import CameraJudge
from kitchenwatch.rules.rule import RuleSettings


@pytest.fixture
def judge() -> Callable[..., CameraJudge]:
    """`judge(merge_gap=10, …)`: a judge with one rule for hats and the neutral calibration."""

    def build(kind: Kind = Kind.NO_HAT, **settings: Any) -> CameraJudge:
        return CameraJudge(CAMERA, [RuleSettings(kind, **settings)], Calibration.neutral())

    return build
