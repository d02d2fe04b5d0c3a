"""The pages, by what people come for."""

from fastapi import APIRouter

from kitchenwatch.web.pages import (
    account,
    admin,
    bundle,
    cameras,
    case,
    cases,
    language,
    login,
    notices,
    patrol,
    review,
    sheet,
    today,
    wall,
)


def routes() -> APIRouter:
    """All of them."""
    root = APIRouter(include_in_schema=False)
    for part in (
        login,
        language,
        account,
        today,
        cases,
        case,
        sheet,
        bundle,
        cameras,
        notices,
        patrol,
        review,
        wall,
        admin,
    ):
        root.include_router(part.router)
    return root
