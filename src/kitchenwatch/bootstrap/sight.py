"""The model and both looks, shared by all cameras of a process."""

from dataclasses import dataclass
from pathlib import Path

from kitchenwatch.config import load
from kitchenwatch.detect.loading import Model, Preference, load_model
from kitchenwatch.detect.looks import FRAME_SIDE, FrameLook, PersonLook
from kitchenwatch.detect.picture import PictureDetector
from kitchenwatch.rules.calibration import Calibration


@dataclass(frozen=True, slots=True)
class Sight:
    """What sees."""

    model: Model
    people: FrameLook
    person: PersonLook
    calibration: Calibration


def build_sight(
    model: Path | None = None,
    engine: Preference = "auto",
    threads: int = 1,
    workers: int = 1,
    frame_side: int = FRAME_SIDE,
) -> Sight:
    """Load the model (the shipped one by default) with the calibration beside it.

    Args:
        threads: of one look.
        workers: so many look at the same time.
        frame_side: long side at which frames are searched for people, in pixels.

    Raises ModelError, MissingExtra.
    """
    loaded = load_model(model, engine, threads, runs=workers)
    calibration = Calibration.load(loaded.calibration)
    calibration.require(loaded.sha256)
    person = PersonLook(loaded.engine, verifier=loaded.verifier)
    return Sight(loaded, FrameLook(loaded.engine, side=frame_side), person, calibration)


def build_picture_detector(config_path: Path | None, min_score: float) -> PictureDetector:
    """Both looks for single pictures, with the model of a configuration or the shipped one."""
    if config_path is None:
        model = load_model()
    else:
        wanted = load(config_path).detector
        model = load_model(wanted.model, wanted.engine, wanted.threads)
    return PictureDetector(model.engine, min_score, model.verifier)
