"""A town to try the console on: places, cases that wait to be judged, people and their secrets; always the same."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import cv2
import numpy as np

from kitchenwatch.manifest import case_key
from kitchenwatch.model import (
    RULE_KINDS,
    Entry,
    EvidenceFile,
    EvidenceKind,
    Role,
    Violation,
    violation_id,
)
from kitchenwatch.ports import Blobs, CaseBook
from kitchenwatch.store.inventory import DeclaredCamera, DeclaredDistrict, DeclaredSite, Inventory
from kitchenwatch.store.tokens import Tokens
from kitchenwatch.store.users import NewUser, Users

DISTRICTS, SITES = 5, 100
PICTURED = 1000  # the newest cases have pictures; retention would have taken those of the others
APART = timedelta(minutes=3)
SIZE = (1280, 720)  # pixels
LISTENER, ACTOR = "listener", "bench"
PASSWORD = "nobody signs in with it"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What opens the doors: of those who listen to everything, and of those who judge."""

    listeners: tuple[str, ...]
    reviewers: tuple[str, ...]


def settle(inventory: Inventory) -> None:
    """Declare the places; site `n` lies in district `n` modulo their number, and has one camera."""
    inventory.declare(
        [DeclaredDistrict(_district(n), f"第{n + 1}区") for n in range(DISTRICTS)],
        [DeclaredSite(_site(n), f"第{n + 1}食堂", _district(n)) for n in range(SITES)],
        [DeclaredCamera(_camera(n), "炒锅区", _site(n)) for n in range(SITES)],
    )


def people(users: Users, tokens: Tokens, listeners: int, reviewers: int) -> Secrets:
    """One viewer with so many tokens, and so many regulators, each of one district."""
    users.add(ACTOR, NewUser(LISTENER, Role.VIEWER), PASSWORD)
    for n in range(reviewers):
        users.add(ACTOR, NewUser(_reviewer(n), Role.REGULATOR, districts=(_district(n),)), PASSWORD)
    return Secrets(
        listeners=tuple(tokens.issue(ACTOR, LISTENER).secret for _ in range(listeners)),
        reviewers=tuple(tokens.issue(ACTOR, _reviewer(n)).secret for n in range(reviewers)),
    )


def open_cases(cases: CaseBook, blobs: Blobs, number: int, newest_at: datetime) -> Iterator[int]:
    """Open so many cases, the oldest first; yields how many there are. They are not sealed: nobody verifies them."""
    picture = _picture()
    for n in range(number):
        violation = _violation(n, newest_at - (number - 1 - n) * APART)
        files = _pictures(blobs, violation, picture) if n >= number - PICTURED else []
        cases.open(violation, files, Entry(violation.site, 0, {}, "0" * 64, ""))
        yield n + 1


def _violation(n: int, at: datetime) -> Violation:
    camera, kind = _camera(n % SITES), RULE_KINDS[n % len(RULE_KINDS)]
    return Violation(
        id=violation_id(camera, kind, "bench", n, 4.0),
        camera=camera,
        site=_site(n % SITES),
        kind=kind,
        run="bench",
        track=n,
        opened=4.0,
        opened_at=at,
        score=0.5 + 0.5 * (n % 97) / 97,
        box=(520.0, 200.0, 700.0, 700.0),
        scores=tuple((t / 5, min(5.0, t / 4)) for t in range(25)),
    )


def _pictures(blobs: Blobs, violation: Violation, picture: bytes) -> Sequence[EvidenceFile]:
    files = []
    for kind in (EvidenceKind.SNAPSHOT, EvidenceKind.ANNOTATED):
        key = case_key(violation.site, violation.opened_at, violation.id, f"{kind}.jpg")
        blobs.put(key, picture)
        files.append(EvidenceFile(kind, key, hashlib.sha256(picture).hexdigest(), len(picture), "image/jpeg"))
    return files


def _picture() -> bytes:
    """A JPEG about as large as a kitchen's."""
    noise = np.random.default_rng(4).integers(0, 255, (SIZE[1] // 8, SIZE[0] // 8, 3), np.uint8)
    _, data = cv2.imencode(".jpg", cv2.resize(noise, SIZE, interpolation=cv2.INTER_CUBIC))
    return data.tobytes()


def _district(n: int) -> str:
    return f"district-{n % DISTRICTS}"


def _site(n: int) -> str:
    return f"site-{n}"


def _camera(n: int) -> str:
    return f"camera-{n}"


def _reviewer(n: int) -> str:
    return f"reviewer-{n}"
