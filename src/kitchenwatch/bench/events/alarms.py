"""What a system said of films: its alarms, as our line gives them or as anybody's file tells them."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

from kitchenwatch.bench.events.reading import checked, read_json, read_text, refuse, wrong
from kitchenwatch.bench.events.spans import Span
from kitchenwatch.bench.events.truth import RuleKind, Seconds
from kitchenwatch.errors import ConfigError, Invalid
from kitchenwatch.model import Change, Kind, Phase, Violation

# An alarm that does not tell its end counts as lasting so long: the least that can meet a violation.
MOMENT_S = 1.0


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm.

    Attributes:
        film: name of the film.
        opened, closed: when the violation lasted according to the system, in seconds of media time.
        at: media time at which the alarm was given.
        score: the higher, the surer; only the order counts.
    """

    film: str
    kind: Kind
    opened: float
    closed: float
    at: float
    score: float

    @property
    def span(self) -> Span:
        """When it says that the violation lasted."""
        return Span(self.opened, self.closed)


class AlarmLine(BaseModel):
    """One line of an alarm file; keys that are not named here are passed over."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)

    film: str = Field(validation_alias=AliasChoices("film", "camera"))
    kind: RuleKind
    opened: Seconds
    closed: Seconds | None = None
    at: Annotated[float | None, Field(ge=0)] = None
    score: float = 1.0

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.closed is not None and self.closed < self.opened:
            raise wrong(f"closes at {self.closed:g} s, but opens at {self.opened:g} s", "closed must come after opened")
        return self

    def alarm(self) -> Alarm:
        """The alarm that it tells of."""
        at = self.opened if self.at is None else self.at
        closed = max(self.opened, at) + MOMENT_S if self.closed is None else self.closed
        return Alarm(self.film, self.kind, self.opened, closed, at, self.score)


def read(path: Path, films: Collection[str]) -> list[Alarm]:
    """Alarms of a file with one JSON object a line.

    Args:
        films: names of the films that have a truth.

    Raises ConfigError, and Invalid with a line for each fault.
    """
    alarms, faults = list[Alarm](), list[str]()
    for number, text in enumerate(read_text(path).splitlines(), 1):
        if text.strip():
            try:
                alarms.append(_alarm(text, path, number, films))
            except (ConfigError, Invalid) as error:
                faults.append(str(error))
    refuse(faults)
    return alarms


def _alarm(text: str, path: Path, number: int, films: Collection[str]) -> Alarm:
    alarm = checked(AlarmLine, read_json(text, path, number), path, number).alarm()
    if alarm.film not in films:
        near = get_close_matches(alarm.film, films, n=1)
        remedy = f"did you mean {near[0]!r}?" if near else "give its truth too, or leave the line out"
        raise ConfigError(str(path), f"there is no truth of a film {alarm.film!r}", line=number, remedy=remedy)
    return alarm


def write(alarms: Iterable[Alarm], path: Path) -> None:
    """A file that `read` takes."""
    lines = [json.dumps(asdict(alarm), ensure_ascii=False) + "\n" for alarm in alarms]
    path.write_text("".join(lines), encoding="utf-8")


class Gathering:
    """Turns the changes of one film's line into alarms.

    Args:
        film: its name.
    """

    def __init__(self, film: str) -> None:
        self._film = film
        self._opened: dict[str, float] = {}
        self._violations: dict[str, Violation] = {}

    def add(self, t: float, changes: Iterable[Change]) -> None:
        """What changed at a step of media time `t`."""
        for change in changes:
            name = str(change.violation.id)
            if change.phase is Phase.OPENED:
                self._opened[name] = t
            self._violations[name] = change.violation

    def alarms(self) -> Iterator[Alarm]:
        """Those told so far, in the order of their openings."""
        for name, at in self._opened.items():
            violation = self._violations[name]
            closed = at if violation.closed is None else violation.closed
            yield Alarm(
                self._film, violation.kind, violation.opened, max(closed, violation.opened), at, _peak(violation)
            )


def _peak(violation: Violation) -> float:
    """The evidence at its height, in nats: `violation.score`, its probability, is 1.0 too soon to tell them apart."""
    return max((value for _, value in violation.scores), default=violation.score)
