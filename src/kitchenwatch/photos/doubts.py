"""What a photo's own words make doubtful."""

from datetime import datetime, timedelta
from typing import Any

from kitchenwatch.manifest import moment
from kitchenwatch.model import Doubt
from kitchenwatch.photos.exif import Said

# Phones' clocks are set by the network; those that are not are minutes off, not more.
CLOCKS_DIFFER = timedelta(minutes=10)


def own_doubts(said: Said, ordered_at: datetime, now: datetime) -> list[dict[str, Any]]:
    """Each doubt as JSON: its `code`, and what it is made of.

    Args:
        ordered_at: UTC moment of the order that the photo answers.
        now: UTC moment of its arrival.
    """
    doubts: list[dict[str, Any]] = []
    if said.taken_at and said.taken_at < ordered_at - CLOCKS_DIFFER:
        doubts.append({"code": str(Doubt.BEFORE_ORDER), "at": moment(said.taken_at)})
    if said.taken_at and said.taken_at > now + CLOCKS_DIFFER:
        doubts.append({"code": str(Doubt.IN_FUTURE), "at": moment(said.taken_at)})
    if not said.camera:
        doubts.append({"code": str(Doubt.NO_CAMERA)})
    if said.editor:
        doubts.append({"code": str(Doubt.EDITED), "by": said.editor})
    return doubts
