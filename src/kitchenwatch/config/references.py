"""Names that must exist elsewhere in the file, and ids that must not exist twice.

Looks at what was written, not at the validated model, so that these faults are told together with all others;
whatever has the wrong shape is passed over here, because its shape is already a fault.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from kitchenwatch.config.document import Document, Place
from kitchenwatch.config.problems import suggestion
from kitchenwatch.errors import ConfigError
from kitchenwatch.model import RULE_KINDS


def faults(document: Document) -> Iterator[ConfigError]:
    """Every name that leads nowhere and every id given twice."""
    districts, sites = _entries(document, ("districts",)), _entries(document, ("sites",))
    cameras = [camera for site in sites for camera in _entries(document, (*site, "cameras"))]
    for what, places in (("district", districts), ("site", sites), ("camera", cameras)):
        yield from _twice(document, what, places)
    yield from _districts(document, districts, sites)
    yield from _channels(document, [*districts, *sites])
    for camera in cameras:
        yield from _zones(document, camera)


def _entries(document: Document, place: Place) -> list[Place]:
    """The places of a list's entries."""
    value = document.value(place)
    return [(*place, index) for index in range(len(value))] if isinstance(value, list) else []


def _twice(document: Document, what: str, places: Iterable[Place]) -> Iterator[ConfigError]:
    lines: dict[str, int] = {}
    for place in places:
        name = document.value((*place, "id"))
        if not isinstance(name, str):
            continue
        if name in lines:
            problem = f"{what} '{name}' was already defined in line {lines[name]}"
            yield document.error((*place, "id"), problem, f"give each {what} an id of its own")
        else:
            lines[name] = document.line((*place, "id"))


def _districts(document: Document, districts: Iterable[Place], sites: Iterable[Place]) -> Iterator[ConfigError]:
    known = _texts(document.value((*district, "id")) for district in districts)
    for site in sites:
        yield from _unknown(document, (*site, "district"), "district", known)


def _channels(document: Document, owners: Iterable[Place]) -> Iterator[ConfigError]:
    known = _names(document.value(("channels",)))
    for place in [*((*owner, "channels") for owner in owners), ("push", "operators")]:
        for entry in _entries(document, place):
            yield from _unknown(document, entry, "channel", known)


def _zones(document: Document, camera: Place) -> Iterator[ConfigError]:
    """A rule may name only zones that this camera has, wherever the rule was written."""
    known = _names(document.value((*camera, "zones")))
    whose = f"zone (of camera '{document.value((*camera, 'id'))}')"
    site, top = camera[:2], ()
    for kind in RULE_KINDS:
        named = [(*owner, "rules", str(kind), "zones") for owner in (camera, site, top)]
        said = [place for place in named if isinstance(document.value(place), list)]
        for entry in _entries(document, said[0]) if said else []:
            yield from _unknown(document, entry, whose, known)


def _unknown(document: Document, place: Place, what: str, known: list[str]) -> Iterator[ConfigError]:
    name = document.value(place)
    if isinstance(name, str) and name not in known:
        yield document.error(place, f"'{name}' is no known {what}", suggestion(name, known))


def _texts(values: Iterable[Any]) -> list[str]:
    return [value for value in values if isinstance(value, str)]


def _names(mapping: Any) -> list[str]:
    return _texts(mapping) if isinstance(mapping, dict) else []
