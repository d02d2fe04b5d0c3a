"""Digests: one alert for all the pushes that a channel was spared."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kitchenwatch.model import AlertType
from kitchenwatch.store.announce import announce
from kitchenwatch.store.tables import Delivery, Outbox

# A webhook's body stays below the 20 kB that Standard Webhooks allows.
PLACES = 60


def write_digest(session: Session, channel: str, held: Sequence[Delivery], now: datetime) -> None:
    """Tell the held deliveries in one digest and mark them told; the first of them makes its id."""
    occasion = str(held[0].outbox_seq)
    id = announce(
        session, AlertType.DIGEST, f"digest/{channel}", now, _data(held), occasion=occasion, only_channel=channel
    )
    digest = session.scalars(select(Outbox.seq).where(Outbox.id == id)).one()
    for delivery in held:
        delivery.digest_seq = digest


def _data(held: Sequence[Delivery]) -> dict[str, Any]:
    """Cases counted by place and kind, the most frequent first; `more` counts the cases of places left out."""
    opened = [delivery.outbox for delivery in held if delivery.outbox.type == AlertType.CASE_OPENED]
    counts = Counter((alert.site_id, alert.camera_id, alert.kind) for alert in opened)
    names = {alert.camera_id: alert.data for alert in opened}
    told = counts.most_common(PLACES)
    return {
        "count": len(opened),
        "since": min(alert.at for alert in opened).isoformat(),
        "until": max(alert.at for alert in opened).isoformat(),
        "places": [
            {
                "site": site,
                "site_name": names[camera]["site"]["name"],
                "camera": camera,
                "camera_name": names[camera]["camera"]["name"],
                "kind": kind,
                "count": count,
            }
            for (site, camera, kind), count in told
        ],
        "more": len(opened) - sum(count for _, count in told),
    }
