"""Reads what CVAT exports as "CVAT for video 1.1": tracks of boxes in XML, by frame.

A label holds from one box of a track to its next; `outside` ends it. It may be the label of the track, the name of an
attribute that is `true`, or an attribute's value.
"""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers.expat import ExpatError, ParserCreate, errors

from kitchenwatch.bench.events.labelling import NOT_JUDGED, Mark, Sheet, Xyxy
from kitchenwatch.errors import ConfigError

NO_VALUE = {"", "false", "__undefined__"}
LAST = 10**9  # frames: later than any film's end
EXPORT_AGAIN = 'export the task anew as "CVAT for video 1.1"'


def read(path: Path) -> list[Sheet]:
    """The one film of an export. Raises ConfigError."""
    root = _tree(path)
    task = root.find("meta/task")
    if task is None:
        task = root.find("meta/job")
    if task is None:
        # A project numbers the frames of all its films as if they were one.
        raise ConfigError(str(path), "is not the export of a task", remedy=EXPORT_AGAIN)
    film = (task.findtext("source") or root.findtext("meta/source") or task.findtext("name") or "").strip()
    if not film:
        raise ConfigError(str(path), "does not tell its film", remedy=EXPORT_AGAIN)
    tracks = root.findall("track")
    if not tracks and root.find("image") is not None:
        raise ConfigError(str(path), "is an export for images", remedy=EXPORT_AGAIN)
    try:
        frames = _frames(task)
        marks = [*_beyond(task, frames), *(mark for track in tracks for mark in _marks(track, _step(task)))]
    except (KeyError, ValueError) as error:
        raise ConfigError(str(path), f"is not as CVAT writes it ({error})", remedy=EXPORT_AGAIN) from None
    return [Sheet(Path(film).name, marks, frames)]


def _tree(path: Path) -> Element:
    """The elements of a file without a document type: entities, which can make a small file huge or reach for other
    files, need one, and CVAT writes none. Raises ConfigError."""
    builder, parser = TreeBuilder(), ParserCreate()

    def refuse(*_: object) -> None:
        raise ConfigError(str(path), "has a document type, which CVAT does not write", remedy=EXPORT_AGAIN)

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except OSError as error:
        raise ConfigError(str(path), str(error.strerror), remedy="name a file that can be read") from None
    except ExpatError as error:
        told = errors.messages[error.code]
        raise ConfigError(str(path), f"is no XML ({told})", line=error.lineno, remedy=EXPORT_AGAIN) from None
    return builder.close()


def _step(task: Element) -> int:
    """A task may show every n-th frame only; its boxes still carry the numbers of the film's own frames."""
    told = (task.findtext("frame_filter") or "").strip()
    return int(told.removeprefix("step=")) if told else 1


def _frames(task: Element) -> int:
    """How many the film has, as far as the task tells."""
    stop = task.findtext("stop_frame")
    return int(stop) + 1 if stop else int(task.findtext("size") or 0)


def _beyond(task: Element, frames: int) -> Iterator[Mark]:
    """A task may be of a part of its film: nobody looked at the rest."""
    yield Mark(NOT_JUDGED, 0, int(task.findtext("start_frame") or 0))
    yield Mark(NOT_JUDGED, frames, LAST)


def _marks(track: Element, step: int) -> Iterator[Mark]:
    boxes = sorted(((int(box.attrib["frame"]), box) for box in track.findall("box")), key=lambda each: each[0])
    ends = [frame for frame, _ in boxes[1:]] + ([boxes[-1][0] + step] if boxes else [])
    states = [(frame, end, _labels(track, box), box) for (frame, box), end in zip(boxes, ends, strict=True)]
    for label in sorted({label for _, _, labels, _ in states for label in labels}):
        yield from _runs(label, [(begin, end, box) for begin, end, labels, box in states if label in labels], track)


def _labels(track: Element, box: Element) -> set[str]:
    if box.attrib["outside"] == "1":
        return set()
    told = {attribute.attrib["name"]: (attribute.text or "").strip() for attribute in box.findall("attribute")}
    names = {name for name, value in told.items() if value == "true"}
    return {track.attrib["label"], *names, *(value for value in told.values() if value not in NO_VALUE | {"true"})}


def _runs(label: str, held: list[tuple[int, int, Element]], track: Element) -> Iterator[Mark]:
    """Boxes that follow each other without a gap are one mark."""
    person = track.attrib.get("id", "")
    begin, boxes = held[0][0], dict[int, Xyxy]()
    for place, (frame, end, box) in enumerate(held):
        boxes[frame] = _xyxy(box)
        if place + 1 == len(held) or held[place + 1][0] != end:
            yield Mark(label, begin, end, person, boxes)
            begin, boxes = held[place + 1][0] if place + 1 < len(held) else 0, {}


def _xyxy(box: Element) -> Xyxy:
    x1, y1, x2, y2 = (float(box.attrib[side]) for side in ("xtl", "ytl", "xbr", "ybr"))
    return x1, y1, x2, y2
