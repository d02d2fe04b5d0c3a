"""Photos sent by businesses: what is taken in, what is refused, what is pointed out, who sees what."""

import hashlib
import io
import socket
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from fastapi.testclient import TestClient
from httpx import Response
from installation import Installation
from phone import act, encoded, endless, huge_png, ordered, scene, taken
from PIL import Image

from kitchenwatch.evidence.verify import verify_store
from kitchenwatch.lifecycle import Act
from kitchenwatch.model import EvidenceKind, Role, Scope
from kitchenwatch.photos.examine import LARGEST
from kitchenwatch.store.tables import Upload
from kitchenwatch.store.users import NewUser

Asking = Callable[[str], TestClient]
EVERYTHING = Scope("x", Role.ADMIN)


@pytest.fixture
def case(shop: Installation) -> UUID:
    """A case of the site wang that asks for an answer."""
    return ordered(shop, shop.open_case("wang"))


@pytest.fixture
def wang(as_user: Asking) -> TestClient:
    """The business of that site."""
    return as_user("wang")


def send(
    client: TestClient, case: UUID, data: bytes, purpose: str = "photo", name: str = "a.jpg", **more: str
) -> Response:
    files = {"photo": (name, data, "image/jpeg")}
    answer: Response = client.post(f"/api/v1/cases/{case}/uploads", data={"purpose": purpose, **more}, files=files)
    return answer


def row_of(shop: Installation, case: UUID, answer: Response) -> Upload:
    assert answer.status_code == 201, answer.text
    return shop.reading.upload(EVERYTHING, case, UUID(answer.json()["id"]))


def codes(answer: Response) -> list[str]:
    assert answer.status_code == 201, answer.text
    return [doubt["code"] for doubt in answer.json()["doubts"]]


def refused(shop: Installation, case: UUID, answer: Response, status: int, words: str) -> None:
    assert (answer.status_code, words in answer.text) == (status, True), answer.text
    assert shop.reading.case(EVERYTHING, case).uploads == []
    assert [key for key in shop.blobs.keys("evidence") if "photo-" in key] == []
    assert shop.blobs.scratch("").parent.exists()
    assert list(shop.blobs.scratch("").parent.iterdir()) == []


def findings(shop: Installation) -> list[str]:
    """Keys that the proof of the site's chain finds fault with; the snapshots of the tests are not sealed."""
    return [found.key for found in verify_store(shop.blobs, shop.key.public).findings if found.site == "wang"]


def comment(text: bytes) -> bytes:
    """A comment within a JPEG."""
    return b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text


def archive() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        file.writestr("run.js", "alert(1)")
    return written.getvalue()


def test_a_photo_is_kept_as_it_came_and_sealed(shop: Installation, case: UUID, wang: TestClient) -> None:
    shop.users.change("admin", NewUser("wang", Role.BUSINESS, sites=("wang",), phone="13812345678"))
    data = taken(at=shop.clock.now())
    answer = send(wang, case, data, latitude="30.25", longitude="120.16", accuracy="12")
    row = row_of(shop, case, answer)
    assert shop.blobs.get(row.key) == data
    assert (row.sha256, row.bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    assert (row.media_type, row.width, row.height, row.by) == ("image/jpeg", 1200, 900, "wang")
    assert (row.latitude, row.longitude, row.accuracy, row.round) == (30.25, 120.16, 12, 1)
    assert (row.at, row.taken_at, row.doubts) == (shop.clock.now(), shop.clock.now(), [])
    manifest = next(e.manifest for e in shop.chain.entries("wang") if e.seq == row.seal_seq)
    assert [file["sha256"] for file in manifest["files"]] == [row.sha256, row.shown_sha256]
    assert (manifest["by"], manifest["phone"], manifest["position"]) == ("wang", "13812345678", [30.25, 120.16, 12])


def test_the_copy_has_the_watermark_and_nothing_of_the_exif(shop: Installation, case: UUID, wang: TestClient) -> None:
    data = encoded(Image.new("RGB", (1200, 900), "white"), "JPEG")
    answer = send(wang, case, taken(size=(2400, 1800)))
    assert answer.status_code == 201
    row = row_of(shop, case, send(wang, case, data))
    got = wang.get(f"/api/v1/cases/{case}/uploads/{row.id}")
    assert (got.headers["content-type"], got.headers["etag"]) == ("image/jpeg", f'"{row.shown_sha256}"')
    copy = Image.open(io.BytesIO(got.content))
    assert (copy.format, copy.size, dict(copy.getexif())) == ("JPEG", (1200, 900), {})
    grey = np.asarray(copy.convert("L"))
    assert grey[:600].min() > 250  # the picture itself is left alone
    letters = grey[700:]
    assert (letters < 130).any()  # the band
    assert (letters > 240).mean() > 0.03  # and writing on it
    first = Image.open(io.BytesIO(wang.get(f"/api/v1/cases/{case}/uploads/{answer.json()['id']}").content))
    assert first.size == (1600, 1200)


def test_a_lying_photo_is_shown_upright(shop: Installation, case: UUID, wang: TestClient) -> None:
    row = row_of(shop, case, send(wang, case, taken(orientation=6)))
    assert (row.width, row.height) == (900, 1200)
    shown = Image.open(io.BytesIO(shop.blobs.get(row.shown_key)))
    assert shown.size == (900, 1200)


@pytest.mark.parametrize("format", ["PNG", "WEBP", "MPO"])
def test_the_content_says_what_it_is_not_the_name(
    format: str, shop: Installation, case: UUID, wang: TestClient
) -> None:
    row = row_of(shop, case, send(wang, case, encoded(scene(1), format), name="../../../etc/passwd\x00.html"))
    told = {"PNG": "image/png", "WEBP": "image/webp", "MPO": "image/jpeg"}[format]
    assert row.media_type == told
    assert (
        row.key
        == f"evidence/wang/2026-11-22/{case}/photo-{row.id}.{told.removeprefix('image/').replace('jpeg', 'jpg')}"
    )


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "page": (lambda: b"<html><script>alert(1)</script></html>", "no JPEG, PNG or WebP"),
    "nothing": (lambda: b"", "no JPEG, PNG or WebP"),
    "gif": (lambda: b"GIF89a" + bytes(100), "no JPEG, PNG or WebP"),
    "junk": (lambda: b"\xff\xd8\xff\xe0" + bytes(1000), "no JPEG, PNG or WebP"),
    "cut jpeg": (lambda: taken()[:20_000], "cut off or damaged"),
    "cut png": (lambda: encoded(scene(1), "PNG")[:-30_000], "cut off or damaged"),
    "cut webp": (lambda: encoded(scene(1), "WEBP")[:-2_000], "cut off or damaged"),
    "200 megapixels": (huge_png, "50 million pixels"),
    "a pixel too many": (lambda: huge_png(50_000_001, 1), "50 million pixels"),
    "page inside": (lambda: taken()[:2] + comment(b"<script>alert(document.cookie)</script>") + taken()[2:], "carries"),
    "page behind": (lambda: taken() + b"<HTML><body>", "carries"),
    "archive behind": (lambda: taken() + archive(), "carries"),
    "too many bytes": (lambda: taken().ljust(LARGEST + 1, b"\0"), "more than 15 MB"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_are_refused(kind: str, shop: Installation, case: UUID, wang: TestClient) -> None:
    made, words = HOSTILE[kind]
    refused(shop, case, send(wang, case, made()), 422, words)


def test_an_endless_body_is_cut_off_early(shop: Installation, case: UUID, served: str) -> None:
    sent = 0
    with socket.create_connection(("127.0.0.1", int(served.rpartition(":")[2]))) as line:
        line.sendall(
            f"POST /api/v1/cases/{case}/uploads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {shop.token('wang')}\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        )
        with suppress(ConnectionError):
            for piece in endless("x", 2 * 1024**3):
                line.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                sent += len(piece)
    assert LARGEST < sent < 3 * LARGEST
    assert shop.reading.case(EVERYTHING, case).uploads == []


def test_what_says_to_be_too_large_is_not_read(case: UUID, wang: TestClient) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(2 * 1024**3)}
    answer = wang.post(f"/api/v1/cases/{case}/uploads", content=b"--x", headers=headers)
    assert (answer.status_code, answer.text) == (413, "Content Too Large")


def test_other_routes_keep_their_small_limit(wang: TestClient) -> None:
    assert wang.post("/api/v1/me/tokens", content=b" " * 70_000).status_code == 413


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"purpose": "clip"}, 422),
        ({"purpose": "photo", "latitude": "91", "longitude": "0"}, 422),
        ({"purpose": "photo", "latitude": "nan", "longitude": "0"}, 422),
        ({"purpose": "photo", "latitude": "30"}, 422),
        ({"purpose": "photo", "note": "x" * 11_000}, 400),
    ],
)
def test_a_form_that_makes_no_sense(
    fields: dict[str, str], status: int, shop: Installation, case: UUID, wang: TestClient
) -> None:
    answer = wang.post(f"/api/v1/cases/{case}/uploads", data=fields, files={"photo": ("a.jpg", taken(), "image/jpeg")})
    assert answer.status_code == status
    assert shop.reading.case(EVERYTHING, case).uploads == []


def test_doubts_by_what_the_picture_says(shop: Installation, case: UUID, wang: TestClient) -> None:
    now = shop.clock.now()
    assert codes(send(wang, case, taken(1, at=now))) == []
    assert codes(send(wang, case, taken(2, at=now - timedelta(days=20)))) == ["before_order"]
    assert codes(send(wang, case, taken(3, at=now + timedelta(days=1)))) == ["in_future"]
    assert codes(send(wang, case, taken(4, at=now, camera=""))) == ["no_camera"]
    edited = send(wang, case, taken(5, at=now, software="Adobe Photoshop 25.0"))
    assert edited.json()["doubts"] == [{"code": "edited", "by": "Adobe Photoshop 25.0"}]
    assert codes(send(wang, case, taken(6, at=now, software="HUAWEI P60 4.0.0.123"))) == []
    # Without an offset it is the site's time.
    local = datetime(2026, 11, 22, 19, 46, tzinfo=UTC).replace(tzinfo=None)
    assert row_of(shop, case, send(wang, case, taken(7, at=local))).taken_at == datetime(
        2026, 11, 22, 11, 46, tzinfo=UTC
    )


def test_doubts_by_what_was_sent_before(shop: Installation, case: UUID, wang: TestClient, as_user: Asking) -> None:
    first = row_of(shop, case, send(wang, case, taken(1)))
    other = ordered(shop, shop.open_case("wang"))
    again = send(wang, other, taken(1)).json()["doubts"]
    assert {"code": "same_bytes", "at": first.at.isoformat(), "case": str(case)} in again
    nearly = send(wang, other, taken(1, size=(800, 600), quality=60)).json()["doubts"]
    assert [doubt["code"] for doubt in nearly] == ["similar"]
    assert codes(send(wang, other, taken(2))) == []
    # Another business learns that it was sent, not about which case.
    shop.users.add("admin", NewUser("li", Role.BUSINESS, sites=("li",)), "a long password")
    theirs = ordered(shop, shop.open_case("li"))
    doubt = send(as_user("li"), theirs, taken(1)).json()["doubts"][0]
    assert (doubt["code"], doubt["case"]) == ("same_bytes", None)
    told = shop.reading.audit(asked=None, limit=1)[0]
    assert (told.action, told.data["like"]) == ("case.upload", [str(first.id)])


def test_the_picture_of_the_violation_is_no_answer(shop: Installation, case: UUID, wang: TestClient) -> None:
    snapshot = shop.reading.evidence(EVERYTHING, case, EvidenceKind.SNAPSHOT)
    seen = Image.open(io.BytesIO(shop.blobs.get(snapshot.key))).resize((1280, 720))
    assert "similar_to_snapshot" in codes(send(wang, case, encoded(seen, "JPEG")))


def test_a_photo_used_as_a_portrait_is_pointed_out(case: UUID, wang: TestClient) -> None:
    send(wang, case, taken(1))
    assert codes(send(wang, case, taken(1), "portrait")) == ["same_bytes"]


def test_the_same_photo_sent_again_is_taken_in_once(shop: Installation, case: UUID, wang: TestClient) -> None:
    first, second = send(wang, case, taken(1)), send(wang, case, taken(1))
    assert first.json() == second.json()
    assert len(shop.reading.case(EVERYTHING, case).uploads) == 1


def test_an_answer_has_nine_photos_and_a_portrait(case: UUID, wang: TestClient) -> None:
    for seed in range(9):
        assert send(wang, case, taken(seed, size=(120, 90))).status_code == 201
    assert send(wang, case, taken(9, size=(120, 90))).status_code == 422
    assert send(wang, case, taken(10, size=(120, 90)), "portrait").status_code == 201
    assert send(wang, case, taken(11, size=(120, 90)), "portrait").status_code == 422


def test_whoever_sends_too_fast_waits(shop: Installation, case: UUID, wang: TestClient) -> None:
    for _ in range(60):
        send(wang, case, b"no picture")
    answer = send(wang, case, taken())
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "600")
    shop.clock.advance(600)
    assert send(wang, case, taken()).status_code == 201


def test_only_what_is_asked_is_answered(shop: Installation, wang: TestClient) -> None:
    case = shop.open_case("wang")
    assert send(wang, case, taken()).status_code == 409
    ordered(shop, case)
    assert send(wang, case, taken()).status_code == 201


@pytest.mark.parametrize(("user", "status"), [("east", 403), ("west", 403), ("viewer", 403), ("admin", 403)])
def test_only_the_business_sends(user: str, status: int, case: UUID, as_user: Asking) -> None:
    assert send(as_user(user), case, taken()).status_code == status


def test_nobody_sees_anothers(
    shop: Installation, case: UUID, wang: TestClient, as_user: Asking, client: TestClient
) -> None:
    upload = send(wang, case, taken()).json()["id"]
    place = f"/api/v1/cases/{case}/uploads/{upload}"
    shop.users.add("admin", NewUser("li", Role.BUSINESS, sites=("li",)), "a long password")
    for user, copy, original in [
        ("wang", 200, 403),
        ("east", 200, 200),
        ("admin", 200, 200),
        ("viewer", 200, 403),
        ("west", 404, 404),
        ("li", 404, 403),
    ]:
        asking = as_user(user)
        assert (asking.get(place).status_code, asking.get(f"{place}/original").status_code) == (copy, original), user
    assert send(as_user("li"), case, taken()).status_code == 404
    assert as_user("li").delete(place).status_code == 404
    assert client.get(place).status_code == 401
    other = ordered(shop, shop.open_case("wang"))
    assert wang.get(f"/api/v1/cases/{other}/uploads/{upload}").status_code == 404


def test_the_original_is_only_ever_saved(case: UUID, wang: TestClient, as_user: Asking) -> None:
    data = taken()
    upload = send(wang, case, data).json()["id"]
    got = as_user("east").get(f"/api/v1/cases/{case}/uploads/{upload}/original")
    assert got.content == data
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment;")
    assert got.headers["x-content-type-options"] == "nosniff"


def test_a_photo_can_be_taken_back_until_it_is_part_of_an_answer(
    shop: Installation, case: UUID, wang: TestClient
) -> None:
    photo, portrait = send(wang, case, taken(1)).json()["id"], send(wang, case, taken(2), "portrait").json()["id"]
    spare = row_of(shop, case, send(wang, case, taken(3)))
    place = f"/api/v1/cases/{case}/uploads"
    assert wang.delete(f"{place}/{spare.id}").status_code == 204
    assert wang.delete(f"{place}/{spare.id}").status_code == 404
    assert wang.get(f"{place}/{spare.id}").status_code == 404
    assert not {spare.key, spare.shown_key} & set(shop.blobs.keys("evidence"))
    now = shop.reading.case(EVERYTHING, case).revision
    body = {"act": "rectify", "revision": now, "remark": "已戴", "uploads": [photo, portrait]}
    gone = wang.post(f"/api/v1/cases/{case}/acts", json=body | {"uploads": [photo, portrait, str(spare.id)]})
    assert gone.status_code == 404
    assert wang.post(f"/api/v1/cases/{case}/acts", json=body).status_code == 200
    assert wang.delete(f"{place}/{photo}").status_code == 404
    assert findings(shop) == []


def test_photos_of_another_person_or_round_are_no_answer(
    shop: Installation, case: UUID, wang: TestClient, as_user: Asking
) -> None:
    photo, portrait = send(wang, case, taken(1)).json()["id"], send(wang, case, taken(2), "portrait").json()["id"]
    left = send(wang, case, taken(3)).json()["id"]
    shop.users.add("admin", NewUser("cook", Role.BUSINESS, sites=("wang",)), "a long password")

    def answer(user: str, *uploads: str) -> int:
        now = shop.reading.case(EVERYTHING, case).revision
        body = {"act": "rectify", "revision": now, "uploads": list(uploads)}
        return int(as_user(user).post(f"/api/v1/cases/{case}/acts", json=body).status_code)

    assert answer("cook", photo, portrait) == 404
    assert answer("wang", photo) == 422
    assert answer("wang", photo, portrait) == 200
    act(shop, case, Act.RETURN, remark="看不清", deadline=shop.clock.now() + timedelta(days=1))
    assert answer("wang", left, portrait) == 404


def test_verify_proves_the_photos_and_finds_a_changed_byte(shop: Installation, case: UUID, wang: TestClient) -> None:
    row = row_of(shop, case, send(wang, case, taken()))
    assert findings(shop) == []
    for key in (row.key, row.shown_key):
        data = shop.blobs.get(key)
        shop.blobs.put(key, data[:-1] + bytes([data[-1] ^ 1]))
        assert findings(shop) == [key]
        shop.blobs.put(key, data)
