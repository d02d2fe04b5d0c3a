"""Recorded films through `kitchenwatch replay`: what it prints, what it finds, and that it finds it again."""

import os
import re
from pathlib import Path

import av
import pytest
from commands import SAMPLES, Row, cut_film, kitchenwatch, kitchenwatch_on_screen, memory, rows, truth

FIELDS = ["camera", "kind", "opened", "closed", "score", "track", "snapshot"]
TOLERANCE_S = 2.6  # while a kitchen is only watched, keyframes are seen, and these are 2 s apart
A_DAY_S = 86_400


def seen(found: list[Row]) -> list[tuple[str, str]]:
    return sorted((row["camera"], row["kind"]) for row in found)


def near(row: Row, told: Row) -> bool:
    return all(row[name] == pytest.approx(told[name], abs=TOLERANCE_S) for name in ("opened", "closed"))


def test_the_sample_films_hold_what_their_truth_tells(tmp_path: Path) -> None:
    names = ["no_hat", "no_mask", "compliant"]
    run = kitchenwatch("replay", "--json", *(SAMPLES / name / f"{name}.mp4" for name in names), cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    found = [row for row in rows(run.stdout) if row["kind"] in names]
    told = {(f"{name}.mp4", violation["kind"]): violation for name in names for violation in truth(name)}
    assert seen(found) == sorted(told)
    assert all(near(row, told[row["camera"], row["kind"]]) for row in found)
    assert list(tmp_path.iterdir()) == []  # without --store it leaves nothing behind


def test_each_line_is_a_violation_and_progress_is_told_on_the_screen(tmp_path: Path) -> None:
    film = cut_film("no_hat", tmp_path / "无帽.mp4", fps=10, begin=2, seconds=12)
    out, screen = kitchenwatch_on_screen("replay", "--json", film)
    (row,) = rows(out)
    assert list(row) == FIELDS
    assert (row["camera"], row["kind"], row["snapshot"]) == ("无帽.mp4", "no_hat", None)
    assert 0 <= row["opened"] < row["closed"] <= 12
    assert 0 < row["score"] <= 1
    assert isinstance(row["track"], int)
    assert "无帽.mp4 (1/1)" in screen
    assert re.search(r"\d+%", screen)


def test_the_frame_rate_changes_nothing(tmp_path: Path) -> None:
    films = [cut_film("no_hat", tmp_path / f"{fps}.mp4", fps=fps, begin=0, seconds=14) for fps in (5, 10, 25)]
    run = kitchenwatch("replay", "--json", *films)
    assert (run.returncode, run.stderr) == (0, "")
    (told,) = truth("no_hat")
    assert seen(rows(run.stdout)) == sorted((film.name, "no_hat") for film in films)
    assert all(near(row, {**told, "closed": 14}) for row in rows(run.stdout))


def test_a_film_replayed_again_gives_the_same_cases_and_tells_nobody_twice(tmp_path: Path) -> None:
    film = cut_film("no_hat", tmp_path / "film.mp4", fps=10, begin=2, seconds=12)
    first = kitchenwatch("replay", "--json", "--store", film, cwd=tmp_path)
    assert (first.returncode, first.stderr) == (0, "")
    stored = memory(tmp_path)
    # Copying a film often makes it younger; it is the same film all the same.
    os.utime(film, (film.stat().st_mtime + A_DAY_S,) * 2)
    second = kitchenwatch("replay", "--json", "--store", film, cwd=tmp_path)
    assert (second.returncode, second.stderr, second.stdout) == (0, "", first.stdout)
    assert memory(tmp_path) == stored
    (row,) = rows(second.stdout)
    assert row["snapshot"] in {str(path) for path in tmp_path.glob("var/evidence/evidence/films/*/*/snapshot.jpg")}
    assert (row["camera"], row["kind"]) == ("film.mp4", "no_hat")
    assert [type for _, type in stored.alerts] == ["cn.kitchenwatch.case.opened", "cn.kitchenwatch.case.closed"]
    with av.open(str(Path(row["snapshot"]).with_name("clip.mp4"))) as clip:
        assert sum(1 for _ in clip.decode(video=0)) > 50
    proof = kitchenwatch("verify", tmp_path / "var/evidence", "--key", tmp_path / "var/keys/seal.pub.pem")
    assert proof.returncode == 0, proof.stderr
