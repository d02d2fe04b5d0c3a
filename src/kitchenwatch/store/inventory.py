"""The districts, sites and cameras that the configuration declares, as rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.orm import Session

from kitchenwatch.store.database import Database
from kitchenwatch.store.tables import Camera, District, Site


@dataclass(frozen=True, slots=True)
class DeclaredDistrict:
    """A regulator's district."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class DeclaredSite:
    """A regulated business; `timezone` is an IANA name."""

    id: str
    name: str
    district: str
    timezone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class DeclaredCamera:
    """A camera at a site."""

    id: str
    name: str
    site: str


class Inventory:
    """What the rows of other tables refer to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def declare(
        self,
        districts: Iterable[DeclaredDistrict],
        sites: Iterable[DeclaredSite],
        cameras: Iterable[DeclaredCamera],
    ) -> None:
        """Make the rows equal what is declared, in one transaction.

        A camera that is not declared any more becomes inactive; nothing is deleted, as cases refer to it.
        """
        with self._database.session() as session:
            session.execute(update(Camera).values(active=False))
            _merge(session, districts, sites, cameras)

    def add(
        self,
        districts: Iterable[DeclaredDistrict],
        sites: Iterable[DeclaredSite],
        cameras: Iterable[DeclaredCamera],
    ) -> None:
        """Make what is declared part of the rows, beside what is there, in one transaction."""
        with self._database.session() as session:
            _merge(session, districts, sites, cameras)


def _merge(
    session: Session,
    districts: Iterable[DeclaredDistrict],
    sites: Iterable[DeclaredSite],
    cameras: Iterable[DeclaredCamera],
) -> None:
    for district in districts:
        session.merge(District(id=district.id, name=district.name))
    for site in sites:
        session.merge(Site(id=site.id, name=site.name, district_id=site.district, timezone=site.timezone))
    for camera in cameras:
        session.merge(Camera(id=camera.id, name=camera.name, site_id=camera.site, active=True))
