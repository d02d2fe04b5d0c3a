"""What the pages of the administration need from the rest of the house."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from kitchenwatch.store.expiry import RetentionPolicy
from kitchenwatch.store.keeping import Keeping

PERIODS = "days"


@dataclass(frozen=True, slots=True)
class Place:
    """A district, site or camera, declared in the file or in the console; or how long evidence is kept.

    Attributes:
        kind: `district`, `site`, `camera` or `retention`, whose one id is `PERIODS`.
        body: in the shape of the configuration, a camera's address redacted.
        site: of a camera.
        revision: of the console's declaration; None in the file.
        problem: why the console's declaration cannot be used; empty if it can.
    """

    kind: str
    id: str
    body: Mapping[str, Any]
    site: str | None = None
    revision: int | None = None
    by: str = ""
    at: datetime | None = None
    problem: str = ""

    @property
    def name(self) -> str:
        return str(self.body.get("name") or self.id)


@dataclass(frozen=True, slots=True)
class Clash:
    """Both the file and the console declare this id: the file's is used.

    Attributes:
        file, console: both as YAML, without passwords.
        revision, by, at: of the console's.
    """

    kind: str
    id: str
    file: str
    console: str
    revision: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Holding:
    """What is declared now.

    Attributes:
        places: all but the console's side of a clash; by kind, the file's first.
        channels: names that districts and sites may use.
        rules: what the file says for all cameras, by kind.
    """

    places: Sequence[Place]
    clashes: Sequence[Clash]
    channels: Sequence[str]
    rules: Mapping[str, Any]

    def of(self, kind: str) -> list[Place]:
        """Those of one kind."""
        return [place for place in self.places if place.kind == kind]

    def find(self, kind: str, id: str) -> Place | None:
        """The one of that id."""
        return next((place for place in self.of(kind) if place.id == id), None)


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wants to be declared; `url` of a camera, None keeps the one that is there."""

    kind: str
    id: str
    body: Mapping[str, Any]
    site: str | None = None
    url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Who:
    """Who acts, and from which network address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A camera that was tried, or is being tried.

    Attributes:
        state: `running`, `seen`, or why there is no picture: `denied`, `unreachable`, `no_video`.
        detail: of a failure, without passwords.
        picture: JPEG.
    """

    id: str
    state: str
    seconds: float
    url: str = field(repr=False)
    detail: str = ""
    picture: bytes = field(default=b"", repr=False)
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A channel of the file; `leads_to` without secrets, `recipients` are names of districts and sites.

    `operators`: whether it is told when the installation itself is in trouble.
    """

    name: str
    type: str
    leads_to: str
    recipients: Sequence[str]
    operators: bool


@dataclass(frozen=True, slots=True)
class TestResult:
    """What became of a test message."""

    channel: str
    delivered: bool
    seconds: float
    detail: str = ""


class Declaring(Protocol):
    """What is declared in the console, and applied to the running service."""

    def holding(self) -> Holding: ...

    def declare(self, who: Who, change: Change, revision: int | None) -> None:
        """A new place (`revision` None), or another version of one.

        Raises InvalidFields, Conflict (somebody was first), NotFound, StorageError."""
        ...

    def withdraw(self, who: Who, kind: str, id: str, revision: int) -> None:
        """Raises Conflict (somebody was first, or others need it), NotFound, StorageError."""
        ...

    def address(self, camera: str) -> str | None:
        """A camera's address with its password, to try it; never to be shown. None if there is no such camera."""
        ...

    def snippet(self, kind: str, id: str) -> str:
        """What the console declares, as it would be written in the file, without passwords. Raises NotFound."""
        ...

    def effective(self) -> str:
        """The configuration that holds, as YAML without secrets."""
        ...


class Retaining(Protocol):
    """How long evidence is kept; what the console says of it is declared like a place, as `PERIODS` of `retention`."""

    def policy(self) -> RetentionPolicy:
        """What holds now."""
        ...

    def wanted(self, periods: Mapping[str, Any]) -> RetentionPolicy:
        """What would hold if these were declared. Raises InvalidFields."""
        ...


class Trying(Protocol):
    """Opens cameras for one picture, each in a thread of its own and within ten seconds."""

    def begin(self, who: Who, url: str, camera: str) -> str:
        """The trial's id; `camera` is the id it has or shall have. Raises InvalidFields (not such an address),
        Conflict (too many at once)."""
        ...

    def get(self, by: str, id: str) -> Trial:
        """Raises NotFound: forgotten, or somebody else's."""
        ...

    def wait(self, by: str, id: str) -> Trial:
        """The same, once it has ended."""
        ...


class Channels(Protocol):
    """The channels of the file."""

    def all(self) -> Sequence[ChannelView]: ...

    def test(self, who: Who, name: str) -> TestResult:
        """Send a message that says it is a test. Raises NotFound."""
        ...


@dataclass(frozen=True, slots=True)
class Administration:
    """All of it."""

    declaring: Declaring
    trying: Trying
    channels: Channels
    keeping: Keeping
    retaining: Retaining
