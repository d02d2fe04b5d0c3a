"""Forms with photos: read piece by piece onto the disk, once it is known who sends them.

A body that FastAPI reads by itself is read before anybody has asked who sends it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Annotated, Literal, Self, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError, model_validator
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from kitchenwatch.model import EvidenceKind
from kitchenwatch.store.sent import Position

AROUND = 64 * 1024  # bytes; of the form around the photos
LONGEST_FIELD = 10_000  # bytes; a remark of 2000 Chinese letters


Heard = TypeVar("Heard", bound=BaseModel)


class Where(BaseModel):
    """A position in a form; empty fields say that there is none."""

    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    accuracy: Annotated[float, Field(ge=0, lt=1e7, description="metres")] | None = None

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_none(cls, said: dict[str, object]) -> dict[str, object]:
        return {name: value for name, value in said.items() if value != ""}

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.latitude is None) is not (self.longitude is None):
            raise ValueError("a position has a latitude and a longitude")
        return self

    @property
    def position(self) -> Position | None:
        if self.latitude is None or self.longitude is None:
            return None
        return Position(self.latitude, self.longitude, self.accuracy)


class PhotoIn(Where):
    """What comes with a photo."""

    purpose: Literal[EvidenceKind.PHOTO, EvidenceKind.PORTRAIT]


@asynccontextmanager
async def form_of(request: Request, files: int, fields: int) -> AsyncIterator[FormData]:
    """The form, its files on the disk until the context ends; at most so many of each.

    Raises HTTPException (400): it is no such form, or its sender has gone.
    """
    try:
        async with request.form(max_files=files, max_fields=fields, max_part_size=LONGEST_FIELD) as form:
            yield form
    except ClientDisconnect:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "the connection was lost -> send it again") from None


def heard(kind: type[Heard], said: dict[str, object]) -> Heard:
    """The fields of a form as `kind` wants them. Raises RequestValidationError."""
    try:
        return kind.model_validate(said)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from None


def photos_in(form: FormData, name: str) -> list[UploadFile]:
    """The files of that field, without the empty one that a browser sends for none."""
    return [file for file in form.getlist(name) if isinstance(file, UploadFile) and (file.filename or file.size)]
