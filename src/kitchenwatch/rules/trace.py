"""A curve over media time, thinned as it grows."""

# Points of a finished trace: a chart's width, a few kilobytes in a manifest.
MOST = 200


class Trace:
    """Pairs of (seconds, value). When it is full every other point goes, so a long trace is coarse, never cut off."""

    def __init__(self) -> None:
        self._points: list[tuple[float, float]] = []
        self._spacing = 0.0
        self._last: tuple[float, float] | None = None

    def add(self, t: float, value: float) -> None:
        """Add a point; one closer to its predecessor than the present spacing is kept only while it is the last."""
        self._last = (round(t, 3), round(value, 3))
        if self._points and t - self._points[-1][0] < self._spacing:
            return
        self._points.append(self._last)
        if len(self._points) >= MOST:
            self._spacing = 2 * (self._points[-1][0] - self._points[0][0]) / MOST
            self._points = self._points[::2]

    def extend(self, other: "Trace") -> None:
        """Add all points of a later trace."""
        for t, value in other.points():
            self.add(t, value)

    def points(self) -> tuple[tuple[float, float], ...]:
        """At most `MOST` points, in order, with the first and the last there were."""
        if self._last is None or self._points[-1] == self._last:
            return tuple(self._points)
        return (*self._points, self._last)
