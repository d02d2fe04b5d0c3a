"""Time-stamps by a real authority: openssl behind an HTTP server on loopback."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from sealed_stores import FIRST, SECOND, SealedStore

from kitchenwatch.clock import ManualClock
from kitchenwatch.errors import MissingExtra, SealError
from kitchenwatch.evidence.findings import Problem
from kitchenwatch.evidence.seal import FileChain
from kitchenwatch.evidence.timestamp import PAUSE_S, Timestamper, TimestampVerifier
from kitchenwatch.evidence.verify import verify_store
from kitchenwatch.manifest import Event

CONFIG = """
[req]
distinguished_name = name
x509_extensions = stamping
prompt = no
[name]
CN = Authority for tests
[stamping]
extendedKeyUsage = critical, timeStamping
keyUsage = critical, digitalSignature
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/cert.pem
signer_key = {folder}/key.pem
signer_digest = sha256
digests = sha256
default_policy = 1.2.3.4.1
ess_cert_id_alg = sha256
"""


class Authority:
    """An authority with a certificate of its own; `mode` makes it fail in various ways."""

    def __init__(self, folder: Path, openssl: str) -> None:
        folder.mkdir()
        self.folder, self._openssl = folder, openssl
        self.mode, self.asked, self.last = "granted", 0, b""
        (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        self._run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-config", "tsa.cnf",
                  "-keyout", "key.pem", "-out", "cert.pem")  # fmt: skip
        self.certificate = (folder / "cert.pem").read_bytes()

    def answer(self, query: bytes) -> tuple[int, bytes]:
        """Status and body for a query."""
        self.asked += 1
        if self.mode == "broken":
            return 500, b"out of order"
        if self.mode == "babbling":
            return 200, b"not a time-stamp"
        if self.mode == "repeating":
            return 200, self.last
        (self.folder / "query").write_bytes(query)
        self._run("ts", "-reply", "-config", "tsa.cnf", "-section", "here", "-queryfile", "query", "-out", "reply")
        self.last = (self.folder / "reply").read_bytes()
        return 200, self.last

    def _run(self, *arguments: str) -> None:
        subprocess.run([self._openssl, *arguments], cwd=self.folder, check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def openssl() -> str:
    path = shutil.which("openssl")
    if path is None:
        pytest.skip("needs Debian package openssl: apt-get install openssl")
    return path


@pytest.fixture(scope="module")
def served(openssl: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Authority, str]]:
    authority = Authority(tmp_path_factory.mktemp("tsa") / "authority", openssl)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            status, body = authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """The test's output is not for this."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield authority, f"http://somebody:secret@127.0.0.1:{server.server_port}/tsa?token=secret"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def authority(served: tuple[Authority, str]) -> Authority:
    served[0].mode, served[0].asked = "granted", 0
    return served[0]


@pytest.fixture
def stamped(store: SealedStore, served: tuple[Authority, str], authority: Authority) -> Iterator[SealedStore]:
    """A store whose chain is time-stamped."""
    with httpx.Client(trust_env=False) as client:
        timestamper = Timestamper(served[1], client, store.clock)
        store.chain = FileChain(store.blobs, store.key, store.clock, store.root.parent / "locks", timestamper)
        yield store


def token_of(store: SealedStore, seq: int) -> str | None:
    token: str | None = json.loads(store.blobs.get(f"chain/north/{seq:08d}.json"))["timestamp"]
    return token


def test_an_entry_is_stamped_and_the_stamp_verified(stamped: SealedStore, authority: Authority) -> None:
    entry = stamped.add(FIRST, Event.OPENED)
    checks = TimestampVerifier(authority.certificate)
    report = verify_store(stamped.root, stamped.key.public, timestamps=checks)
    assert report.ok
    assert report.timestamps == 1
    assert verify_store(stamped.root, stamped.key.public).timestamps == 0
    assert entry.manifest["seq"] == 1


def test_openssl_agrees_on_the_stamp(stamped: SealedStore, authority: Authority, openssl: str) -> None:
    entry = stamped.add(FIRST, Event.OPENED)
    (authority.folder / "token").write_bytes(authority.last)
    check = [openssl, "ts", "-verify", "-in", "token", "-CAfile", "cert.pem", "-digest"]
    for sha256, code in ((entry.sha256, 0), ("0" * 64, 1)):
        ended = subprocess.run([*check, sha256], cwd=authority.folder, check=False, capture_output=True)
        assert (ended.returncode != 0) == code


def test_a_stamp_of_an_authority_that_is_not_trusted_is_told(
    stamped: SealedStore, openssl: str, tmp_path: Path
) -> None:
    stamped.add(FIRST, Event.OPENED)
    stranger = Authority(tmp_path / "stranger", openssl)
    report = verify_store(stamped.root, stamped.key.public, timestamps=TimestampVerifier(stranger.certificate))
    assert [(f.problem, f.case) for f in report.findings] == [(Problem.TIMESTAMP, str(FIRST.id))]


def test_a_changed_stamp_is_noticed_even_without_the_authoritys_certificate(stamped: SealedStore) -> None:
    key = stamped.add(FIRST, Event.OPENED).key
    token = token_of(stamped, 1)
    assert token is not None
    changed = token[:-9] + ("A" if token[-9] != "A" else "B") + token[-8:]
    stamped.blobs.put(key, stamped.blobs.get(key).replace(token.encode(), changed.encode()))
    assert [f.key for f in verify_store(stamped.root, stamped.key.public).findings] == [key]


@pytest.mark.parametrize("mode", ["broken", "babbling", "repeating"])
def test_an_authority_that_fails_never_stops_the_sealing(
    stamped: SealedStore, authority: Authority, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    stamped.add(FIRST, Event.OPENED)
    authority.mode = mode
    stamped.add(FIRST, Event.CLOSED)
    assert token_of(stamped, 1) is not None
    assert token_of(stamped, 2) is None
    assert "127.0.0.1 gave no time-stamp" in caplog.text
    assert "secret" not in caplog.text
    assert verify_store(stamped.root, stamped.key.public, timestamps=TimestampVerifier(authority.certificate)).ok


def test_a_failed_authority_is_left_alone_for_a_while(stamped: SealedStore, authority: Authority) -> None:
    authority.mode = "broken"
    for event in (Event.OPENED, Event.CLIP, Event.CLOSED):
        stamped.add(FIRST, event)
    assert authority.asked == 1
    authority.mode = "granted"
    stamped.clock.advance(PAUSE_S)
    stamped.add(SECOND, Event.OPENED)
    assert token_of(stamped, 4) is not None


def test_an_authority_that_nobody_reaches_never_stops_the_sealing(
    store: SealedStore, caplog: pytest.LogCaptureFixture
) -> None:
    with httpx.Client(trust_env=False) as client:
        stamper = Timestamper("http://127.0.0.1:9/tsa", client, ManualClock(store.clock.now()))
        assert stamper.stamp(b"manifest") is None
    assert "gave no time-stamp" in caplog.text


@pytest.mark.parametrize("url", ["", "tsa", "http://", "http://[::1"])
def test_what_is_no_address_is_refused_at_the_start(store: SealedStore, url: str) -> None:
    with httpx.Client(trust_env=False) as client, pytest.raises(SealError, match="not an address"):
        Timestamper(url, client, store.clock)


def test_without_the_optional_package_its_extra_is_named(store: SealedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    with httpx.Client(trust_env=False) as client, pytest.raises(MissingExtra, match=r"kitchenwatch\[timestamp\]"):
        Timestamper("http://127.0.0.1:9/tsa", client, store.clock)


def test_what_is_no_certificate_is_refused() -> None:
    with pytest.raises(SealError, match="no certificate in PEM"):
        TimestampVerifier(b"hello")
