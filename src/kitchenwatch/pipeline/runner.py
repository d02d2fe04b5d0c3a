"""Many cameras in one process: a reader thread each, and a few workers that step their lines."""

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kitchenwatch.errors import KitchenwatchError, SourceUnreadable
from kitchenwatch.model import Change, Frame
from kitchenwatch.pipeline.line import CameraLine
from kitchenwatch.pipeline.slots import EverySlot, NewestSlot, Slot
from kitchenwatch.ports import Source

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Post:
    """A camera's place in the runner, and what can be told about it."""

    camera: str
    source: Source
    line: CameraLine
    live: bool
    slot: Slot = field(init=False)
    frames: int = 0
    failures: int = 0
    last_at: datetime | None = None
    over: bool = False

    @property
    def skipped(self) -> int:
        """Frames that a newer one replaced before anybody looked."""
        return self.slot.skipped


def replay(source: Source, line: CameraLine) -> Iterator[tuple[float, list[Change]]]:
    """A film through its line, in this thread: media time and changes, frame by frame, then what `finish` closes.

    A film that breaks off is finished up to there before its SourceUnreadable is passed on.
    """
    t, broken = 0.0, None
    try:
        for frame in source.frames():
            t = frame.t
            yield t, line.step(frame)
    except SourceUnreadable as error:
        broken = error
    yield t, line.finish()
    if broken:
        raise broken


class Worker:
    """Steps the lines of its cameras in turn, so that none starves."""

    def __init__(self, name: str, posts: Sequence[Post]) -> None:
        self._ready = threading.Condition()
        self._posts = list(posts)
        self._turn = 0
        for post in posts:
            post.slot = (NewestSlot if post.live else EverySlot)(self._ready)
        self.thread = threading.Thread(target=self.run, name=name, daemon=True)

    def run(self) -> None:
        """Until every slot is closed and empty."""
        while (work := self._next()) is not None:
            post, frame = work
            self._supervised(post, frame)

    def _next(self) -> tuple[Post, Frame | None] | None:
        """The next post with a frame, or with None when its footage is over; None when all are over."""
        with self._ready:
            while not all(post.over for post in self._posts):
                for post in self._in_turn():
                    if post.slot.over:
                        post.over = True
                        return post, None
                    if (frame := post.slot.take()) is not None:
                        return post, frame
                self._ready.wait()
        return None

    def _in_turn(self) -> list[Post]:
        self._turn = (self._turn + 1) % len(self._posts)
        order = self._posts[self._turn :] + self._posts[: self._turn]
        return [post for post in order if not post.over]

    def _supervised(self, post: Post, frame: Frame | None) -> None:
        try:
            if frame is None:
                post.line.finish()
            else:
                post.frames, post.last_at = post.frames + 1, frame.at
                post.line.step(frame)
        except Exception:  # a supervisor: one camera's failure must not stop the others
            post.failures += 1
            log.exception("camera %s: a frame could not be judged", post.camera)


class Runner:
    """Starts and stops readers and workers."""

    def __init__(self, posts: Sequence[Post], workers: int) -> None:
        self.posts = list(posts)
        count = max(1, min(workers, len(self.posts)))
        self._workers = [Worker(f"worker-{i}", self.posts[i::count]) for i in range(count) if self.posts]
        self._readers = [
            threading.Thread(target=self._read, args=(post,), name=f"read-{post.camera}", daemon=True)
            for post in self.posts
        ]

    def start(self) -> None:
        """Begin to read and judge."""
        for thread in [worker.thread for worker in self._workers] + self._readers:
            thread.start()

    def stop(self) -> None:
        """End every source, let the workers finish what was read, and wait for all threads."""
        for post in self.posts:
            post.source.stop()
        self.wait()

    def wait(self) -> None:
        """Until all footage is over (films only; live cameras go on until `stop`)."""
        for thread in self._readers + [worker.thread for worker in self._workers]:
            if thread.ident is not None:
                thread.join()

    def _read(self, post: Post) -> None:
        try:
            for frame in post.source.frames():
                post.slot.put(frame)
        except KitchenwatchError as error:
            post.failures += 1
            log.error("camera %s: %s", post.camera, error)
        except Exception:  # a supervisor: the other cameras go on
            post.failures += 1
            log.exception("camera %s: its reader failed", post.camera)
        finally:
            post.slot.close()
