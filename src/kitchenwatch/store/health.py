"""Camera health as intervals in the database, each change told in its own transaction."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kitchenwatch.errors import NotFound
from kitchenwatch.model import AlertType, CameraState, HealthChange
from kitchenwatch.store.announce import announce, moments, place_data
from kitchenwatch.store.database import Database, insert_if_new, serialize_outbox
from kitchenwatch.store.tables import Camera, CameraHealth

# An interval that nobody was there to end; the alert says so.
UNWATCHED = "kitchenwatch was not running"


class SqlHealthLog:
    """Intervals of trouble; saying the same twice changes nothing.

    Every call raises StorageFull or StorageError when rows cannot be written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, change: HealthChange) -> None:
        """Begin or end an interval. Raises NotFound if the camera has not been declared.

        `ONLINE` is the absence of trouble and makes no interval.
        """
        if change.state is CameraState.ONLINE:
            return
        with self._database.session() as session:
            serialize_outbox(session)
            camera = session.get(Camera, change.camera)
            if camera is None:
                raise NotFound(f"there is no camera {change.camera!r} in the database -> declare it")
            (_begin if change.began else _end)(session, camera, change)

    def close_left_open(self, camera: str, at: datetime) -> int:
        """End what a process that died had left open, when the service starts; how many intervals it were."""
        with self._database.session() as session:
            serialize_outbox(session)
            left = session.scalars(_open_intervals(camera)).all()
            row = session.get_one(Camera, camera) if left else None
            for interval in left:
                assert row is not None
                _end(session, row, HealthChange(camera, CameraState(interval.state), False, at, UNWATCHED))
            return len(left)


def _begin(session: Session, camera: Camera, change: HealthChange) -> None:
    if session.scalar(_open_intervals(camera.id).where(CameraHealth.state == change.state)) is not None:
        return
    values = {"state": change.state, "opened_at": change.at, "detail": change.detail}
    if insert_if_new(session, CameraHealth, camera_id=camera.id, **values):
        _tell(session, camera, change, change.at)


def _end(session: Session, camera: Camera, change: HealthChange) -> None:
    interval = session.scalar(_open_intervals(camera.id).where(CameraHealth.state == change.state))
    if interval is None:
        return
    # A clock that was set back must not make an interval end before it began.
    interval.closed_at = max(change.at, interval.opened_at)
    _tell(session, camera, change, interval.opened_at)


def _open_intervals(camera: str) -> Select[CameraHealth]:
    return select(CameraHealth).where(CameraHealth.camera_id == camera, CameraHealth.closed_at.is_(None))


def _tell(session: Session, camera: Camera, change: HealthChange, since: datetime) -> None:
    """`since` tells apart the intervals of one state, so each begins once and ends once."""
    zone = camera.site.timezone
    data = {
        **place_data(camera, camera.site),
        "state": change.state,
        "began": change.began,
        "detail": change.detail,
        **moments("opened_at", since, zone),
        **moments("closed_at", None if change.began else change.at, zone),
    }
    occasion = f"{change.state}/{'began' if change.began else 'ended'}/{since.isoformat()}"
    subject = f"camera/{camera.id}"
    announce(
        session,
        AlertType.CAMERA_HEALTH,
        subject,
        change.at,
        data,
        occasion=occasion,
        site=camera.site,
        camera=camera.id,
    )
