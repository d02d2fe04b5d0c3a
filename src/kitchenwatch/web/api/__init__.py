"""The API under `/api/v1`, one module a subject."""

from fastapi import APIRouter

from kitchenwatch.web.api import account, alerts, audit, cases, evidence, places, system, tokens, users
from kitchenwatch.web.problems import responses

ROOT = "/api/v1"


def routes() -> APIRouter:
    """All of them."""
    root = APIRouter(prefix=ROOT, responses=responses(401, 422))
    for part in (places, cases, evidence, alerts, account, users, tokens, audit, system):
        root.include_router(part.router)
    return root
