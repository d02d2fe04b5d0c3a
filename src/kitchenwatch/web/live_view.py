"""What of a camera can be watched live, as the doors need it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kitchenwatch.pipeline.onlooker import Seen
from kitchenwatch.sources.broadcast import Reel


class FilmViewer(Protocol):
    """One who watches the film (`sources.broadcast.Viewer`)."""

    def take(self) -> list[Reel | bytes]:
        """What has come since the last time; pieces of fragmented MP4, each run's after its reel."""
        ...

    def close(self) -> None:
        """Watch no longer; safe to call again."""
        ...


class Film(Protocol):
    """A camera's pictures as they come (`sources.broadcast.Broadcast`)."""

    def watch(self, wake: Callable[[], None]) -> FilmViewer | None:
        """A new viewer, from the newest keyframe on; None when too many watch. `wake` is called from other threads."""
        ...


class Sights(Protocol):
    """What the camera's line sees (`pipeline.onlooker.Onlooker`)."""

    @property
    def newest(self) -> Seen | None:
        """The newest frame that was judged."""
        ...

    def listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake` at each frame, from another thread; returns what ends it."""
        ...


@dataclass(frozen=True, slots=True)
class LiveView:
    """One camera's.

    Attributes:
        film: None for a camera that plays a recorded film.
        idle_s: seconds since the camera's newest picture came; None before the first.
    """

    sights: Sights
    film: Film | None
    idle_s: Callable[[], float | None]
