"""The key pair: made once, kept private, and refused with a reason when it is not one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from kitchenwatch.errors import SealError
from kitchenwatch.evidence.keys import load_key, load_or_create_key, load_public_key, public_path


def test_a_key_is_made_once_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "seal.pem"
    made = load_or_create_key(path)
    found = load_or_create_key(path)
    assert found.public.id == made.public.id == load_public_key(public_path(path)).id
    assert load_public_key(public_path(path)).signed(made.sign(b"data"), b"data")
    assert not load_public_key(public_path(path)).signed(made.sign(b"data"), b"date")


def test_only_the_owner_may_read_the_private_key(tmp_path: Path) -> None:
    path = tmp_path / "seal.pem"
    old = os.umask(0)
    try:
        load_or_create_key(path)
    finally:
        os.umask(old)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_private_key_that_others_may_read_is_used_but_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "seal.pem"
    load_or_create_key(path)
    path.chmod(0o644)
    load_or_create_key(path)
    assert "chmod 600" in caplog.text


def test_a_lost_public_key_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "seal.pem"
    made = load_or_create_key(path)
    public_path(path).unlink()
    load_or_create_key(path)
    assert load_public_key(public_path(path)).id == made.public.id


def test_many_processes_agree_on_one_key(tmp_path: Path) -> None:
    path = tmp_path / "seal.pem"
    code = (
        "import sys; from pathlib import Path; from kitchenwatch.evidence.keys import load_or_create_key;"
        "print(load_or_create_key(Path(sys.argv[1])).public.id)"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) for _ in range(3)]
    ids = {process.communicate(timeout=60)[0] for process in running}
    assert ids == {f"{load_key(path).public.id}\n".encode()}


def _elliptic() -> tuple[bytes, bytes]:
    key = generate_private_key(SECP256R1())
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


def test_other_files_are_no_keys(tmp_path: Path) -> None:
    private, public = _elliptic()
    path = tmp_path / "other.pem"
    path.write_bytes(private)
    with pytest.raises(SealError, match=r"other\.pem: not an Ed25519 private key"):
        load_or_create_key(path)
    path.write_bytes(public)
    with pytest.raises(SealError, match="not an Ed25519 public key"):
        load_public_key(path)
    path.write_text("hello")
    with pytest.raises(SealError, match="not an unencrypted private key in PEM"):
        load_key(path)
    with pytest.raises(SealError, match="not an unencrypted public key in PEM"):
        load_public_key(path)
    with pytest.raises(SealError, match="cannot read the public key"):
        load_public_key(tmp_path / "nowhere.pem")


def test_a_public_key_of_another_pair_is_refused(tmp_path: Path) -> None:
    load_or_create_key(tmp_path / "a.pem")
    load_or_create_key(tmp_path / "b.pem")
    public_path(tmp_path / "a.pem").replace(public_path(tmp_path / "b.pem"))
    with pytest.raises(SealError, match="does not belong to private key"):
        load_or_create_key(tmp_path / "b.pem")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SealError, match="cannot keep the signing key"):
        load_or_create_key(tmp_path / "file" / "seal.pem")
