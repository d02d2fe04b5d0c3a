"""What tests of the whole way need: sample films, recipients, living installations."""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from living import Living, Recipient, Sample, two_recipients, write_config

SAMPLES = Path(__file__).parents[2] / "sample_videos"


def sample(name: str) -> Sample:
    """One of the films that come with the project."""
    folder = SAMPLES / name
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    return Sample(folder / f"{name}.mp4", sorted(violation["kind"] for violation in truth["violations"]))


@pytest.fixture(scope="session")
def no_hat() -> Sample:
    """In H.264, as it lies there."""
    return sample("no_hat")


@pytest.fixture(scope="session")
def no_mask(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """In H.265, at half the frame rate."""
    original = sample("no_mask")
    return Sample(h265(original.path, tmp_path_factory.mktemp("films") / "no_mask.mp4"), original.kinds)


def h265(film: Path, target: Path) -> Path:
    """Every second picture of a film, encoded anew, a keyframe every second."""
    with av.open(str(film)) as source, av.open(str(target), "w") as container:
        video = source.streams.video[0]
        rate = Fraction(video.average_rate or 25) / 2
        parameters = f"log-level=none:bframes=0:keyint={round(rate)}:min-keyint={round(rate)}:open-gop=0"
        options = {"preset": "ultrafast", "x265-params": parameters}
        stream: Any = container.add_stream("libx265", rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt, stream.codec_tag = video.width, video.height, "yuv420p", "hvc1"
        stream.time_base = 1 / rate
        for number, picture in enumerate(source.decode(video)):
            if number % 2 == 0:
                picture.pts, picture.time_base = number // 2, 1 / rate
                picture.pict_type = 0
                container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return target


@pytest.fixture
def recipients() -> Iterator[dict[str, Recipient]]:
    """The district's regulators and the site's people, each with a receiver of their own."""
    both = two_recipients()
    yield both
    for recipient in both.values():
        recipient.receiver.close()


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Callable[..., Living]]:
    """Starts an installation: `live(cameras, recipients)`; it is stopped with the test."""
    started: list[Living] = []

    def start(cameras: Mapping[str, str], recipients: Mapping[str, Recipient] | None = None) -> Living:
        started.append(Living(write_config(tmp_path, cameras, recipients or {})))
        return started[-1]

    yield start
    for living in started:
        living.stop()


@pytest.fixture
def silent_url() -> Iterator[str]:
    """A camera that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"rtsp://127.0.0.1:{server.getsockname()[1]}/silent"
