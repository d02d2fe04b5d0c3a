"""Recorded films through the line: each is a camera of its own."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from kitchenwatch.bootstrap.attending import build_attention
from kitchenwatch.bootstrap.lines import attestation, build_line, build_recorder
from kitchenwatch.bootstrap.places import add_places
from kitchenwatch.bootstrap.sight import Sight
from kitchenwatch.bootstrap.stores import Stores
from kitchenwatch.config import Camera, Config, Site, rules_for
from kitchenwatch.errors import NotFound, SourceUnreadable
from kitchenwatch.model import CameraRef, Change, EvidenceKind, Role, Scope, Violation
from kitchenwatch.pipeline.runner import replay
from kitchenwatch.pipeline.unrecorded import NoHealthLog, NoRecorder
from kitchenwatch.ports import HealthLog, Recorder
from kitchenwatch.sources.ahead import AheadStream
from kitchenwatch.sources.film import FilmSource

DISTRICT, SITE = "local", "films"
EVERYTHING = Scope("replay", Role.ADMIN)
ID_LENGTH = 50


@dataclass(frozen=True, slots=True)
class FilmRun:
    """One film on its way through a line.

    Attributes:
        name: the film's file name.
        duration: seconds, if the film tells.
        steps: media time and changes, frame by frame; raises SourceUnreadable where the film breaks off, or at its
            end if it was too short to be judged.
        snapshot: where a violation's snapshot lies, if it is stored.
        left_out: how many broken pictures were left out so far.
    """

    name: str
    duration: float | None
    steps: Iterator[tuple[float, list[Change]]]
    snapshot: Callable[[Violation], Path | None]
    left_out: Callable[[], int]


def films_config(films: Sequence[Path], base: Config | None = None, site: str | None = None) -> Config:
    """A configuration whose cameras are these films.

    Args:
        base: whose store, keys, detector and rules to use; by default everything lies in `var/` here.
        site: of `base`, whose rules and recipients hold for the films; by default a site of their own, without
            recipients.
    """
    mine = Config.model_validate(_own_site(films), context={"folder": Path.cwd()})
    if base is None:
        return mine
    if site is None:
        return base.model_copy(update={"districts": mine.districts, "sites": mine.sites})
    known = {each.id: each for each in base.sites}
    if site not in known:
        raise NotFound(f"there is no site {site!r} -> known are: {', '.join(known)}")
    theirs = known[site].model_copy(update={"cameras": mine.sites[0].cameras})
    return base.model_copy(update={"sites": (theirs,)})


def _own_site(films: Sequence[Path]) -> dict[str, Any]:
    cameras = [{"id": id_, "name": film.name, "url": str(film.absolute())} for id_, film in _ids(films)]
    site = {"id": SITE, "name": "影片 Films", "district": DISTRICT, "cameras": cameras}
    return {"districts": [{"id": DISTRICT, "name": "本地 Local"}], "sites": [site]}


def film_runs(config: Config, sight: Sight, stores: Stores | None = None) -> list[Callable[[], FilmRun]]:
    """Starts each film of a configuration; with `stores`, their violations become cases.

    A start raises SourceUnreadable where there is no such film.
    """
    if stores:
        add_places(config, stores.inventory)
    return [partial(_film_run, config, site, camera, sight, stores) for site in config.sites for camera in site.cameras]


def _film_run(config: Config, site: Site, camera: Camera, sight: Sight, stores: Stores | None) -> FilmRun:
    path = camera.film
    assert path is not None
    ref = CameraRef(camera.id, site.id)
    attention = build_attention(config, camera)
    source = FilmSource(camera.id, path, began(path), attention, AheadStream)
    recorder, health = _records(ref, source, site, camera, sight, stores)
    line = build_line(ref, rules_for(config, site, camera), attention, sight, recorder, health)

    def snapshot(violation: Violation) -> Path | None:
        return config.store.evidence / _key(stores, violation) if stores else None

    return FilmRun(path.name, source.duration, _judged(source, replay(source, line)), snapshot, lambda: source.corrupt)


def _judged(source: FilmSource, steps: Iterator[tuple[float, list[Change]]]) -> Iterator[tuple[float, list[Change]]]:
    """The same steps; a film that is a single picture is none."""
    yield from steps
    if source.pictures == 1:
        path = source.path
        raise SourceUnreadable(f"{path}: a single picture shows nothing that lasts -> kitchenwatch detect {path.name}")


def _key(stores: Stores, violation: Violation) -> str:
    """As the store tells it: an earlier replay may have filed it under another day, if the file was touched since."""
    return stores.reading.evidence(EVERYTHING, violation.id, EvidenceKind.SNAPSHOT).key


def _records(
    ref: CameraRef, source: FilmSource, site: Site, camera: Camera, sight: Sight, stores: Stores | None
) -> tuple[Recorder, HealthLog]:
    if stores is None:
        return NoRecorder(), NoHealthLog()
    attest = attestation(sight, site=site.name, camera=camera.name)
    # In the reading thread: a film can wait for the disk, and a full one must end the replay with an error.
    return build_recorder(ref, source.footage, stores, _now, attest, site.timezone), stores.health


def _now(job: Callable[[], None]) -> None:
    job()


def began(path: Path) -> datetime:
    """The best that is known of when a film was recorded: when its file was last written."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        raise SourceUnreadable(f"{path}: {error.strerror} -> give a film") from None


def _ids(films: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """An id for each film, made of its name alone, so that a replay writes the same cases again."""
    seen: dict[str, int] = {}
    for film in films:
        id_ = _id(film.name)
        seen[id_] = seen.get(id_, 0) + 1
        yield (id_ if seen[id_] == 1 else f"{id_}-{seen[id_]}"), film


def _id(name: str) -> str:
    plain = name.lower().replace(".", "-")
    slug = re.sub(r"[^a-z0-9_-]+", "-", plain).strip("-_")[:ID_LENGTH]
    if slug == plain:
        return slug
    # 后厨一号.mp4 and 后厨二号.mp4 must not both become "mp4".
    return f"{slug or 'film'}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
