"""What the API says and hears, as JSON."""

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Self, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, computed_field

from kitchenwatch.lifecycle import Severity
from kitchenwatch.model import (
    Attentiveness,
    CameraState,
    CaseStatus,
    EvidenceKind,
    Kind,
    Mistaken,
    Origin,
    Role,
    VerdictReason,
)
from kitchenwatch.store.reading import CameraNow

# PostgreSQL keeps no NUL in a text.
Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00]+$")]
Line = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
Paragraph = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]
Password = Annotated[str, StringConstraints(max_length=200)]
# Bounds keep every zone's moment within what databases and Python can hold.
Moment = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]
Revision = Annotated[int, Field(ge=0, lt=2**31)]
RowId = Annotated[int, Field(ge=0, lt=2**63)]

Item = TypeVar("Item")


class Said(BaseModel):
    """Base of all answers; read from the rows' attributes."""

    model_config = ConfigDict(from_attributes=True)


class Heard(BaseModel):
    """Base of all requests; a field that is not known is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    """RFC 9457."""

    type: str = "about:blank"
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no case 9f0c…"])


class Page(BaseModel, Generic[Item]):
    """Part of a list; `next` is what to ask for to go on, null at the end."""

    items: list[Item]
    next: str | None


class SiteOut(Said):
    id: str = Field(examples=["canteen-3"])
    name: str = Field(examples=["第三食堂"])
    district: str = Field(validation_alias="district_id", examples=["gongshu"])
    timezone: str = Field(examples=["Asia/Shanghai"])


class HealthOut(Said):
    id: int
    camera: str = Field(validation_alias="camera_id")
    state: CameraState = Field(examples=[CameraState.BLACK])
    opened_at: datetime
    closed_at: datetime | None = Field(description="null while it lasts")
    detail: str


class CameraOut(Said):
    id: str = Field(examples=["canteen-3-wok"])
    name: str = Field(examples=["炒锅区"])
    site: str
    state: CameraState
    troubles: list[HealthOut] = Field(description="what it suffers from now")
    attention: Attentiveness | None = Field(description="how closely it is looked at; null while it cannot be")

    @classmethod
    def of(cls, now: CameraNow, attention: Attentiveness | None) -> Self:
        """The camera as it is now."""
        troubles = [HealthOut.model_validate(trouble) for trouble in now.troubles]
        row = now.camera
        return cls(id=row.id, name=row.name, site=row.site_id, state=now.state, troubles=troubles, attention=attention)


class EvidenceOut(Said):
    case: UUID = Field(validation_alias="case_id", exclude=True)
    kind: EvidenceKind
    sha256: str
    bytes: int
    media_type: str = Field(examples=["image/jpeg"])
    begins: datetime | None = Field(description="of a clip: the moment of its first frame")
    seal_seq: int = Field(description="place in the site's sealed chain")
    deleted_at: datetime | None = Field(description="when retention took its bytes")

    @computed_field
    def href(self) -> str:
        """Where the bytes are."""
        return f"/api/v1/cases/{self.case}/evidence/{self.kind}"


class CaseOut(Said):
    id: UUID
    site: str = Field(validation_alias="site_id")
    camera: str = Field(validation_alias="camera_id")
    kind: Kind
    status: CaseStatus
    opened_at: datetime
    score: float = Field(description="confidence that this is a violation, 0 to 1")
    reason: VerdictReason | None
    mistaken: Mistaken | None
    remark: str
    decided_by: str | None
    decided_at: datetime | None
    legal_hold: bool
    origin: Origin
    severity: Severity | None
    asked: str = Field(description="what the order asks of the business")
    round: int = Field(description="how often it has been dispatched, returns included")
    deadline: datetime | None
    overdue_at: datetime | None = Field(description="when the order was escalated")
    revision: int = Field(description="send it back with a verdict")
    evidence: list[EvidenceOut]


class ViolationOut(Said):
    run: str
    track: int
    opened: float = Field(description="media time in seconds")
    closed: float | None
    opened_at: datetime
    closed_at: datetime | None
    score: float
    box: list[float] = Field(description="x1, y1, x2, y2 of the person in pixels of the frame")
    scores: list[Any] = Field(description="media time and accumulated evidence (log-likelihood ratio)")


class CaseDetail(CaseOut):
    seal_seq: int | None = Field(description="the latest entry of the site's chain that tells of this case")
    seal_sha256: str | None
    violation: ViolationOut | None


class CountsOut(BaseModel):
    open: int
    confirmed: int
    dispatched: int
    rectified: int
    closed: int
    dismissed: int


class VerdictIn(Heard):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"status": "dismissed", "reason": "false_alarm", "remark": "白色头巾", "revision": 1}]
        },
    )
    status: CaseStatus
    reason: VerdictReason
    mistaken: Mistaken | None = None
    remark: Paragraph = ""
    revision: Revision


class LegalHoldIn(Heard):
    hold: bool


class LoginIn(Heard):
    name: Line
    password: Password


class SessionOut(BaseModel):
    """The cookie that comes with it holds the secret; scripts need it not."""

    user: str
    expires_at: datetime | None


class MeOut(BaseModel):
    user: str
    role: Role
    districts: list[str]
    sites: list[str]


class UserOut(Said):
    name: str
    role: Role
    districts: list[str]
    sites: list[str]
    created_at: datetime
    disabled_at: datetime | None


class RoleIn(Heard):
    role: Role
    districts: list[Id] = Field(default=[], max_length=500)
    sites: list[Id] = Field(default=[], max_length=500)


class UserIn(RoleIn):
    name: Id = Field(examples=["li.wei"])
    password: Password


class PasswordIn(Heard):
    password: Password


class OwnPasswordIn(PasswordIn):
    old: Password


class DisabledIn(Heard):
    disabled: bool


class TokenIn(Heard):
    note: Line = ""
    expires_at: Moment | None = None


class TokenForIn(TokenIn):
    user: Id


class TokenOut(Said):
    id: UUID
    user: str = Field(validation_alias="user_name")
    note: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class GrantOut(Said):
    id: UUID
    secret: str = Field(description="told this once", examples=["kw_…"])
    expires_at: datetime | None


class AuditOut(Said):
    id: int
    at: datetime
    actor: str
    action: str = Field(examples=["case.verdict"])
    subject: str
    address: str
    data: dict[str, Any]


class Alive(BaseModel):
    status: str = Field(examples=["ok"])


class HealthDetail(Alive):
    version: str
    cameras: dict[CameraState, int] = Field(description="cameras in scope by their present state")
    cases: CountsOut
    blobs_free: int = Field(description="bytes free on the evidence's device")
    newest_alert: int
