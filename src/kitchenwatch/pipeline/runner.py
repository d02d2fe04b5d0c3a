"""Many cameras in one process: a reader thread each, and a few workers that step their lines."""

import logging
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kitchenwatch.errors import KitchenwatchError, SourceUnreadable
from kitchenwatch.model import Change, Frame
from kitchenwatch.pipeline.line import CameraLine
from kitchenwatch.pipeline.slots import EverySlot, NewestSlot, Slot
from kitchenwatch.ports import Source

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
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
    """Whether its footage has ended and its line was finished."""

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
    """Steps the lines of its cameras in turn, so that none starves; cameras may come and go while it runs."""

    def __init__(self, name: str) -> None:
        self._ready = threading.Condition()
        self._posts: list[Post] = []
        self._turn = 0
        self._closed = False
        self.thread = threading.Thread(target=self.run, name=name, daemon=True)

    def __len__(self) -> int:
        return len(self._posts)

    def add(self, post: Post) -> None:
        """Look after one more camera."""
        post.slot = (NewestSlot if post.live else EverySlot)(self._ready)
        with self._ready:
            self._posts.append(post)

    def close(self) -> None:
        """No camera will be added: `run` ends once all are over."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()

    def wait(self, post: Post) -> None:
        """Until that camera's line was finished, if it is one of this worker's."""
        with self._ready:
            self._ready.wait_for(lambda: post not in self._posts)

    def run(self) -> None:
        """Until it is closed and every slot is closed and empty."""
        while (work := self._next()) is not None:
            post, frame = work
            self._supervised(post, frame)
            if frame is None:
                self._forget(post)

    def _next(self) -> tuple[Post, Frame | None] | None:
        """The next post with a frame, or with None when its footage is over; None when there is nothing to come."""
        with self._ready:
            while self._posts or not self._closed:
                for post in self._in_turn():
                    if post.slot.over:
                        return post, None
                    if (frame := post.slot.take()) is not None:
                        return post, frame
                self._ready.wait()
        return None

    def _in_turn(self) -> list[Post]:
        self._turn = (self._turn + 1) % max(1, len(self._posts))
        return self._posts[self._turn :] + self._posts[: self._turn]

    def _forget(self, post: Post) -> None:
        with self._ready:
            post.over = True
            self._posts = [other for other in self._posts if other is not post]
            self._ready.notify_all()

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
    """Starts and stops readers and workers; cameras may be added and removed while it runs.

    `add`, `remove`, `stop` and `wait` are called from one thread at a time.

    Args:
        posts: to begin with.
        workers: at most so many threads judge.
    """

    def __init__(self, posts: Sequence[Post], workers: int) -> None:
        self._posts: tuple[Post, ...] = ()
        self._limit, self._started = max(1, workers), False
        self._workers: list[Worker] = []
        self._readers: dict[Post, threading.Thread] = {}
        for post in posts:
            self.add(post)

    @property
    def posts(self) -> tuple[Post, ...]:
        """The cameras as they are now."""
        return self._posts

    def add(self, post: Post) -> None:
        """One more camera; it is read at once if the runner has been started."""
        self._worker().add(post)
        reader = threading.Thread(target=self._read, args=(post,), name=f"read-{post.camera}", daemon=True)
        self._readers[post] = reader
        self._posts = (*self._posts, post)
        if self._started:
            reader.start()

    def remove(self, cameras: Collection[str]) -> None:
        """End these cameras of a runner at work, all at once, and wait until their lines were finished."""
        leaving = [post for post in self._posts if post.camera in cameras]
        self._posts = tuple(post for post in self._posts if post not in leaving)
        for post in leaving:
            post.source.stop()
        for post in leaving:
            self._readers.pop(post).join()
            for worker in self._workers:
                worker.wait(post)

    def start(self) -> None:
        """Begin to read and judge."""
        self._started = True
        for thread in [worker.thread for worker in self._workers] + list(self._readers.values()):
            thread.start()

    def stop(self) -> None:
        """End every source, let the workers finish what was read, and wait for all threads."""
        for post in self._posts:
            post.source.stop()
        self.wait()

    def wait(self) -> None:
        """Until all footage is over (films only; live cameras go on until `stop`)."""
        for worker in self._workers:
            worker.close()
        for thread in list(self._readers.values()) + [worker.thread for worker in self._workers]:
            if thread.ident is not None:
                thread.join()

    def _worker(self) -> Worker:
        """A new one while there may be more of them, else the one with the fewest cameras."""
        if len(self._workers) == self._limit:
            return min(self._workers, key=len)
        worker = Worker(f"worker-{len(self._workers)}")
        self._workers.append(worker)
        if self._started:
            worker.thread.start()
        return worker

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
