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
    rows, columns = frames[0].image.shape[:2]
    eights = [[crops[(start + n) % len(crops)] for n in range(BATCH)] for start in range(0, len(crops), BATCH)]
    width, height = input_shape(columns, rows, FRAME_SIDE)
    return [
        Task(f"look 1, {width}×{height}", [[frame.image] for frame in frames], width, height),
        Task(f"look 2, {CROP_SIDE}×{CROP_SIDE}", [[crop] for crop in crops], CROP_SIDE, CROP_SIDE),
        Task(f"look 2, {CROP_SIDE}×{CROP_SIDE}, {BATCH} at once", eights, CROP_SIDE, CROP_SIDE),
    ]


def _frames(film: Path) -> Iterator[Frame]:
    return islice(FilmSource(film.name, film, began(film), FullAttention(FRAMES_PER_SECOND)).frames(), FRAMES)


def _crops(frame: Frame, look: FrameLook) -> Pictures:
    rows, columns = frame.image.shape[:2]
    return [cut(frame.image, upper_body(person, columns, rows)) for person in look.people([frame])[0].boxes]
