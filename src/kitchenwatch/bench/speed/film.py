"""A film through a line as fast as it goes, its stages metered."""

from kitchenwatch.bench.apart import Tell
from kitchenwatch.bench.speed.figures import OURS, FilmCost, Shares, by_stage
from kitchenwatch.bench.speed.meter import Meter
from kitchenwatch.bench.speed.witness import Watched
from kitchenwatch.clock import SystemClock, cpu_seconds
from kitchenwatch.pipeline.runner import replay


def measure_film(film: str, camera: Watched, seconds: float, meter: Meter, tell: Tell) -> FilmCost:
    """The first `seconds` of it. Raises SourceUnreadable where it breaks off."""
    clock, source = SystemClock(), camera.post.source
    since, cpu, before = clock.monotonic(), cpu_seconds(), meter.stages()
    t, states = 0.0, Shares()
    for reached, _ in replay(source, camera.post.line):
        states.add(camera.attention.state, reached - t)
        t = reached
        tell(t / seconds)
        if t >= seconds:
            source.stop()
    spent = cpu_seconds() - cpu
    stages = {name: value - before.get(name, 0.0) for name, value in meter.stages().items()}
    followed = camera.witness.followed
    return FilmCost(
        film=film,
        way=OURS,
        # Nothing may be looked at in its last seconds, but they were read.
        seconds=max(t, seconds),
        cpu=spent,
        wall=clock.monotonic() - since,
        frames=len(followed),
        people=sum(followed) / len(followed),
        stages=by_stage(spent, stages),
        states=states.all(),
    )
