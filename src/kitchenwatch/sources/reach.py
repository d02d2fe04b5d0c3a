"""Which camera addresses somebody may enter in the console.

Such an address makes us connect wherever it leads, so it must not lead to us or to a cloud's inner services
(server-side request forgery). Cameras stand in private networks, so these are allowed; loopback, link-local
(169.254.0.0/16, where clouds keep their credentials) and other metadata addresses are not. Software that hands out
streams on this very machine needs its address on the configuration's allow-list. What the configuration file itself
says is not asked here: whoever writes that file has the machine.

A name is judged by what it resolves to now; that it will lead elsewhere later is not ruled out, as FFmpeg asks again.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import TypeAlias
from urllib.parse import urlsplit

from kitchenwatch.errors import Fault, InvalidFields
from kitchenwatch.sources.address import ESCAPE, is_ambiguous

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver: TypeAlias = Callable[[str], Sequence[str]]

SCHEMES = ("rtsp", "rtsps")
# Metadata services outside link-local: Azure, Alibaba Cloud, Oracle, Amazon over IPv6.
METADATA = frozenset(map(ipaddress.ip_address, ("168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254")))


def system_resolver(host: str) -> list[str]:
    """The machine's own name service. Raises OSError."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


def check_reach(url: str, allow: Sequence[Network] = (), resolver: Resolver = system_resolver) -> None:
    """Raises InvalidFields, at `url`, unless the address may be entered."""
    host = _host(url)
    try:
        found = [ipaddress.ip_address(text.partition("%")[0]) for text in resolver(host)]
    except (OSError, UnicodeError, ValueError):
        raise _fault("has a host that cannot be found", "check its name, or write its IP address") from None
    for address in found:
        _judge(address, allow)


def _host(url: str) -> str:
    scheme, mark, _ = url.partition("://")
    if not mark or scheme.lower() not in SCHEMES:
        raise _fault("is no camera address", "begin it with rtsp:// or rtsps://")
    if is_ambiguous(url):
        raise _fault("is ambiguous", ESCAPE)
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - looks at the number
        host = parts.hostname
    except ValueError:
        host = None
    if not host:
        raise _fault("names no host", "write rtsp://host:port/path")
    return host


def _judge(address: Address, allow: Sequence[Network]) -> None:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    real = mapped or address
    if any(real in network for network in allow):
        return
    if real.is_loopback:
        raise _fault("leads to this machine itself", "put 127.0.0.1 on egress.allow in the file if that is meant")
    if real in METADATA or real.is_link_local or real.is_unspecified or real.is_multicast or real.is_reserved:
        raise _fault("leads where no camera is", "write the camera's own address")


def _fault(problem: str, remedy: str) -> InvalidFields:
    return InvalidFields({"url": Fault(problem, remedy)})
