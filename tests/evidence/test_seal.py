"""The chain: every append is linked, signed and survives a crash between any two writes."""

import multiprocessing
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealed_stores import FIRST, SECOND, START, SealedStore, make_violation, opened_manifest

from kitchenwatch.clock import ManualClock
from kitchenwatch.errors import SealError, StorageError
from kitchenwatch.evidence.keys import load_or_create_key, public_path
from kitchenwatch.evidence.seal import FileChain
from kitchenwatch.evidence.signed import canonical, digest, parsed, verified
from kitchenwatch.evidence.verify import verify_store
from kitchenwatch.manifest import Event, violation_from
from kitchenwatch.store.blobs import DiskBlobs

MANUAL = Path(__file__).parents[2] / "docs" / "evidence.md"


def test_entries_are_linked_and_say_what_was_sealed(filled: SealedStore) -> None:
    entries = list(filled.chain.entries("north"))
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5, 6]
    assert entries[0].manifest["prev"] is None
    assert all(after.manifest["prev"] == before.sha256 for before, after in pairwise(entries))
    assert all(entry.sha256 == digest(entry.manifest) for entry in entries)
    assert entries[0].manifest["sealed_at"] == "2026-11-22T03:00:01+00:00"
    assert entries[0].manifest["attest"]["site_name"] == "北京路小学食堂"
    assert violation_from(entries[0].manifest["violation"]) == FIRST
    assert filled.chain.sites() == ["north", "south"]


def test_an_entry_can_be_checked_with_openssl_alone_as_the_manual_says(filled: SealedStore, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("needs Debian package openssl: apt-get install openssl")
    [recipe] = re.findall(r"```sh\n(entry=.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    shutil.copy(public_path(filled.root.parent / "keys" / "seal.pem"), tmp_path / "seal.pub.pem")
    lines = recipe.replace("chain/north/00000001.json", "entry.json")
    for raw, sound in (
        (filled.blobs.get("chain/north/00000001.json"), True),
        (filled.blobs.get("chain/north/00000001.json").replace(b"no_hat", b"no_hit"), False),
    ):
        (tmp_path / "entry.json").write_bytes(raw)
        ended = subprocess.run(["sh", "-e", "-c", lines], cwd=tmp_path, check=False, capture_output=True, text=True)
        assert (ended.returncode == 0, "Signature Verified Successfully" in ended.stdout) == (sound, sound)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_canonical_json_is_read_back_to_the_same_bytes(body: dict[str, object]) -> None:
    raw = canonical(body)
    assert canonical(parsed(raw)) == raw


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), 2**53, "\ud800"])
def test_what_json_cannot_tell_is_not_sealed(store: SealedStore, value: object) -> None:
    with pytest.raises(SealError, match="cannot be written as canonical JSON"):
        store.chain.append("north", {"event": "opened", "value": value})
    assert list(store.chain.entries("north")) == []


def test_an_event_of_a_case_is_sealed_once(store: SealedStore) -> None:
    first = store.add(FIRST, Event.OPENED)
    again = FileChain(store.blobs, store.key, store.clock, store.root.parent / "locks")
    assert again.append("north", opened_manifest(FIRST, Event.OPENED)) == first
    assert again.find("north", FIRST.id, Event.OPENED) == first
    assert again.find("north", FIRST.id, Event.CLOSED) is None
    assert again.find("south", FIRST.id, Event.OPENED) is None
    assert len(list(store.chain.entries("north"))) == 1


def test_what_another_process_sealed_meanwhile_is_found(store: SealedStore) -> None:
    other = FileChain(store.blobs, store.key, store.clock, store.root.parent / "locks")
    assert store.chain.find("north", FIRST.id, Event.OPENED) is None
    sealed = other.append("north", opened_manifest(FIRST, Event.OPENED))
    assert store.chain.find("north", FIRST.id, Event.OPENED) == sealed


def test_removals_may_be_sealed_again_and_again(store: SealedStore) -> None:
    assert [store.add(FIRST, Event.REMOVED).seq for _ in range(2)] == [1, 2]


def test_an_entry_whose_head_was_not_written_counts(store: SealedStore) -> None:
    store.add(FIRST, Event.OPENED)
    head = store.blobs.get("chain/north/head.json")
    second = store.add(SECOND, Event.OPENED)
    store.blobs.put("chain/north/head.json", head)
    assert verify_store(store.root, store.key.public).ok
    third = store.add(make_violation(track=3), Event.OPENED)
    assert (third.seq, third.manifest["prev"]) == (3, second.sha256)
    assert verify_store(store.root, store.key.public).ok


@pytest.mark.parametrize("damage", [b"", b"{}", b"not json", b"[1]", b"\xff\xfe"])
def test_sealing_goes_on_over_damage_and_verification_tells(store: SealedStore, damage: bytes) -> None:
    store.add(FIRST, Event.OPENED)
    store.blobs.put("chain/north/00000001.json", damage)
    store.blobs.put("chain/north/head.json", damage)
    second = store.add(SECOND, Event.OPENED)
    assert second.seq == 2
    report = verify_store(store.root, store.key.public)
    assert [finding.key for finding in report.findings] == ["chain/north/00000001.json"]


def test_sealing_goes_on_after_the_last_entry_was_taken_away(store: SealedStore) -> None:
    store.add(FIRST, Event.OPENED)
    store.add(SECOND, Event.OPENED)
    store.blobs.delete("chain/north/00000002.json")
    assert store.add(make_violation(track=3), Event.OPENED).seq == 3
    report = verify_store(store.root, store.key.public)
    assert [str(finding) for finding in report.findings] == [
        "missing: site north: chain/north/00000002.json is not there"
    ]


def test_a_head_that_is_not_ours_cannot_lead_the_chain_astray(store: SealedStore, tmp_path: Path) -> None:
    store.add(FIRST, Event.OPENED)
    forger = SealedStore(tmp_path / "forger")
    for track in range(5):
        forger.add(make_violation(track=track), Event.OPENED)
    store.blobs.put("chain/north/head.json", forger.blobs.get("chain/north/head.json"))
    assert store.add(SECOND, Event.OPENED).seq == 2


def _seal_many(root: Path, first: int) -> None:
    chain = FileChain(
        DiskBlobs(root / "store"), load_or_create_key(root / "keys" / "seal.pem"), ManualClock(START), root / "locks"
    )
    for track in range(first, first + 8):
        chain.append("north", opened_manifest(make_violation(track=track), Event.OPENED))


def test_processes_share_a_chain(store: SealedStore, tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    # Both also seal the cases 4 to 7; each of these must be there once.
    running = [spawn.Process(target=_seal_many, args=(tmp_path, first)) for first in (0, 4)]
    for process in running:
        process.start()
    for process in running:
        process.join(60)
        assert process.exitcode == 0
    entries = list(store.chain.entries("north"))
    assert len({entry.manifest["case"] for entry in entries}) == len(entries) == 12
    assert verify_store(store.root, store.key.public).ok


def test_a_folder_without_room_for_locks_is_told(store: SealedStore, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    chain = FileChain(store.blobs, store.key, store.clock, tmp_path / "file" / "locks")
    with pytest.raises(StorageError, match="cannot lock"):
        chain.append("north", {})


def test_head_and_entry_are_verified_by_the_key_they_name(filled: SealedStore) -> None:
    head = verified(filled.blobs.get("chain/north/head.json"), filled.key.public)
    assert (head["site"], head["seq"], head["key"]) == ("north", 6, filled.key.public.id)
