"""What a reader may see, as conditions of a query; and of what has been read already."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import ColumnElement, select, true

from kitchenwatch.model import Role, Scope
from kitchenwatch.store.tables import Outbox, Site


def visible(scope: Scope) -> ColumnElement[bool]:
    """What a site must be for this reader."""
    if scope.role is Role.REGULATOR:
        return Site.district_id.in_(scope.districts)
    if scope.role is Role.BUSINESS:
        return Site.id.in_(scope.sites)
    return true()


def in_sight(site_id: Any, scope: Scope) -> ColumnElement[bool]:
    """What a row with a site must be for this reader."""
    if scope.role in (Role.ADMIN, Role.VIEWER):
        return true()
    return cast(ColumnElement[bool], site_id.in_(select(Site.id).where(visible(scope))))


def concerns(scope: Scope) -> ColumnElement[bool]:
    """What an alert must be for this reader; one about no site at all concerns those who see everything."""
    if scope.role in (Role.ADMIN, Role.VIEWER):
        return true()
    return Outbox.site_id.in_(select(Site.id).where(visible(scope)))


def hears(scope: Scope, site: str | None, whereabouts: Mapping[str, str]) -> bool:
    """The same as `concerns`, of an alert about this site; `whereabouts` is each site's district."""
    if scope.role in (Role.ADMIN, Role.VIEWER):
        return True
    if site is None or site not in whereabouts:
        return False
    return whereabouts[site] in scope.districts if scope.role is Role.REGULATOR else site in scope.sites
