"""Every error kitchenwatch raises on purpose; whether to retry is told by the type.

::

    KitchenwatchError
    ├── ConfigError        a person must mend a file        (path, line, remedy)
    ├── SourceError        footage cannot be read
    │   ├── SourceLost         retry: the camera may come back
    │   ├── SourceDenied       do not hammer: wrong credentials
    │   └── SourceUnreadable   give up: not a film, or a broken one
    ├── ModelError         the detector cannot be loaded
    ├── DatasetError       training pictures are not in order
    ├── MissingExtra       an optional package is not installed (names the extra)
    ├── StorageError       evidence or rows cannot be written
    │   └── StorageFull        retry when there is room
    ├── SealError          a manifest, chain or key is not what it should be
    ├── DeliveryError      an alert did not arrive
    │   ├── DeliveryRetry      try again later
    │   └── DeliveryRefused    the receiver says never again, or the address is forbidden
    ├── Invalid            what the caller asks for makes no sense
    │   └── InvalidFields      told field by field          (faults)
    ├── Unauthenticated    nobody has signed in
    ├── TooManyAttempts    wait before the next one            (retry_after)
    ├── NotFound           no such thing, or not in the caller's scope
    ├── Forbidden          the caller may not do this
    └── Conflict           somebody else was first

Messages name the place and the remedy; they never hold a password, token or key.
"""

from collections.abc import Mapping
from dataclasses import dataclass


class KitchenwatchError(Exception):
    """Root of everything raised on purpose; its text is fit to show to a user."""


class ConfigError(KitchenwatchError):
    """A configuration file is wrong.

    Args:
        path: the file.
        problem: what is wrong, in a sentence.
        line: line in the file, counted from 1, where known.
        remedy: what to do about it.
    """

    def __init__(self, path: str, problem: str, *, line: int | None = None, remedy: str = "") -> None:
        self.path, self.problem, self.line, self.remedy = path, problem, line, remedy
        place = f"{path}:{line}" if line else path
        super().__init__(f"{place}: {problem}" + (f" -> {remedy}" if remedy else ""))


class SourceError(KitchenwatchError):
    """Footage cannot be read."""


class SourceLost(SourceError):
    """The connection ended, broke or went silent; it may come back."""


class SourceDenied(SourceError):
    """The camera refused the credentials."""


class SourceUnreadable(SourceError):
    """The file or stream is no film that we can decode."""


class ModelError(KitchenwatchError):
    """The detector cannot be loaded or does not fit."""


class DatasetError(KitchenwatchError):
    """Training pictures or their labels are missing, broken or contradict each other."""


class MissingExtra(KitchenwatchError):
    """An optional package is missing."""

    def __init__(self, feature: str, extra: str) -> None:
        self.extra = extra
        super().__init__(f"{feature} needs an optional package -> pip install 'kitchenwatch[{extra}]'")


class StorageError(KitchenwatchError):
    """Evidence or rows cannot be written or read."""


class StorageFull(StorageError):
    """No room left on the device."""


class SealError(KitchenwatchError):
    """A manifest, chain or key is not what it should be."""


class DeliveryError(KitchenwatchError):
    """An alert did not arrive."""


class DeliveryRetry(DeliveryError):
    """It may arrive later: time-out, refused connection, 5xx, 404, 429 …

    Args:
        message: what happened.
        after: seconds that the receiver asked us to wait, where it did.
    """

    def __init__(self, message: str, after: float | None = None) -> None:
        self.after = after
        super().__init__(message)


class DeliveryRefused(DeliveryError):
    """It never will: 400, 410, 413 …, or an address that policy forbids."""


class Invalid(KitchenwatchError):
    """What the caller asks for makes no sense; the text says what would."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field, and what to do about it."""

    problem: str
    remedy: str = ""


class InvalidFields(Invalid):
    """Some fields of a form make no sense.

    Args:
        faults: by field.
    """

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        self.faults = dict(faults)
        told = (
            f"{field} {fault.problem}" + (f" -> {fault.remedy}" if fault.remedy else "")
            for field, fault in faults.items()
        )
        super().__init__("; ".join(told))


class Unauthenticated(KitchenwatchError):
    """Nobody has signed in, or with a wrong name, password or token."""


class TooManyAttempts(KitchenwatchError):
    """Too many sign-ins have failed, or too much is asked for.

    Args:
        retry_after: seconds to wait before the next one.
        of: what there were too many of.
    """

    def __init__(self, retry_after: int, of: str = "failed sign-ins") -> None:
        self.retry_after = retry_after
        super().__init__(f"too many {of} -> wait {retry_after} s")


class NotFound(KitchenwatchError):
    """No such thing, or it lies outside the caller's scope (the two are not told apart)."""


class Forbidden(KitchenwatchError):
    """The caller's role does not allow this."""


class Conflict(KitchenwatchError):
    """Somebody else changed it first."""
