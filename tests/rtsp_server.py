#!/usr/bin/python3
"""A real RTSP server that plays films in a loop, for tests and demonstrations.

Runs under the system's Python, not the project's: GStreamer's bindings come from Debian
(`gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good
gstreamer1.0-plugins-bad`). H.264 and H.265 films in MP4 or Matroska are sent as they are, without
re-encoding. Like a camera, each film plays on whether or not anybody watches, so a client joins
anywhere between two keyframes. Prints `READY <port>` once it listens.

    rtsp_server.py --mount kitchen=film.mp4 --user admin --password secret --port 8554
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

DEMUXERS = {".mp4": "qtdemux", ".mov": "qtdemux", ".mkv": "matroskademux"}
CODECS = {"video/x-h264": "h264", "video/x-h265": "h265"}
# Access units handed out ahead of the clock: enough to never run dry, little enough to stay in step.
AHEAD_BYTES = 200_000
# Sessions whose client is gone are dropped this often.
CLEANUP_S = 2


class Film:
    """The access units of one film, in memory, with their times in nanoseconds."""

    def __init__(self, path: str) -> None:
        self.units: list[tuple[int, int, int, bytes]] = []
        self.codec: str | None = None
        self.caps: Any = None
        self._read(path)
        if not self.units:
            raise SystemExit(f"{path}: no H.264 or H.265 video")
        start = min(pts for pts, _, _, _ in self.units)
        self.units = [(pts - start, dts - start, length, data) for pts, dts, length, data in self.units]
        self.length = max(pts + length for pts, _, length, _ in self.units)

    def _read(self, path: str) -> None:
        demuxer = DEMUXERS.get(Path(path).suffix.lower(), "qtdemux")
        self._pipeline = Gst.parse_launch(f"filesrc name=file ! {demuxer} name=demux")
        self._pipeline.get_by_name("file").set_property("location", str(path))
        self._pipeline.get_by_name("demux").connect("pad-added", self._found)
        self._pipeline.set_state(Gst.State.PLAYING)
        ends = Gst.MessageType.EOS | Gst.MessageType.ERROR
        message = self._pipeline.get_bus().timed_pop_filtered(Gst.CLOCK_TIME_NONE, ends)
        self._pipeline.set_state(Gst.State.NULL)
        if message.type == Gst.MessageType.ERROR and not self.units:
            raise SystemExit(f"{path}: {message.parse_error()[0].message}")

    def _found(self, _demuxer: Any, pad: Any) -> None:
        codec = CODECS.get(pad.get_current_caps().get_structure(0).get_name())
        if codec is None or self.codec:
            return
        self.codec = codec
        shape = f"video/x-{codec},stream-format=byte-stream,alignment=au"
        tail = Gst.parse_bin_from_description(
            f"{codec}parse config-interval=-1 ! {shape} ! appsink name=units sync=false emit-signals=true", True
        )
        tail.get_by_name("units").connect("new-sample", self._keep)
        self._pipeline.add(tail)
        tail.sync_state_with_parent()
        pad.link(tail.get_static_pad("sink"))

    def _keep(self, sink: Any) -> Any:
        sample = sink.emit("pull-sample")
        unit = sample.get_buffer()
        self.caps = sample.get_caps()
        dts = unit.dts if unit.dts != Gst.CLOCK_TIME_NONE else unit.pts
        data = unit.extract_dup(0, unit.get_size())
        self.units.append((unit.pts, dts, unit.duration, data))
        return Gst.FlowReturn.OK


class Playing:
    """One film on its way out: hands over access units as GStreamer asks for them."""

    def __init__(self, film: Film, loop: bool) -> None:
        self._film, self._loop = film, loop
        self._next, self._round = 0, 0

    def feed(self, source: Any, _wanted: int) -> None:
        """Push the next access unit; after the last comes the first again."""
        if self._next == len(self._film.units):
            if not self._loop:
                source.emit("end-of-stream")
                return
            self._next, self._round = 0, self._round + 1
        pts, dts, length, data = self._film.units[self._next]
        shift = self._round * self._film.length
        unit = Gst.Buffer.new_wrapped(data)
        unit.pts, unit.dts, unit.duration = pts + shift, max(0, dts + shift), length
        self._next += 1
        source.emit("push-buffer", unit)


def factory(film: Film, loop: bool) -> Any:
    """What makes one mount's pipeline; all clients share it, as they share a camera."""
    mount = GstRtspServer.RTSPMediaFactory()
    # The units carry their parameter sets already, before each keyframe. The payloader must not add them:
    # it would put them before each slice of a keyframe, and a receiver takes every slice for a picture then.
    pay = f"rtp{film.codec}pay name=pay0 pt=96 config-interval=0"
    mount.set_launch(
        f"( appsrc name=film is-live=true format=time block=false max-bytes={AHEAD_BYTES} ! {film.codec}parse ! {pay} )"
    )
    mount.set_shared(True)

    def configure(_factory: Any, media: Any) -> None:
        source = media.get_element().get_by_name_recurse_up("film")
        source.set_property("caps", film.caps)
        playing = Playing(film, loop)
        source.connect("need-data", playing.feed)

    mount.connect("media-configure", configure)
    return mount


def guard(server: Any, mounts: list[Any], user: str, password: str) -> None:
    """Ask for digest authentication on every mount."""
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth.add_digest(user, password, token)
    server.set_auth(auth)
    for mount in mounts:
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_role("viewer")
        permissions.add_permission_for_role("viewer", "media.factory.access", True)
        permissions.add_permission_for_role("viewer", "media.factory.construct", True)
        mount.set_permissions(permissions)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--mount", action="append", required=True, metavar="NAME=FILM")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", default=0, type=int, help="0 takes a free one")
    parser.add_argument("--user")
    parser.add_argument("--password", default="")
    parser.add_argument("--once", action="store_true", help="end after the film instead of looping")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address(options.address)
    server.set_service(str(options.port))
    mounts = []
    for mount in options.mount:
        name, _, path = mount.partition("=")
        made = factory(Film(path), not options.once)
        server.get_mount_points().add_factory(f"/{name}", made)
        mounts.append(made)
    if options.user:
        guard(server, mounts, options.user, options.password)
    if not server.attach(None):
        sys.exit(f"cannot listen on {options.address}:{options.port}")

    def cleanup() -> bool:
        server.get_session_pool().cleanup()
        return True

    GLib.timeout_add_seconds(CLEANUP_S, cleanup)
    sys.stdout.write(f"READY {server.get_bound_port()}\n")
    sys.stdout.flush()
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
