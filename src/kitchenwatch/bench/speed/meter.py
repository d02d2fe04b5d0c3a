"""CPU time by stage, whatever thread spends it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from kitchenwatch.bench.speed.engine_threads import EngineThreads
from kitchenwatch.clock import thread_cpu_seconds
from kitchenwatch.model import Frame
from kitchenwatch.ports import Engine, Footage, Source
from kitchenwatch.sources.stream import Stream, StreamSettings, VideoPacket

Part = TypeVar("Part")
P = ParamSpec("P")
R = TypeVar("R")

DEMUX, DECODE, CONVERT = "demux", "decode", "convert"


class Meter:
    """CPU seconds by stage, over all threads.

    A stage within another is charged to itself alone, so that stages add up.

    Args:
        computing: the threads that an engine computes in; what they do is charged to the stage that asks it.
    """

    def __init__(self, computing: EngineThreads | None = None) -> None:
        self._computing = computing or EngineThreads()
        self._own = threading.local()
        self._tallies: list[_Tally] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Charge what this thread does meanwhile to that stage."""
        tally = self._tally()
        tally.enter(name)
        try:
            yield
        finally:
            tally.leave()

    def charged(self, call: Callable[P, R], stage: str) -> Callable[P, R]:
        """The same call, charged to a stage."""

        # Without `stage`, whose generator costs more than what many of these calls do.
        @wraps(call)
        def metered(*args: P.args, **kwargs: P.kwargs) -> R:
            tally = self._tally()
            tally.enter(stage)
            try:
                return call(*args, **kwargs)
            finally:
                tally.leave()

        return metered

    def fit(self, part: Part, stage: str) -> Part:
        """The same part of a line with a meter before it, that charges its calls to a stage."""
        return cast(Part, _Metered(part, self, stage))

    def engine(self, engine: Engine) -> Engine:
        """The same engine; what its threads do for a stage is charged to it."""
        return _MeteredEngine(engine, self)

    @contextmanager
    def computing(self) -> Iterator[None]:
        """An engine computes for the stage that this thread is at."""
        with self._computing.run(self._tally().stage):
            yield

    def source(self, source: Source) -> Source:
        """The same source; what is made of its frames' pictures is charged to `CONVERT`."""
        return _MeteredSource(source, self)

    def open_stream(self, address: str | Path, settings: StreamSettings | None = None) -> Stream:
        """A stream that charges its work to `DEMUX` and `DECODE`."""
        return _MeteredStream(address, settings, self)

    def stages(self) -> dict[str, float]:
        """CPU seconds by stage so far."""
        total: dict[str, float] = {}
        for seconds in [self._computing.seconds, *(tally.seconds for tally in list(self._tallies))]:
            for name, spent in seconds.copy().items():
                total[name] = total.get(name, 0.0) + spent
        return total

    def _tally(self) -> "_Tally":
        if not hasattr(self._own, "tally"):
            self._own.tally = _Tally()
            self._tallies.append(self._own.tally)
        return cast(_Tally, self._own.tally)


class _Tally:
    """One thread's share."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._within: list[str] = []
        self._since = 0.0

    @property
    def stage(self) -> str:
        """The innermost one."""
        return self._within[-1]

    def enter(self, stage: str) -> None:
        self._charge()
        self._within.append(stage)

    def leave(self) -> None:
        self._charge()
        self._within.pop()

    def _charge(self) -> None:
        now = thread_cpu_seconds()
        if self._within:
            self.seconds[self.stage] = self.seconds.get(self.stage, 0.0) + now - self._since
        self._since = now


class _Metered:
    """Stands before a part and passes everything on."""

    def __init__(self, part: object, meter: Meter, stage: str) -> None:
        self._part, self._meter, self._stage = part, meter, stage

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._part, name)
        if not callable(value):
            return value
        metered = self._meter.charged(value, self._stage)
        setattr(self, name, metered)  # found there from now on
        return metered


class _MeteredEngine:
    """Implements `ports.Engine`."""

    def __init__(self, engine: Engine, meter: Meter) -> None:
        self._engine, self._meter = engine, meter

    @property
    def name(self) -> str:
        return self._engine.name

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        with self._meter.computing():
            return self._engine.run(batch)


class _MeteredSource:
    """Implements `ports.Source`."""

    def __init__(self, source: Source, meter: Meter) -> None:
        self._source, self._meter = source, meter

    @property
    def footage(self) -> Footage:
        return self._source.footage

    def frames(self) -> Iterator[Frame]:
        for frame in self._source.frames():
            yield replace(frame, picture=self._meter.fit(frame.picture, CONVERT))
            del frame

    def stop(self) -> None:
        self._source.stop()


class _MeteredStream(Stream):
    def __init__(self, address: str | Path, settings: StreamSettings | None, meter: Meter) -> None:
        self._meter = meter
        super().__init__(address, settings)

    def packets(self) -> Iterator[VideoPacket]:
        packets = super().packets()
        fetch = self._meter.charged(lambda: next(packets, None), DEMUX)
        while (packet := fetch()) is not None:
            yield packet

    def decode(self, packet: VideoPacket | None) -> list[VideoFrame]:
        with self._meter.stage(DECODE):
            return super().decode(packet)

    def alone(self, keyframe: VideoPacket, coarse: bool = False) -> list[VideoFrame]:
        with self._meter.stage(DECODE):
            return super().alone(keyframe, coarse)
