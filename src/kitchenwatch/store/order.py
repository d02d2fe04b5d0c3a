"""The orders in which waiting cases are judged, and how to go on after one of them."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Tuple, UnaryExpression, literal, tuple_

from kitchenwatch.errors import Invalid
from kitchenwatch.store.cursor import Cursor
from kitchenwatch.store.tables import Case


class Order(StrEnum):
    """What comes first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    SCORE = "score"

    def columns(self) -> tuple[UnaryExpression[Any], ...]:
        """What SQL orders by; the id decides between equals, so that no two cases stand at one place."""
        match self:
            case Order.NEWEST:
                return Case.opened_at.desc(), Case.id.desc()
            case Order.OLDEST:
                return Case.opened_at.asc(), Case.id.asc()
            case Order.SCORE:
                return Case.score.desc(), Case.id.desc()

    def place(self, case: Case) -> str:
        """Where a case stands, as an opaque text that `beyond` reads."""
        return f"{case.score!r}/{case.id}" if self is Order.SCORE else Cursor(case.opened_at, case.id).text()

    def beyond(self, place: str) -> ColumnElement[bool]:
        """What a case must be to come after that place. Raises Invalid."""
        match self:
            case Order.NEWEST:
                return Cursor.read(place).older()
            case Order.OLDEST:
                return Cursor.read(place).newer()
            case Order.SCORE:
                return tuple_(Case.score, Case.id) < _scored(place)


def _scored(place: str) -> Tuple:
    score, _, case = place.partition("/")
    try:
        return tuple_(literal(float(score), Case.score.type), literal(UUID(case), Case.id.type))
    except ValueError as error:
        raise Invalid("this cursor was not issued here -> begin again without one") from error
