"""The evidence of a violation over time, as the points of a line."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 600, 120  # units of the drawing, which scales to its place


@dataclass(frozen=True, slots=True)
class Chart:
    """A line in a drawing of `WIDTH` by `HEIGHT`.

    Attributes:
        points: what an SVG polyline takes.
        opened: x of the moment at which the violation was opened.
        seconds: media time from left to right.
        top: greatest value, at the upper edge; zero lies at the lower.
    """

    points: str
    opened: float
    seconds: float
    top: float


def chart(scores: Sequence[Sequence[float]], opened: float) -> Chart | None:
    """The line through (media time in seconds, value) pairs; None for fewer than two."""
    if len(scores) < 2:
        return None
    begin, end = scores[0][0], scores[-1][0]
    seconds = max(end - begin, 1e-3)
    top = max(1e-3, *(value for _, value in scores))
    points = " ".join(f"{_x(t, begin, seconds)},{HEIGHT * (1 - max(value, 0) / top):.1f}" for t, value in scores)
    return Chart(points, _x(min(max(opened, begin), end), begin, seconds), seconds, top)


def _x(t: float, begin: float, seconds: float) -> float:
    return round(WIDTH * (t - begin) / seconds, 1)
