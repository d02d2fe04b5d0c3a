"""What the console declares, joined with the file, and applied to the running service."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from kitchenwatch.config import Camera, Config, District, Site
from kitchenwatch.config.joining import MODELS, Declared, Joined, LeftOut, ids, join, joined_with
from kitchenwatch.config.services import Periods
from kitchenwatch.config.showing import effective_yaml, part_yaml
from kitchenwatch.errors import Conflict, Fault, InvalidFields, NotFound, StorageError
from kitchenwatch.sources.address import redacted
from kitchenwatch.sources.reach import check_reach
from kitchenwatch.store.declarations import Declarations, Wish
from kitchenwatch.store.tables import Declaration
from kitchenwatch.web.administration import Change, Clash, Holding, Place, Who

UNREADABLE = "its address can no longer be read -> enter the address again"


def joined(file: Config, declarations: Declarations) -> Joined:
    """Both as one. Raises StorageError: the rows cannot be read."""
    readable, unreadable = _read(declarations, declarations.all())
    found = join(file, readable)
    return replace(found, left_out=(*found.left_out, *unreadable))


class Desk:
    """Implements `web.administration.Declaring`; one change at a time.

    Args:
        file: what the file says.
        apply: makes the service as a configuration says.
    """

    def __init__(self, file: Config, declarations: Declarations, apply: Callable[[Config], None]) -> None:
        self._file, self._declarations, self._apply = file, declarations, apply
        self._turn = threading.Lock()

    @property
    def config(self) -> Config:
        """What holds, read anew."""
        return joined(self._file, self._declarations).config

    def holding(self) -> Holding:
        """Read anew, so that a revision is the one of what is shown."""
        rows = self._declarations.all()
        readable, unreadable = _read(self._declarations, rows)
        found = join(self._file, readable)
        clashing = {(one.kind, one.id) for one in found.clashes}
        problems = {(one.declared.kind, one.declared.id): one.problem for one in (*found.left_out, *unreadable)}
        declared = {(one.kind, one.id): one for one in readable}
        ours = [_place(row, declared, problems) for row in rows if (row.kind, row.id) not in clashing]
        return Holding(
            places=[*_places(self._file), *ours],
            clashes=[self._clash(row, declared) for row in rows if (row.kind, row.id) in clashing],
            channels=sorted(self._file.channels),
            rules={str(kind): _plain(rule) for kind, rule in self._file.rules.items()},
        )

    def declare(self, who: Who, change: Change, revision: int | None) -> None:
        """Raises InvalidFields, Conflict, NotFound, StorageError."""
        with self._turn:
            if change.id in ids(self._file, change.kind):
                raise InvalidFields({"id": Fault("is declared in the file already", "choose another id")})
            if change.url is not None:
                check_reach(change.url, self._file.egress.allow)
            wish = self._checked(change, revision)
            if revision is None:
                self._add(who, wish)
            else:
                self._declarations.change(who.name, wish, revision, who.address)
            self._refresh()

    def withdraw(self, who: Who, kind: str, id: str, revision: int) -> None:
        """Raises Conflict, NotFound, StorageError."""
        with self._turn:
            readable, _ = _read(self._declarations, self._declarations.all())
            left = [one for one in readable if (one.kind, one.id) != (kind, id)]
            before = [one.declared for one in join(self._file, readable).left_out]
            for orphan in join(self._file, left).left_out:
                if orphan.declared not in before:
                    raise Conflict(f"{orphan.declared.kind} {orphan.declared.id!r} needs it -> remove that first")
            self._declarations.drop(who.name, kind, id, revision, who.address)
            self._refresh()

    def address(self, camera: str) -> str | None:
        """With its password."""
        for site in self.config.sites:
            for each in site.cameras:
                if each.id == camera:
                    return each.url.get_secret_value()
        return self._stored_address(camera)

    def snippet(self, kind: str, id: str) -> str:
        """Raises NotFound."""
        for row in self._declarations.all():
            if (row.kind, row.id) == (kind, id):
                return self._yaml(_read(self._declarations, [row])[0], row)
        raise NotFound(f"the console has declared no {kind} {id!r}")

    def effective(self) -> str:
        """As YAML, without secrets."""
        both = joined(self._file, self._declarations)
        return effective_yaml(both.config, both.added)

    def _checked(self, change: Change, revision: int | None) -> Wish:
        """The wish, in the words of the model. Raises InvalidFields, Conflict."""
        rows = [row for row in self._declarations.all() if _key(row) != (change.kind, change.id)]
        others, _ = _read(self._declarations, rows)
        url = change.url if change.url is not None else self._stored_address(change.id)
        if change.kind == "camera" and not url:
            raise InvalidFields({"url": Fault("is missing", "write the camera's address")})
        secret = {"url": url} if url else {}
        declared = Declared(change.kind, change.id, dict(change.body) | secret, change.site)
        around = join(self._file, others).config
        part = _find(joined_with(around, declared), change.kind, change.id)
        return Wish(change.kind, change.id, _plain(part), change.site, change.url)

    def _add(self, who: Who, wish: Wish) -> None:
        try:
            self._declarations.add(who.name, wish, who.address)
        except Conflict:
            raise InvalidFields({"id": Fault("is taken already", "choose another id")}) from None

    def _refresh(self) -> None:
        self._apply(self.config)

    def _stored_address(self, camera: str) -> str | None:
        for row in self._declarations.all():
            if (row.kind, row.id) == ("camera", camera):
                try:
                    return self._declarations.address(row)
                except StorageError:
                    return None
        return None

    def _clash(self, row: Declaration, declared: dict[tuple[str, str], Declared]) -> Clash:
        file = part_yaml(_find(self._file, row.kind, row.id))
        ours = self._yaml([declared[_key(row)]], row)
        return Clash(row.kind, row.id, file, ours, row.revision, row.by, row.at)

    def _yaml(self, readable: Sequence[Declared], row: Declaration) -> str:
        """As the file would say it; where it stands is told in a comment."""
        body = dict(readable[0].body) if readable else dict(row.body) | {"url": "rtsp://?"}
        model = MODELS[row.kind]
        part: Any = model.model_validate(body | ({"cameras": ()} if model is Site else {}), context={"console": True})
        where = {"district": "districts:", "site": "sites:", "camera": f"sites: … id: {row.site_id} … cameras:"}
        comment = f"# {where[row.kind]}\n" if row.kind in where else ""
        return comment + part_yaml(part)


def _read(declarations: Declarations, rows: Sequence[Declaration]) -> tuple[list[Declared], list[LeftOut]]:
    """The rows with their addresses, and those whose address is lost."""
    readable, unreadable = list[Declared](), list[LeftOut]()
    for row in rows:
        try:
            url = declarations.address(row)
            readable.append(Declared(row.kind, row.id, row.body | ({"url": url} if url else {}), row.site_id))
        except StorageError:
            unreadable.append(LeftOut(Declared(row.kind, row.id, row.body, row.site_id), UNREADABLE))
    return readable, unreadable


def _place(row: Declaration, declared: dict[tuple[str, str], Declared], problems: dict[tuple[str, str], str]) -> Place:
    key = _key(row)
    body = dict(declared[key].body) if key in declared else dict(row.body)
    if "url" in body:
        body["url"] = redacted(body["url"])
    return Place(row.kind, row.id, body, row.site_id, row.revision, row.by, row.at, problems.get(key, ""))


def _places(file: Config) -> Iterator[Place]:
    yield from (Place("retention", id, _plain(file.retention)) for id in ids(file, "retention"))
    yield from (Place("district", district.id, _plain(district)) for district in file.districts)
    yield from (Place("site", site.id, _plain(site)) for site in file.sites)
    for site in file.sites:
        for camera in site.cameras:
            url = redacted(camera.url.get_secret_value())
            yield Place("camera", camera.id, _plain(camera) | {"url": url}, site.id)


def _plain(part: Any) -> dict[str, Any]:
    """What was said, as JSON; without a camera's address and a site's cameras."""
    said: dict[str, Any] = part.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude={"url", "cameras"})
    return said


def _find(config: Config, kind: str, id: str) -> District | Site | Camera | Periods:
    if kind == "retention":
        return Periods(**config.retention.model_dump(include=set(Periods.model_fields)))
    parts: dict[str, Sequence[District | Site | Camera]] = {
        "district": config.districts,
        "site": config.sites,
        "camera": [camera for site in config.sites for camera in site.cameras],
    }
    return next(part for part in parts[kind] if part.id == id)


def _key(row: Declaration) -> tuple[str, str]:
    return row.kind, row.id
