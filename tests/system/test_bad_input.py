"""Bad input: one clear line each that names place and remedy, a status that is not 0, and everything else goes on."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from commands import SITE, cut_film, free_port, kitchenwatch, memory, rows, write_config
from filelock import FileLock
from living import wait_for

from commandline import Command, Said, command_in
from kitchenwatch import config
from kitchenwatch.bootstrap.service import Service
from kitchenwatch.clock import SystemClock
from kitchenwatch.detect.loading import default_model
from rtsp import RtspServer

MakeFilm = Callable[..., Path]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `command("check")` in this process."""
    return command_in(monkeypatch, capsys)


@pytest.fixture
def volume(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Mounts a small file system of its own, or mounts it anew with other options: `volume("size=1m")`."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to mount a small tmpfs")
    place = tmp_path / "volume"
    place.mkdir()

    def mount(options: str) -> Path:
        how = f"remount,{options}" if os.path.ismount(place) else options
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", how, "tmpfs", place], capture_output=True, check=False)
        if done.returncode:
            pytest.skip(f"needs a machine that lets root mount a tmpfs: {done.stderr.decode().strip()}")
        return place

    yield mount
    if os.path.ismount(place):
        subprocess.run(["umount", "--lazy", place], check=True)


def done(said: Said) -> None:
    """It succeeded, and had nothing to complain of."""
    assert (said.status, said.faults) == (0, [])


def refused(said: Said) -> str:
    """The one line that says why it did not."""
    assert (said.status, len(said.faults)) == (1, 1), said.err
    return said.faults[0]


def bad_films(folder: Path, make_film: MakeFilm) -> dict[str, str]:
    """Films that are broken in every way, by name, with what must be said of each."""
    whole = make_film("whole.mkv", seconds=8).read_bytes()
    (folder / "truncated.mkv").write_bytes(whole[: len(whole) // 2])
    damaged = bytearray(whole)
    for place in range(len(whole) // 2, len(whole) // 2 + 3000, 7):
        damaged[place] ^= 0xFF
    (folder / "corrupt.mkv").write_bytes(damaged)
    (folder / "text.mp4").write_text("this is no film\n" * 50)
    (folder / "zero.mp4").touch()
    make_film("one-frame.mp4", seconds=0.04)
    (folder / "folder.mp4").mkdir()
    return {
        "truncated.mkv": r"breaks off at \d\.\d s of 8\.0 s -> copy it",
        "corrupt.mkv": r"\d+ broken pictures left out -> copy it",
        "text.mp4": "not a film that can be read .* -> give an MP4",
        "zero.mp4": "is empty -> give a film",
        "one-frame.mp4": "a single picture shows nothing that lasts -> kitchenwatch detect",
        "folder.mp4": "is a folder -> name the films in it",
        "missing.mp4": "-> give a film",
    }


def test_broken_films_are_told_one_by_one_and_the_others_are_still_looked_at(
    make_film: MakeFilm, tmp_path: Path
) -> None:
    told = bad_films(tmp_path, make_film)
    good = cut_film("no_hat", tmp_path / "good.mp4", fps=10, begin=2, seconds=12)
    run = kitchenwatch("replay", "--json", "--store", *(tmp_path / name for name in told), good, cwd=tmp_path)
    assert run.returncode == 1
    lines = run.stderr.splitlines()
    assert len(lines) == len(told)
    for line, (name, said) in zip(lines, told.items(), strict=True):
        assert re.search(rf"{re.escape(str(tmp_path / name))}: .*{said}", line), line
    assert [(row["camera"], row["kind"]) for row in rows(run.stdout)] == [("good.mp4", "no_hat")]
    assert len(memory(tmp_path).cases) == 1


@pytest.mark.parametrize("name", ["corrupt.mkv", "one-frame.mp4", "missing.mp4"])
def test_a_broken_film_alone_is_a_failure(make_film: MakeFilm, tmp_path: Path, command: Command, name: str) -> None:
    bad_films(tmp_path, make_film)
    assert str(tmp_path / name) in refused(command("replay", tmp_path / name))


def test_what_is_no_picture(make_film: MakeFilm, tmp_path: Path, command: Command) -> None:
    bad_films(tmp_path, make_film)
    said = command("detect", "--json", tmp_path / "text.mp4", tmp_path / "zero.mp4", tmp_path / "missing.png")
    assert said.status == 1
    assert [line.rpartition(": ")[2] for line in said.faults] == [
        "not a picture that can be read -> give a JPEG or PNG file",
        "not a picture that can be read -> give a JPEG or PNG file",
        "No such file or directory -> name pictures, or folders that hold some",
    ]


def test_cameras_that_cannot_be_watched(
    rtsp_server: Callable[..., RtspServer], make_film: MakeFilm, tmp_path: Path
) -> None:
    film = make_film("film.mp4", seconds=4)
    server = rtsp_server({"kitchen": film}, user="admin", password="right")
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and says nothing
        wrong = server.url("kitchen").replace("right", "wrong")
        said = {
            wrong: "refuses the user name or password -> correct",
            f"rtsp://127.0.0.1:{free_port()}/x": "Connection refused",
            f"rtsp://127.0.0.1:{silent.getsockname()[1]}/x": "no answer in time",
            str(tmp_path / "missing.mp4"): "no such file -> give a film",
        }
        config_path = write_config(tmp_path, cameras=[*said, server.url("kitchen")])
        run = kitchenwatch("check", "--streams", "--config", config_path)
    assert run.returncode == 1
    lines = run.stderr.splitlines()
    assert len(lines) == len(said)
    for number, (line, words) in enumerate(zip(lines, said.values(), strict=True)):
        assert line.startswith(f"error: camera cam-{number}: ")
        assert words in line
    assert f"camera cam-{len(said)}: 320x180" in run.stdout  # the one that is well
    assert "wrong" not in run.stderr + run.stdout
    assert "right" not in run.stderr + run.stdout


def test_faults_of_the_configuration(tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CAM_PASSWORD", raising=False)
    path = tmp_path / "kitchenwatch.yaml"
    path.write_text(
        "districts: [{id: east, name: East}]\n"
        "sites:\n"
        "  - id: canteen\n"
        "    name: Canteen\n"
        "    district: eats\n"
        "    camera: []\n"
        '    cameras: [{id: stove, name: Stove, url: "rtsp://u:${CAM_PASSWORD}@127.0.0.1/x"}]\n'
        "rules: {no_hut: {for: 3}}\n"
    )
    said = command("check", "--config", path)
    assert said.status == 1
    assert said.faults == [
        f"error: {path}:5: 'eats' is no known district -> did you mean 'east'?",
        f"error: {path}:6: unknown key 'camera' -> did you mean 'cameras'?",
        f"error: {path}:7: ${{CAM_PASSWORD}} is not set -> set the environment variable CAM_PASSWORD before starting",
        f"error: {path}:8: unknown key 'no_hut' -> did you mean 'no_hat'?",
    ]


def test_what_a_command_needs_and_does_not_find(tmp_path: Path, command: Command, make_film: MakeFilm) -> None:
    film, path = make_film("film.mp4", seconds=1), write_config(tmp_path)
    told = {
        ("check", "--config", tmp_path / "none.yaml"): "none.yaml: cannot be read: .* -> copy configs",
        ("replay", film, "--config", path, "--site", "cantine"): f"no site 'cantine' -> known are: {SITE}",
        ("verify", tmp_path / "none", "--key", tmp_path / "none.pem"): "-> ",
    }
    for arguments, said in told.items():
        assert re.search(said, refused(command(*arguments)))


def test_a_model_that_is_missing_or_does_not_fit(tmp_path: Path, command: Command) -> None:
    path = write_config(tmp_path)
    path.write_text(path.read_text().replace("sample_fps: 3", "sample_fps: 3\n  model: model.onnx"))
    model, calibration = tmp_path / "model.onnx", tmp_path / "model.calibration.json"

    def said() -> str:
        return refused(command("check", "--config", path))

    assert said() == f"error: {model}: no such file -> name a .onnx, .xml or .pt model"
    model.write_bytes(b"no model")
    assert str(model) in said()
    shutil.copy(default_model(), model)
    assert re.search(f"{calibration}: No such file.* -> the calibration file belongs beside the model", said())
    calibration.write_text('{"model_sha256": 1,')
    assert re.search(f"{calibration}: .* -> fit the calibration anew", said())


def test_another_installations_key_proves_nothing(tmp_path: Path, command: Command) -> None:
    film = cut_film("no_hat", tmp_path / "film.mp4", fps=10, begin=6, seconds=8)
    ours, theirs = write_config(tmp_path / "ours"), write_config(tmp_path / "theirs")
    done(command("replay", "--json", "--store", "--config", ours, "--site", SITE, film))
    done(command("check", "--repair", "--config", theirs))
    keys = {whose: tmp_path / whose / "var/keys/seal.pub.pem" for whose in ("ours", "theirs")}
    done(command("verify", tmp_path / "ours/var/evidence", "--key", keys["ours"]))
    said = command("verify", tmp_path / "ours/var/evidence", "--key", keys["theirs"])
    assert said.status == 1
    assert said.faults[0].startswith(f"error: wrong key: site {SITE}, case ")


def test_a_store_in_use(tmp_path: Path, command: Command, make_film: MakeFilm) -> None:
    path, film = write_config(tmp_path), make_film("film.mp4", seconds=1)
    (tmp_path / "var/evidence.locks").mkdir(parents=True)
    with FileLock(tmp_path / "var/evidence.locks/store.lock"):
        for arguments in (("replay", "--store", film), ("check", "--repair")):
            line = refused(command(*arguments, "--config", path))
            assert "another kitchenwatch is writing to this store -> stop it first" in line
    done(command("check", "--repair", "--config", path))


def test_a_folder_that_cannot_be_written(
    tmp_path: Path, command: Command, volume: Callable[..., Path], make_film: MakeFilm
) -> None:
    path, film = write_config(volume("size=8m") / "kitchen"), make_film("film.mp4", seconds=1)
    volume("ro")
    for arguments in (("replay", "--store", film), ("check", "--store"), ("db", "upgrade"), ("user", "list")):
        line = refused(command(*arguments, "--config", path))
        assert re.search(f"{path.parent}/var.*Read-only file system", line), line


def test_a_replay_onto_a_full_disk_ends_and_is_completed_when_there_is_room(
    tmp_path: Path, volume: Callable[..., Path]
) -> None:
    film = cut_film("no_hat", tmp_path / "film.mp4", fps=10, begin=6, seconds=8)
    config_path = write_config(volume("size=500k") / "kitchen")
    folder = config_path.parent
    replay: list[str | Path] = ["replay", "--json", "--store", "--config", config_path, "--site", SITE, film]
    run = kitchenwatch(*replay)
    assert run.returncode == 1
    (line,) = run.stderr.splitlines()
    assert re.search(f"{folder}/var.*no room left.* -> free space", line)
    assert memory(folder).cases == []

    volume("size=50m")
    again = kitchenwatch(*replay)
    assert (again.returncode, again.stderr) == (0, "")
    assert len(memory(folder).cases) == 1
    mended = kitchenwatch("check", "--repair", "--config", config_path)
    assert (mended.returncode, mended.stderr) == (0, "")
    proof = kitchenwatch("verify", folder / "var/evidence", "--key", folder / "var/keys/seal.pub.pem")
    assert (proof.returncode, proof.stderr) == (0, "")


def test_on_a_full_disk_evidence_waits_and_the_cameras_go_on(
    tmp_path: Path, volume: Callable[..., Path], caplog: pytest.LogCaptureFixture
) -> None:
    films = [cut_film(name, tmp_path / f"{name}.mp4", fps=10, begin=6, seconds=8) for name in ("no_hat", "no_mask")]
    place = volume("size=2m")
    path = write_config(place, cameras=[str(film) for film in films])
    service = Service(config.load(path), SystemClock())
    filler = place / "filler"
    fill(filler)
    service.start()
    try:
        wait_for(lambda: service.scribe.trouble, "a full disk")
        wait_for(lambda: all(post.over for post in service.runner.posts), "the end of both films")
        assert [post.failures for post in service.runner.posts] == [0, 0]
        assert memory(place).cases == []
        filler.unlink()
        volume("size=50m")
        wait_for(lambda: len(memory(place).cases) == len(films), "the cases")
    finally:
        service.stop()
    assert caplog.text.count("evidence waits") == 1


def fill(path: Path) -> None:
    """Take all the room that is left."""
    with suppress(OSError), path.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
