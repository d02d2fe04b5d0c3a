"""The Ed25519 key pair of an installation (RFC 8032), in PEM files."""

import hashlib
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from filelock import FileLock

from kitchenwatch.errors import SealError

log = logging.getLogger(__name__)
Loaded = TypeVar("Loaded")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What anybody needs to check a seal."""

    key: Ed25519PublicKey

    @property
    def id(self) -> str:
        """First 16 hex digits of the SHA-256 of the raw 32 bytes."""
        return hashlib.sha256(self.key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]

    @property
    def pem(self) -> bytes:
        """The key as SubjectPublicKeyInfo in PEM."""
        return self.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def signed(self, signature: bytes, data: bytes) -> bool:
        """Whether this is the signature of the data by this key."""
        try:
            self.key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What seals; never leaves the installation."""

    key: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        """The half that may be handed out."""
        return PublicKey(self.key.public_key())

    def sign(self, data: bytes) -> bytes:
        """The 64 bytes of the signature."""
        return self.key.sign(data)


def load_or_create_key(path: Path) -> SigningKey:
    """The private key at `path`, made there (mode 0600) the first time; the public key lies beside it.

    Raises:
        SealError: the file is no Ed25519 private key, or the public key beside it belongs to another.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f"{path.name}.lock")):
            if not path.exists():
                _create(path)
            key = load_key(path)
            _keep_public(public_path(path), key.public)
    except OSError as error:
        raise SealError(
            f"{path}: cannot keep the signing key: {error.strerror} -> give a folder to write to"
        ) from error
    return key


def load_key(path: Path) -> SigningKey:
    """The private key in a PEM file. Raises SealError."""
    loaded = _load(path, lambda pem: load_pem_private_key(pem, None), "private")
    if not isinstance(loaded, Ed25519PrivateKey):
        raise SealError(f"{path}: not an Ed25519 private key -> give the one that kitchenwatch made")
    if path.stat().st_mode & 0o077:
        log.warning("%s can be read by other users -> chmod 600", path)
    return SigningKey(loaded)


def load_public_key(path: Path) -> PublicKey:
    """The public key in a PEM file. Raises SealError."""
    loaded = _load(path, load_pem_public_key, "public")
    if not isinstance(loaded, Ed25519PublicKey):
        raise SealError(f"{path}: not an Ed25519 public key -> give the file that ends in .pub.pem")
    return PublicKey(loaded)


def public_path(path: Path) -> Path:
    """Where the public half of the private key at `path` lies: `seal.pem` has `seal.pub.pem`."""
    return path.with_suffix(".pub.pem")


def _load(path: Path, load: Callable[[bytes], Loaded], half: str) -> Loaded:
    try:
        return load(path.read_bytes())
    except OSError as error:
        raise SealError(
            f"{path}: cannot read the {half} key: {error.strerror} -> give the one that kitchenwatch made"
        ) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SealError(
            f"{path}: not an unencrypted {half} key in PEM -> give the one that kitchenwatch made"
        ) from error


def _create(path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    _write_whole(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    log.info("%s: made a new signing key, %s; keep a copy in a safe place", path, PublicKey(key.public_key()).id)


def _keep_public(path: Path, key: PublicKey) -> None:
    if not path.exists():
        _write_whole(path, key.pem, 0o644)
    elif (other := load_public_key(path).id) != key.id:
        raise SealError(f"{path}: public key {other} does not belong to private key {key.id} -> restore the pair")


def _write_whole(path: Path, data: bytes, mode: int) -> None:
    """Whole or not at all, durably, and never readable by more than `mode` allows."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
