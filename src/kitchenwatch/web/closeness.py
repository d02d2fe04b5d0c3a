"""How closely cameras are looked at, as pages and the API tell it."""

from dataclasses import dataclass

from kitchenwatch.model import Attentiveness, CameraState, Role, Scope
from kitchenwatch.store.reading import CameraNow
from kitchenwatch.web.deps import WebDeps


@dataclass(frozen=True, slots=True)
class Overload:
    """That the machine cannot keep up.

    Attributes:
        waiting: how many of the reader's cameras wait to be looked at closely.
        longest_s: how long the first of them has waited, in seconds.
        late_s: how late pictures are looked at, in seconds.
    """

    waiting: int
    longest_s: float
    late_s: float


def closeness(deps: WebDeps, camera: str) -> Attentiveness | None:
    """Of one camera; None where its line does not run in this process."""
    return next((line.attentiveness for line in deps.lines() if line.camera == camera), None)


def closeness_of_all(deps: WebDeps, cameras: list[CameraNow]) -> dict[str, Attentiveness]:
    """By the cameras' ids, without those that cannot be looked at now."""
    told = {line.camera: line.attentiveness for line in deps.lines()}
    seeing = (now.camera.id for now in cameras if now.state is CameraState.ONLINE)
    return {camera: told[camera] for camera in seeing if camera in told}


def overload(deps: WebDeps, scope: Scope) -> Overload | None:
    """If there is one, for those whom it concerns: a business can do nothing about it."""
    load = deps.load()
    if load is None or not load.overloaded or scope.role is Role.BUSINESS:
        return None
    theirs = {now.camera.id for now in deps.reading.cameras(scope)}
    waits = [seconds for camera, seconds in load.waiting.items() if camera in theirs]
    return Overload(len(waits), max(waits, default=0.0), load.late_s)
