"""What the pages call things: the words of the alerts, and those that no alert uses."""

from collections.abc import Mapping
from dataclasses import dataclass

from kitchenwatch.alerts.text import WORDS
from kitchenwatch.model import CaseStatus, EvidenceKind, Role

MORE: Mapping[str, str] = {
    CaseStatus.OPEN: "待审核 to review",
    EvidenceKind.SNAPSHOT: "原始截图 snapshot",
    EvidenceKind.ANNOTATED: "标注截图 annotated",
    EvidenceKind.CROP: "人员截图 person",
    EvidenceKind.CLIP: "录像 clip",
    EvidenceKind.BEST: "最清晰截图 best view",
    Role.ADMIN: "管理员 admin",
    Role.REGULATOR: "监管人员 regulator",
    Role.BUSINESS: "经营单位 business",
    Role.VIEWER: "观察员 viewer",
}


@dataclass(frozen=True, slots=True)
class Word:
    """One thing in both languages."""

    zh: str
    en: str


def word(value: str) -> Word:
    """The words for a value of the model; an unknown one stands for itself."""
    zh, _, en = (MORE.get(value) or WORDS.get(value, value)).partition(" ")
    return Word(zh, en)
