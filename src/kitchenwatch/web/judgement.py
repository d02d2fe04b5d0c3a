"""What a reviewer can say of a case with one key."""

from collections.abc import Mapping
from enum import StrEnum

from kitchenwatch.model import CaseStatus, Mistaken, VerdictReason


class Judgement(StrEnum):
    """What one key says of a case."""

    CONFIRM = "confirm"
    HAIR = "hair"
    HEADSCARF = "headscarf"
    VISOR = "visor"
    BEARD = "beard"
    SPOON = "spoon"
    STRAW = "straw"
    PEN = "pen"
    HAND = "hand"
    POSTER = "poster"
    OTHER = "other"
    ALLOWED = "allowed"
    DUPLICATE = "duplicate"
    UNCLEAR = "unclear"

    @property
    def key(self) -> str:
        """The key of the keyboard: digits for what the machine mistook, a letter for the rest."""
        return KEYS.get(self) or str((_MISTAKEN.index(self) + 1) % 10)

    @property
    def status(self) -> CaseStatus:
        """Where it leaves the case."""
        return CaseStatus.CONFIRMED if self is Judgement.CONFIRM else CaseStatus.DISMISSED

    @property
    def reason(self) -> VerdictReason:
        """Why."""
        if self is Judgement.CONFIRM:
            return VerdictReason.VIOLATION
        return VerdictReason.FALSE_ALARM if self.mistaken else VerdictReason(self)

    @property
    def mistaken(self) -> Mistaken | None:
        """What the machine took for a violation."""
        return Mistaken(self) if self in _MISTAKEN else None


KEYS: Mapping[Judgement, str] = {
    Judgement.CONFIRM: "C",
    Judgement.ALLOWED: "A",
    Judgement.DUPLICATE: "D",
    Judgement.UNCLEAR: "U",
}
_MISTAKEN = [judgement for judgement in Judgement if judgement not in KEYS]
