"""Transactions, migrations and trouble, on SQLite and PostgreSQL alike."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import IntegrityError, InternalError

from kitchenwatch.errors import StorageError, StorageFull
from kitchenwatch.store.database import Database, insert_if_new, serialize_outbox
from kitchenwatch.store.filesystem import refuse_network
from kitchenwatch.store.tables import Camera, District, Site, Table


def districts(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(District.id).order_by(District.id)))


def test_a_transaction_is_kept_at_its_end_and_undone_on_an_error(database: Database) -> None:
    with database.session() as session:
        session.add(District(id="a", name="A"))
    with pytest.raises(ZeroDivisionError):
        break_off(database)
    assert districts(database) == ["a"]


def break_off(database: Database) -> None:
    with database.session() as session:
        session.add(District(id="b", name="B"))
        session.flush()
        _ = 1 / 0


def test_broken_rules_of_the_tables_are_not_hidden(database: Database) -> None:
    with pytest.raises(IntegrityError), database.session() as session:
        session.add(Site(id="s", name="S", district_id="nowhere", timezone="Asia/Shanghai"))


def test_a_reading_transaction_refuses_to_write(database: Database) -> None:
    with pytest.raises((StorageError, InternalError)), database.reading() as session:
        session.add(District(id="a", name="A"))
    with database.session() as session:
        session.add(District(id="b", name="B"))
    assert districts(database) == ["b"]


def test_insert_if_new_tells_whether_it_inserted(database: Database) -> None:
    with database.session() as session:
        assert insert_if_new(session, District, id="a", name="first")
        assert not insert_if_new(session, District, id="a", name="second")
        assert insert_if_new(session, Site, id="s", name="S", district_id="a", timezone="UTC")
        assert insert_if_new(session, Camera, id="c", name="C", site_id="s")
        camera = session.get_one(Camera, "c")
        assert camera.active
    assert districts(database) == ["a"]


def test_migrations_end_where_the_models_are(database: Database, database_url: str) -> None:
    assert database.revision() == "0004"
    database.upgrade()
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Table.metadata) == []
    engine.dispose()


def test_an_empty_database_has_no_revision(database_url: str) -> None:
    assert Database(database_url).revision() is None


def test_tables_of_a_newer_version_are_left_alone(database: Database) -> None:
    with database.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match="another version"):
        database.upgrade()


def test_many_threads_write_without_a_locked_database(database: Database) -> None:
    def write(writer: int) -> None:
        for number in range(25):
            with database.session() as session:
                count = session.scalar(select(func.count()).select_from(District))
                session.add(District(id=f"{writer}-{number}", name=str(count)))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(8)))
    assert len(districts(database)) == 200


def test_two_processes_share_one_sqlite_file(sqlite_url: str) -> None:
    """Another process that holds the write lock for a moment is waited for."""
    database = Database(sqlite_url)
    database.upgrade()
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD_THE_LOCK, sqlite_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    threading.Timer(0.3, other.communicate, ["go\n"]).start()
    with database.session() as session:
        # A transaction that began by reading could only fail here, not wait.
        assert list(session.scalars(select(District.id))) == ["a"]
        session.add(District(id="b", name="B"))
    assert districts(database) == ["a", "b"]
    other.wait(10)


HOLD_THE_LOCK = textwrap.dedent("""
    import sys
    from kitchenwatch.store.database import Database
    from kitchenwatch.store.tables import District
    with Database(sys.argv[1]).session() as session:
        session.add(District(id="a", name="A"))
        session.flush()
        print("held", flush=True)
        sys.stdin.readline()
""")


def test_kill_9_undoes_the_open_transaction_and_keeps_the_others(database: Database, database_url: str) -> None:
    other = subprocess.Popen([sys.executable, "-c", WRITE_AND_WAIT, database_url], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "open\n"
    os.kill(other.pid, signal.SIGKILL)
    other.wait(10)
    assert districts(database) == ["kept"]
    with database.session() as session:
        session.add(District(id="next", name="N"))
    assert districts(database) == ["kept", "next"]


WRITE_AND_WAIT = textwrap.dedent("""
    import sys, time
    from kitchenwatch.store.database import Database
    from kitchenwatch.store.tables import District
    database = Database(sys.argv[1])
    with database.session() as session:
        session.add(District(id="kept", name="K"))
    with database.session() as session:
        session.add(District(id="lost", name="L"))
        session.flush()
        print("open", flush=True)
        time.sleep(60)
""")


def test_the_outbox_lock_makes_writers_wait_for_each_other(postgres_url: str) -> None:
    database = Database(postgres_url)
    order: list[str] = []
    inside, waiting = threading.Event(), threading.Event()

    def second() -> None:
        inside.wait(10)
        with database.session() as session:
            waiting.set()
            serialize_outbox(session)
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with database.session() as session:
        serialize_outbox(session)
        inside.set()
        waiting.wait(10)
        with database.reading() as watching:
            while not watching.scalar(
                text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            ):
                pass
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def fill(database: Database) -> None:
    for batch in range(1000):
        with database.session() as session:
            session.add_all(District(id=f"{batch}-{i}", name="x" * 200) for i in range(20))


def test_a_full_disk_is_told_and_the_rows_before_it_stay(small_disk: Path) -> None:
    database = Database(f"sqlite:///{small_disk / 'rows.db'}")
    database.upgrade()
    with pytest.raises(StorageFull, match="no room left"):
        fill(database)
    kept = len(districts(database))
    assert kept > 20
    assert kept % 20 == 0
    database.close()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "rows.db").write_text("this is no database" * 100)
    with pytest.raises(StorageError, match=r"rows\.db.*not a database"):
        Database(f"sqlite:///{tmp_path / 'rows.db'}").upgrade()


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    database = Database("postgresql://kitchen:secret@127.0.0.1:1/rows")
    with pytest.raises(StorageError, match=r"127\.0\.0\.1:1/rows") as caught:
        database.upgrade()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["mysql://u:secret@h/d", "rows.db", ""])
def test_an_unknown_database_is_refused(url: str) -> None:
    with pytest.raises(StorageError, match="sqlite") as caught:
        Database(url)
    assert "secret" not in str(caught.value)


def test_without_its_driver_postgresql_names_the_extra() -> None:
    code = """
        import sys
        sys.modules["psycopg"] = None
        from kitchenwatch.store.database import Database
        Database("postgresql://h/d")
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False)
    assert "MissingExtra" in ended.stderr
    assert "kitchenwatch[postgres]" in ended.stderr


MOUNTS = """\
/dev/vda / ext4 rw,relatime 0 0
nas:/vol /srv/nas nfs4 rw 0 0
//nas/share /srv/my\\040share cifs rw 0 0
/dev/sdb /srv/nas/local xfs rw 0 0
tmpfs /srv/hidden tmpfs rw 0 0
nas:/vol /srv/hidden nfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/nas/kitchen/rows.db", "nfs4"),
        ("/srv/my share/rows.db", "cifs"),
        ("/srv/hidden/rows.db", "nfs"),
        ("/srv/nas/local/rows.db", None),
        ("/srv/nasty/rows.db", None),
        ("/var/lib/rows.db", None),
    ],
)
def test_sqlite_is_refused_on_a_network_file_system(tmp_path: Path, path: str, kind: str | None) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    if kind is None:
        refuse_network(Path(path), mounts)
        return
    with pytest.raises(StorageError, match=rf"network file system \({kind}\)"):
        refuse_network(Path(path), mounts)
