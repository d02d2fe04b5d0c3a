"""The pages of the administration; for admins."""

from fastapi import APIRouter

from kitchenwatch.web.pages.admin import (
    audit,
    channels,
    configuration,
    overview,
    people,
    places,
    retention,
    trials,
)

router = APIRouter()
for part in (overview, places, trials, people, channels, retention, audit, configuration):
    router.include_router(part.router, prefix="/admin")
