"""The egress policy: what may be reached, and that nothing else is."""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from certificates import self_signed

from http_receiver import LOOPBACK, Receiver
from kitchenwatch.alerts.egress import Egress
from kitchenwatch.errors import DeliveryRefused, DeliveryRetry


class Names:
    """A resolver double: each question takes the next answer; the last one stays."""

    def __init__(self, *answers: str) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return [self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]]


FORBIDDEN = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",  # Alibaba Cloud's metadata, in the carriers' shared range
    "168.63.129.16",  # Azure's
    "192.0.0.192",  # Oracle's
    "0.0.0.0",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "ff02::1",
    "ff0e::1",
    "::7f00:1",  # the old form of an IPv4 address in an IPv6 one
    "fec0::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",  # 6to4 of 127.0.0.1
    "64:ff9b::7f00:1",  # NAT64 of it
    "64:ff9b:1::7f00:1",  # NAT64 within a network
    "2001:db8::1",
]


@pytest.mark.parametrize("address", FORBIDDEN)
def test_addresses_of_our_own_networks_are_forbidden(address: str) -> None:
    with pytest.raises(DeliveryRefused, match="allow-list"):
        Egress(resolver=Names(address)).addresses("hook.example", 443)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_public_addresses_are_permitted(address: str) -> None:
    permitted = Egress(resolver=Names(address)).addresses("hook.example", 443)
    assert [ipaddress.ip_address(text) for text in permitted] == [ipaddress.ip_address(address)]


@pytest.mark.parametrize("address", ["192.168.7.9", "::ffff:192.168.7.9"])
def test_the_allow_list_opens_a_network_of_our_own_and_no_other(address: str) -> None:
    allow = [ipaddress.ip_network("192.168.7.0/24")]
    assert Egress(allow, resolver=Names(address)).addresses("nvr.lan", 80)
    with pytest.raises(DeliveryRefused):
        Egress(allow, resolver=Names("192.168.8.9")).addresses("nvr.lan", 80)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]"])
def test_no_way_of_writing_loopback_gets_through(host: str, receiver: Receiver) -> None:
    with pytest.raises(DeliveryRefused, match="not a public address"):
        Egress().post(f"http://{host}:{receiver.port}/", {}, b"{}", 5)
    assert receiver.requests == []


def test_a_name_that_turns_to_another_address_is_not_followed_there(make_receiver: Callable[..., Receiver]) -> None:
    honest, inner = make_receiver(address="127.0.0.1"), make_receiver(address="127.0.0.2")
    names = Names("127.0.0.1", "127.0.0.2")
    egress = Egress([ipaddress.ip_network("127.0.0.1/32")], resolver=names)
    url = f"http://hook.example:{honest.port}/hook"
    assert egress.post(url, {}, b"{}", 5).status == 204
    assert names.asked == 1  # judged and connected on one answer: there is no second question to answer otherwise
    assert honest.requests[0].headers["host"] == f"hook.example:{honest.port}"
    with pytest.raises(DeliveryRefused):
        egress.post(f"http://hook.example:{inner.port}/hook", {}, b"{}", 5)
    assert inner.requests == []


def test_the_second_address_is_tried_when_the_first_is_dead(receiver: Receiver) -> None:
    egress = Egress([LOOPBACK], resolver=lambda host, port: ["127.0.0.9", "127.0.0.1"])
    assert egress.post(f"http://hook.example:{receiver.port}/", {}, b"{}", 5).status == 204


def test_a_redirect_is_not_followed(receiver: Receiver, egress: Egress) -> None:
    receiver.answer = lambda request: (307, {"location": "/elsewhere"}, b"")
    assert egress.post(receiver.url, {}, b"{}", 5).status == 307
    assert [request.path for request in receiver.requests] == ["/hook"]


def test_a_proxy_in_the_environment_is_not_used(
    receiver: Receiver, egress: Egress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert egress.post(receiver.url, {}, b"{}", 5).status == 204


def test_an_unknown_name_may_be_known_later() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(DeliveryRetry, match=r"hook\.example"):
        Egress(resolver=unknown).post("http://hook.example/token/s3cret", {}, b"{}", 5)


def test_a_refused_connection_names_the_host_and_not_the_secret_path(egress: Egress) -> None:
    with pytest.raises(DeliveryRetry) as caught:
        egress.post("http://127.0.0.1:9/robot?token=s3cret", {}, b"{}", 5)
    assert "127.0.0.1" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_long_answer_is_read_only_at_its_beginning(receiver: Receiver, egress: Egress) -> None:
    # It promises 30 MB and breaks off early: only who wants to read them all would notice.
    receiver.answer = lambda request: (200, {"content-length": "30000000"}, b"x" * 100_000)
    assert len(egress.post(receiver.url, {}, b"{}", 5).body) == 16 * 1024


def test_a_receiver_that_drips_is_left_at_the_time_limit(egress: Egress) -> None:
    gone = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nx: ")
                try:
                    while not gone.wait(0.1):  # each byte arrives well within the limit of one read
                        connection.sendall(b"y")
                except OSError:
                    pass

        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(DeliveryRetry, match=r"time limit|timed out"):
            egress.post(f"http://127.0.0.1:{server.getsockname()[1]}/", {}, b"{}", 1)
        gone.set()
        thread.join()


def test_tls_is_verified_against_the_name_though_the_address_is_pinned(
    make_receiver: Callable[..., Receiver], tmp_path: Path
) -> None:
    receiver = make_receiver()
    certificate = self_signed("hook.example", tmp_path / "hook.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
    egress = Egress([LOOPBACK], resolver=Names("127.0.0.1"), trust=ssl.create_default_context(cafile=certificate))
    assert egress.post(f"https://hook.example:{receiver.port}/", {}, b"{}", 5).status == 204
    with pytest.raises(DeliveryRetry, match="certificate"):
        egress.post(f"https://other.example:{receiver.port}/", {}, b"{}", 5)
    assert len(receiver.requests) == 1
