"""Verification: whatever is done to a store behind our back is found, named and told in plain words."""

import base64
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sealed_stores import ELSEWHERE, FIRST, SECOND, THIRD, SealedStore, fill, make_violation

from kitchenwatch.errors import NotFound, SealError
from kitchenwatch.evidence.findings import Problem
from kitchenwatch.evidence.keys import PublicKey, load_or_create_key
from kitchenwatch.evidence.links import Witness
from kitchenwatch.evidence.signed import canonical, digest, signed
from kitchenwatch.evidence.verify import verify_store
from kitchenwatch.manifest import Event

NORTH = Path("chain/north")
EVIDENCE = Path("evidence/north/2026-11-22")


def entry(seq: int) -> Path:
    return NORTH / f"{seq:08d}.json"


def test_a_sound_store_is_proved(filled: SealedStore, public_key: PublicKey) -> None:
    report = verify_store(filled.root, public_key)
    assert report.ok
    assert (report.sites, report.entries, report.files, report.removed) == (2, 7, 8, 1)
    assert report.unsealed == ()
    assert verify_store(filled.blobs, public_key) == report


def test_a_copy_that_can_only_be_read_is_proved_and_left_alone(copy: Path, public_key: PublicKey) -> None:
    for path in copy.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = sorted(copy.rglob("*"))
    assert verify_store(copy, public_key).ok
    assert sorted(copy.rglob("*")) == before


def test_progress_runs_to_its_end(filled: SealedStore, public_key: PublicKey) -> None:
    seen: list[tuple[int, int]] = []
    verify_store(filled.root, public_key, progress=lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (17, 17)


def edit(path: Path, change: Callable[[dict[str, object]], None], *, rehash: bool = False) -> None:
    """Change a manifest as somebody without the key could."""
    body = json.loads(path.read_bytes())
    change(body["manifest"])
    if rehash:
        body["sha256"] = digest(body["manifest"])
    path.write_bytes(canonical(body))


def resign(path: Path, folder: Path) -> None:
    """Sign an entry with another key, as somebody who makes one of his own could."""
    body = json.loads(path.read_bytes())
    del body["signature"]
    path.write_bytes(signed(body, load_or_create_key(folder / "other.pem")))


def swap(a: Path, b: Path) -> None:
    first, second = a.read_bytes(), b.read_bytes()
    a.write_bytes(second)
    b.write_bytes(first)


def unlink(*paths: Path) -> None:
    for path in paths:
        path.unlink()


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def blame(problem: Problem, key: Path, case: object = None) -> tuple[str, str, str | None]:
    return problem, key.as_posix(), str(case) if case else None


C1, C2, C3 = FIRST.id, SECOND.id, THIRD.id
CLIP_1 = EVIDENCE / str(C1) / "clip.mp4"
CROP_2 = EVIDENCE / str(C2) / "crop.jpg"

TAMPERING: dict[str, tuple[Callable[[Path], object], list[tuple[str, str, str | None]]]] = {
    "evidence changed": (
        lambda root: (root / CLIP_1).write_bytes(b"another clip"),
        [blame(Problem.CHANGED, CLIP_1, C1)],
    ),
    "evidence deleted": (lambda root: (root / CLIP_1).unlink(), [blame(Problem.MISSING, CLIP_1, C1)]),
    "evidence renamed": (
        lambda root: (root / CLIP_1).rename(root / CLIP_1.with_name("film.mp4")),
        [blame(Problem.MISSING, CLIP_1, C1)],
    ),
    "evidence swapped": (
        lambda root: swap(root / CLIP_1, root / CROP_2),
        [blame(Problem.CHANGED, CROP_2, C2), blame(Problem.CHANGED, CLIP_1, C1)],
    ),
    "evidence made a folder": (
        lambda root: make_folder(root / CLIP_1),
        [blame(Problem.UNREADABLE, CLIP_1, C1)],
    ),
    "manifest edited": (
        lambda root: edit(root / entry(3), lambda manifest: manifest.update(sealed_at="2026-11-23T00:00:00+00:00")),
        [blame(Problem.CHANGED, entry(3), C2)],
    ),
    "manifest edited and hashed again": (
        lambda root: edit(root / entry(3), lambda manifest: manifest.update(case=str(C1)), rehash=True),
        [blame(Problem.FORGED, entry(3), C1)],
    ),
    "entry spelled otherwise": (
        lambda root: (root / entry(3)).write_bytes((root / entry(3)).read_bytes() + b"\n"),
        [blame(Problem.CHANGED, entry(3), C2)],
    ),
    "entry signed by another": (
        lambda root: resign(root / entry(3), root.parent),
        [blame(Problem.WRONG_KEY, entry(3), C2)],
    ),
    "entry no longer JSON": (
        lambda root: (root / entry(3)).write_bytes(b"\x00" * 100),
        [blame(Problem.UNREADABLE, entry(3))],
    ),
    "entry deeper than anybody reads": (
        lambda root: (root / entry(3)).write_bytes(b"[" * 100_000),
        [blame(Problem.UNREADABLE, entry(3))],
    ),
    "entry deleted": (lambda root: (root / entry(3)).unlink(), [blame(Problem.MISSING, entry(3))]),
    "entries deleted": (
        lambda root: unlink(*(root / entry(seq) for seq in (2, 3, 4))),
        [blame(Problem.MISSING, entry(2))],
    ),
    "first entry deleted": (lambda root: (root / entry(1)).unlink(), [blame(Problem.MISSING, entry(1))]),
    "entries swapped": (
        lambda root: swap(root / entry(2), root / entry(3)),
        [blame(Problem.OUT_OF_ORDER, entry(2), C2), blame(Problem.OUT_OF_ORDER, entry(3), C1)],
    ),
    "entry repeated": (
        lambda root: shutil.copy(root / entry(2), root / entry(3)),
        [blame(Problem.OUT_OF_ORDER, entry(3), C1)],
    ),
    "entry taken from another site": (
        lambda root: shutil.copy(root / "chain/south/00000001.json", root / entry(1)),
        [blame(Problem.OUT_OF_ORDER, entry(1), ELSEWHERE.id)],
    ),
    "entry appended": (
        lambda root: shutil.copy(root / entry(6), root / entry(7)),
        [blame(Problem.OUT_OF_ORDER, entry(7), C3)],
    ),
    "head in place of an entry": (
        lambda root: shutil.copy(root / NORTH / "head.json", root / entry(7)),
        [blame(Problem.INSERTED, entry(7))],
    ),
    "stray file in the chain": (
        lambda root: shutil.copy(root / entry(2), root / NORTH / "00000002 (1).json"),
        [blame(Problem.INSERTED, NORTH / "00000002 (1).json")],
    ),
    "cut off at the end": (
        lambda root: (root / entry(6)).unlink(),
        [blame(Problem.CUT_OFF, NORTH / "head.json")],
    ),
    "cut off, and the head gone": (
        lambda root: unlink(root / entry(6), root / NORTH / "head.json"),
        [blame(Problem.MISSING, NORTH / "head.json")],
    ),
    "all but the first entry gone, and the head": (
        lambda root: unlink(root / NORTH / "head.json", *(root / entry(seq) for seq in range(2, 7))),
        [blame(Problem.MISSING, NORTH / "head.json")],
    ),
    "head changed": (
        lambda root: (root / NORTH / "head.json").write_bytes(
            (root / NORTH / "head.json").read_bytes().replace(b'"seq":6', b'"seq":5')
        ),
        [blame(Problem.FORGED, NORTH / "head.json")],
    ),
    "entry in place of the head": (
        lambda root: shutil.copy(root / entry(6), root / NORTH / "head.json"),
        [blame(Problem.OUT_OF_ORDER, NORTH / "head.json")],
    ),
    "head of another site": (
        lambda root: shutil.copy(root / "chain/south/head.json", root / NORTH / "head.json"),
        [blame(Problem.OUT_OF_ORDER, NORTH / "head.json")],
    ),
    "chain taken away": (
        lambda root: shutil.rmtree(root / NORTH),
        [blame(Problem.MISSING, NORTH / "head.json")],
    ),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_tampering_is_found_and_named(copy: Path, public_key: PublicKey, name: str) -> None:
    tamper, expected = TAMPERING[name]
    tamper(copy)
    report = verify_store(copy, public_key)
    assert not report.ok
    assert sorted((f.problem, f.key, f.case) for f in report.findings) == sorted(expected)
    assert {finding.site for finding in report.findings} == {"north"}


def test_every_byte_of_every_file_counts(filled: SealedStore, public_key: PublicKey, tmp_path: Path) -> None:
    root = Path(shutil.copytree(filled.root, tmp_path / "copy", ignore=shutil.ignore_patterns(".scratch")))
    files = sorted(path for path in root.rglob("*") if path.is_file())
    assert len(files) == 17

    @settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def flip(data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(files))
        whole = path.read_bytes()
        place = data.draw(st.integers(0, len(whole) - 1))
        flipped = bytes([whole[place] ^ data.draw(st.integers(1, 255))])
        path.write_bytes(whole[:place] + flipped + whole[place + 1 :])
        try:
            report = verify_store(root, public_key)
        finally:
            path.write_bytes(whole)
        assert path.relative_to(root).as_posix() in {finding.key for finding in report.findings}

    flip()


def test_every_file_that_goes_is_missed(copy: Path, public_key: PublicKey) -> None:
    for path in sorted(path for path in copy.rglob("*") if path.is_file() and ".scratch" not in path.parts):
        whole = path.read_bytes()
        path.unlink()
        assert not verify_store(copy, public_key).ok, path
        path.write_bytes(whole)
    assert verify_store(copy, public_key).ok


def test_the_signature_has_one_spelling(copy: Path, public_key: PublicKey) -> None:
    body = json.loads((copy / entry(1)).read_bytes())
    spelled = body["signature"]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    # The last four bits of the last letter mean nothing.
    body["signature"] = spelled[:-3] + letters[letters.index(spelled[-3]) + 1] + "=="
    assert base64.b64decode(body["signature"]) == base64.b64decode(spelled)
    (copy / entry(1)).write_bytes(canonical(body))
    assert [f.problem for f in verify_store(copy, public_key).findings] == [Problem.FORGED]


def test_another_installations_key_proves_nothing(filled: SealedStore, tmp_path: Path) -> None:
    other = load_or_create_key(tmp_path / "other.pem").public
    report = verify_store(filled.root, other)
    assert {finding.problem for finding in report.findings} == {Problem.WRONG_KEY}
    assert (report.entries, report.files) == (0, 0)


def test_only_a_witness_knows_of_a_chain_set_back(store: SealedStore) -> None:
    fill(store)
    head, last = store.root / NORTH / "head.json", store.root / entry(6)
    witness = Witness("north", 6, str(json.loads(last.read_bytes())["sha256"]))
    assert verify_store(store.root, store.key.public, witnesses=[witness]).ok
    # The older head is genuine: whoever kept a copy of it can set the chain back.
    older = store.root.parent / "older"
    shutil.copytree(store.root, older)
    last.unlink()
    shutil.rmtree(store.root / EVIDENCE / str(C3))
    body = json.loads((store.root / entry(5)).read_bytes())
    head.write_bytes(signed({"site": "north", "seq": 5, "sha256": body["sha256"]}, store.key))
    assert verify_store(store.root, store.key.public).ok
    report = verify_store(store.root, store.key.public, witnesses=[witness])
    assert [f.problem for f in report.findings] == [Problem.CUT_OFF]


def test_a_witness_knows_of_a_chain_sealed_anew(store: SealedStore) -> None:
    fill(store)
    sealed = list(store.chain.entries("north"))[-1]
    store.blobs.delete(sealed.key)
    store.blobs.put("chain/north/head.json", b"damaged, so that the chain goes on after the last entry")
    store.add(make_violation(track=9), Event.OPENED)
    assert [f.key for f in verify_store(store.root, store.key.public).findings] == []
    report = verify_store(store.root, store.key.public, witnesses=[Witness("north", 6, sealed.sha256)])
    assert [(f.problem, f.key) for f in report.findings] == [(Problem.CHANGED, sealed.key)]


def test_a_site_that_vanished_is_missed_by_its_witness(copy: Path, public_key: PublicKey) -> None:
    shutil.rmtree(copy / "chain/south")
    shutil.rmtree(copy / "evidence/south")
    assert verify_store(copy, public_key).ok
    report = verify_store(copy, public_key, witnesses=[Witness("south", 1, "0" * 64)])
    assert [(f.problem, f.site) for f in report.findings] == [
        (Problem.MISSING, "south"),
        (Problem.CUT_OFF, "south"),
    ]


def test_an_older_head_shows_when_the_entries_stayed(store: SealedStore) -> None:
    store.add(FIRST, Event.OPENED)
    head = store.blobs.get("chain/north/head.json")
    store.add(SECOND, Event.OPENED)
    store.add(THIRD, Event.OPENED)
    store.blobs.put("chain/north/head.json", head)
    report = verify_store(store.root, store.key.public)
    assert [(f.problem, f.key) for f in report.findings] == [(Problem.OUT_OF_ORDER, "chain/north/head.json")]


def test_a_removed_file_that_is_still_there_must_be_as_sealed(copy: Path, public_key: PublicKey) -> None:
    clip = copy / EVIDENCE / str(C2) / "clip.mp4"
    clip.write_bytes(f"clip of {C2}".encode() * 3)
    assert verify_store(copy, public_key).ok
    clip.write_bytes(b"something else")
    assert [f.problem for f in verify_store(copy, public_key).findings] == [Problem.CHANGED]


def test_files_that_nobody_sealed_are_told_apart(copy: Path, public_key: PublicKey) -> None:
    stray = EVIDENCE / str(C1) / "extra.jpg"
    (copy / stray).write_bytes(b"planted")
    report = verify_store(copy, public_key)
    assert report.ok
    assert report.unsealed == (stray.as_posix(),)


def test_one_case_is_proved_with_its_files_and_its_chain(copy: Path, public_key: PublicKey) -> None:
    (copy / CROP_2).write_bytes(b"another crop")
    report = verify_store(copy, public_key, case=C1)
    assert report.ok
    assert (report.sites, report.entries, report.files) == (1, 6, 4)
    assert [f.key for f in verify_store(copy, public_key, case=C2).findings] == [CROP_2.as_posix()]
    edit(copy / entry(5), lambda manifest: manifest.update(seq=50))
    assert [f.key for f in verify_store(copy, public_key, case=C1).findings] == [entry(5).as_posix()]
    assert verify_store(copy, public_key, case=ELSEWHERE.id).ok


def test_a_case_that_nobody_sealed_is_no_proof(copy: Path, public_key: PublicKey) -> None:
    with pytest.raises(SealError, match="nothing is sealed about case"):
        verify_store(copy, public_key, case=uuid4())
    (copy / entry(6)).unlink()
    assert [f.problem for f in verify_store(copy, public_key, case=C3).findings] == [Problem.CUT_OFF]


def test_an_empty_folder_is_no_proof(tmp_path: Path, public_key: PublicKey) -> None:
    with pytest.raises(SealError, match="nothing is sealed here"):
        verify_store(tmp_path, public_key)
    with pytest.raises(NotFound, match="no such folder"):
        verify_store(tmp_path / "nowhere", public_key)


def test_findings_read_as_sentences(copy: Path, public_key: PublicKey) -> None:
    (copy / CLIP_1).unlink()
    [finding] = verify_store(copy, public_key).findings
    assert str(finding) == f"missing: site north, case {C1}: {CLIP_1} is not there (sealed in entry 2)"


def test_genuine_entries_of_two_histories_do_not_fit_together(store: SealedStore) -> None:
    store.add(FIRST, Event.OPENED)
    other = store.add(SECOND, Event.OPENED)
    kept = store.blobs.get(other.key)
    store.blobs.delete(other.key)
    store.blobs.put("chain/north/head.json", b"damaged, so that the chain goes on after the last entry")
    store.add(THIRD, Event.OPENED)
    store.add(THIRD, Event.CLOSED)
    store.blobs.put(other.key, kept)
    report = verify_store(store.root, store.key.public)
    assert [(f.problem, f.key) for f in report.findings] == [(Problem.OUT_OF_ORDER, "chain/north/00000003.json")]


def test_the_head_of_another_history_does_not_fit(store: SealedStore) -> None:
    store.add(FIRST, Event.OPENED)
    other = store.add(SECOND, Event.OPENED)
    head = store.blobs.get("chain/north/head.json")
    store.blobs.delete(other.key)
    store.blobs.put("chain/north/head.json", b"damaged, so that the chain goes on after the last entry")
    store.add(THIRD, Event.OPENED)
    store.blobs.put("chain/north/head.json", head)
    report = verify_store(store.root, store.key.public)
    assert [(f.problem, f.key) for f in report.findings] == [(Problem.OUT_OF_ORDER, "chain/north/head.json")]
