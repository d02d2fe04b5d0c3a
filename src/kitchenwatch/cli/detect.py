"""`kitchenwatch detect`: what is seen on single pictures."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from kitchenwatch.bootstrap.sight import build_picture_detector
from kitchenwatch.cli.options import MaybeConfigPath
from kitchenwatch.cli.screen import fault, log_to_screen, progress
from kitchenwatch.errors import SourceUnreadable
from kitchenwatch.model import LABELS, Detections

SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"}


def detect(
    paths: Annotated[list[Path], typer.Argument(help="Pictures, or folders of pictures.")],
    as_json: Annotated[bool, typer.Option("--json", help="One picture a line on stdout.")] = False,
    min_score: Annotated[float, typer.Option(min=0, max=1, help="Leave out detections below it.")] = 0.25,
    config_path: MaybeConfigPath = None,
) -> None:
    """Find people, hats, masks, cigarettes and phones in pictures."""
    log_to_screen(logging.WARNING)
    detector = build_picture_detector(config_path, min_score)
    pictures = list(_pictures(paths))
    broken = 0
    with progress() as bar:
        for path in bar.track(pictures, description="looking"):
            try:
                image = _read(path)
            except SourceUnreadable as error:
                broken += 1
                fault(str(error))
                continue
            row = _row(path, image, detector.detect(image))
            typer.echo(json.dumps(row, ensure_ascii=False) if as_json else _line(row))
    if not pictures:
        fault("no pictures there -> name pictures, or folders that hold some")
    if broken or not pictures:
        raise typer.Exit(1)


def _pictures(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.suffix.lower() in SUFFIXES)
        else:
            yield path


def _read(path: Path) -> NDArray[np.uint8]:
    """BGR. `cv2.imread` would say on stderr, in its own words, what is wrong. Raises SourceUnreadable."""
    try:
        data = np.fromfile(path, np.uint8)
        image = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    except OSError as error:
        raise SourceUnreadable(f"{path}: {error.strerror} -> name pictures, or folders that hold some") from None
    except cv2.error:  # what claims to be larger than any camera's picture
        image = None
    if image is None:
        raise SourceUnreadable(f"{path}: not a picture that can be read -> give a JPEG or PNG file")
    return image.astype(np.uint8, copy=False)


def _row(path: Path, image: NDArray[np.uint8], found: Detections) -> dict[str, Any]:
    boxes: NDArray[np.float32] = found.boxes
    return {
        "path": str(path),
        "width": image.shape[1],
        "height": image.shape[0],
        "detections": [
            {
                "label": LABELS[label],
                "score": round(float(score), 4),
                "xyxy": [round(float(side), 1) for side in box],
            }
            for box, score, label in zip(boxes, found.scores, found.labels, strict=True)
        ],
    }


def _line(row: dict[str, Any]) -> str:
    found = ", ".join(f"{each['label']} {each['score']:.2f}" for each in row["detections"])
    return f"{row['path']}: {found or 'nothing'}"
