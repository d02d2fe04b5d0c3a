"""Cases as cameras and people make them, with files and seals that can be verified."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from httpx import Client
from installation import Installation, picture
from phone import act, ordered, revision, taken

from kitchenwatch.evidence.filing import Filing
from kitchenwatch.lifecycle import Act
from kitchenwatch.model import EvidenceKind, Kind, Role, Violation, violation_id
from kitchenwatch.store.loop import Actor, Move

AsUser = Callable[[str], Client]
WANG = Actor("wang", Role.BUSINESS)
PICTURES = (EvidenceKind.SNAPSHOT, EvidenceKind.ANNOTATED, EvidenceKind.CROP)


def sealed(shop: Installation, site: str = "wang", kind: Kind = Kind.NO_HAT) -> UUID:
    """A case as the recorder files it."""
    shop.clock.advance(60)
    at, camera = shop.clock.now(), f"{site}-wok"
    id = violation_id(camera, kind, "film", 1, at.timestamp())
    violation = Violation(id, camera, site, kind, "film", 1, 4.0, at, 0.93, (10, 10, 60, 80))
    filing = Filing(shop.blobs, shop.chain, shop.cases, {"software": "test"})
    filing.open(violation, (4.0, at), dict.fromkeys(PICTURES, picture()), None)
    return id


def answer(shop: Installation, as_user: AsUser, case: UUID, seed: int, remark: str) -> None:
    """The business sends a photo and a portrait, and answers with them."""
    asking, uploads = as_user("wang"), []
    for purpose, look in (("photo", seed), ("portrait", seed + 1)):
        photo = {"photo": ("a.jpg", taken(look, size=(1600, 1200)), "image/jpeg")}
        sent = asking.post(f"/api/v1/cases/{case}/uploads", data={"purpose": purpose}, files=photo)
        assert sent.status_code == 201, sent.text
        uploads.append(UUID(sent.json()["id"]))
    shop.loop.act(case, Move(Act.RECTIFY, revision(shop, case), remark, uploads=tuple(uploads)), WANG)


def whole_story(shop: Installation, as_user: AsUser) -> UUID:
    """Confirmed, dispatched, answered, returned, answered again and closed."""
    case = ordered(shop, sealed(shop))
    answer(shop, as_user, case, 1, "已整改")
    shop.clock.advance(600)
    act(shop, case, Act.RETURN, remark="照片看不清", deadline=shop.clock.now() + timedelta(days=1))
    shop.clock.advance(600)
    answer(shop, as_user, case, 5, "已重新拍摄")
    shop.clock.advance(600)
    act(shop, case, Act.CLOSE, remark="整改到位")
    return case
