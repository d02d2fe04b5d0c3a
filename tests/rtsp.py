"""The RTSP server of the tests as an object that can be killed, frozen and restarted."""

import os
import select
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

SYSTEM_PYTHON = "/usr/bin/python3"
SCRIPT = Path(__file__).with_name("rtsp_server.py")
PACKAGES = (
    "gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad"
)
PROBE = """
import gi
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
needed = "qtdemux matroskademux h264parse h265parse rtph264pay rtph265pay appsrc appsink".split()
raise SystemExit(not all(Gst.ElementFactory.find(name) for name in needed))
"""
# Reading a film and opening a port takes well under a second; a crowded machine gets this long.
START_S = 30.0


def rtsp_server_is_installed() -> bool:
    """Whether the system's Python can run the server."""
    if not Path(SYSTEM_PYTHON).exists():
        return False
    return subprocess.run([SYSTEM_PYTHON, "-c", PROBE], capture_output=True, check=False).returncode == 0


class RtspServer:
    """Plays films on loopback: `mounts` is name → film path; with a user, it asks for digest authentication."""

    def __init__(
        self, mounts: Mapping[str, Path], user: str | None = None, password: str = "", *, loop: bool = True
    ) -> None:
        self.mounts, self.user, self.password, self.loop = dict(mounts), user, password, loop
        self.port = 0
        self._process: subprocess.Popen[str] | None = None
        self.start()

    def url(self, name: str, with_credentials: bool = True) -> str:
        """Where a mount is watched."""
        who = f"{self.user}:{self.password}@" if self.user and with_credentials else ""
        return f"rtsp://{who}127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Listen, on the port of before if there was one; returns when clients can connect."""
        command = [SYSTEM_PYTHON, str(SCRIPT), "--port", str(self.port)]
        for name, film in self.mounts.items():
            command += ["--mount", f"{name}={film}"]
        if self.user:
            command += ["--user", self.user, "--password", self.password]
        if not self.loop:
            command.append("--once")
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = self._listening(self._process)

    def kill(self) -> None:
        """SIGKILL: connections are reset, the port is closed."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def freeze(self) -> None:
        """SIGSTOP: connections stay open and go silent, like a half-open link."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: go on after `freeze`."""
        self._signal(signal.SIGCONT)

    def restart(self) -> None:
        """Kill, and listen again on the same port."""
        self.kill()
        self.start()

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None, "the server is not running"
        os.kill(self._process.pid, number)

    def _listening(self, process: "subprocess.Popen[str]") -> int:
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], START_S)
        line = process.stdout.readline() if ready else ""
        if not line.startswith("READY "):
            process.kill()
            pytest.fail(f"the RTSP server did not start: {line!r}")
        return int(line.split()[1])
