"""Which cases somebody judges, and in which order, as the query string says it."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Query
from pydantic import BeforeValidator

from kitchenwatch.model import CaseStatus, Kind
from kitchenwatch.store.order import Order
from kitchenwatch.store.reading import CaseFilter
from kitchenwatch.web.schemas import Id


@dataclass(frozen=True, slots=True)
class Queue:
    """Which cases to judge, and in which order; `hours` back from now."""

    site: str | None
    district: str | None
    kind: Kind | None
    hours: int | None
    min_score: float | None
    sort: Order

    def filter(self, now: datetime) -> CaseFilter:
        """What waits in it at that moment."""
        since = now - self.back if self.back else None
        return CaseFilter(
            site=self.site,
            district=self.district,
            kind=self.kind,
            status=CaseStatus.OPEN,
            since=since,
            min_score=self.min_score,
        )

    @property
    def back(self) -> timedelta | None:
        """How far back it reaches."""
        return timedelta(hours=self.hours) if self.hours else None

    @property
    def query(self) -> dict[str, str]:
        """The queue as a page's address says it."""
        said = asdict(self) | {"sort": self.sort if self.sort is not Order.NEWEST else None}
        return {name: str(value) for name, value in said.items() if value}


# A form sends what has not been chosen as an empty text.
_Blank = BeforeValidator(lambda value: value or None)


def queue(
    site: Annotated[Id | None, _Blank] = None,
    district: Annotated[Id | None, _Blank] = None,
    kind: Annotated[Kind | None, _Blank] = None,
    hours: Annotated[int | None, Query(ge=1, le=24 * 366), _Blank] = None,
    min_score: Annotated[float | None, Query(ge=0, le=1), _Blank] = None,
    sort: Order = Order.NEWEST,
) -> Queue:
    """The queue that the query string asks for."""
    return Queue(site, district, kind, hours, min_score, sort)


AskedQueue = Annotated[Queue, Depends(queue)]
