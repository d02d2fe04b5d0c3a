"""From what people drew in a labelling tool to a truth: names to kinds, frame numbers to seconds."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kitchenwatch.bench.events.films import SUFFIX
from kitchenwatch.bench.events.truth import NotJudged, Truth, TruthViolation, write
from kitchenwatch.errors import Invalid
from kitchenwatch.model import RULE_KINDS, Kind

NOT_JUDGED = "not_judged"
# What a label may be called; any other name must be translated by the user.
MEANINGS: dict[str, tuple[Kind, ...]] = {
    NOT_JUDGED: RULE_KINDS,
    **{f"{NOT_JUDGED}_{kind}": (kind,) for kind in RULE_KINDS},
    **{str(kind): (kind,) for kind in RULE_KINDS},
}

Facts = tuple[float, float]  # length in seconds, pictures a second
Xyxy = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """A label that holds from one frame up to, but not including, another; frames are counted from 0.

    Attributes:
        person: whom it is about, if that was told.
        boxes: by frame, in pixels.
    """

    label: str
    begin: int
    end: int
    person: str = ""
    boxes: Mapping[int, Xyxy] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was drawn on one film.

    Attributes:
        film: its file name.
        frames: how many it has, if the tool tells.
        fps: pictures a second, if the tool tells.
    """

    film: str
    marks: Sequence[Mark]
    frames: int | None = None
    fps: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How sheets are to be understood.

    Attributes:
        names: what labels mean, beside `MEANINGS`.
        kinds: that were looked for; the others are not judged.
        fps: pictures a second of films that are not at hand.
        facts: of a film; None if it is not at hand.
    """

    names: Mapping[str, str]
    kinds: Collection[Kind]
    fps: float | None
    facts: Callable[[Path], Facts | None]

    def __post_init__(self) -> None:
        for name, meaning in self.names.items():
            if meaning not in MEANINGS:
                raise Invalid(f"label {name!r} cannot mean {meaning!r} -> known are: {', '.join(MEANINGS)}")

    def meaning(self, mark: Mark) -> str:
        """The mark's label as we call it."""
        return self.names.get(mark.label, mark.label)


def write_truths(sheets: Sequence[Sheet], out: Path, reading: Reading) -> Iterator[tuple[Path, Counter[str]]]:
    """Write `<film>.truth.json` for each film into the folder that holds the films; tells which labels were left out.

    Raises Invalid, and nothing is written, if a truth is there already or a film's length or rate is unknown.
    """
    if not sheets:
        raise Invalid("no film is in it -> export the tasks with their annotations")
    for sheet in sheets:
        _check(sheet, reading)
    made = [(out / f"{Path(sheet.film).stem}{SUFFIX}", sheet, _truth(sheet, out, reading)) for sheet in sheets]
    for path, _, _ in made:
        if path.exists():
            raise Invalid(f"{path}: is there already -> remove it, or name another folder")
    out.mkdir(parents=True, exist_ok=True)
    for path, sheet, truth in made:
        write(truth, path)
        yield path, Counter(mark.label for mark in sheet.marks if reading.meaning(mark) not in MEANINGS)


def _check(sheet: Sheet, reading: Reading) -> None:
    """That it says anything at all: a truth without violations would make every alarm a false one."""
    if early := [mark for mark in sheet.marks if mark.begin < 0]:
        raise Invalid(f"{sheet.film}: {early[0].label} begins at picture {early[0].begin} -> export it again")
    drawn = [mark for mark in sheet.marks if not reading.meaning(mark).startswith(NOT_JUDGED)]
    if drawn and not any(reading.meaning(mark) in MEANINGS for mark in drawn):
        label = min(mark.label for mark in drawn)
        raise Invalid(f"{sheet.film}: no label means anything here -> say --label {label}=no_hat, or what it means")


def _truth(sheet: Sheet, out: Path, reading: Reading) -> Truth:
    seconds, rate = _length(sheet, reading.facts(out / sheet.film), reading.fps)
    violations, unjudged = list[TruthViolation](), list[NotJudged]()
    for mark in sheet.marks:
        begin, end = round(mark.begin / rate, 3), round(min(mark.end / rate, seconds), 3)
        kinds = MEANINGS.get(reading.meaning(mark), ())
        if end <= begin or not kinds:
            continue
        if reading.meaning(mark).startswith(NOT_JUDGED):
            unjudged.append(NotJudged.model_validate({"begin": begin, "end": end, "kinds": kinds}))
        else:
            violations.append(_violation(mark, kinds[0], begin, end, rate))
    if others := [kind for kind in RULE_KINDS if kind not in reading.kinds]:
        unjudged.append(NotJudged.model_validate({"kinds": others, "why": "nobody looked for them"}))
    return Truth(
        film=sheet.film,
        seconds=round(seconds, 3),
        fps=rate,
        violations=tuple(sorted(violations, key=lambda each: (each.opened, each.kind))),
        not_judged=tuple(unjudged),
    )


def _length(sheet: Sheet, facts: Facts | None, fps: float | None) -> Facts:
    """The film knows best; then the user, then the tool."""
    if facts:
        return facts
    rate = fps or sheet.fps
    if rate is None or not sheet.frames:
        lacking, remedy = ("length", "") if rate else ("frame rate", ", or give --fps")
        raise Invalid(f"{sheet.film}: its {lacking} is not told -> put the film into the folder{remedy}")
    return sheet.frames / rate, rate


def _violation(mark: Mark, kind: Kind, begin: float, end: float, rate: float) -> TruthViolation:
    boxes = [{"t": round(frame / rate, 3), "xyxy": box} for frame, box in _each_second(mark.boxes, rate)]
    told = {"kind": kind, "opened": begin, "closed": end, "person": mark.person, "boxes": boxes}
    return TruthViolation.model_validate(told)


def _each_second(boxes: Mapping[int, Xyxy], rate: float) -> Iterator[tuple[int, Xyxy]]:
    """The first box of each second; a tool may write one for every frame."""
    last = None
    for frame, box in sorted(boxes.items()):
        if (second := int(frame / rate)) != last:
            last = second
            yield frame, box
