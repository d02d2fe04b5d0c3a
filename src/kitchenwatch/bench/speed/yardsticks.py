"""What others would do with the same film: the yardsticks that our figures stand beside."""

from importlib.util import find_spec
from pathlib import Path

from kitchenwatch.bench.apart import Tell
from kitchenwatch.bench.speed.figures import PLAIN, STOCK, FilmCost
from kitchenwatch.clock import SystemClock, cpu_seconds
from kitchenwatch.errors import MissingExtra
from kitchenwatch.ports import FrameLook, Source

STOCK_NEEDS = ("ultralytics", "lap")


def require_stock() -> None:
    """Raises MissingExtra without Ultralytics and what its tracker needs."""
    if not all(find_spec(package) for package in STOCK_NEEDS):
        raise MissingExtra("stock Ultralytics' track()", "train")


def plain(film: str, source: Source, seconds: float, look: FrameLook, tell: Tell) -> FilmCost:
    """Decode every picture, look once at each sampled one as a whole: an NVR that detects at a steady rate."""
    clock = SystemClock()
    since, cpu = clock.monotonic(), cpu_seconds()
    t, frames, people = 0.0, 0, 0
    for frame in source.frames():
        t, frames = frame.t, frames + 1
        people += len(look.people([frame])[0])
        tell(t / seconds)
        if t >= seconds:
            break
    return FilmCost(
        film=film,
        way=PLAIN,
        seconds=max(t, seconds),
        cpu=cpu_seconds() - cpu,
        wall=clock.monotonic() - since,
        frames=frames,
        people=people / frames,
    )


def stock(film: Path, step: float, seconds: float, weights: Path, tell: Tell) -> FilmCost:
    """`YOLO(...).track(stream=True)` as Ultralytics' documentation shows it, PyTorch on one thread.

    Counted from its second picture on: at the first it makes itself ready.

    Args:
        step: seconds from one picture to the next.
        weights: `.pt`.
    """
    import torch
    from ultralytics import YOLO

    torch.set_num_threads(1)
    results = YOLO(weights, task="detect").track(source=film, stream=True, device="cpu", verbose=False)
    next(results)
    clock = SystemClock()
    since, cpu = clock.monotonic(), cpu_seconds()
    frames, people = 0, 0
    for result in results:
        frames += 1
        people += int((result.boxes.cls == 0).sum())
        tell(frames * step / seconds)
        if frames * step >= seconds:
            break
    return FilmCost(
        film=film.name,
        way=STOCK,
        seconds=frames * step,
        cpu=cpu_seconds() - cpu,
        wall=clock.monotonic() - since,
        frames=frames,
        people=people / max(1, frames),
    )
