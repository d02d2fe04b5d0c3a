"""What the list of cases is asked for in its address, so that filters stay while one turns pages or saves a link."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kitchenwatch.model import CaseStatus, Kind, Origin
from kitchenwatch.store.reading import CaseFilter
from kitchenwatch.store.tables import Site
from kitchenwatch.web.schemas import Id, Line

# As `schemas.Moment`: what databases and zones can hold.
Day = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2200, 1, 1))]


class View(StrEnum):
    """How cases are shown."""

    CARDS = "cards"
    TABLE = "table"


class Listing(BaseModel):
    """The query of `/cases`; what is left empty asks for nothing. Days are those of the sites, both included."""

    model_config = ConfigDict(populate_by_name=True)

    status: CaseStatus | None = None
    overdue: bool = False
    kind: Kind | None = None
    district: Id | None = None
    site: Id | None = None
    origin: Origin | None = None
    since: Day | None = Field(None, alias="from")
    until: Day | None = Field(None, alias="to")
    text: Line | None = Field(None, alias="q")
    view: View = View.CARDS
    cursor: Annotated[str, Field(max_length=200)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, said: Any) -> Any:
        """A form sends every field, also those that nobody has filled in."""
        return {name: value for name, value in said.items() if value != ""} if isinstance(said, dict) else said

    @property
    def narrows(self) -> bool:
        """Whether anything but the status leaves cases out."""
        return self.model_dump(exclude={"status", "overdue", "view", "cursor"}, exclude_none=True) != {}

    @property
    def widened(self) -> str:
        """The address of the same status without any other filter."""
        return Listing(status=self.status, overdue=self.overdue, view=self.view).href()

    def filter(self, zone: str) -> CaseFilter:
        """As the store takes it; days begin at midnight in `zone`."""
        return CaseFilter(
            site=self.site,
            district=self.district,
            kind=self.kind,
            status=self.status,
            since=_midnight(self.since, zone),
            until=_midnight(self.until + timedelta(days=1), zone) if self.until else None,
            origin=self.origin,
            overdue=self.overdue or None,
            text=self.text.strip() if self.text else None,
        )

    def href(self, place: str = "/cases", **changes: Any) -> str:
        """The address of such a list, on its first page unless `cursor` is among the changes."""
        asked = Listing.model_validate(self.model_dump() | {"cursor": None} | changes)
        query = asked.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return place + (f"?{urlencode(query)}" if query else "")


def zone_of(sites: Sequence[Site], chosen: str | None) -> str:
    """The zone whose days are meant: that of the chosen site, else that of the first."""
    zones = {site.id: site.timezone for site in sites}
    return zones.get(chosen or "") or next(iter(zones.values()), "UTC")


def _midnight(day: date | None, zone: str) -> datetime | None:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC) if day else None
