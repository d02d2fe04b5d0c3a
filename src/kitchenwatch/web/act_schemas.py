"""What the API says and hears about what people do to a case, as JSON."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from kitchenwatch.lifecycle import Act, Severity, acts_for
from kitchenwatch.model import CaseStatus, EvidenceKind, Mistaken, Role, VerdictReason
from kitchenwatch.store.loop import Move, standing_of
from kitchenwatch.store.tables import Case
from kitchenwatch.web.schemas import CaseDetail, Heard, Moment, Paragraph, Revision, Said


class ActIn(Heard):
    """One act, with what it needs: `dismiss` a reason; `dispatch` severity and deadline; `return` remark and deadline;
    `rectify` the ids of the photos sent before, a portrait among them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "act": "dispatch",
                    "revision": 2,
                    "severity": "ordinary",
                    "deadline": "2026-11-25T10:00:00+08:00",
                    "asked": "请操作人员规范佩戴工作帽，并上传整改照片。",
                }
            ]
        },
    )
    act: Act
    revision: Revision
    remark: Paragraph = ""
    reason: VerdictReason | None = None
    mistaken: Mistaken | None = Field(None, description="of a dismissal: what was taken for a violation")
    severity: Severity | None = None
    deadline: Moment | None = None
    asked: Paragraph = ""
    uploads: list[UUID] = Field(default=[], max_length=100)

    def move(self) -> Move:
        """As the case loop takes it."""
        said = self.model_dump(exclude={"uploads"})
        return Move(**said, uploads=tuple(self.uploads))


class UploadOut(Said):
    id: UUID
    purpose: EvidenceKind
    round: int
    sha256: str
    bytes: int
    media_type: str
    by: str
    at: datetime
    taken_at: datetime | None = Field(description="as the picture itself says")
    latitude: float | None
    longitude: float | None
    accuracy: float | None = Field(description="metres")
    doubts: list[Any] = Field(description="what speaks against the picture")
    seal_seq: int


class StepOut(Said):
    act: Act
    by: str
    role: Role | None = Field(description="null: the machine itself")
    at: datetime
    remark: str
    status: CaseStatus = Field(description="where it left the case")
    round: int
    deadline: datetime | None
    revision: int
    data: dict[str, Any] = Field(description="reason, mistaken, severity, deadline, asked: those that were told")
    seal_seq: int = Field(description="place in the site's sealed chain")
    uploads: list[UploadOut]


class ActsOut(Said):
    """What has been done to a case, and what you may do to it now."""

    revision: int = Field(description="send it back with an act")
    status: CaseStatus
    may: list[Act]
    done: list[StepOut]

    @classmethod
    def of(cls, case: Case, role: Role) -> Self:
        """For somebody of that role."""
        done = [StepOut.model_validate(step) for step in case.steps]
        may = list(acts_for(standing_of(case), role))
        return cls(revision=case.revision, status=CaseStatus(case.status), may=may, done=done)


class CaseRecord(CaseDetail):
    """A case with everything that was done to it."""

    steps: list[StepOut]
    uploads: list[UploadOut]
