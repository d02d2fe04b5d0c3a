"""Tries a camera before it is relied on."""

from kitchenwatch.config import Camera
from kitchenwatch.errors import SourceLost
from kitchenwatch.sources.stream import Stream


def try_camera(camera: Camera) -> str:
    """Open it and decode one picture; what was seen, in words. Raises SourceError."""
    with Stream(camera.url.get_secret_value()) as stream:
        for packet in stream.packets():
            for picture in stream.decode(packet):
                return f"{picture.width}x{picture.height}"
    raise SourceLost(f"{camera.id}: connected, but no picture came")
