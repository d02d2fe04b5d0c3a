"""How soon somebody who comes into a live camera's view is seen, in one piece: from the picture's sending to a track.

    .venv/bin/python scripts/entry_delay.py kitchen.mp4@72.6 other.mp4@62.3

Each film is played over RTSP in real time, beginning some seconds before the moment that is given, about which somebody
comes into view (`pad_films` tells it as "begin" in `visits.json`). All cameras are watched at once, as `serve` watches
them, without a store. Somebody has come into view in the first of two pictures running in which the detector finds
people when it looks at every picture of the file; so what is told is the price of attention and of the way, not of a
foot in the door that no look would notice. Wants the extra `demo`.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, cast

import av
from rich.console import Console
from rich.table import Table

from kitchenwatch.attention.full import FullAttention
from kitchenwatch.bench.speed.phases import begin_at
from kitchenwatch.bootstrap.attending import build_attention, build_budget
from kitchenwatch.bootstrap.lines import build_line
from kitchenwatch.bootstrap.sight import Sight, build_sight
from kitchenwatch.bootstrap.speed_bench import playing_apart
from kitchenwatch.clock import SystemClock
from kitchenwatch.config import Config, rules_for
from kitchenwatch.cores import CORES
from kitchenwatch.detect.looks import FrameLook
from kitchenwatch.model import CameraRef, Change, Frame, Look, Track
from kitchenwatch.pipeline.runner import Post, Runner
from kitchenwatch.pipeline.unrecorded import NoHealthLog, NoRecorder
from kitchenwatch.ports import Attention
from kitchenwatch.sources.film import FilmSource
from kitchenwatch.sources.live import LiveSettings, LiveSource

ALLOWED_S = 0.5  # beyond a keyframe interval
AFTER_S = 10.0  # so long after they came in, nobody waits any more
EVERY = 100.0  # pictures a second: more than films have
BURST_S = 2.0  # of video that a server may send at once when a camera connects


class Entry(NamedTuple):
    """A film that begins before somebody comes in, and when they do, in seconds from its beginning."""

    film: Path
    at: float


class Witness(NoRecorder):
    """Stands before a camera's attention and behind its line, and notes when pictures come and people are seen."""

    def __init__(self, attention: Attention) -> None:
        self._attention = attention
        self.came: list[tuple[float, bool, float]] = []
        """Media time, whether it is a keyframe, and clock of each picture as it was read."""
        self.seen: list[tuple[float, float]] = []
        """Media time and clock of each frame with people, once they had been looked for."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._attention, name)

    def decodes(self, t: float, key: bool, size: int) -> bool:
        self.came.append((t, key, time.monotonic()))
        return self._attention.decodes(t, key, size)

    def step(self, frame: Frame, tracks: Sequence[Track], looks: Sequence[Look], changes: Sequence[Change]) -> None:
        if tracks:
            self.seen.append((frame.t, time.monotonic()))


def main() -> None:
    asked = arguments()
    with TemporaryDirectory() as folder:
        sight = build_sight(workers=CORES)
        entries = [_entry(Path(film), float(at), asked.before, Path(folder), sight.people) for film, at in asked.films]
        found = [row for _ in range(asked.rounds) for row in watched(entries, sight)]
    if asked.json:
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
    else:
        _show(found)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("films", nargs="+", metavar="FILM@SECONDS", type=lambda text: text.rsplit("@", 1))
    parser.add_argument("--before", type=float, default=12.0, help="seconds of film before somebody comes in")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def watched(entries: Sequence[Entry], sight: Sight) -> Iterator[dict[str, Any]]:
    """Watch all at once until the last has come in; what was found of each."""
    clock = SystemClock()
    budget = build_budget(clock)
    with playing_apart([entry.film for entry in entries], len(entries)) as addresses:
        config = _config(addresses)
        site, posts, witnesses = config.sites[0], list[Post](), list[Witness]()
        for camera in site.cameras:
            witness = Witness(build_attention(config, camera, budget))
            attention, health = cast(Attention, witness), NoHealthLog()
            url = camera.url.get_secret_value()
            source = LiveSource(camera.id, url, attention, LiveSettings(), clock, health)
            ref = CameraRef(camera.id, site.id)
            line = build_line(ref, rules_for(config, site, camera), attention, sight, witness, health)
            posts.append(Post(camera.id, source, line, live=True))
            witnesses.append(witness)
        runner = Runner(posts, workers=CORES, clock=clock)
        runner.start()
        time.sleep(max(entry.at for entry in entries) + AFTER_S)
        runner.stop()
    yield from (_told(entry, witness) for entry, witness in zip(entries, witnesses, strict=True))


def _config(addresses: Sequence[str]) -> Config:
    cameras = [{"id": f"camera-{n}", "name": f"{n}", "url": url} for n, url in enumerate(addresses, 1)]
    site = {"id": "kitchen", "name": "kitchen", "district": "bench", "cameras": cameras}
    places = {"districts": [{"id": "bench", "name": "bench"}], "sites": [site]}
    return Config.model_validate(places, context={"folder": Path.cwd()})


def _entry(film: Path, about: float, before: float, folder: Path, people: FrameLook) -> Entry:
    """The film from the keyframe before that time on, and when somebody is to be seen in it."""
    with av.open(str(film)) as container:
        times = [(float(packet.pts * packet.time_base), packet.is_keyframe) for packet in _timed(container)]
    first, last = times[0][0], max(t for t, _ in times)
    begin = max(t - first for t, key in times if key and t - first <= max(0.0, about - before))
    copy = begin_at(film, (begin + 0.001) / (last - first), folder)
    return Entry(copy, _came_in(copy, about - begin + AFTER_S, people))


def _came_in(film: Path, end: float, people: FrameLook) -> float:
    """Seconds from its beginning; raises SystemExit if nobody comes until then, or somebody is there at once."""
    before: float | None = None
    for frame in FilmSource(film.name, film, datetime.now(UTC), FullAttention(EVERY)).frames():
        if frame.t > end:
            break
        (found,) = people.people([frame])
        if before is not None and len(found):
            if before > BURST_S:
                return before
            break
        before = frame.t if len(found) else None
    raise SystemExit(f"{film.name}: nobody comes into view, or somebody is there at once -> name another moment")


def _timed(container: Any) -> Iterator[Any]:
    return (packet for packet in container.demux(video=0) if packet.pts is not None)


def _told(entry: Entry, witness: Witness) -> dict[str, Any]:
    """Of one film, all in seconds; `seen_after` is None where nobody was seen, or somebody before they came in."""
    keys = [t for t, key, _ in witness.came if key]
    apart = max(after - before for before, after in pairwise(keys))
    begin = witness.came[0][0]
    # Pictures are read some time after they were sent, at best at once: the least lag is the camera's own pace.
    pace = min(clock - t for t, _, clock in witness.came if t - begin > BURST_S)
    came = begin + entry.at
    told = {"film": entry.film.name, "keyframes_apart": round(apart, 2), "seen_after": None, "in_picture_after": None}
    if not witness.seen or witness.seen[0][0] < came or witness.seen[0][0] > came + AFTER_S:
        return told
    t, clock = witness.seen[0]
    return told | {"seen_after": round(clock - pace - came, 2), "in_picture_after": round(t - came, 2)}


def _show(found: Sequence[dict[str, Any]]) -> None:
    table = Table("film", "keyframes apart", "in a picture after", "seen after", title="seconds from coming into view")
    for row in found:
        table.add_row(*(str(row[name]) for name in ("film", "keyframes_apart", "in_picture_after", "seen_after")))
    console = Console()
    console.print(table)
    seen = [row["seen_after"] for row in found if row["seen_after"] is not None]
    late = [row for row in found if row["seen_after"] and row["seen_after"] > row["keyframes_apart"] + ALLOWED_S]
    if seen:
        console.print(f"{len(seen)} of {len(found)} seen: median {median(seen):.2f} s, worst {max(seen):.2f} s")
    console.print(f"{len(late)} later than a keyframe interval and {ALLOWED_S} s")


if __name__ == "__main__":
    main()
