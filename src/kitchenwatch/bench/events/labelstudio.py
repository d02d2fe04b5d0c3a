"""Reads what Label Studio exports as JSON: labels on the timeline of a video, and boxes that follow people."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated, Any
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field

from kitchenwatch.bench.events.labelling import Mark, Sheet
from kitchenwatch.bench.events.reading import checked, read_json, read_text
from kitchenwatch.errors import ConfigError, Invalid

# Label Studio puts eight digits before the name of a film that was uploaded.
UPLOADED = re.compile(r"^[0-9a-f]{8}-")
JSON_EXPORT = 'export the project as "JSON"'

Frame = Annotated[int, Field(ge=1)]  # Label Studio counts from 1


class Part(BaseModel):
    """Takes keys that it does not know: there are many."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)


class Range(Part):
    """From a frame to a frame, both included."""

    start: Frame
    end: Frame


class Key(Part):
    """A box at a frame; while not `enabled`, the person is out of view from the next frame on."""

    frame: Frame
    enabled: bool = True


class Value(Part):
    """Of a result: ranges or a sequence, with the labels they carry."""

    timelinelabels: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    ranges: tuple[Range, ...] = ()
    sequence: tuple[Key, ...] = ()
    framesCount: int | None = Field(None, gt=0)  # noqa: N815 - their name
    duration: float | None = Field(None, gt=0)


class Result(Part):
    """One thing that was drawn."""

    id: str = ""
    type: str
    value: dict[str, Any]


class Annotation(Part):
    """What one person drew on a task."""

    result: tuple[Result, ...] = ()
    was_cancelled: bool = False


class Task(Part):
    """One film."""

    id: int
    data: dict[str, Any]
    annotations: tuple[Annotation, ...] = ()


class Export(Part):
    """All tasks."""

    tasks: tuple[Task, ...]


def read(path: Path) -> list[Sheet]:
    """The films of an export. Raises ConfigError, Invalid."""
    tasks = read_json(read_text(path), path)
    if not isinstance(tasks, list):
        raise ConfigError(str(path), "is no list of tasks", remedy=JSON_EXPORT)
    return [_sheet(task, path) for task in checked(Export, {"tasks": tasks}, path).tasks]


def _sheet(task: Task, path: Path) -> Sheet:
    done = [annotation for annotation in task.annotations if not annotation.was_cancelled]
    if len(done) != 1:
        told = f"task {task.id} has {len(done)} annotations"
        raise Invalid(f"{path}: {told} -> leave one of them, so that there is one truth")
    kept = [result for result in done[0].result if result.type in ("timelinelabels", "videorectangle")]
    drawn = [(result.id, checked(Value, result.value, path)) for result in kept]
    frames, fps = _length([value for _, value in drawn])
    marks = [mark for id_, value in drawn for mark in _marks(id_, value, frames)]
    return Sheet(_film(task, path), marks, frames, fps)


def _film(task: Task, path: Path) -> str:
    """The name of the first thing in the task's data that looks like a film's address."""
    for told in task.data.values():
        if isinstance(told, str) and "." in told:
            address = urlsplit(told)
            place = parse_qs(address.query).get("d", [unquote(address.path)])[0]
            return UPLOADED.sub("", PurePosixPath(place).name)
    raise ConfigError(str(path), f"task {task.id} names no film", remedy=JSON_EXPORT)


def _length(values: Sequence[Value]) -> tuple[int | None, float | None]:
    """Number of frames and frames a second; only boxes tell them."""
    for value in values:
        if value.framesCount and value.duration:
            return value.framesCount, value.framesCount / value.duration
    return None, None


def _marks(id_: str, value: Value, frames: int | None) -> Iterator[Mark]:
    spans = [(each.start - 1, each.end) for each in value.ranges]
    spans += _enabled(value.sequence, frames or 0)
    for label in (*value.timelinelabels, *value.labels):
        yield from (Mark(label, begin, end, id_) for begin, end in spans)


def _enabled(sequence: Sequence[Key], frames: int) -> Iterator[tuple[int, int]]:
    """Each stretch in view; the last lasts to the film's end unless it was ended."""
    begin: int | None = None
    for key in sorted(sequence, key=lambda each: each.frame):
        begin = key.frame - 1 if begin is None else begin
        if not key.enabled:
            yield begin, key.frame
            begin = None
    if begin is not None:
        yield begin, max(frames, begin + 1)
