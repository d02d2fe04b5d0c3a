"""Measures how long the review page takes from a key to the next case that can be seen and judged.

Fills a fresh SQLite store with cases whose pictures and clips come from the sample films, serves the console, and
judges with a real Chromium by keyboard alone. The page itself takes the time (`performance.measure`): from the key's
own time stamp until the next case's pictures are decoded and two frames have been drawn.

    .venv/bin/python scripts/review_speed.py --cases 10000 --judge 30 --think 0 1
"""

import argparse
import hashlib
import os
import shutil
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from uuid import UUID

import cv2
import uvicorn
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import insert, text

from kitchenwatch.manifest import case_key
from kitchenwatch.model import EvidenceKind, Kind, violation_id
from kitchenwatch.store import tables

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT / "tests" / "web"))

from installation import PASSWORD, Installation  # noqa: E402

SITES = ("wang", "li", "zhao")
MOMENTS = (0.2, 0.35, 0.5, 0.65, 0.8)  # of each film
BATCH = 1000
KEYS = "c1d2u3c4a5c6c7c8c9c0c1d2u3c4a5"
TIMES = "performance.getEntriesByName('review.ready').map(entry => entry.duration)"


@dataclass(frozen=True)
class Scene:
    """What a case shows: a file for each kind of evidence, and how long after the clip's beginning it is opened."""

    kind: Kind
    opens: float
    files: dict[EvidenceKind, Path]


def main() -> None:
    asked = arguments()
    with tempfile.TemporaryDirectory() as folder:
        shop = Installation(Path(folder))
        shop.prepare()
        fill(shop, Path(folder), asked.cases, asked.waiting)
        sys.stdout.write(f"{asked.cases} cases stored, {asked.waiting} of them waiting\n")
        with serving(shop) as address:
            for think in asked.think:
                report(think, judged(address, asked.judge, think))
        shop.database.close()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--waiting", type=int, default=10_000, help="of these, the newest ones")
    parser.add_argument("--judge", type=int, default=30, help="how many")
    parser.add_argument("--think", type=float, nargs="+", default=[0.0, 1.0], help="seconds that the reviewer looks")
    return parser.parse_args()


def report(think: float, times: Sequence[float]) -> None:
    ordered = sorted(times)
    late = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    sys.stdout.write(
        f"looking for {think:g} s: {len(times)} cases, median {statistics.median(times):.0f} ms, "
        f"95th percentile {late:.0f} ms, longest {ordered[-1]:.0f} ms\n"
    )


def judged(address: str, number: int, think: float) -> list[float]:
    """Milliseconds from each key to the next case."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(base_url=address, viewport={"width": 1440, "height": 900})
        page.goto("/review")
        page.fill("[name=name]", "admin")
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        for key in islice(cycle(KEYS), number):
            seen(page)
            page.wait_for_timeout(1000 * think)
            page.keyboard.press(key)
        seen(page)
        times: list[float] = page.evaluate(TIMES)
        browser.close()
    return times[1:]  # the first tells of the page, not of a key


def seen(page: Page) -> None:
    """Wait until the case can be judged."""
    page.wait_for_selector("article.case[aria-busy=false]")


def fill(shop: Installation, folder: Path, cases: int, waiting: int) -> None:
    """Rows, and files that share their bytes."""
    scenes = list(islice(cycle(filmed(folder / "scenes")), cases))
    with shop.database.session() as session:
        for start in range(0, cases, BATCH):
            rows = [
                stored(shop, folder / "blobs", number, scenes[number], number < waiting)
                for number in range(start, min(start + BATCH, cases))
            ]
            session.execute(insert(tables.Violation), [violation for violation, _, _ in rows])
            session.execute(insert(tables.Case), [case for _, case, _ in rows])
            session.execute(insert(tables.Evidence), [piece for _, _, pieces in rows for piece in pieces])
        session.execute(text("ANALYZE"))


def stored(shop: Installation, blobs: Path, number: int, scene: Scene, waits: bool) -> tuple[Any, Any, list[Any]]:
    """The rows of one case: violation, case and evidence."""
    site = SITES[number % len(SITES)]
    camera = f"{site}-wok"
    at = shop.clock.now() - timedelta(seconds=40 * number)
    id, score = violation_id(camera, scene.kind, "seed", number, 4.0), 0.5 + number * 37 % 100 / 201
    scores = [[second / 5, max(0.0, second / 5 - 2)] for second in range(50)]
    seen = {"id": id, "camera_id": camera, "kind": scene.kind, "opened_at": at, "score": score}
    violation = seen | {
        "run": "seed",
        "track": number,
        "opened": 4.0,
        "closed": 9.5,
        "closed_at": at,
        "box": [0] * 4,
        "scores": scores,
    }
    verdict = {"status": "open", "revision": 1} if waits else {"status": "confirmed", "revision": 2}
    case = seen | verdict | {"violation_id": id, "site_id": site}
    return violation, case, [linked(kind, file, site, at, id, scene.opens, blobs) for kind, file in scene.files.items()]


def linked(
    kind: EvidenceKind, file: Path, site: str, at: datetime, case: UUID, opens: float, blobs: Path
) -> dict[str, Any]:
    """The row of a piece of evidence, its file in place. Each has a hash of its own: no browser has it already."""
    key = case_key(site, at, case, kind + file.suffix)
    (blobs / key).parent.mkdir(parents=True, exist_ok=True)
    os.link(file, blobs / key)
    film = kind is EvidenceKind.CLIP
    return {
        "case_id": case,
        "kind": kind,
        "key": key,
        "sha256": hashlib.sha256(key.encode()).hexdigest(),
        "bytes": file.stat().st_size,
        "media_type": "video/mp4" if film else "image/jpeg",
        "begins": at - timedelta(seconds=opens) if film else None,
        "seal_seq": 1,
    }


def filmed(folder: Path) -> Iterator[Scene]:
    """Moments of the sample films."""
    folder.mkdir()
    for kind in (Kind.NO_HAT, Kind.NO_MASK, Kind.SMOKING, Kind.PHONE_USE):
        film = folder / f"{kind}.mp4"
        shutil.copy(CHECKOUT / "sample_videos" / kind / film.name, film)
        capture = cv2.VideoCapture(str(film))
        frames, fps = capture.get(cv2.CAP_PROP_FRAME_COUNT), capture.get(cv2.CAP_PROP_FPS)
        for part in MOMENTS:
            capture.set(cv2.CAP_PROP_POS_FRAMES, int(frames * part))
            _, image = capture.read()
            yield Scene(kind, frames * part / fps, drawn(image, folder / f"{kind}-{part}") | {EvidenceKind.CLIP: film})


def drawn(image: Any, place: Path) -> dict[EvidenceKind, Path]:
    """Snapshot, annotated snapshot and crop, written beside each other."""
    height, width = image.shape[:2]
    top, left, bottom, right = height // 8, width // 3, height * 7 // 8, width * 3 // 5
    annotated = cv2.rectangle(image.copy(), (left, top), (right, bottom), (30, 30, 230), 4)
    pictures = {
        EvidenceKind.SNAPSHOT: image,
        EvidenceKind.ANNOTATED: annotated,
        EvidenceKind.CROP: image[top:bottom, left:right],
    }
    files = {kind: place.with_name(f"{place.name}-{kind}.jpg") for kind in pictures}
    for kind, file in files.items():
        cv2.imwrite(str(file), pictures[kind])
    return files


@contextmanager
def serving(shop: Installation) -> Iterator[str]:
    """The console's address."""
    server = uvicorn.Server(uvicorn.Config(shop.app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(5)


if __name__ == "__main__":
    main()
