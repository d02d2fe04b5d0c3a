"""A camera's line, its parts joined."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from kitchenwatch import __version__
from kitchenwatch.bootstrap.sight import Sight
from kitchenwatch.bootstrap.stores import Stores
from kitchenwatch.evidence.recorder import CaseRecorder, RecorderSettings
from kitchenwatch.model import CameraRef
from kitchenwatch.pipeline.line import CameraLine
from kitchenwatch.ports import Attention, Footage, HealthLog, Recorder
from kitchenwatch.rules.judge import CameraJudge
from kitchenwatch.rules.rule import RuleSettings
from kitchenwatch.sources.health import PictureWatch
from kitchenwatch.tracking import PeopleTracker

Part = TypeVar("Part")


class Fit(Protocol):
    """Fits a part into the line as the stage of that name: as it is, or with a meter before it."""

    def __call__(self, part: Part, stage: str) -> Part: ...


def as_it_is(part: Part, stage: str) -> Part:
    """The part itself."""
    return part


def build_line(
    camera: CameraRef,
    rules: Sequence[RuleSettings],
    attention: Attention,
    sight: Sight,
    recorder: Recorder,
    health: HealthLog,
    fit: Fit = as_it_is,
) -> CameraLine:
    """A line of its own for one camera; only `sight` is shared, and whoever fits its looks does so once for all."""
    return CameraLine(
        attention=attention,
        picture=fit(PictureWatch(), "health"),
        health=health,
        people=sight.people,
        tracker=fit(PeopleTracker(), "track"),
        person=sight.person,
        judge=fit(CameraJudge(camera, rules, sight.calibration), "rules"),
        recorder=recorder,
    )


def build_recorder(
    camera: CameraRef,
    footage: Footage,
    stores: Stores,
    submit: Callable[[Callable[[], None]], None],
    attest: Mapping[str, Any],
    timezone: str,
) -> CaseRecorder:
    """Fixes evidence in the store; `submit` runs its jobs, at once or in the scribe's thread."""
    return CaseRecorder(
        camera=camera,
        footage=footage,
        blobs=stores.blobs,
        chain=stores.chain,
        cases=stores.cases,
        submit=submit,
        attest=attest,
        settings=RecorderSettings(timezone=timezone),
    )


def attestation(sight: Sight, **names: str) -> dict[str, Any]:
    """What every manifest of a camera says about who saw: software, model, engine, and the given names."""
    model = {"sha256": sight.model.sha256, "file": sight.model.path.name, "engine": sight.model.engine.name}
    return {"software": f"kitchenwatch {__version__}", "model": model, "names": names}
