"""``python -m render_samples``: renders the room, the cooks, and the sample films with their truth."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from .body import Stance
from .film import Cast, Film, Visit, make
from .outfit import Dress

MAN = {"gender": 0.1, "age": 0.66, "muscle": 0.5, "weight": 0.52, "height": 0.52, "proportions": 0.6}
WOMAN = {"gender": 0.95, "age": 0.62, "muscle": 0.5, "weight": 0.52, "height": 0.58, "proportions": 0.7}
PALE, TAN, BROWN = (0.60, 0.38, 0.28), (0.50, 0.30, 0.20), (0.34, 0.19, 0.12)
BLACK, CHESTNUT = (0.02, 0.014, 0.01), (0.07, 0.03, 0.015)

CASTS = {
    "compliant": Dress(True, "on", True, shape=WOMAN, skin=PALE, hair=BLACK),
    "bare_head": Dress(False, "on", True, shape=MAN, skin=TAN, hair=BLACK),
    "bare_face": Dress(True, "off", False, shape=MAN, skin=PALE, hair=BLACK),
    "smoker": Dress(True, "chin", True, "cigarette", shape=MAN, skin=TAN, hair=BLACK),
    "caller": Dress(True, "on", False, "phone", shape=WOMAN, skin=TAN, hair=BLACK),
    "neither": Dress(False, "off", False, shape=WOMAN, skin=PALE, hair=CHESTNUT),
}

FILMS = (
    Film("compliant", 20.0, (Visit("a", "compliant", 1.5, 0.0, 14.5),), "A cook with hat and mask at work.", 1),
    Film(
        "no_hat",
        20.0,
        (Visit("a", "bare_head", 1.5, 0.0, 14.5, ("no_hat",)),),
        "A cook with a mask and a bare head comes in, works about ten seconds and leaves.",
        2,
    ),
    Film(
        "no_mask", 20.0, (Visit("a", "bare_face", 1.5, 0.0, 14.5, ("no_mask",)),), "A cook with a hat and no mask.", 3
    ),
    Film(
        "smoking",
        20.0,
        (Visit("a", "smoker", 1.5, 0.0, 14.5, ("smoking", "no_mask")),),
        "A cook with a hat smokes, the mask pulled under the chin.",
        4,
    ),
    Film(
        "phone_use",
        20.0,
        (Visit("a", "caller", 1.5, 0.0, 14.5, ("phone_use",)),),
        "A cook with hat and mask holds a phone in front of the chest.",
        5,
    ),
    Film(
        "two_cooks",
        24.0,
        (
            Visit("a", "compliant", 1.5, 0.75, 16.0),
            Visit("b", "neither", 4.5, -0.75, 18.0, ("no_hat", "no_mask")),
        ),
        "Two cooks: one with hat and mask, one with neither; both are in view for a while.",
        6,
    ),
)


def working(phase: float, dress: Dress) -> Stance:
    """At the table: one hand holds, the other chops; or a phone is held up."""
    a = 2 * np.pi * phase
    chop = 0.03 * float(np.sin(2 * a))
    wrists = {"L": (0.13 + 0.02 * float(np.sin(a)), -0.40, 0.11), "R": (-0.12, -0.40 - 0.3 * chop, 0.14 + chop)}
    pitch = -0.16 + 0.05 * float(np.sin(a))
    if dress.item == "phone":
        wrists["R"] = (-0.11 + 0.008 * float(np.sin(a)), -0.33, 0.37 + 0.01 * float(np.cos(a)))
    if dress.item == "cigarette":
        wrists["R"] = (-0.17 + 0.006 * float(np.sin(a)), -0.28, 0.575 + 0.008 * float(np.cos(a)))
    return Stance(wrists, lean=0.10, head_pitch=pitch, head_turn=0.14 * float(np.sin(a)))


def walking(phase: float, dress: Dress) -> Stance:
    """Walking with swinging arms."""
    swing = 0.16 * float(np.sin(2 * np.pi * phase))
    wrists = {"L": (0.27, -0.06 + swing, -0.02), "R": (-0.27, -0.06 - swing, -0.02)}
    if dress.item == "phone":
        wrists["R"] = (-0.11, -0.33, 0.36)
    return Stance(wrists, lean=0.05, head_pitch=-0.06, head_turn=-0.25, stride=phase + 1e-3)


def shoot(name: str, folder: Path, samples: int, steps: int, works: int) -> None:
    """All pictures of one cook."""
    from .people import Studio

    dress, place = CASTS[name], (0.0, 0.05)
    studio = Studio(dress, folder, samples)
    lists = {
        "work": [studio.shot(f"work{k}", working(k / works, dress), 0.12, place) for k in range(works)],
        "turn": [studio.shot("turn0", working(0.0, dress), 0.62, place)],
        "walk": [studio.shot(f"walk{k}", walking(k / steps, dress), 1.08, place) for k in range(steps)],
    }
    (folder / "index.json").write_text(json.dumps(lists, indent=1))


def main() -> None:
    """Command line."""
    parse = argparse.ArgumentParser(prog="render_samples", description=__doc__)
    parse.add_argument("--work", type=Path, required=True, help="folder for the pictures in between")
    parse.add_argument("--out", type=Path, default=Path("sample_videos"))
    parse.add_argument(
        "--only", nargs="*", default=[], help="steps to do: room, a cast's name, a film's name as film:NAME"
    )
    parse.add_argument("--samples", type=int, default=12)
    parse.add_argument("--steps", type=int, default=6)
    parse.add_argument("--works", type=int, default=10)
    parse.add_argument("--bits", type=int, default=420_000)
    args = parse.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)

    def wanted(step: str) -> bool:
        return not args.only or step in args.only

    if wanted("room"):
        from .kitchen import render_room

        render_room(args.work / "room.png", args.samples, 7)
    for name in CASTS:
        if wanted(name):
            shoot(name, args.work / name, args.samples, args.steps, args.works)
    for film in FILMS:
        if wanted(f"film:{film.name}"):
            casts = {visit.cast: Cast(args.work / visit.cast) for visit in film.visits}
            make(film, args.work / "room.png", casts, args.out / film.name, args.bits)
            sys.stdout.write(f"{film.name}: {(args.out / film.name / (film.name + '.mp4')).stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
