"""What a verification can find, in words for people who were not there."""

from dataclasses import dataclass
from enum import StrEnum

from kitchenwatch.errors import SealError


class Problem(StrEnum):
    """What is wrong with a file of the store."""

    CHANGED = "changed"
    MISSING = "missing"
    OUT_OF_ORDER = "out of order"
    CUT_OFF = "cut off at the end"
    INSERTED = "inserted"
    FORGED = "forged signature"
    WRONG_KEY = "wrong key"
    UNREADABLE = "unreadable"
    TIMESTAMP = "bad time-stamp"


class BadSeal(SealError):
    """A sealed file is not what it should be.

    Args:
        problem: of which sort.
        detail: a predicate, to be read after the file's name.
    """

    def __init__(self, problem: Problem, detail: str) -> None:
        self.problem = problem
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        site: whose chain or evidence.
        key: the file, as its key in the store.
        detail: what exactly, as a predicate of the file.
        case: the case it concerns, where the file tells.
    """

    problem: Problem
    site: str
    key: str
    detail: str
    case: str | None = None

    def __str__(self) -> str:
        case = f", case {self.case}" if self.case else ""
        return f"{self.problem}: site {self.site}{case}: {self.key} {self.detail}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification saw.

    Attributes:
        sites: chains walked.
        entries: entries that are sound.
        files: evidence files that are as they were sealed.
        removed: evidence files that retention has taken, as an entry attests.
        timestamps: time-stamps that are valid (0 unless an authority's certificate was given).
        findings: all that is wrong, in the order of the chains.
        unsealed: evidence files that no entry attests: nothing is claimed about them.
    """

    sites: int
    entries: int
    files: int
    removed: int
    timestamps: int
    findings: tuple[Finding, ...]
    unsealed: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings
