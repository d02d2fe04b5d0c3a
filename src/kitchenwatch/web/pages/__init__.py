"""The first pages: signing in, cases, one case, cameras."""

from fastapi import APIRouter

from kitchenwatch.web.pages import cameras, cases, login


def routes() -> APIRouter:
    """All of them."""
    root = APIRouter(include_in_schema=False)
    for part in (login, cases, cameras):
        root.include_router(part.router)
    return root
