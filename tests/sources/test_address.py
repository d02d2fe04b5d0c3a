"""What may be logged of an address."""

import pytest

from kitchenwatch.sources.address import redacted


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://admin:a@b/c:d@10.0.0.7:554/Streaming/101", "rtsp://10.0.0.7:554/Streaming/101"),
        (
            "rtsp://10.0.0.7/user=admin_password=tlJwpbo6_channel=1.sdp",
            "rtsp://10.0.0.7/user=***_password=***_channel=1.sdp",
        ),
        (
            "http://10.0.0.7/flv?port=1935&user=admin&Password=x%40y",
            "http://10.0.0.7/flv?port=1935&user=***&Password=***",
        ),
        ("/films/user=me/a@b.mp4", "/films/user=me/a@b.mp4"),
    ],
)
def test_credentials_are_left_out(address: str, shown: str) -> None:
    assert redacted(address) == shown
