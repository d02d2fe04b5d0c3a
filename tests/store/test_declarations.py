"""What the console declares: kept with its revisions, its audit, and its secrets out of sight."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from kitchenwatch.clock import ManualClock
from kitchenwatch.errors import Conflict, NotFound, StorageError
from kitchenwatch.store.audit import AuditFilter, read_audit
from kitchenwatch.store.database import Database
from kitchenwatch.store.declarations import Declarations, Wish
from kitchenwatch.store.vault import Vault

ADDRESS = "rtsp://watch:s3cret-word@10.0.0.5/101"
STOVE = Wish("camera", "stove", {"id": "stove", "name": "灶台"}, site="canteen", address=ADDRESS)


@pytest.fixture
def declarations(database: Database, clock: ManualClock, tmp_path: Path) -> Declarations:
    return Declarations(database, clock, Vault(tmp_path / "keys" / "vault.key"))


def test_a_declaration_is_kept_and_its_address_can_be_used_again(declarations: Declarations) -> None:
    declarations.add("li", STOVE)
    (row,) = declarations.all()
    assert (row.kind, row.id, row.site_id, row.body, row.by, row.revision) == (
        "camera",
        "stove",
        "canteen",
        {"id": "stove", "name": "灶台"},
        "li",
        1,
    )
    assert declarations.address(row) == ADDRESS


def test_neither_the_rows_nor_the_log_tell_a_password(
    declarations: Declarations, database: Database, tmp_path: Path
) -> None:
    declarations.add("li", STOVE)
    declarations.change("li", STOVE, 1)
    declarations.drop("li", "camera", "stove", 2)
    declarations.add("li", STOVE)
    with database.reading() as session:
        rows = [*session.execute(text("SELECT * FROM declaration")), *session.execute(text("SELECT * FROM audit"))]
    assert len(rows) == 5
    assert "s3cret" not in repr(rows)
    assert "s3cret" not in repr(STOVE)
    key = tmp_path / "keys" / "vault.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_blank_address_keeps_the_old_one(declarations: Declarations) -> None:
    declarations.add("li", STOVE)
    declarations.change("wang", Wish("camera", "stove", {"name": "炉子"}, site="canteen"), 1)
    (row,) = declarations.all()
    assert (row.body, row.by, row.revision, declarations.address(row)) == ({"name": "炉子"}, "wang", 2, ADDRESS)


def test_the_second_is_told(declarations: Declarations) -> None:
    declarations.add("li", STOVE)
    with pytest.raises(Conflict, match="already"):
        declarations.add("wang", STOVE)
    declarations.change("li", STOVE, 1)
    with pytest.raises(Conflict, match="li has changed"):
        declarations.change("wang", STOVE, 1)
    with pytest.raises(Conflict, match="li has changed"):
        declarations.drop("wang", "camera", "stove", 1)
    declarations.drop("wang", "camera", "stove", 2)
    with pytest.raises(NotFound):
        declarations.change("li", STOVE, 2)
    assert not declarations.all()


def test_each_change_is_told_with_before_and_after(declarations: Declarations, database: Database) -> None:
    declarations.add("li", Wish("district", "east", {"name": "东区"}), "10.0.0.9")
    declarations.change("li", Wish("district", "east", {"name": "新东区"}), 1, "10.0.0.9")
    declarations.drop("wang", "district", "east", 2)
    with database.reading() as session:
        removed, changed, added = read_audit(session)
    assert (added.action, added.subject, added.address) == ("district.add", "east", "10.0.0.9")
    assert changed.data == {"before": {"name": "东区"}, "after": {"name": "新东区"}, "address_set": False}
    assert (removed.actor, removed.data) == ("wang", {"before": {"name": "新东区"}})


def test_without_its_key_an_address_cannot_be_read(
    declarations: Declarations, database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    declarations.add("li", STOVE)
    (row,) = declarations.all()
    other = Declarations(database, clock, Vault(tmp_path / "other.key"))
    with pytest.raises(StorageError, match="cannot read the key"):
        other.address(row)
    other.add("li", Wish("camera", "till", {}, "canteen", ADDRESS))
    with pytest.raises(StorageError, match="did not lock it"):
        other.address(row)
    (tmp_path / "other.key").write_text("no key")
    with pytest.raises(StorageError, match="is no key"):
        other.address(row)


def test_the_log_is_searched(declarations: Declarations, database: Database, clock: ManualClock) -> None:
    declarations.add("li", Wish("district", "east_1", {}), "10.0.0.9")
    clock.advance(60)
    moment = clock.now()
    declarations.add("wang", Wish("district", "eastx1", {}))
    clock.advance(60)
    declarations.add("wang", Wish("site", "west", {}))

    def found(**asked: object) -> list[str]:
        with database.reading() as session:
            return [row.subject for row in read_audit(session, asked=AuditFilter(**asked))]  # type: ignore[arg-type]

    assert found(actor="wang") == ["west", "eastx1"]
    assert found(action="district.add") == ["eastx1", "east_1"]
    assert found(subject="east*") == ["eastx1", "east_1"]
    assert found(subject="east_*") == ["east_1"]
    assert found(subject="east_1") == ["east_1"]
    assert found(subject="east") == []
    assert found(address="10.0.0.9") == ["east_1"]
    assert found(since=moment) == ["west", "eastx1"]
    assert found(until=moment) == ["east_1"]
    assert found(actor="wang", action="site.add") == ["west"]
