"""Mends the drawn boxes of a dataset that may not be published, by a list that may.

The list is a CSV file with the columns `picture,action,row,label,box,reason`:

- `drop_picture`: the picture is left out.
- `drop`: box `row` (counted from 0 in the label file as it was delivered) is left out.
- `relabel`: box `row` is of `label`.
- `unknown`: nobody can tell what box `row` is; or, without a row, what of `label` there is in `box`, or in the whole
  picture.
- `add`: a `box` (`centre_x centre_y width height`, fractions of the picture) of `label` that was forgotten.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.errors import DatasetError
from kitchenwatch.model import LABELS, Label

Action = Literal["drop_picture", "drop", "relabel", "unknown", "add"]
WHOLE = (0.5, 0.5, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Correction:
    """One line of the list.

    Attributes:
        picture: name without suffix.
        action: see the module.
        row: of the box in the delivered label file; None where the action needs none.
        label: the new one; None where the action needs none.
        box: centre x, centre y, width, height, as fractions; None where the action needs none.
    """

    picture: str
    action: Action
    row: int | None
    label: Label | None
    box: tuple[float, ...] | None


def shipped() -> dict[str, list[Correction]]:
    """The corrections of `kitchenwatch-v1`, by picture."""
    with files("kitchenwatch.training").joinpath("corrections.csv").open(encoding="utf-8") as lines:
        return by_picture(csv.DictReader(lines))


def read(path: Path) -> dict[str, list[Correction]]:
    """A list of one's own, by picture. Raises DatasetError naming the line that is wrong."""
    with path.open(encoding="utf-8", newline="") as lines:
        return by_picture(csv.DictReader(lines))


def by_picture(lines: Iterable[Mapping[str, str]]) -> dict[str, list[Correction]]:
    """Parsed lines by picture; the heading is line 1. Raises DatasetError naming the line that is wrong."""
    found: dict[str, list[Correction]] = defaultdict(list)
    for number, line in enumerate(lines, 2):
        try:
            correction = _parse(line)
        except (KeyError, ValueError) as wrong:
            raise DatasetError(
                f"corrections, line {number}: {wrong} -> see kitchenwatch.training.corrections"
            ) from wrong
        found[correction.picture].append(correction)
    return dict(found)


def corrected(rows: NDArray[np.float32], corrections: Iterable[Correction]) -> NDArray[np.float32] | None:
    """The rows `(N, 5)` of one picture after its corrections, or None if the picture is left out.

    Raises DatasetError if a correction names a row that the label file does not have.
    """
    mended: list[NDArray[np.float32] | None] = list(rows)
    for one in corrections:
        if one.action == "drop_picture":
            return None
        if one.row is None:
            mended.append(_new_row(one))
        elif one.row >= len(rows):
            raise DatasetError(
                f"corrections: {one.picture} has no row {one.row} -> these are labels of another dataset"
            )
        else:
            mended[one.row] = _mended(rows[one.row], one)
    return np.array([row for row in mended if row is not None], np.float32).reshape(-1, 5)


def _mended(row: NDArray[np.float32], one: Correction) -> NDArray[np.float32] | None:
    if one.action == "drop":
        return None
    index = int(row[0]) + len(LABELS) if one.label is None else LABELS.index(one.label)
    return np.array([index, *row[1:]], np.float32)


def _new_row(one: Correction) -> NDArray[np.float32]:
    assert one.label is not None  # _parse saw to it
    index = LABELS.index(one.label) + (len(LABELS) if one.action == "unknown" else 0)
    return np.array([index, *(one.box or WHOLE)], np.float32)


def _parse(line: Mapping[str, str]) -> Correction:
    action = next((known for known in get_args(Action) if known == line["action"]), None)
    if action is None:
        raise ValueError(f"unknown action {line['action']!r}")
    row = int(line["row"]) if line["row"] else None
    label = Label(line["label"]) if line["label"] else None
    box = tuple(float(part) for part in line["box"].split()) if line["box"] else None
    _require(action, row, label, box)
    return Correction(line["picture"], action, row, label, box)


def _require(action: Action, row: int | None, label: Label | None, box: tuple[float, ...] | None) -> None:
    if box is not None and (len(box) != 4 or not all(0 <= value <= 1 for value in box)):
        raise ValueError("a box is four fractions: centre_x centre_y width height")
    needed = {
        "drop_picture": True,
        "drop": row is not None,
        "relabel": row is not None and label is not None,
        "unknown": row is not None or label is not None,
        "add": row is None and label is not None and box is not None,
    }
    if not needed[action]:
        raise ValueError(f"{action} lacks its row, label or box")
