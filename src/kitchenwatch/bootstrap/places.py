"""Districts, sites and cameras of the configuration as rows."""

from kitchenwatch.config import Config
from kitchenwatch.store.inventory import DeclaredCamera, DeclaredDistrict, DeclaredSite, Inventory


def declare_places(config: Config, inventory: Inventory) -> None:
    """Make the rows equal the configuration: cameras that it no longer names become inactive."""
    inventory.declare(*_places(config))


def add_places(config: Config, inventory: Inventory) -> None:
    """Add what the configuration names beside what is there."""
    inventory.add(*_places(config))


def _places(config: Config) -> tuple[list[DeclaredDistrict], list[DeclaredSite], list[DeclaredCamera]]:
    return (
        [DeclaredDistrict(district.id, district.name) for district in config.districts],
        [DeclaredSite(site.id, site.name, site.district, site.timezone) for site in config.sites],
        [DeclaredCamera(camera.id, camera.name, site.id) for site in config.sites for camera in site.cameras],
    )
