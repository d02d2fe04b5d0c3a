"""Many cameras in one process: a reader thread each, and a few workers that step their lines."""

import logging
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kitchenwatch.errors import KitchenwatchError, SourceUnreadable
from kitchenwatch.model import Attentiveness, Change, Frame
from kitchenwatch.pipeline.line import CameraLine
from kitchenwatch.pipeline.slots import EverySlot, NewestSlot, Slot
from kitchenwatch.pipeline.together import tell
from kitchenwatch.ports import Clock, Source

log = logging.getLogger(__name__)

# Cameras stepped together at most. The network gains nothing from more at once (docs/engines.md), and whoever waits
# for the next round is seen on a newer frame.
TOGETHER = 8
# Attention may recall the pictures since the keyframe before: 2 s at 2.5 a second, and the keyframe itself.
RECALLED = 6


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
    def attentiveness(self) -> Attentiveness:
        """How closely it is looked at now."""
        return self.line.attentiveness

    @property
    def skipped(self) -> int:
        """Frames that a newer one replaced before anybody looked."""
        return self.slot.skipped

    @property
    def waited_s(self) -> float:
        """How long the last frame waited until a worker took it, in seconds."""
        return self.slot.waited_s


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
    """Steps the lines of its cameras, together where several have a frame; cameras may come and go while it runs.

    It never waits for one camera when another is ready, and whoever was taken goes to the end of the row, so that none
    starves.
    """

    def __init__(self, name: str, clock: Clock) -> None:
        self._ready, self._clock = threading.Condition(), clock
        self._posts: list[Post] = []  # those taken longest ago first
        self._closed = False
        self.thread = threading.Thread(target=self.run, name=name, daemon=True)

    def __len__(self) -> int:
        return len(self._posts)

    def add(self, post: Post) -> None:
        """Look after one more camera."""
        live = NewestSlot(self._ready, self._clock, RECALLED)
        post.slot = live if post.live else EverySlot(self._ready, self._clock)
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
        while self._round():
            pass

    def _round(self) -> bool:
        """One frame of whoever has one; False when nobody will have any. Its pictures are not held afterwards."""
        ready = self._next()
        self._step([(post, frame) for post, frame in ready if frame is not None])
        for post, frame in ready:
            if frame is None:
                self._finish(post)
                self._forget(post)
        return bool(ready)

    def _next(self) -> list[tuple[Post, Frame | None]]:
        """Posts with a frame each, or with None when the footage is over; nobody when there is nothing to come."""
        with self._ready:
            while self._posts or not self._closed:
                if ready := self._take():
                    return ready
                self._ready.wait()
        return []

    def _take(self) -> list[tuple[Post, Frame | None]]:
        """What is there now; call with the condition held."""
        ready: dict[Post, Frame | None] = {}
        for post in self._posts:
            if len(ready) < TOGETHER and ((frame := post.slot.take()) is not None or post.slot.over):
                ready[post] = frame
        self._posts.sort(key=ready.__contains__)
        return list(ready.items())

    def _forget(self, post: Post) -> None:
        with self._ready:
            post.over = True
            self._posts = [other for other in self._posts if other is not post]
            self._ready.notify_all()

    def _step(self, ready: Sequence[tuple[Post, Frame]]) -> None:
        for post, frame in ready:
            post.frames, post.last_at = post.frames + 1, frame.at
            post.line.late(post.waited_s)
        tellings = [post.line.telling(frame) for post, frame in ready]
        tell(tellings)
        for (post, _), telling in zip(ready, tellings, strict=True):
            if telling.failure:
                post.failures += 1
                log.error("camera %s: a frame could not be judged", post.camera, exc_info=telling.failure)

    def _finish(self, post: Post) -> None:
        try:
            post.line.finish()
        except Exception:  # a supervisor: one camera's failure must not stop the others
            post.failures += 1
            log.exception("camera %s: its line could not be finished", post.camera)


class Runner:
    """Starts and stops readers and workers; cameras may be added and removed while it runs.

    `add`, `remove`, `stop` and `wait` are called from one thread at a time.

    Args:
        posts: to begin with.
        workers: at most so many threads judge.
        clock: tells how long frames wait.
    """

    def __init__(self, posts: Sequence[Post], workers: int, clock: Clock) -> None:
        self._posts: tuple[Post, ...] = ()
        self._clock = clock
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
        worker = Worker(f"worker-{len(self._workers)}", self._clock)
        self._workers.append(worker)
        if self._started:
            worker.thread.start()
        return worker

    def _read(self, post: Post) -> None:
        try:
            for frame in post.source.frames():
                post.slot.put(frame)
                del frame  # its picture is not held while the next is waited for
        except KitchenwatchError as error:
            post.failures += 1
            log.error("camera %s: %s", post.camera, error)
        except Exception:  # a supervisor: the other cameras go on
            post.failures += 1
            log.exception("camera %s: its reader failed", post.camera)
        finally:
            post.slot.close()
