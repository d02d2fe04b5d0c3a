"""Pads films with empty kitchen, and writes their truths along.

    cd scripts && ../.venv/bin/python -m pad_films ../sample_videos --out /tmp/films/mixed

Each film with a truth becomes one of 1920×1080 at 25 pictures a second in which people are to be seen half the time.
The room without people is `<film>.empty.png` beside the source, else how the source begins. `visits.json` tells when
somebody comes into view in each film, and when the last one is gone.
"""

import argparse
import json
import random
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from kitchenwatch.bench.events import truth
from kitchenwatch.bench.events.films import SUFFIX, TruthFile, find
from pad_films.film import Coding, picture, pictures, write
from pad_films.plan import FPS, Visit, padded, plan
from pad_films.scene import EMPTY_PICTURES, Frame, Picture, Scene, Sensor, empty_room

NOISE, SMART_NOISE = 2.2, 0.7  # levels of 255; smart codecs smooth it away


def main() -> None:
    asked = arguments()
    asked.out.mkdir(parents=True, exist_ok=True)
    visits = {}
    for source in find(asked.sources):
        name = f"{source.film.stem}{asked.suffix}.mp4"
        visit = pad(source, name, asked)
        visits[name] = {"begin": visit.begin, "end": round(visit.end, 2), "seconds": round(visit.seconds, 2)}
        print(f"{asked.out / name}: people from {visit.begin:.2f} s to {visit.end:.2f} of {visit.seconds:.2f} s")  # noqa: T201
    known = asked.out / "visits.json"
    earlier = json.loads(known.read_text()) if known.exists() else {}
    known.write_text(json.dumps({**earlier, **visits}, indent=1) + "\n")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="+", type=Path, help="folders of films with truths")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--suffix", default="", help="of the new films' names")
    parser.add_argument("--empty", type=float, default=0.5, help="share of empty kitchen; 1: one visit in --seconds")
    parser.add_argument("--visit", type=float, default=16.0, help="play the source for at least so many seconds")
    parser.add_argument("--seconds", type=float, default=120.0, help="length of a film whose --empty is 1")
    parser.add_argument("--size", type=size, default=(1920, 1080))
    parser.add_argument("--height", type=int, help="of the source's picture in the frame; by default all of it")
    parser.add_argument("--gop", type=float, default=2.0, help="seconds between keyframes")
    parser.add_argument("--mbit", type=float, default=4.0, help="bits a second, in millions")
    parser.add_argument("--smart", action="store_true", help="a smart codec: a still room costs next to nothing")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


def pad(source: TruthFile, name: str, asked: argparse.Namespace) -> Visit:
    """Write the film and its truth."""
    rng = random.Random(f"{name} {asked.seed}")
    scene = _scene(source, asked)
    visit = plan(len(scene.pictures) / FPS, asked.empty, asked.visit, asked.gop, rng, asked.seconds)
    sensor = Sensor(asked.size, SMART_NOISE if asked.smart else NOISE, rng.randrange(2**32))
    coding = Coding(asked.size, asked.gop, asked.mbit, asked.smart)
    write(asked.out / name, coding, _sent(scene, visit, sensor))
    told = padded(source.truth, visit, name)
    truth.write(told, (asked.out / name).with_suffix(SUFFIX))
    return visit


def _scene(source: TruthFile, asked: argparse.Namespace) -> Scene:
    shown = pictures(source.film)
    first = list(islice(shown, EMPTY_PICTURES))
    given = source.path.with_name(f"{source.film.stem}.empty.png")
    room = picture(given) if given.exists() else empty_room(first)
    frame = Frame(asked.size, asked.height or asked.size[1], room)
    return Scene([frame.fit(each) for each in chain(first, shown)], frame.fit(room))


def _sent(scene: Scene, visit: Visit, sensor: Sensor) -> Iterator[Picture]:
    for number in range(round(visit.seconds * FPS)):
        yield sensor.see(scene.at(visit, number / FPS), number / FPS)


if __name__ == "__main__":
    main()
