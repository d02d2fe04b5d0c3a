"""What a film holds, as people saw it: its violations, and where nobody can tell."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kitchenwatch.bench.events.reading import Strict, checked, read_json, read_text, wrong
from kitchenwatch.bench.events.spans import Span
from kitchenwatch.model import Kind

# A violation may be said to last a little longer than the film, whose length is often rounded.
ROUNDED_S = 1.0

RuleKind = Literal[Kind.NO_HAT, Kind.NO_MASK, Kind.SMOKING, Kind.PHONE_USE]
EVERY: tuple[RuleKind, ...] = (Kind.NO_HAT, Kind.NO_MASK, Kind.SMOKING, Kind.PHONE_USE)

Seconds = Annotated[float, Field(ge=0)]


class TruthBox(Strict):
    """Where the person is at a moment: x1 y1 x2 y2 in pixels of the film."""

    t: Seconds
    xyxy: tuple[float, float, float, float]


class TruthViolation(Strict):
    """One person, one kind, one violation, in seconds of media time."""

    kind: RuleKind
    opened: Seconds
    closed: Seconds
    person: str = ""
    boxes: tuple[TruthBox, ...] = ()

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.closed <= self.opened:
            raise wrong(f"closes at {self.closed:g} s, but opens at {self.opened:g} s", "closed must come after opened")
        return self

    @property
    def span(self) -> Span:
        """When it lasts."""
        return Span(self.opened, self.closed)


class NotJudged(Strict):
    """Time in which nobody can tell, or nobody looked: neither hits nor false alarms count in it."""

    begin: Seconds = 0.0
    end: Seconds | None = None
    kinds: tuple[RuleKind, ...] = Field(EVERY, min_length=1)
    why: str = ""

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.end is not None and self.end <= self.begin:
            raise wrong(f"ends at {self.end:g} s, but begins at {self.begin:g} s", "end must come after begin")
        return self


class Truth(Strict):
    """One film's truth.

    Attributes:
        film: its file, relative to the truth's folder.
        seconds: its length.
        fps: its pictures a second; for people, nothing depends on it.
        licence: of film and truth; for people.
    """

    film: str = Field(min_length=1)
    seconds: float = Field(gt=0)
    fps: float | None = Field(None, gt=0)
    violations: tuple[TruthViolation, ...] = ()
    not_judged: tuple[NotJudged, ...] = ()
    licence: str = ""

    @model_validator(mode="after")
    def _lies_in_the_film(self) -> Self:
        for number, violation in enumerate(self.violations):
            if violation.closed > self.seconds + ROUNDED_S:
                told = f"violations[{number}] closes at {violation.closed:g} s, but the film lasts {self.seconds:g} s"
                raise wrong(told, "mend one of them")
        return self

    def of(self, kind: Kind) -> list[TruthViolation]:
        """Violations of a kind."""
        return [violation for violation in self.violations if violation.kind is kind]

    def unjudged(self, kind: Kind) -> list[Span]:
        """Where that kind is not judged, in any order."""
        whole = Span(0.0, self.seconds)
        parts = [part for part in self.not_judged if kind in part.kinds]
        return [Span(part.begin, whole.end if part.end is None else part.end) for part in parts]


def read(path: Path) -> Truth:
    """Read and check one truth file. Raises ConfigError, Invalid."""
    return checked(Truth, read_json(read_text(path), path), path)


def write(truth: Truth, path: Path) -> None:
    """Write it as people would."""
    path.write_text(truth.model_dump_json(indent=1, exclude_defaults=True) + "\n", encoding="utf-8")
