"""What the doors need from the rest of the house."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Protocol, cast

from fastapi import Depends, Request

from kitchenwatch.model import Attentiveness
from kitchenwatch.ports import Blobs, Clock
from kitchenwatch.store.acts import Acts
from kitchenwatch.store.loop import CaseLoop
from kitchenwatch.store.reading import Reading
from kitchenwatch.store.tokens import Tokens
from kitchenwatch.store.uploads import Uploads
from kitchenwatch.store.users import Users
from kitchenwatch.web.administration import Administration
from kitchenwatch.web.live_view import LiveView


class LineState(Protocol):
    """What can be told about a camera's line while it runs (`pipeline.runner.Post` is one)."""

    @property
    def camera(self) -> str: ...

    @property
    def frames(self) -> int:
        """Frames judged since the start."""
        ...

    @property
    def attentiveness(self) -> Attentiveness:
        """How closely it is looked at now."""
        ...

    @property
    def skipped(self) -> int:
        """Frames that a newer one replaced."""
        ...

    @property
    def failures(self) -> int:
        """Times that reading or judging failed."""
        ...

    @property
    def last_at(self) -> datetime | None:
        """UTC moment of the newest frame judged."""
        ...


class MachineLoad(Protocol):
    """How the machine stands (`attention.budget.Load` is one)."""

    @property
    def price(self) -> float:
        """What a look must be worth: 0.1 with room for all, up to 0.95."""
        ...

    @property
    def late_s(self) -> float:
        """How late pictures are looked at, in seconds."""
        ...

    @property
    def inquiring(self) -> int:
        """Cameras that are looked at closely now."""
        ...

    @property
    def waiting(self) -> Mapping[str, float]:
        """Cameras that would be if there were room, with the seconds that each has waited."""
        ...

    @property
    def overloaded(self) -> bool:
        """Whether it cannot keep up."""
        ...


@dataclass(frozen=True, slots=True)
class WebDeps:
    """Given to `create_app` by bootstrap.

    Attributes:
        public_key: PEM of the key that checks the seals.
        version: of kitchenwatch.
        administration: what the admins' pages need.
        lines: the cameras' lines that run in this process, asked for at each scrape; none while they run elsewhere.
        load: how the machine stands that looks at them; None while they run elsewhere.
        live: what can be watched of the camera of that id; None while its line does not run in this process.
    """

    reading: Reading
    loop: CaseLoop
    uploads: Uploads
    users: Users
    tokens: Tokens
    acts: Acts
    blobs: Blobs
    clock: Clock
    public_key: str
    version: str
    administration: Administration
    lines: Callable[[], Sequence[LineState]] = tuple
    load: Callable[[], MachineLoad | None] = lambda: None
    live: Callable[[str], LiveView | None] = lambda camera: None


def _deps(request: Request) -> WebDeps:
    return cast(WebDeps, request.app.state.deps)


Deps = Annotated[WebDeps, Depends(_deps)]
