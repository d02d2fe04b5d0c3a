"""The bytes of evidence, whole and in ranges."""

import hashlib
from collections.abc import Callable
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from installation import Installation

from kitchenwatch.store import tables

CLIP = bytes(range(256)) * 4000  # 1 MB, several chunks


@pytest.fixture
def case(shop: Installation) -> UUID:
    return shop.open_case("wang", clip=CLIP)


@pytest.fixture
def url(case: UUID) -> str:
    return f"/api/v1/cases/{case}/evidence/clip"


@pytest.fixture
def wang(as_user: Callable[[str], TestClient]) -> TestClient:
    return as_user("wang")


def test_the_whole(wang: TestClient, url: str, case: UUID) -> None:
    answer = wang.get(url)
    assert (answer.status_code, answer.content == CLIP) == (200, True)
    assert answer.headers["etag"] == f'"{hashlib.sha256(CLIP).hexdigest()}"'
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-length"] == str(len(CLIP))
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == f'inline; filename="{case}-clip.mp4"'
    assert answer.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=300000-", 300_000, len(CLIP) - 1),
        ("bytes=-5", len(CLIP) - 5, len(CLIP) - 1),
        ("bytes=0-99999999999", 0, len(CLIP) - 1),
        (f"bytes=-{10**12}", 0, len(CLIP) - 1),
    ],
)
def test_a_range(asked: str, first: int, last: int, wang: TestClient, url: str) -> None:
    answer = wang.get(url, headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.content == CLIP[first : last + 1]
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(CLIP)}"
    assert answer.headers["content-length"] == str(last - first + 1)


@pytest.mark.parametrize("asked", [f"bytes={len(CLIP)}-", "bytes=99999999-", "bytes=-0"])
def test_a_range_outside(asked: str, wang: TestClient, url: str) -> None:
    answer = wang.get(url, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{len(CLIP)}"


@pytest.mark.parametrize(
    "asked",
    ["bytes=9-3", "bytes=-", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b", "bytes=0x1-2", "", "bytes=" + "9" * 4000 + "-"],
)
def test_what_is_no_single_range_gets_the_whole(asked: str, wang: TestClient, url: str) -> None:
    answer = wang.get(url, headers={"Range": asked})
    assert (answer.status_code, len(answer.content)) == (200, len(CLIP))


def test_if_range(wang: TestClient, url: str) -> None:
    etag = wang.head(url).headers["etag"]
    ask = {"Range": "bytes=0-9"}
    assert wang.get(url, headers=ask | {"If-Range": etag}).status_code == 206
    assert wang.get(url, headers=ask | {"If-Range": '"another"'}).status_code == 200
    assert wang.get(url, headers=ask | {"If-Range": "Sun, 22 Nov 2026 11:45:00 GMT"}).status_code == 200


def test_what_the_browser_has_is_not_sent_again(wang: TestClient, url: str) -> None:
    etag = wang.head(url).headers["etag"]
    assert wang.get(url, headers={"If-None-Match": f'"x", W/{etag}'}).status_code == 304
    assert wang.get(url, headers={"If-None-Match": '"x"'}).status_code == 200


def test_head_tells_without_bytes(wang: TestClient, url: str) -> None:
    answer = wang.head(url)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(CLIP))


def test_only_pictures_and_films_are_shown(wang: TestClient, url: str, shop: Installation) -> None:
    with shop.database.session() as session:
        session.query(tables.Evidence).filter_by(kind="clip").one().media_type = "text/html"
    answer = wang.get(url)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")


def test_bytes_that_have_gone_astray_are_not_found(wang: TestClient, url: str, shop: Installation, case: UUID) -> None:
    shop.blobs.delete(f"evidence/{case}/clip")
    assert wang.get(url).status_code == 404
