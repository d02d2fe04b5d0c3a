"""The API under `/api/v1`, one module a subject."""

from fastapi import APIRouter

from kitchenwatch.web.api import (
    account,
    acts,
    alerts,
    audit,
    cases,
    evidence,
    live,
    places,
    review,
    system,
    tokens,
    uploads,
    users,
)
from kitchenwatch.web.problems import responses

ROOT = "/api/v1"


def routes() -> APIRouter:
    """All of them."""
    root = APIRouter(prefix=ROOT, responses=responses(401, 422))
    for part in (places, live, cases, acts, review, evidence, uploads, alerts, account, users, tokens, audit, system):
        root.include_router(part.router)
    return root
