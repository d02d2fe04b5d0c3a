"""From held-out pictures to the file beside the model that tells what its scores are worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kitchenwatch.errors import DatasetError
from kitchenwatch.model import LABELS, RULE_KINDS, Kind, Label
from kitchenwatch.rules.calibration import Calibration, LabelChance, ObjectWorth, StateWorth
from kitchenwatch.training import reliability
from kitchenwatch.training.caution import cautious
from kitchenwatch.training.examples import Example
from kitchenwatch.training.fits import fit_kind, fit_label
from kitchenwatch.training.held_out import HeldOut
from kitchenwatch.training.reliability import Reliability


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A fit with what it was measured to be worth itself.

    Attributes:
        calibration: fitted on everything.
        kinds, labels: cross-validated, where there was enough to do so.
    """

    calibration: Calibration
    kinds: Mapping[Kind, Reliability]
    labels: Mapping[Label, Reliability]


def calibrate(found: HeldOut, model_sha256: str, fitted_on: str, hard: Sequence[Example] = ()) -> Calibrated:
    """Fit every kind and label. Raises MissingExtra, and DatasetError if there is nothing to cross-validate.

    Args:
        found: from pictures that the model was not trained on.
        model_sha256: hex digest of the model file.
        fitted_on: which pictures, in words.
        hard: looks at hard negatives, which bound what is worth something (see `caution`).
    """
    kinds = reliability.of_kinds(found.examples, found.single)
    labels = reliability.of_labels(found.findings)
    if not kinds or not labels:
        raise DatasetError("people were seen in fewer than two scenes -> add pictures of people with drawn boxes")
    examples = {kind: [one for one in found.examples if one.sighting.kind is kind] for kind in RULE_KINDS}
    worth = {kind.value: _bounded(kind, fit_kind(kind, part, found.single), hard) for kind, part in examples.items()}
    chances = {label.value: fit_label([one for one in found.findings if one.label is label]) for label in LABELS}
    body = {
        "model_sha256": model_sha256,
        "fitted_on": fitted_on,
        "kinds": {name: _with_error(fitted, kinds.get(Kind(name))) for name, fitted in worth.items()},
        "labels": {name: _with_error(fitted, labels.get(Label(name))) for name, fitted in chances.items()},
    }
    return Calibrated(Calibration.model_validate(body), kinds, labels)


def _bounded(kind: Kind, worth: StateWorth | ObjectWorth, hard: Sequence[Example]) -> StateWorth | ObjectWorth:
    if isinstance(worth, StateWorth):
        return worth
    return cautious(worth, [one for one in hard if one.sighting.kind is kind])


def write(calibration: Calibration, path: Path) -> None:
    """As `Calibration.load` reads it."""
    path.write_text(calibration.model_dump_json(indent=2) + "\n", encoding="utf-8")


def _with_error(fitted: StateWorth | ObjectWorth | LabelChance, measured: Reliability | None) -> dict[str, Any]:
    """As JSON, with the calibration error where it was measured."""
    body = fitted.model_dump()
    body["fit"]["ece"] = round(measured.calibrated.error, 4) if measured else None
    return body
