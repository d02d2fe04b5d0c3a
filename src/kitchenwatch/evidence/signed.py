"""Signed JSON: canonical bytes (RFC 8785) that carry an Ed25519 signature over all of them but itself.

Cut `"signature":"…",` out of the file and what is left is exactly what was signed, so that a seal can be
checked with `openssl` alone.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

import rfc8785

from kitchenwatch.errors import SealError
from kitchenwatch.evidence.findings import BadSeal, Problem
from kitchenwatch.evidence.keys import PublicKey, SigningKey

# Below this a whole number is the same as int and as float (RFC 8785, section 3.2.2.3, and ECMA-262).
EXACT = 2**53


def canonical(body: Mapping[str, Any]) -> bytes:
    """The one way to write this JSON object (RFC 8785). Raises SealError if it cannot be told in JSON."""
    try:
        return rfc8785.dumps(dict(body))
    except (ValueError, TypeError, RecursionError) as error:
        raise SealError(f"cannot be written as canonical JSON: {error}") from error


def digest(body: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical bytes, in hex."""
    return hashlib.sha256(canonical(body)).hexdigest()


def signed(body: Mapping[str, Any], key: SigningKey) -> bytes:
    """The canonical bytes of `body` with `key` (who signed) and `signature` added."""
    full = {**body, "key": key.public.id}
    return canonical({**full, "signature": base64.b64encode(key.sign(canonical(full))).decode("ascii")})


def parsed(raw: bytes) -> dict[str, Any]:
    """The JSON object in these bytes, believed in nothing. Raises BadSeal."""
    try:
        body = json.loads(raw, parse_int=_number)
    except (ValueError, RecursionError) as error:
        raise BadSeal(Problem.UNREADABLE, "is not JSON") from error
    if not isinstance(body, dict):
        raise BadSeal(Problem.UNREADABLE, "is not a JSON object")
    return body


def verified(raw: bytes, key: PublicKey) -> dict[str, Any]:
    """The JSON object that this key has signed.

    Raises:
        BadSeal: unreadable (no JSON object), changed (not as written), wrong key, or forged signature.
    """
    body = parsed(raw)
    if not _is_canonical(body, raw):
        raise BadSeal(Problem.CHANGED, "is not as it was written")
    if body.get("key") != key.id:
        raise BadSeal(Problem.WRONG_KEY, f"was signed with key {body.get('key')}, not {key.id}")
    if not _is_signed(body, key):
        raise BadSeal(Problem.FORGED, "carries a signature that does not fit")
    return body


def _number(text: str) -> int | float:
    """JSON has one sort of number: a great whole one may have been a float, and must be written as such again."""
    number = int(text)
    return number if abs(number) < EXACT else float(text)


def _is_canonical(body: Mapping[str, Any], raw: bytes) -> bool:
    try:
        return canonical(body) == raw
    except SealError:
        return False


def _is_signed(body: Mapping[str, Any], key: PublicKey) -> bool:
    unsigned = {name: value for name, value in body.items() if name != "signature"}
    spelled = str(body.get("signature"))
    try:
        signature = base64.b64decode(spelled, validate=True)
    except ValueError:
        return False
    # Base64 can spell the same bytes in several ways; only one of them is ours.
    one_way = base64.b64encode(signature).decode("ascii") == spelled
    return one_way and key.signed(signature, canonical(unsigned))
