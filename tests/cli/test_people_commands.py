"""`user`, `token` and `db` on a store that nobody has used yet."""

from pathlib import Path

import pytest

from commandline import Command, Said

PASSWORD = ("--password", "correct horse battery")
CONFIG = """
districts: [{id: east, name: East}]
sites: [{id: canteen, name: Canteen, district: east, cameras: [{id: stove, name: Stove, url: "rtsp://127.0.0.1/x"}]}]
"""


@pytest.fixture(autouse=True)
def config(tmp_path: Path) -> None:
    (tmp_path / "kitchenwatch.yaml").write_text(CONFIG)


def done(said: Said) -> str:
    """What it printed, if it succeeded."""
    assert said.status == 0, said.err
    return said.out


def refused(said: Said) -> str:
    """The one line that says why it did not."""
    assert (said.status, said.out) == (1, "")
    (line,) = said.err.splitlines()
    return line.removeprefix("error: ")


def test_tables_are_made_and_told(command: Command, tmp_path: Path) -> None:
    place = f"sqlite:///{tmp_path}/var/kitchenwatch.db"
    assert done(command("db", "revision")) == f"{place}: empty\n"
    assert done(command("db", "upgrade")) == f"{place}: at revision 0004\n"
    assert done(command("db", "upgrade")) == f"{place}: at revision 0004\n"
    assert done(command("db", "revision")) == f"{place}: 0004\n"


def test_people_come_and_go(command: Command) -> None:
    done(command("user", "add", "li", "--role", "regulator", "--district", "east", *PASSWORD))
    done(command("user", "add", "wang", "--role", "business", "--site", "canteen", *PASSWORD))
    done(command("user", "password", "li", "--password", "another good one 77"))
    done(command("user", "disable", "wang"))
    listed = done(command("user", "list"))
    assert [line for line in listed.splitlines() if "li " in line and "regulator" in line and "east" in line]
    assert [line for line in listed.splitlines() if "wang" in line and "canteen" in line and "20" in line]
    done(command("user", "enable", "wang"))
    assert not [line for line in done(command("user", "list")).splitlines() if "wang" in line and "20" in line]


def test_what_makes_no_sense_is_refused(command: Command) -> None:
    done(command("user", "add", "li", "--role", "admin", *PASSWORD))
    assert "there is a user 'li' already" in refused(command("user", "add", "li", "--role", "admin", *PASSWORD))
    unknown = command("user", "add", "wang", "--role", "business", "--site", "cantine", *PASSWORD)
    assert refused(unknown) == "there is no site 'cantine' -> one of: canteen"
    assert "characters" in refused(command("user", "add", "wang", "--role", "viewer", "--password", "short"))
    assert "there is no user 'nobody'" in refused(command("user", "disable", "nobody"))
    assert "there is no user 'nobody'" in refused(command("token", "create", "nobody"))


def test_a_token_is_told_once_and_can_be_revoked_by_what_the_list_tells(command: Command) -> None:
    done(command("user", "add", "li", "--role", "admin", *PASSWORD))
    said = command("token", "create", "li", "--note", "display", "--days", "3")
    secret = done(said).strip()
    assert secret.startswith("kw_")
    assert "only this once" in said.err
    (line,) = [line for line in done(command("token", "list")).splitlines() if "display" in line]
    assert secret not in line
    done(command("token", "revoke", line.split("│")[1].strip()))
    (line,) = [line for line in done(command("token", "list")).splitlines() if "display" in line]
    assert line.split("│")[-2].strip().startswith("20")
