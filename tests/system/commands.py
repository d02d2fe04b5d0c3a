"""`kitchenwatch` as a person runs it, in a process of its own; and the short films that it is given."""

import json
import os
import pty
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from ruamel.yaml import YAML
from sqlalchemy import select

from http_receiver import SECRET
from kitchenwatch.store.database import Database
from kitchenwatch.store.tables import Case, Delivery, Evidence, Outbox

SAMPLES = Path(__file__).parents[2] / "sample_videos"
COMMAND = str(Path(sys.executable).with_name("kitchenwatch"))
SITE = "canteen"
# An upper guard only, for crowded machines.
GUARD_S = 120.0

Row = dict[str, Any]


def kitchenwatch(*arguments: str | Path, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Run it to its end."""
    command = [COMMAND, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=GUARD_S, check=False)


def kitchenwatch_on_screen(*arguments: str | Path) -> tuple[str, str]:
    """Run it with a terminal for stderr; what came out on stdout and on the terminal."""
    ours, theirs = pty.openpty()
    seen: list[bytes] = []
    with subprocess.Popen([COMMAND, *map(str, arguments)], stdout=subprocess.PIPE, stderr=theirs, text=True) as process:
        os.close(theirs)
        reader = threading.Thread(target=_read_all, args=(ours, seen))
        reader.start()
        out, _ = process.communicate(timeout=GUARD_S)
        reader.join()
    os.close(ours)
    assert process.returncode == 0, b"".join(seen)
    return out, b"".join(seen).decode()


def _read_all(terminal: int, seen: list[bytes]) -> None:
    try:
        while chunk := os.read(terminal, 4096):
            seen.append(chunk)
    except OSError:  # how Linux tells that nobody writes to a terminal any more
        pass


def rows(out: str) -> list[Row]:
    """The lines of `--json`; any other line fails."""
    return [json.loads(line) for line in out.splitlines()]


def truth(name: str) -> list[Row]:
    """The violations that a sample film holds."""
    found: list[Row] = json.loads((SAMPLES / name / "truth.json").read_text("utf-8"))["violations"]
    return found


def cut_film(name: str, target: Path, *, fps: int, begin: float, seconds: float) -> Path:
    """A piece of a sample film, encoded anew at half its size."""
    with av.open(str(SAMPLES / name / f"{name}.mp4")) as source, av.open(str(target), "w") as container:
        options = {"preset": "ultrafast", "g": str(fps), "bf": "0"}
        stream: Any = container.add_stream("libx264", rate=fps, options=options)
        stream.width, stream.height, stream.pix_fmt, stream.time_base = 640, 360, "yuv420p", Fraction(1, fps)
        number = 0
        for picture in source.decode(video=0):
            if picture.time is None or picture.time < begin + number / fps - 0.001:
                continue
            if number == round(seconds * fps):
                break
            small = picture.reformat(width=640, height=360)
            small.pts, small.time_base, small.pict_type = number, Fraction(1, fps), 0
            container.mux(stream.encode(small))
            number += 1
        container.mux(stream.encode(None))
    return target


def write_config(folder: Path, cameras: Sequence[str] = ("rtsp://127.0.0.1:9/none",), hook: str = "") -> Path:
    """The YAML of one site with quick rules and, if there is a `hook`, its channel; the store lies beside it."""
    channels = {"hook": {"type": "webhook", "url": hook, "secret": SECRET}} if hook else {}
    site = {
        "id": SITE,
        "name": "第三食堂",
        "district": "east",
        "cameras": [{"id": f"cam-{number}", "name": url, "url": url} for number, url in enumerate(cameras)],
    }
    document = {
        "web": {"port": free_port()},
        "detector": {"sample_fps": 3, "attention": "full"},
        "rules": {"no_hat": {"for": 1}, "no_mask": {"for": 1}},
        "channels": channels,
        "egress": {"allow": ["127.0.0.0/8"]},
        "districts": [{"id": "east", "name": "东区", "channels": list(channels)}],
        "sites": [site],
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "kitchenwatch.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(document, file)
    return path


def free_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Memory:
    """What a store's rows say.

    Attributes:
        cases: ids.
        evidence: case, kind, key and digest of each piece.
        alerts: id and type, in the order of the event stream.
        deliveries: ids of the alerts that some channel has got.
    """

    cases: list[str]
    evidence: list[tuple[str, str, str, str]]
    alerts: list[tuple[str, str]]
    deliveries: list[str]

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Which case has which evidence."""
        return [(case, kind) for case, kind, _, _ in self.evidence]


def memory(folder: Path) -> Memory:
    """The rows of the store beside a configuration (or in `var/`); there is nothing where none was made yet."""
    if not (folder / "var/kitchenwatch.db").exists():
        return Memory([], [], [], [])
    database = Database(f"sqlite:///{folder}/var/kitchenwatch.db")
    with database.reading() as session:
        evidence = session.execute(select(Evidence.case_id, Evidence.kind, Evidence.key, Evidence.sha256)).all()
        found = Memory(
            cases=sorted(map(str, session.scalars(select(Case.id)))),
            evidence=sorted((str(case), str(kind), key, sha256) for case, kind, key, sha256 in evidence),
            alerts=[(str(id_), str(type_)) for id_, type_ in session.execute(_ALERTS)],
            deliveries=[str(id_) for id_ in session.scalars(_DELIVERED)],
        )
    database.close()
    return found


_ALERTS = select(Outbox.id, Outbox.type).order_by(Outbox.seq)
_DELIVERED = (
    select(Outbox.id)
    .join(Delivery, Delivery.outbox_seq == Outbox.seq)
    .where(Delivery.delivered_at.is_not(None))
    .order_by(Outbox.seq)
)
