"""Rows equal what the configuration declares."""

from sqlalchemy import select

from kitchenwatch.store.database import Database
from kitchenwatch.store.inventory import DeclaredCamera, DeclaredDistrict, DeclaredSite, Inventory
from kitchenwatch.store.tables import Camera, Site


def cameras(database: Database) -> dict[str, tuple[str, str, bool]]:
    with database.reading() as session:
        rows = session.scalars(select(Camera).order_by(Camera.id))
        return {row.id: (row.name, row.site_id, row.active) for row in rows}


def test_what_is_declared_is_there(kitchen: Database) -> None:
    assert cameras(kitchen) == {
        "door": ("后门", "canteen", True),
        "stove": ("灶台", "canteen", True),
        "till": ("收银", "noodles", True),
    }


def test_declaring_anew_renames_moves_and_retires_but_deletes_nothing(kitchen: Database) -> None:
    Inventory(kitchen).declare(
        [DeclaredDistrict("west", "新西区")],
        [DeclaredSite("noodles", "老面馆", "west")],
        [DeclaredCamera("stove", "炉子", "noodles")],
    )
    assert cameras(kitchen) == {
        "door": ("后门", "canteen", False),
        "stove": ("炉子", "noodles", True),
        "till": ("收银", "noodles", False),
    }
    with kitchen.reading() as session:
        assert session.get_one(Site, "noodles").name == "老面馆"
        assert session.get_one(Site, "canteen").district_id == "east"


def test_a_camera_that_comes_back_is_active_again(kitchen: Database) -> None:
    inventory = Inventory(kitchen)
    inventory.declare([], [], [])
    inventory.declare([], [], [DeclaredCamera("door", "后门", "canteen")])
    assert [id for id, (_, _, active) in cameras(kitchen).items() if active] == ["door"]


def test_adding_leaves_what_is_there(kitchen: Database) -> None:
    Inventory(kitchen).add(
        [], [], [DeclaredCamera("roof", "楼顶", "canteen"), DeclaredCamera("door", "前门", "canteen")]
    )
    assert cameras(kitchen) == {
        "door": ("前门", "canteen", True),
        "roof": ("楼顶", "canteen", True),
        "stove": ("灶台", "canteen", True),
        "till": ("收银", "noodles", True),
    }
