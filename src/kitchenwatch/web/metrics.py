"""Figures for Prometheus, in a registry of each application's own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kitchenwatch.model import Attentiveness, CameraState, Role, Scope
from kitchenwatch.web.deps import WebDeps

EVERYTHING = Scope("metrics", Role.VIEWER)


def registry(deps: WebDeps) -> CollectorRegistry:
    """What is asked of store and cameras at each scrape."""
    found = CollectorRegistry()
    found.register(StoreCollector(deps))
    found.register(LineCollector(deps))
    return found


class StoreCollector(Collector):
    """Figures of rows and blobs."""

    def __init__(self, deps: WebDeps) -> None:
        self._deps = deps

    def collect(self) -> Iterator[Metric]:
        """Asked by the registry."""
        tallies = self._deps.reading.tallies()
        yield _gauge("kitchenwatch_cases", "Cases by kind and status.", ["kind", "status"], tallies["cases"].items())
        told = "Deliveries of alerts by channel and status."
        yield _gauge("kitchenwatch_deliveries", told, ["channel", "status"], tallies["deliveries"].items())
        cameras = self._deps.reading.cameras(EVERYTHING)
        states = [((now.camera.id, now.camera.site_id), now.state is CameraState.ONLINE) for now in cameras]
        yield _gauge("kitchenwatch_camera_sees", "1 while a camera suffers from nothing.", ["camera", "site"], states)
        free, total = self._deps.blobs.free()
        device = [(("free",), free), (("total",), total)]
        yield _gauge("kitchenwatch_blob_bytes", "Room on the evidence's device.", ["what"], device)


class LineCollector(Collector):
    """Figures of the cameras' lines in this process."""

    def __init__(self, deps: WebDeps) -> None:
        self._deps = deps

    def collect(self) -> Iterator[Metric]:
        """Asked by the registry."""
        lines = self._deps.lines()
        yield _counter("kitchenwatch_frames", "Frames judged.", {line.camera: line.frames for line in lines})
        yield _counter("kitchenwatch_frames_skipped", "Frames skipped.", {line.camera: line.skipped for line in lines})
        yield _counter("kitchenwatch_line_failures", "Failures.", {line.camera: line.failures for line in lines})
        now = self._deps.clock.now()
        states = [((line.camera, state), line.attentiveness is state) for line in lines for state in Attentiveness]
        yield _gauge("kitchenwatch_attention", "1 for how closely a camera is looked at.", ["camera", "state"], states)
        ages = [((line.camera,), (now - line.last_at).total_seconds()) for line in lines if line.last_at]
        yield from self._load()
        yield _gauge("kitchenwatch_frame_age_seconds", "Age of the newest frame judged.", ["camera"], ages)

    def _load(self) -> Iterator[Metric]:
        if (load := self._deps.load()) is None:
            return
        yield _gauge("kitchenwatch_overloaded", "1 while the machine cannot keep up.", [], [((), load.overloaded)])
        yield _gauge("kitchenwatch_look_price", "What a look must be worth: 0.1 to 0.95.", [], [((), load.price)])
        yield _gauge("kitchenwatch_late_seconds", "How late pictures are looked at.", [], [((), load.late_s)])
        yield _gauge("kitchenwatch_inquiring", "Cameras looked at closely.", [], [((), load.inquiring)])
        waits = [((camera,), seconds) for camera, seconds in load.waiting.items()]
        yield _gauge("kitchenwatch_waiting_seconds", "Waiting to be looked at closely.", ["camera"], waits)


def _gauge(name: str, told: str, labels: list[str], values: Iterable[tuple[Sequence[str], float]]) -> Metric:
    family = GaugeMetricFamily(name, told, labels=labels)
    for of, value in values:
        family.add_metric(of, value)
    return family


def _counter(name: str, told: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(name, told, labels=["camera"])
    for camera, value in values.items():
        family.add_metric([camera], value)
    return family
