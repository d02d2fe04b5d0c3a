"""Writes alerts into the outbox, in the transaction of what they tell."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from kitchenwatch.model import NAMESPACE, AlertType
from kitchenwatch.store.database import insert_if_new
from kitchenwatch.store.tables import Camera, Case, Evidence, Outbox, Site


def announce(
    session: Session,
    type: AlertType,
    subject: str,
    at: datetime,
    data: dict[str, Any],
    *,
    occasion: str = "",
    site: Site | None = None,
    camera: str | None = None,
    kind: str | None = None,
    only_channel: str | None = None,
) -> UUID:
    """Add an alert unless the very same one is there; its id.

    The caller has called `serialize_outbox` before its first write.

    Args:
        subject: what must be told in order: the case id, `camera/<id>`, `storage`, `digest/<channel>`.
        at: UTC moment of what it tells.
        occasion: tells apart alerts of one type and subject; the id is made of the three, so that a retry or a
            repair writes the same.
        only_channel: the one channel that gets it; else all channels of its recipients do.
    """
    id = uuid5(NAMESPACE, "/".join(part for part in (subject, type, occasion) if part))
    insert_if_new(
        session,
        Outbox,
        id=id,
        type=type,
        at=at,
        district_id=site.district_id if site else None,
        site_id=site.id if site else None,
        camera_id=camera,
        kind=kind,
        subject=subject,
        data=data,
        only_channel=only_channel,
    )
    return id


def announce_case(session: Session, type: AlertType, case: Case, at: datetime, occasion: str = "") -> None:
    """Tell what a case is like after what this transaction has changed; its evidence must not have been read yet."""
    announce(
        session,
        type,
        str(case.id),
        at,
        case_data(case),
        occasion=occasion,
        site=case.site,
        camera=case.camera_id,
        kind=case.kind,
    )


def place_data(camera: Camera, site: Site) -> dict[str, Any]:
    """Where something happened, for an alert's data."""
    return {
        "site": {"id": site.id, "name": site.name},
        "camera": {"id": camera.id, "name": camera.name},
        "district": site.district_id,
        "timezone": site.timezone,
    }


def moments(name: str, at: datetime | None, zone: str) -> dict[str, Any]:
    """A moment for an alert's data: `<name>` in UTC and `<name>_local` at the site, with its offset."""
    return {
        name: at.isoformat() if at else None,
        f"{name}_local": at.astimezone(ZoneInfo(zone)).isoformat() if at else None,
    }


def case_data(case: Case) -> dict[str, Any]:
    """A case for an alert's data.

    It carries the latest entry of the chain that tells of the case, so every receiver is a witness of the chain.
    """
    closed_at = case.violation.closed_at if case.violation else None
    return {
        "case": str(case.id),
        "url": f"/cases/{case.id}",
        "kind": case.kind,
        "status": case.status,
        "reason": case.reason,
        "remark": case.remark,
        "revision": case.revision,
        "score": case.score,
        "origin": case.origin,
        "asked": case.asked,
        "round": case.round,
        **moments("opened_at", case.opened_at, case.site.timezone),
        **moments("closed_at", closed_at, case.site.timezone),
        **moments("deadline", case.deadline, case.site.timezone),
        **place_data(case.camera, case.site),
        "evidence": [_evidence_data(evidence) for evidence in case.evidence if evidence.deleted_at is None],
        "seal": {"seq": case.seal_seq, "sha256": case.seal_sha256} if case.seal_seq else None,
    }


def _evidence_data(evidence: Evidence) -> dict[str, Any]:
    return {
        "kind": evidence.kind,
        "url": f"/api/v1/cases/{evidence.case_id}/evidence/{evidence.kind}",
        "sha256": evidence.sha256,
        "bytes": evidence.bytes,
        "media_type": evidence.media_type,
    }
