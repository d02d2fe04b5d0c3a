"""What the file declares and what the console declares, as one configuration.

Where both declare the same id, the file's is used, and the clash is told; what the console declares and cannot be
used (its site is gone, a channel has another name now) is left out, and that is told too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from kitchenwatch.config.problems import suggestion
from kitchenwatch.config.services import ConsolePeriods, Periods
from kitchenwatch.config.shape import Config
from kitchenwatch.config.sites import CONSOLE, Camera, District, Part, Rules, Site
from kitchenwatch.config.wording import plain_words
from kitchenwatch.errors import Fault, InvalidFields
from kitchenwatch.model import RULE_KINDS

MODELS: Mapping[str, type[Part]] = {
    "retention": ConsolePeriods,
    "district": District,
    "site": Site,
    "camera": Camera,
}
PERIODS = "days"  # the one id of retention: its periods are declared together


@dataclass(frozen=True, slots=True)
class Declared:
    """One declaration of the console.

    Attributes:
        kind: a key of `MODELS`.
        body: in the shape of that model; a site's without cameras.
        site: of a camera.
    """

    kind: str
    id: str
    body: Mapping[str, Any] = field(repr=False)
    site: str | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A declaration that cannot be used, and why."""

    declared: Declared
    problem: str


@dataclass(frozen=True, slots=True)
class Joined:
    """Both as one.

    Attributes:
        config: what holds.
        added: declarations of the console that it holds.
        clashes: declarations of the console whose id the file has too.
        left_out: declarations of the console that cannot be used.
    """

    config: Config
    added: tuple[Declared, ...] = ()
    clashes: tuple[Declared, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def join(file: Config, declared: Sequence[Declared]) -> Joined:
    """The file's word, and all of the console's that does not contradict it."""
    config, added, clashes, left_out = file, list[Declared](), list[Declared](), list[LeftOut]()
    for one in _in_order(declared):
        if one.id in ids(file, one.kind):
            clashes.append(one)
            continue
        try:
            config = joined_with(config, one)
            added.append(one)
        except InvalidFields as error:
            left_out.append(LeftOut(one, str(error)))
    return Joined(config, tuple(added), tuple(clashes), tuple(left_out))


def joined_with(config: Config, declared: Declared) -> Config:
    """The configuration with one more declaration of the console.

    Raises InvalidFields: with each fault at its field, such as `url` or `rules.no_hat.for`.
    """
    model = MODELS[declared.kind]
    body = dict(declared.body) | ({"cameras": ()} if model is Site else {})
    try:
        part = model.model_validate(body, context={CONSOLE: True})
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        raise InvalidFields({_field(each["loc"]): Fault(*plain_words(each)) for each in details}) from None
    return _PLACES[declared.kind](config, part, declared.site)


def ids(config: Config, kind: str) -> frozenset[str]:
    """Every id of a kind that a configuration declares; of periods, once any of them is written down."""
    if kind == "retention":
        written = config.retention.model_fields_set & Periods.model_fields.keys()
        return frozenset({PERIODS} if written else ())
    if kind == "district":
        return frozenset(district.id for district in config.districts)
    if kind == "site":
        return frozenset(site.id for site in config.sites)
    return frozenset(camera.id for site in config.sites for camera in site.cameras)


def _in_order(declared: Sequence[Declared]) -> Iterator[Declared]:
    for kind in MODELS:
        yield from (one for one in declared if one.kind == kind)


def _with_retention(config: Config, part: Any, _: str | None) -> Config:
    return config.model_copy(update={"retention": config.retention.model_copy(update=dict(part))})


def _with_district(config: Config, part: Any, _: str | None) -> Config:
    _known("channels", part.channels, config.channels)
    return config.model_copy(update={"districts": (*config.districts, part)})


def _with_site(config: Config, part: Any, _: str | None) -> Config:
    _known("district", [part.district], ids(config, "district"))
    _known("channels", part.channels, config.channels)
    return config.model_copy(update={"sites": (*config.sites, part)})


def _with_camera(config: Config, part: Any, site: str | None) -> Config:
    _known("site", [site or ""], ids(config, "site"))
    sites = {each.id: each for each in config.sites}
    mine = sites[site or ""]
    _check_zones(part, (part.rules, mine.rules, config.rules))
    sites[mine.id] = mine.model_copy(update={"cameras": (*mine.cameras, part)})
    return config.model_copy(update={"sites": tuple(sites.values())})


_PLACES: Mapping[str, Callable[[Config, Any, str | None], Config]] = {
    "retention": _with_retention,
    "district": _with_district,
    "site": _with_site,
    "camera": _with_camera,
}


def _known(where: str, names: Iterable[str], known: Iterable[str]) -> None:
    options = list(known)
    for name in names:
        if name not in options:
            raise InvalidFields({where: Fault("does not exist", suggestion(name, options))})


def _check_zones(camera: Camera, said: Sequence[Rules]) -> None:
    """A rule may name only zones that this camera has, wherever the rule was written."""
    for kind in RULE_KINDS:
        named = next((rules[kind].zones for rules in said if kind in rules and rules[kind].zones is not None), ())
        _known(f"rules.{kind}.zones", named or (), camera.zones)


def _field(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc if part != "[key]")
