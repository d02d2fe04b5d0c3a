"""The evidence bundle proves itself, and tells when it was touched."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from installation import Installation
from sealed_case import sealed, whole_story

from kitchenwatch.errors import SealError, StorageError
from kitchenwatch.evidence.findings import Problem
from kitchenwatch.evidence.keys import load_public_key
from kitchenwatch.evidence.links import Witness
from kitchenwatch.evidence.verify import verify_store
from kitchenwatch.model import Role, Scope
from kitchenwatch.web import bundle as bundles

AsUser = Callable[[str], TestClient]
EVERYTHING = Scope("x", Role.ADMIN)


@pytest.fixture
def case(shop: Installation, as_user: AsUser) -> UUID:
    """One with its whole story, among others of the same site and of another."""
    sealed(shop)
    sealed(shop, "li")
    case = whole_story(shop, as_user)
    sealed(shop)
    return case


@pytest.fixture
def fetched(case: UUID, as_user: AsUser, tmp_path: Path) -> Path:
    """The bundle as a file."""
    answer = as_user("wang").get(f"/cases/{case}/bundle.zip")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    path = tmp_path / "bundle.zip"
    path.write_bytes(answer.content)
    return path


@pytest.fixture
def folder(fetched: Path, tmp_path: Path) -> Path:
    """The bundle, unzipped."""
    with zipfile.ZipFile(fetched) as file:
        file.extractall(tmp_path / "unzipped")
    return tmp_path / "unzipped"


def test_it_proves_itself_as_a_folder_and_as_a_zip(shop: Installation, case: UUID, fetched: Path, folder: Path) -> None:
    row = shop.reading.case(EVERYTHING, case)
    assert row.seal_seq
    witness = Witness("wang", row.seal_seq, row.seal_sha256 or "")
    key = load_public_key(folder / "public-key.pem")
    for store in (folder, fetched):
        report = verify_store(store, key, case=case, witnesses=[witness])
        # Three pictures, and four photos with their copies.
        assert (report.ok, report.sites, report.files, report.unsealed) == (True, 1, 11, ())


def test_a_changed_byte_is_found(case: UUID, fetched: Path, folder: Path) -> None:
    key = load_public_key(folder / "public-key.pem")
    [photo, *_] = sorted(folder.rglob("photo-*.jpg"))
    data = bytearray(photo.read_bytes())
    data[len(data) // 2] ^= 1
    photo.write_bytes(data)
    [finding] = verify_store(folder, key, case=case).findings
    assert (finding.problem, finding.key) == (Problem.CHANGED, photo.relative_to(folder).as_posix())
    packed = bytearray(fetched.read_bytes())
    packed[packed.index(data[1000:1200]) + 50] ^= 1
    fetched.write_bytes(packed)
    [finding] = verify_store(fetched, key, case=case).findings
    assert finding.problem is Problem.UNREADABLE


def test_a_missing_file_is_found(case: UUID, folder: Path) -> None:
    next(folder.rglob("snapshot.jpg")).unlink()
    [finding] = verify_store(folder, load_public_key(folder / "public-key.pem"), case=case).findings
    assert finding.problem is Problem.MISSING


def test_it_holds_the_story_and_nothing_of_another_case(case: UUID, folder: Path) -> None:
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    files = {name for name in names if name.startswith("evidence/")}
    assert {name.split("/")[3] for name in files} == {str(case)}
    assert {name.split("/")[1] for name in names if name.startswith("chain/")} == {"wang"}
    assert {name for name in names if "/" not in name} == {"case.json", "sheet.pdf", "README.txt", "public-key.pem"}
    told = json.loads((folder / "case.json").read_text())
    assert [step["act"] for step in told["steps"]][-2:] == ["rectify", "close"]
    readme = (folder / "README.txt").read_text()
    assert f"--case {case}" in readme
    assert "如何核验" in readme
    assert (folder / "sheet.pdf").read_bytes().startswith(b"%PDF")


def test_what_was_taken_back_is_not_missed(shop: Installation, as_user: AsUser, tmp_path: Path) -> None:
    from phone import ordered, taken

    case = ordered(shop, sealed(shop))
    asking = as_user("wang")
    photo = {"photo": ("a.jpg", taken(), "image/jpeg")}
    sent = asking.post(f"/api/v1/cases/{case}/uploads", data={"purpose": "photo"}, files=photo).json()
    asking.delete(f"/api/v1/cases/{case}/uploads/{sent['id']}")
    path = tmp_path / "b.zip"
    path.write_bytes(asking.get(f"/cases/{case}/bundle.zip").content)
    report = verify_store(path, shop.key.public, case=case)
    assert (report.ok, report.files, report.removed) == (True, 3, 2)


def test_it_is_made_while_it_is_sent(shop: Installation) -> None:
    case = sealed(shop)
    row = shop.reading.case(EVERYTHING, case)
    [key] = [piece.key for piece in row.evidence if piece.kind == "snapshot"]
    shop.blobs.put(key, bytes(4_000_000))
    pieces = list(bundles.bundle(shop.blobs, bundles.Case(row.id, row.site_id, row.opened_at), {}))
    assert max(map(len, pieces)) < 2 * bundles.CHUNK
    assert zipfile.ZipFile(io.BytesIO(b"".join(pieces))).testzip() is None


def test_what_is_sealed_meanwhile_is_neither_in_it_nor_missed(shop: Installation, tmp_path: Path) -> None:
    case = sealed(shop)
    row = shop.reading.case(EVERYTHING, case)
    pieces = bundles.bundle(shop.blobs, bundles.Case(row.id, row.site_id, row.opened_at), {})
    begun = next(pieces)
    sealed(shop)
    path = tmp_path / "b.zip"
    path.write_bytes(begun + b"".join(pieces))
    report = verify_store(path, shop.key.public, case=case)
    assert (report.ok, report.entries) == (True, 1)


def test_what_is_no_zip_is_told(shop: Installation, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    path.write_bytes(b"no zip")
    with pytest.raises(StorageError, match="fetch it again"):
        verify_store(path, shop.key.public)
    with zipfile.ZipFile(path, "w"):
        pass
    with pytest.raises(SealError):
        verify_store(path, shop.key.public)
