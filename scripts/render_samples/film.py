"""Puts the rendered cooks into the rendered room, frame by frame, and writes film and truth."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from PIL import Image

from .kitchen import HEIGHT, PIXELS_PER_METRE, WIDTH

FPS = 25
SPEED = 1.0
STRIDE_S = 0.96
WORK_S = 2.4
TURN_S = 0.32
OUTSIDE = 2.75

Pixels = npt.NDArray[np.float32]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Visit:
    """One person's way through a film: in from the left, to work, out to the right."""

    person: str
    cast: str
    enters: float
    work_x: float
    leaves: float
    violations: tuple[str, ...] = ()

    def arrives(self) -> float:
        """When the person stands at the table."""
        return self.enters + (OUTSIDE + self.work_x) / SPEED

    def gone(self) -> float:
        """When the person has left the picture."""
        return self.leaves + (OUTSIDE - self.work_x) / SPEED


@dataclass(frozen=True)
class Film:
    """A film: its name, its length and who comes."""

    name: str
    seconds: float
    visits: tuple[Visit, ...]
    shows: str
    seed: int


@dataclass
class Sprite:
    """A premultiplied picture of one stance and where it lies for x = 0."""

    pixels: Pixels
    x: int
    y: int
    glow: tuple[float, float] | None


class Cast:
    """All pictures of one cook."""

    def __init__(self, folder: Path) -> None:
        index: dict[str, list[dict[str, Any]]] = json.loads((folder / "index.json").read_text())
        self.sets = {name: [_sprite(folder, entry) for entry in entries] for name, entries in index.items()}

    def at(self, visit: Visit, t: float) -> tuple[list[tuple[Sprite, float]], float] | None:
        """The pictures to blend with their weights, and the shift in metres; none when out of view."""
        if t < visit.enters or t > visit.gone():
            return None
        if t < visit.arrives():
            x = -OUTSIDE + SPEED * (t - visit.enters)
            left = visit.arrives() - t
            return ([(self._turn(1 - left / TURN_S), 1.0)] if left < TURN_S else [(self._step(t), 1.0)]), x
        if t > visit.leaves:
            x, since = visit.work_x + SPEED * (t - visit.leaves), t - visit.leaves
            return ([(self._turn(1 - since / TURN_S), 1.0)] if since < TURN_S else [(self._step(t), 1.0)]), x
        works = self.sets["work"]
        place = (t - visit.arrives()) / WORK_S * len(works)
        first, part = int(place), place - int(place)
        sway = 0.012 * float(np.sin(t * 1.3)) * min(1.0, t - visit.arrives(), visit.leaves - t)
        pair = [(works[first % len(works)], 1 - part), (works[(first + 1) % len(works)], part)]
        return pair, visit.work_x + sway

    def _step(self, t: float) -> Sprite:
        steps = self.sets["walk"]
        return steps[int(t / STRIDE_S * len(steps)) % len(steps)]

    def _turn(self, part: float) -> Sprite:
        turns = self.sets["turn"]
        return turns[min(len(turns) - 1, max(0, int(part * len(turns))))]


def _sprite(folder: Path, entry: dict[str, Any]) -> Sprite:
    raw = np.asarray(Image.open(folder / entry["file"]).convert("RGBA"), dtype=np.float32) / 255
    raw = raw.copy()
    raw[..., :3] *= raw[..., 3:]
    glow = tuple(entry["glow"]) if "glow" in entry else None
    return Sprite(raw, entry["x"], entry["y"], glow)


def _over(frame: Pixels, layer: Pixels, x: float, y: int) -> Box | None:
    """Lays a premultiplied picture on the frame at a fractional column; returns the box it covers."""
    column, part = int(np.floor(x)), float(x - np.floor(x))
    wide = np.zeros((layer.shape[0], layer.shape[1] + 1, 4), np.float32)
    wide[:, :-1] += (1 - part) * layer
    wide[:, 1:] += part * layer
    x0, x1 = max(0, column), min(WIDTH, column + wide.shape[1])
    y0, y1 = max(0, y), min(HEIGHT, y + wide.shape[0])
    if x1 <= x0 or y1 <= y0:
        return None
    seen = wide[y0 - y : y1 - y, x0 - column : x1 - column]
    frame[y0:y1, x0:x1] = frame[y0:y1, x0:x1] * (1 - seen[..., 3:]) + seen[..., :3]
    rows, columns = np.nonzero(seen[..., 3] > 0.3)
    if len(rows) < 50:
        return None
    return (
        float(x0 + columns.min()),
        float(y0 + rows.min()),
        float(x0 + columns.max() + 1),
        float(y0 + rows.max() + 1),
    )


def _blend(pictures: list[tuple[Sprite, float]]) -> tuple[Pixels, int, int]:
    if len(pictures) == 1:
        only = pictures[0][0]
        return only.pixels, only.x, only.y
    x, y = min(s.x for s, _ in pictures), min(s.y for s, _ in pictures)
    right = max(s.x + s.pixels.shape[1] for s, _ in pictures)
    bottom = max(s.y + s.pixels.shape[0] for s, _ in pictures)
    out = np.zeros((bottom - y, right - x, 4), np.float32)
    for sprite, weight in pictures:
        h, w = sprite.pixels.shape[:2]
        out[sprite.y - y : sprite.y - y + h, sprite.x - x : sprite.x - x + w] += weight * sprite.pixels
    return out, x, y


def _shade(frame: Pixels, x: float, strength: float) -> None:
    """A soft shadow on the table in front of a person."""
    rows, columns = np.mgrid[470:560, 0:WIDTH].astype(np.float32)
    blob = np.exp(-(((columns - x) / 85) ** 2) - ((rows - 490) / 26) ** 2)
    frame[470:560] *= 1 - strength * blob[..., None]


def _smoke(frame: Pixels, at: tuple[float, float], t: float) -> None:
    """Thin smoke that rises and drifts from a point."""
    for k in range(14):
        age = (t * 0.45 + k / 14) % 1.0
        x = at[0] + 9 * age * np.sin(5 * age + 1.7 * t + k) + 14 * age
        y = at[1] - 95 * age
        size = 3 + 13 * age
        x0, x1, y0, y1 = (
            int(max(0, x - 3 * size)),
            int(min(WIDTH, x + 3 * size)),
            int(max(0, y - 3 * size)),
            int(y + 3 * size),
        )
        if x1 <= x0 or y1 <= y0:
            continue
        rows, columns = np.mgrid[y0:y1, x0:x1].astype(np.float32)
        puff = 0.26 * (1 - age) * np.exp(-(((columns - x) / size) ** 2) - ((rows - y) / (1.4 * size)) ** 2)
        frame[y0:y1, x0:x1] += (0.88 - frame[y0:y1, x0:x1]) * puff[..., None]


class Writer:
    """H.264, no B-frames, a key frame every two seconds."""

    def __init__(self, path: Path, bits: int) -> None:
        self._file = av.open(str(path), "w", options={"movflags": "faststart"})
        self._stream: Any = self._file.add_stream("libx264", rate=FPS)
        self._stream.width, self._stream.height, self._stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        self._stream.bit_rate = bits
        self._stream.codec_context.gop_size = 2 * FPS
        self._stream.codec_context.max_b_frames = 0
        self._stream.time_base = Fraction(1, FPS)
        self._stream.options = {"preset": "medium", "bf": "0", "sc_threshold": "0", "threads": "1"}

    def add(self, frame: npt.NDArray[np.uint8]) -> None:
        """One more frame."""
        for packet in self._stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")):
            self._file.mux(packet)

    def close(self) -> None:
        """Ends the film."""
        for packet in self._stream.encode():
            self._file.mux(packet)
        self._file.close()


def make(film: Film, room: Path, casts: dict[str, Cast], target: Path, bits: int) -> dict[str, Any]:
    """Writes ``target/<name>.mp4`` and ``target/truth.json``; returns the truth."""
    target.mkdir(parents=True, exist_ok=True)
    empty = np.asarray(Image.open(room).convert("RGB"), dtype=np.float32) / 255
    rng = np.random.default_rng(film.seed)
    noise = rng.normal(0, 0.006, (8, HEIGHT, WIDTH, 1)).astype(np.float32)
    writer = Writer(target / f"{film.name}.mp4", bits)
    boxes: dict[str, list[tuple[float, Box]]] = {visit.person: [] for visit in film.visits}
    for n in range(round(film.seconds * FPS)):
        t = n / FPS
        frame = empty.copy()
        for visit in film.visits:
            box = _draw(frame, casts[visit.cast], visit, t)
            if box is not None:
                boxes[visit.person].append((t, box))
        frame += noise[int(rng.integers(8))]
        writer.add((np.clip(frame, 0, 1) * 255 + 0.5).astype(np.uint8))
    writer.close()
    truth = _truth(film, boxes)
    (target / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")
    return truth


def _draw(frame: Pixels, cast: Cast, visit: Visit, t: float) -> Box | None:
    found = cast.at(visit, t)
    if found is None:
        return None
    pictures, metres = found
    layer, x, y = _blend(pictures)
    shift = metres * PIXELS_PER_METRE
    _shade(frame, WIDTH / 2 + shift, 0.25)
    box = _over(frame, layer, x + shift, y)
    glow = pictures[0][0].glow
    if glow is not None and box is not None:
        _smoke(frame, (glow[0] + shift, glow[1]), t)
    return box


def _truth(film: Film, boxes: dict[str, list[tuple[float, Box]]]) -> dict[str, Any]:
    """A violation lasts while its person is whole in the picture, from edge to edge."""
    violations = []
    for visit in film.visits:
        whole = [(t, box) for t, box in boxes[visit.person] if box[0] > 1 and box[2] < WIDTH - 1]
        if not whole:
            continue
        each = [{"t": round(t, 2), "xyxy": [round(v) for v in box]} for t, box in whole if round(t * FPS) % FPS == 0]
        for kind in visit.violations:
            opened, closed = round(whole[0][0], 2), round(whole[-1][0], 2)
            violations.append({"kind": kind, "opened": opened, "closed": closed, "person": visit.person, "boxes": each})
    return {
        "film": f"{film.name}.mp4",
        "seconds": film.seconds,
        "fps": FPS,
        "violations": violations,
        "not_judged": [],
        "licence": "CC0-1.0",
    }
