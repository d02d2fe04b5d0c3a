"""The tables. Times are UTC; JSON columns hold what is only shown, never what is searched."""

from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite autoincrements only INTEGER keys; PostgreSQL outgrows them.
Serial = BigInteger().with_variant(Integer, "sqlite")


class Utc(TypeDecorator[datetime]):
    """An aware UTC datetime on every database (SQLite drops the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Utc, dict[str, Any]: JSON, list[Any]: JSON, UUID: Uuid}


class District(Table):
    """A regulator's district."""

    __tablename__ = "district"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))


class Site(Table):
    """A regulated business: restaurant, canteen, workshop, store."""

    __tablename__ = "site"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), index=True)
    timezone: Mapped[str] = mapped_column(String(64))


class Camera(Table):
    """A camera at a site; its address stays in the configuration, with its password."""

    __tablename__ = "camera"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    site: Mapped[Site] = relationship()


class CameraHealth(Table):
    """An interval in which a camera suffered from something; open while `closed_at` is null."""

    __tablename__ = "camera_health"
    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    camera_id: Mapped[str] = mapped_column(ForeignKey("camera.id"))
    state: Mapped[str] = mapped_column(String(16))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    detail: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (
        UniqueConstraint("camera_id", "state", "opened_at"),
        Index("ix_camera_health_open", "camera_id", "state", "closed_at"),
    )


class Violation(Table):
    """What the machine saw."""

    __tablename__ = "violation"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    camera_id: Mapped[str] = mapped_column(ForeignKey("camera.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    run: Mapped[str] = mapped_column(String(80))
    track: Mapped[int]
    opened: Mapped[float]
    closed: Mapped[float | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    score: Mapped[float]
    box: Mapped[list[Any]]
    scores: Mapped[list[Any]]
    camera: Mapped[Camera] = relationship()


class Case(Table):
    """A violation as people handle it; a case has its violation's id."""

    __tablename__ = "case"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    violation_id: Mapped[UUID | None] = mapped_column(ForeignKey("violation.id"), unique=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    camera_id: Mapped[str] = mapped_column(ForeignKey("camera.id"))
    kind: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(16), index=True)
    opened_at: Mapped[datetime]
    score: Mapped[float]
    reason: Mapped[str | None] = mapped_column(String(32))
    remark: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    mistaken: Mapped[str | None] = mapped_column(String(16))  # what a false alarm was taken for
    legal_hold: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    origin: Mapped[str] = mapped_column(String(16), default="camera", server_default="camera")
    found_by: Mapped[str | None] = mapped_column(String(64))  # who was on patrol
    # The order in force, or the last one.
    severity: Mapped[str | None] = mapped_column(String(16))
    asked: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    round: Mapped[int] = mapped_column(default=0, server_default="0")
    deadline: Mapped[datetime | None]
    overdue_at: Mapped[datetime | None]
    # The latest entry of the site's chain that tells of this case; every alert carries it.
    seal_seq: Mapped[int | None]
    seal_sha256: Mapped[str | None] = mapped_column(String(64))
    violation: Mapped[Violation | None] = relationship()
    site: Mapped[Site] = relationship()
    camera: Mapped[Camera] = relationship()
    evidence: Mapped[list["Evidence"]] = relationship(back_populates="case", order_by="Evidence.id")
    steps: Mapped[list["CaseStep"]] = relationship(back_populates="case", order_by="CaseStep.id")
    uploads: Mapped[list["Upload"]] = relationship(back_populates="case", order_by="Upload.at")
    # The newest first is the order in which cases are read, in all and by site.
    __table_args__ = (
        Index("ix_case_newest", "opened_at", "id"),
        Index("ix_case_site_newest", "site_id", "opened_at", "id"),
        Index("ix_case_camera_newest", "camera_id", "opened_at", "id"),
        Index("ix_case_kind_newest", "kind", "opened_at", "id"),
        Index("ix_case_status_newest", "status", "opened_at", "id"),
        Index("ix_case_status_score", "status", "score", "id"),
        Index("ix_case_status_site", "status", "site_id"),
        Index("ix_case_deadline", "status", "deadline"),
        Index("ix_case_figures", "opened_at", "kind", "status", "site_id"),  # counted without a look at the rows
    )


class Evidence(Table):
    """A file of a case, by key; `deleted_at` once retention has taken its bytes."""

    __tablename__ = "evidence"
    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(400), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(64))
    begins: Mapped[datetime | None]
    seal_seq: Mapped[int]
    deleted_at: Mapped[datetime | None]
    case: Mapped[Case] = relationship(back_populates="evidence")
    __table_args__ = (UniqueConstraint("case_id", "kind"),)


class CaseStep(Table):
    """One act on a case, with where it left the case standing; rows are only ever added."""

    __tablename__ = "case_step"
    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    act: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(64))
    role: Mapped[str | None] = mapped_column(String(16))  # null: the machine itself
    at: Mapped[datetime]
    remark: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(16))
    round: Mapped[int]
    deadline: Mapped[datetime | None]
    revision: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seal_seq: Mapped[int]
    case: Mapped[Case] = relationship(back_populates="steps")
    uploads: Mapped[list["Upload"]] = relationship(back_populates="step", order_by="Upload.at")


class Upload(Table):
    """A photo or portrait that a business has sent, sealed as it came; `step_id` is null until it is part of an answer.

    `shown_key` is a copy for people, with a watermark; the original is never shown nor changed. `deleted_at` is set
    once retention has taken the bytes of both, or the sender has taken them back.
    """

    __tablename__ = "upload"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    step_id: Mapped[int | None] = mapped_column(ForeignKey("case_step.id"), index=True)
    round: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(16))  # an EvidenceKind: photo or portrait
    key: Mapped[str] = mapped_column(String(400), unique=True)
    shown_key: Mapped[str] = mapped_column(String(400))
    shown_sha256: Mapped[str] = mapped_column(String(64))
    shown_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    bytes: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)
    taken_at: Mapped[datetime | None]  # as the picture itself says
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    accuracy: Mapped[float | None]  # metres
    phash: Mapped[str] = mapped_column(String(16))
    doubts: Mapped[list[Any]] = mapped_column(default=list)
    seal_seq: Mapped[int]
    deleted_at: Mapped[datetime | None]
    case: Mapped[Case] = relationship(back_populates="uploads")
    step: Mapped[CaseStep | None] = relationship(back_populates="uploads")


class Outbox(Table):
    """An alert, written in the transaction of what it tells; `seq` orders the event stream."""

    __tablename__ = "outbox"
    seq: Mapped[int] = mapped_column(Serial, primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    type: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    district_id: Mapped[str | None] = mapped_column(String(64))
    site_id: Mapped[str | None] = mapped_column(String(64))
    camera_id: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str | None] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(80))
    data: Mapped[dict[str, Any]]
    only_channel: Mapped[str | None] = mapped_column(String(64))  # a digest goes to one channel alone
    fanned_out: Mapped[bool] = mapped_column(default=False, index=True)
    __table_args__ = ({"sqlite_autoincrement": True},)  # a seq is never used twice


class Delivery(Table):
    """One alert on its way to one channel: waiting, delivered, failed (given up) or held (for a digest)."""

    __tablename__ = "delivery"
    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    outbox_seq: Mapped[int] = mapped_column(ForeignKey("outbox.seq"))
    channel: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(16), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
    digest_seq: Mapped[int | None] = mapped_column(ForeignKey("outbox.seq"))
    outbox: Mapped[Outbox] = relationship(foreign_keys=[outbox_seq])
    __table_args__ = (
        UniqueConstraint("outbox_seq", "channel"),
        Index("ix_delivery_due", "status", "channel", "outbox_seq"),
        Index("ix_delivery_order", "channel", "subject", "status", "outbox_seq"),
        Index("ix_delivery_pushed", "channel", "delivered_at"),
        Index("ix_delivery_digest", "digest_seq"),
    )


class User(Table):
    """Somebody who may sign in."""

    __tablename__ = "user"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    password: Mapped[str] = mapped_column(String(200))  # argon2 hash
    role: Mapped[str] = mapped_column(String(16))
    districts: Mapped[list[Any]] = mapped_column(default=list)
    sites: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    # Of the person behind the account; it is on watermarks.
    phone: Mapped[str] = mapped_column(String(32), default="", server_default=text("''"))
    revision: Mapped[int] = mapped_column(default=1, server_default="1")


class Token(Table):
    """An API token or a browser session; only the SHA-256 of its secret is stored."""

    __tablename__ = "token"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    user_name: Mapped[str] = mapped_column(ForeignKey("user.name"), index=True)
    purpose: Mapped[str] = mapped_column(String(16))  # api or session
    note: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


class Declaration(Table):
    """What was declared in the console, beside the configuration file: a district, site or camera, or the retention.

    `body` has the shape of the configuration's models, but for the address of a camera, which is encrypted and
    stands in `secret`, and the cameras of a site, each of which names its `site_id`.
    """

    __tablename__ = "declaration"
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    site_id: Mapped[str | None] = mapped_column(String(64))
    body: Mapped[dict[str, Any]]
    secret: Mapped[str | None] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)


class Audit(Table):
    """Who did what to what; rows are only ever added."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(64), default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # The newest first, for each of what the log is searched by.
    __table_args__ = (
        Index("ix_audit_actor", "actor", "id"),
        Index("ix_audit_action", "action", "id"),
        Index("ix_audit_subject", "subject", "id"),
        Index("ix_audit_address", "address", "id"),
    )
