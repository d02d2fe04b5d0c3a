"""Recorded scenes give the violations that were in them, at any frame rate."""

import json
from pathlib import Path

import pytest
from rule_scenes import at_rate, closed, play, read

from kitchenwatch.config import load, rules_for
from kitchenwatch.model import CameraRef
from kitchenwatch.rules.calibration import Calibration
from kitchenwatch.rules.judge import CameraJudge

GOLDEN = Path(__file__).parent / "golden"
# A look a fifth of a second earlier or later, and what noise adds.
TOLERANCE_S = 0.5


@pytest.mark.parametrize("fps", [5, 10, 25])
@pytest.mark.parametrize("scene", ["stove", "yard"])
def test_a_scene_gives_the_same_violations_at_every_rate(scene: str, fps: int) -> None:
    config = load(GOLDEN / "site.yaml", {})
    site = config.sites[0]
    camera = next(camera for camera in site.cameras if camera.id == scene)
    judge = CameraJudge(CameraRef(scene, site.id), rules_for(config, site, camera), Calibration.neutral())
    found = closed(play(judge, at_rate(read(GOLDEN / f"{scene}.jsonl"), fps)))
    expected = json.loads((GOLDEN / "violations.json").read_text())[scene]
    assert [(v.kind, v.track) for v in sorted(found, key=lambda v: v.kind)] == sorted(
        (violation["kind"], violation["track"]) for violation in expected
    )
    for violation in found:
        (wanted,) = [each for each in expected if each["kind"] == violation.kind]
        assert violation.opened == pytest.approx(wanted["opened"], abs=TOLERANCE_S)
        assert violation.closed == pytest.approx(wanted["closed"], abs=TOLERANCE_S)


def test_playing_a_scene_twice_gives_the_same_changes_to_the_last_bit() -> None:
    config = load(GOLDEN / "site.yaml", {})
    site, camera = config.sites[0], config.sites[0].cameras[1]

    def changes() -> object:
        judge = CameraJudge(CameraRef(camera.id, site.id), rules_for(config, site, camera), Calibration.neutral())
        return play(judge, at_rate(read(GOLDEN / "yard.jsonl"), 5))

    assert changes() == changes()
