"""Outgoing HTTP that cannot be turned against our own network.

A webhook address is text that somebody typed; without care it makes us fetch `http://169.254.169.254/` or a
device next door for them (server-side request forgery). So a name is resolved once, every address is judged,
and the connection goes to exactly the address that was judged: a name server that answers differently the next
time (DNS rebinding) gains nothing. TLS still verifies the certificate against the name.
"""

import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import httpcore
import httpx

from kitchenwatch.clock import SystemClock
from kitchenwatch.errors import DeliveryRefused, DeliveryRetry
from kitchenwatch.ports import Clock

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver: TypeAlias = Callable[[str, int], Sequence[str]]

# Not public either, though Python 3.11 calls them so: IETF protocol assignments (Oracle's metadata service among
# them), Azure's metadata service on its public address, and NAT64 within a network (RFC 8215).
NOT_PUBLIC: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text) for text in ("192.0.0.0/24", "168.63.129.16/32", "64:ff9b:1::/48")
)
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
BODY_LIMIT = 16 * 1024  # bytes of an answer that we read


@dataclass(frozen=True, slots=True)
class Reply:
    """What the receiver answered.

    Attributes:
        status: HTTP status.
        body: as much of it as we care to read.
        retry_after: seconds, where a `Retry-After` header gave a number.
    """

    status: int
    body: bytes = b""
    retry_after: float | None = None


def system_resolver(host: str, port: int) -> list[str]:
    """The machine's own name service. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class Egress:
    """Posts to addresses that policy permits: public ones, and those on the allow-list.

    Args:
        allow: networks of our own that may be reached in spite of being private (the LAN's receivers).
        resolver: host and port to addresses.
        trust: certificates to believe; by default the usual ones (`SSL_CERT_FILE` adds a company's own).
        clock: for the time limit.
    """

    def __init__(
        self,
        allow: Sequence[Network] = (),
        *,
        resolver: Resolver = system_resolver,
        trust: ssl.SSLContext | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._allow = tuple(allow)
        self._resolver = resolver
        self._given_trust = trust
        self._clock = clock or SystemClock()

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return self._given_trust or httpx.create_ssl_context()

    def permits(self, address: Address) -> bool:
        """Whether policy lets us connect to this address."""
        real = _unwrapped(address)
        if any(real in network or address in network for network in self._allow):
            return True
        return _is_public(real) and not any(real in network for network in NOT_PUBLIC)

    def addresses(self, host: str, port: int) -> list[str]:
        """The permitted addresses of a host. Raises DeliveryRetry (unknown name), DeliveryRefused (none permitted)."""
        try:
            found = [ipaddress.ip_address(text) for text in self._resolver(host, port)]
        except (OSError, UnicodeError) as error:
            raise DeliveryRetry(f"{host}: the name cannot be resolved") from error
        permitted = [str(address) for address in found if self.permits(address)]
        if not permitted:
            raise DeliveryRefused(f"{host}: not a public address -> add its network to the allow-list if it is yours")
        return permitted

    def post(self, url: str, headers: Mapping[str, str], body: bytes, timeout: float) -> Reply:
        """One POST, redirects not followed, over within about `timeout` seconds.

        Raises DeliveryRetry when the network fails and DeliveryRefused when policy forbids the address.
        """
        backend = _PinnedBackend(self, self._clock, self._clock.monotonic() + timeout)
        limits = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), timeout)}
        target, fields = _core_url(url), list(headers.items())
        trust = self._trust if target.scheme == b"https" else None
        with httpcore.ConnectionPool(ssl_context=trust, network_backend=backend) as pool:
            try:
                with pool.stream("POST", target, headers=fields, content=body, extensions=limits) as answer:
                    said = _beginning(answer.iter_stream())
                    return Reply(answer.status, said, _retry_after(answer.headers))
            except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
                raise DeliveryRetry(f"{httpx.URL(url).host}: {error or type(error).__name__}") from error


class _PinnedBackend(httpcore.NetworkBackend):
    """Connects to the addresses that `Egress` has judged, and to nothing else."""

    def __init__(self, egress: Egress, clock: Clock, deadline: float) -> None:
        self._egress, self._clock, self._deadline = egress, clock, deadline
        self._tcp = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectTimeout()
        for address in self._egress.addresses(host, port):
            try:
                left = _left(self._clock, self._deadline, timeout)
                stream = self._tcp.connect_tcp(address, port, left, local_address, socket_options)
                return _DeadlineStream(stream, self._clock, self._deadline)
            except (httpcore.ConnectError, httpcore.TimeoutException) as error:
                failure = error
        raise failure


class _DeadlineStream(httpcore.NetworkStream):
    """A connection with one limit for the whole exchange, so that a receiver cannot drip bytes for ever."""

    def __init__(self, stream: httpcore.NetworkStream, clock: Clock, deadline: float) -> None:
        self._stream, self._clock, self._deadline = stream, clock, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._clock, self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._clock, self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self._clock, self._deadline, timeout)
        return _DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, left), self._clock, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _is_public(address: Address) -> bool:
    site_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return address.is_global and not (address.is_multicast or address.is_reserved or site_local)


def _left(clock: Clock, deadline: float, timeout: float | None) -> float:
    left = deadline - clock.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("no answer within the time limit")
    return left if timeout is None else min(left, timeout)


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for (mapped, 6to4, NAT64), else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _core_url(url: str) -> httpcore.URL:
    parsed = httpx.URL(url)  # knows internationalised names, which httpcore does not
    return httpcore.URL(scheme=parsed.raw_scheme, host=parsed.raw_host, port=parsed.port, target=parsed.raw_path)


def _beginning(chunks: Iterable[bytes]) -> bytes:
    read = b""
    for chunk in chunks:
        read += chunk
        if len(read) >= BODY_LIMIT:
            break
    return read[:BODY_LIMIT]


def _retry_after(headers: Sequence[tuple[bytes, bytes]]) -> float | None:
    """Seconds; the date form of the header is rare and not read."""
    for name, value in headers:
        if name.lower() == b"retry-after" and value.strip().isdigit():
            return float(value)
    return None
