"""The receiver shown in docs/alerts.md works as printed."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from http_receiver import SECRET
from kitchenwatch.alerts.egress import Egress
from kitchenwatch.alerts.webhook import WebhookChannel
from kitchenwatch.clock import SystemClock
from kitchenwatch.errors import DeliveryRetry
from kitchenwatch.model import Delivery

PAGE = Path(__file__).parents[2] / "docs" / "alerts.md"
OTHER_SECRET = "whsec_" + "YW5vdGhlciBzZWNyZXQgb2YgdHdlbnR5LWZvdXIrIGJ5dGVz"


def test_the_documented_receiver_accepts_what_we_sign_once_and_nothing_else(
    egress: Egress, make_delivery: Callable[..., Delivery], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "receiver.py").write_text(code.replace('("", 8000)', f'("127.0.0.1", {port})'), encoding="utf-8")
    output = (tmp_path / "output").open("wb")
    receiver = subprocess.Popen(
        [sys.executable, "-u", tmp_path / "receiver.py"],
        env=os.environ | {"WEBHOOK_SECRET": SECRET, "PYTHONIOENCODING": "utf-8"},
        stdout=output,
        stderr=subprocess.DEVNULL,
    )
    try:
        channel = WebhookChannel("hook", f"http://127.0.0.1:{port}/", [SECRET], egress, SystemClock())
        stranger = WebhookChannel("hook", f"http://127.0.0.1:{port}/", [OTHER_SECRET], egress, SystemClock())
        _send_when_it_listens(channel, make_delivery())
        channel.send(make_delivery())
        with pytest.raises(DeliveryRetry, match="401"):
            stranger.send(make_delivery(seq=2))
    finally:
        receiver.kill()
        receiver.wait()
        output.close()
    said = (tmp_path / "output").read_text(encoding="utf-8")
    assert said.count("cn.kitchenwatch.case.opened") == 1


def _send_when_it_listens(channel: WebhookChannel, delivery: Delivery) -> None:
    for _ in range(200):
        try:
            return channel.send(delivery)
        except DeliveryRetry:
            SystemClock().sleep(0.05)
    pytest.fail("the documented receiver does not answer")
