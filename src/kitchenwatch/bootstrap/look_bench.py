"""Pictures out of films, for looks to be timed on."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from kitchenwatch.attention.full import FullAttention
from kitchenwatch.bench.looks import Pictures, Task, Way, ways
from kitchenwatch.bootstrap.films import began
from kitchenwatch.detect.crops import CROP_SIDE, cut, upper_body
from kitchenwatch.detect.engine_onnx import OnnxEngine
from kitchenwatch.detect.loading import default_model
from kitchenwatch.detect.looks import FRAME_SIDE, FrameLook
from kitchenwatch.detect.yolo import BATCH, input_shape
from kitchenwatch.errors import Invalid
from kitchenwatch.model import Frame
from kitchenwatch.sources.film import FilmSource

FRAMES = 16  # of each film
FRAMES_PER_SECOND = 1.0
TOGETHER = (1, 4, BATCH)  # pictures in one run


def look_ways(model: Path | None, int8: Path | None, stock: Path | None) -> list[Way]:
    """See `bench.looks.ways`; the shipped model by default, and stock Ultralytics on the same file."""
    model = model or default_model()
    return ways(model, int8, stock or model)


def look_tasks(films: Sequence[Path], model: Path | None) -> list[Task]:
    """Look 1 on frames of the films, look 2 on the people that look 1 finds there.

    Raises SourceUnreadable, ModelError, and Invalid where there are no people.
    """
    frames = [frame for film in films for frame in _frames(film)]
    look = FrameLook(OnnxEngine(model or default_model()))
    crops = [crop for frame in frames for crop in _crops(frame, look)]
    if not crops:
        raise Invalid("nobody is found in these films -> name films that show people")
    whole = _tasks("look 1", [frame.image for frame in frames], *input_shape(*frames[0].size, FRAME_SIDE))
    return whole + _tasks("look 2", crops, CROP_SIDE, CROP_SIDE)


def _tasks(look: str, pictures: Pictures, width: int, height: int) -> list[Task]:
    """One picture at a time, and several at once."""
    name = f"{look}, {width}×{height}"
    return [
        Task(name if size == 1 else f"{name}, {size} at once", _together(pictures, size), width, height)
        for size in TOGETHER
    ]


def _together(pictures: Pictures, size: int) -> list[Pictures]:
    starts = range(0, len(pictures), size)
    return [[pictures[(start + n) % len(pictures)] for n in range(size)] for start in starts]


def _frames(film: Path) -> Iterator[Frame]:
    return islice(FilmSource(film.name, film, began(film), FullAttention(FRAMES_PER_SECOND)).frames(), FRAMES)


def _crops(frame: Frame, look: FrameLook) -> Pictures:
    return [cut(frame.image, upper_body(person, *frame.size)) for person in look.people([frame])[0].boxes]
