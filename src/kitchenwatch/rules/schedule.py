"""Schedules: at which hours a rule applies, by the site's own clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo

EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Hours:
    """From `begin` until before `end` on these weekdays (0 is Monday).

    With `end` at or before `begin` the hours cross midnight, and the day is that of the beginning.
    """

    begin: time
    end: time
    days: frozenset[int] = EVERY_DAY

    def cover(self, local: datetime) -> bool:
        """Whether a moment, in the site's zone, lies within these hours."""
        now, today = local.time(), local.weekday()
        if self.begin < self.end:
            return today in self.days and self.begin <= now < self.end
        begun_today = today in self.days and now >= self.begin
        begun_yesterday = (today - 1) % 7 in self.days and now < self.end
        return begun_today or begun_yesterday


@dataclass(frozen=True, slots=True)
class Schedule:
    """Hours in a zone; no hours at all means always."""

    hours: tuple[Hours, ...] = ()
    zone: tzinfo = UTC

    def covers(self, at: datetime) -> bool:
        """Whether the aware moment lies within any of the hours."""
        if not self.hours:
            return True
        local = at.astimezone(self.zone)
        return any(hours.cover(local) for hours in self.hours)
