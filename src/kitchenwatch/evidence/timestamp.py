"""Time-stamps by a third party (RFC 3161) over a manifest's SHA-256."""

import hashlib
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import httpx
from cryptography import x509

from kitchenwatch.errors import MissingExtra, SealError
from kitchenwatch.ports import Clock

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

log = logging.getLogger(__name__)

# An authority answers within a second; sealing waits for it, so a dead one is soon given up.
TIMEOUT_S = 5.0
# After a failure sealing goes on without it for a while, else each of many violations would wait in vain.
PAUSE_S = 60.0


class Timestamper:
    """Asks a time-stamping authority (TSA); if it fails, the seal goes without.

    Args:
        url: of the authority, http or https.
        client: sends the requests; its transport decides about proxies and certificates.
        clock: tells when to ask again after a failure.

    Raises:
        MissingExtra: `rfc3161-client` is not installed.
        SealError: `url` is no address.
    """

    def __init__(self, url: str, client: httpx.Client, clock: Clock, timeout: float = TIMEOUT_S) -> None:
        _rfc3161()
        self._host = _host(url)
        self._url, self._client, self._clock, self._timeout = url, client, clock, timeout
        self._quiet_until = clock.monotonic()

    def stamp(self, manifest: bytes) -> bytes | None:
        """The authority's whole response (DER) for the SHA-256 of these bytes; None if there is none to be had."""
        if self._clock.monotonic() < self._quiet_until:
            return None
        try:
            return self._ask(manifest)
        except (httpx.HTTPError, SealError) as error:
            self._quiet_until = self._clock.monotonic() + PAUSE_S
            log.warning("%s gave no time-stamp: %s; sealing without for %g s", self._host, error, PAUSE_S)
            return None

    def _ask(self, manifest: bytes) -> bytes:
        rfc3161 = _rfc3161()
        request = rfc3161.TimestampRequestBuilder(manifest, rfc3161.HashAlgorithm.SHA256).build()
        answer = self._client.post(
            self._url,
            content=request.as_bytes(),
            headers={"Content-Type": "application/timestamp-query"},
            timeout=self._timeout,
        )
        if answer.status_code != httpx.codes.OK:
            raise SealError(f"it answered {answer.status_code}")
        response = _decoded(answer.content)
        _must_be_about(response, hashlib.sha256(manifest).digest())
        return answer.content


class TimestampVerifier:
    """Checks time-stamps against the certificates of authorities that the verifier trusts.

    Args:
        roots: PEM certificates. Those that issued the token's own certificate.

    Raises:
        MissingExtra: `rfc3161-client` is not installed.
        SealError: no certificate.
    """

    def __init__(self, roots: bytes) -> None:
        self._verifier = _verifier(_certificates(roots))

    def check(self, token: bytes, sha256: str) -> datetime:
        """The UTC moment that the authority attests for this digest (hex). Raises SealError."""
        response = _decoded(token)
        try:
            self._verifier.verify(response, bytes.fromhex(sha256))
        except (_rfc3161().VerificationError, ValueError) as error:
            raise SealError(f"time-stamp is not valid: {error}") from error
        return response.tst_info.gen_time


def _rfc3161() -> Any:
    try:
        import rfc3161_client
    except ImportError as error:
        raise MissingExtra("a time-stamp", "timestamp") from error
    return rfc3161_client


def _decoded(token: bytes) -> "TimeStampResponse":
    rfc3161 = _rfc3161()
    try:
        response: TimeStampResponse = rfc3161.decode_timestamp_response(token)
        granted = response.status == rfc3161.PKIStatus.GRANTED
    except ValueError as error:
        raise SealError("not a time-stamp response") from error
    if not granted:
        raise SealError(f"time-stamp refused (status {response.status}: {'; '.join(response.status_string)})")
    return response


def _must_be_about(response: "TimeStampResponse", sha256: bytes) -> None:
    if response.tst_info.message_imprint.message != sha256:
        raise SealError("time-stamp is about something else")


def _certificates(pem: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise SealError("no certificate in PEM -> give the certificate of the time-stamping authority") from error


def _verifier(roots: Sequence[x509.Certificate]) -> Any:
    builder = _rfc3161().VerifierBuilder()
    for root in roots:
        builder = builder.add_root_certificate(root)
    return builder.build()


def _host(url: str) -> str:
    """What may be told of the address: user, password, path and query may be secret."""
    try:
        host = httpx.URL(url).host
    except httpx.InvalidURL as error:
        raise SealError("not an address of a time-stamping authority -> give http://host/path") from error
    if not host:
        raise SealError("not an address of a time-stamping authority -> give http://host/path")
    return host
