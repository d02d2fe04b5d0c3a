"""Finds films that have a truth beside them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kitchenwatch.bench.events import truth
from kitchenwatch.bench.events.reading import refuse
from kitchenwatch.bench.events.truth import Truth
from kitchenwatch.errors import ConfigError, Invalid, KitchenwatchError

NAME = "truth.json"
SUFFIX = ".truth.json"


@dataclass(frozen=True, slots=True)
class TruthFile:
    """A film and its truth.

    Attributes:
        name: the film's; no two are alike.
        film: where it lies; it need not be there if alarms are given.
        path: of the truth.
    """

    name: str
    film: Path
    path: Path
    truth: Truth


def find(places: Sequence[Path]) -> list[TruthFile]:
    """Truths in folders at any depth, beside films, or named themselves; each once, in order of their names.

    Raises Invalid with a line for each fault of each file.
    """
    paths = sorted({path.absolute() for place in places for path in _truths(place)})
    found, faults = list[tuple[Path, Truth]](), list[str]()
    for path in paths:
        try:
            found.append((path, truth.read(path)))
        except (ConfigError, Invalid) as error:
            faults.append(str(error))
    refuse(faults)
    return _named(found)


def _truths(place: Path) -> list[Path]:
    if place.is_dir():
        found = [*place.rglob(NAME), *place.rglob(f"*{SUFFIX}")]
    elif place.name.endswith((NAME, SUFFIX)):
        found = [place]
    else:
        found = [path for path in _beside(place) if path.is_file()]
    if not found:
        raise Invalid(f"{place}: no truth there -> write {NAME} beside the film; docs/benchmark.md tells the format")
    return found


def _beside(film: Path) -> Iterator[Path]:
    """A folder's `truth.json` counts for a film only if it names it."""
    yield film.with_name(film.stem + SUFFIX)
    common = film.with_name(NAME)
    try:
        if common.is_file() and Path(truth.read(common).film).name == film.name:
            yield common
    except KitchenwatchError:
        yield common  # what is wrong with it is told with that of the others


def _named(found: Iterable[tuple[Path, Truth]]) -> list[TruthFile]:
    """By the film's file name; where two are alike, with the folder."""
    films = [(path, told, path.parent / told.film) for path, told in found]
    often = Counter(film.name for _, _, film in films)
    named = [
        TruthFile(film.name if often[film.name] == 1 else f"{film.parent.name}/{film.name}", film, path, told)
        for path, told, film in films
    ]
    twice = [name for name, count in Counter(each.name for each in named).items() if count > 1]
    refuse(f"{name}: two truths are of a film of this name -> rename one, or leave one out" for name in twice)
    return named
