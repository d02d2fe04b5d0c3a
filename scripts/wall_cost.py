"""Measures what the video wall costs: the service's CPU with the wall closed and open, in turns, in one run.

Starts `kitchenwatch serve` with nine cameras of a real RTSP server (processes of their own; eight send H.264, one
H.265, which Chromium may not play and then shows as stills), opens the wall in a real Chromium, and reads the CPU time
of the service's process from /proc. At the end one camera's server is killed and comes back.

    .venv/bin/python scripts/wall_cost.py --seconds 60 --rounds 2

The RTSP server needs the Debian packages that `tests/rtsp.py` names.
"""

import argparse
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import httpx
from playwright.sync_api import Page, expect, sync_playwright

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT / "tests"))

from rtsp import PACKAGES, RtspServer, rtsp_server_is_installed  # noqa: E402

FILMS = ("no_hat", "no_mask", "smoking", "phone_use")
CAMERAS = 9
FPS, KEYFRAMES_S = 25, 2
ENCODER = {"preset": "ultrafast", "bf": "0", "x265-params": "bframes=0:log-level=error"}
LOST = "camera-7"  # the one that is killed
SETTLE_S = 15.0
# Attention would pay less for the cameras as the browser takes more of the machine; the difference is to be the wall's.
STEADY = "detector: {attention: full, sample_fps: 0.5}\n"
GUARD_MS = 300_000
TICKS = os.sysconf("SC_CLK_TCK")
# How many tiles show something: a film that has begun, or a still.
SHOWN = """() => [...document.querySelectorAll("[data-camera]")].filter(tile => tile.classList.contains("film")
    ? tile.querySelector("video").currentTime > 0 : tile.querySelector(".still").naturalWidth > 0).length"""
FILMED = """() => document.querySelectorAll("[data-camera].film").length"""


def main() -> None:
    asked = arguments()
    if not rtsp_server_is_installed():
        raise SystemExit(f"the RTSP server needs: apt install {PACKAGES}")
    with tempfile.TemporaryDirectory(prefix="wall-cost-") as name:
        folder = Path(name)
        films = sub_streams(folder, asked.size)
        steady, lost = servers(films)
        try:
            urls = {camera: (lost if camera == LOST else steady).url(camera) for camera in films}
            with served(folder, urls) as (address, process, password), looked_at(address, password) as page:
                wait_for(lambda: seen(page) == CAMERAS, "all cameras to be watched")
                report(compared(page, process, asked.seconds, asked.rounds))
                lose_one(page, lost)
        finally:
            steady.kill()
            lost.kill()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each span")
    parser.add_argument("--rounds", type=int, default=2, help="of closed, open, open with boxes")
    parser.add_argument("--size", default="640x360", help="of the cameras' pictures")
    return parser.parse_args()


def sub_streams(folder: Path, size: str) -> dict[str, Path]:
    """A film for each camera, by its id; one of them in H.265."""
    width, height = map(int, size.split("x"))
    made = {name: encoded(name, folder / f"{name}.mp4", width, height, "libx264") for name in FILMS}
    films = {f"camera-{n}": made[FILMS[n % len(FILMS)]] for n in range(CAMERAS - 1)}
    return films | {f"camera-{CAMERAS - 1}": encoded("compliant", folder / "new.mp4", width, height, "libx265")}


def encoded(name: str, path: Path, width: int, height: int, codec: str) -> Path:
    """A sample film as a camera's sub-stream would send it."""
    with av.open(str(CHECKOUT / "sample_videos" / name / f"{name}.mp4")) as film, av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=FPS, options=ENCODER)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.gop_size = FPS * KEYFRAMES_S
        for number, frame in enumerate(film.decode(video=0)):
            picture = frame.reformat(width, height, "yuv420p")
            picture.pts, picture.time_base = number, Fraction(1, FPS)
            out.mux(stream.encode(picture))
        out.mux(stream.encode())
    return path


def servers(films: Mapping[str, Path]) -> tuple[RtspServer, RtspServer]:
    """Of all cameras but one, and of that one."""
    steady = {camera: film for camera, film in films.items() if camera != LOST}
    return RtspServer(steady), RtspServer({LOST: films[LOST]})


@contextmanager
def served(folder: Path, urls: Mapping[str, str]) -> Iterator[tuple[str, int, str]]:
    """The service's address, its process and the admin's password."""
    path, log = folder / "kitchenwatch.yaml", folder / "log"
    port = free_port()
    cameras = "".join(f'      - {{id: {camera}, name: {camera}, url: "{url}"}}\n' for camera, url in urls.items())
    path.write_text(
        f"web: {{host: 127.0.0.1, port: {port}}}\n{STEADY}districts: [{{id: east, name: 东区}}]\n"
        f"sites:\n  - id: canteen\n    name: 第一食堂\n    district: east\n    cameras:\n{cameras}",
        "utf-8",
    )
    command = [sys.executable, "-c", "from kitchenwatch.cli import main; main()", "serve", "--config", str(path)]
    with log.open("wb") as said, subprocess.Popen(command, stdout=said, stderr=said) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(lambda: answers(address, process, log), "the service")
            told = re.search(r"sign in as admin with (\S+)", log.read_text("utf-8"))
            assert told, log.read_text("utf-8")
            yield address, process.pid, told[1]
        finally:
            process.terminate()


def answers(address: str, process: "subprocess.Popen[bytes]", log: Path) -> bool:
    if process.poll() is not None:
        raise SystemExit(log.read_text("utf-8", "replace"))
    try:
        return httpx.get(f"{address}/api/v1/health", trust_env=False).is_success
    except httpx.HTTPError:
        return False


@contextmanager
def looked_at(address: str, password: str) -> Iterator[Page]:
    """A page of somebody who has signed in."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        page = browser.new_page(base_url=address, viewport={"width": 1440, "height": 1000})
        page.goto("/account")
        page.fill("[name=name]", "admin")
        page.fill("[name=password]", password)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}/account")
        yield page
        browser.close()


def seen(page: Page) -> int:
    """How many cameras have been judged and can see."""
    rows: list[dict[str, Any]] = page.request.get("/api/v1/cameras").json()
    return min(sum(row["state"] == "online" for row in rows), sum(number > 0 for number in judged(page)))


def judged(page: Page) -> list[float]:
    """Pictures judged so far, of each camera."""
    told = page.request.get("/api/v1/metrics").text()
    return [float(number) for number in re.findall(r"^kitchenwatch_frames_total\{[^}]*\} (\S+)", told, re.M)]


def compared(page: Page, process: int, seconds: float, rounds: int) -> dict[str, list[float]]:
    """Cores that the service took, by how it is looked at."""
    cores: dict[str, list[float]] = {"closed": [], "open": [], "open, with boxes": []}
    for _ in range(rounds):
        page.goto("about:blank")
        cores["closed"].append(spent(page, process, seconds))
        page.goto("/wall")
        # Stills come first, films where the browser can play them.
        wait_for(lambda: page.evaluate(SHOWN) == CAMERAS, "all cameras to be shown")
        wait_for(lambda: page.evaluate(FILMED) >= CAMERAS - 1, "the films of all H.264 cameras")
        sys.stdout.write(f"{CAMERAS} cameras on the wall, {page.evaluate(FILMED)} of them as film\n")
        cores["open"].append(spent(page, process, seconds))
        page.keyboard.press("b")
        cores["open, with boxes"].append(spent(page, process, seconds))
        page.keyboard.press("b")
    return cores


def spent(page: Page, process: int, seconds: float) -> float:
    """Cores, once what came before has settled."""
    time.sleep(SETTLE_S)
    frames, before, began = sum(judged(page)), cpu_s(process), time.monotonic()
    time.sleep(seconds)
    cores = (cpu_s(process) - before) / (time.monotonic() - began)
    sys.stdout.write(f"{cores:.3f} of a core, {sum(judged(page)) - frames:.0f} pictures judged in {seconds:g} s\n")
    sys.stdout.flush()
    return cores


def cpu_s(process: int) -> float:
    """User and system time of a process with its threads."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def report(cores: Mapping[str, list[float]]) -> None:
    closed = statistics.mean(cores["closed"])
    for state, spans in cores.items():
        each = ", ".join(f"{span:.3f}" for span in spans)
        mean = statistics.mean(spans)
        sys.stdout.write(f"wall {state}: {mean:.3f} of a core ({each}); {mean - closed:+.3f}\n")
    sys.stdout.write(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")


def lose_one(page: Page, server: RtspServer) -> None:
    """Kill a camera and let it come back, with the wall open."""
    tile = page.locator(f'[data-camera="{LOST}"]')
    for act, done, state in ((server.kill, "killed", "offline"), (server.start, "back", "online")):
        act()
        began = time.monotonic()
        expect(tile).to_have_attribute("data-state", state, timeout=GUARD_MS)
        sys.stdout.write(f"{LOST} {done}: the wall tells after {time.monotonic() - began:.1f} s\n")
    wait_for(lambda: page.evaluate(SHOWN) == CAMERAS, "all cameras to be shown again")


def wait_for(condition: Callable[[], bool], what: str) -> None:
    ends = time.monotonic() + GUARD_MS / 1000
    while not condition():
        if time.monotonic() > ends:
            raise SystemExit(f"it never came: {what}")
        time.sleep(0.5)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


if __name__ == "__main__":
    main()
