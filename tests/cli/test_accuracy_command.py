"""`kitchenwatch bench accuracy` on alarms that somebody gives, and `bench import`."""

import json
from pathlib import Path

import pytest

from commandline import Command, widen
from films import make_film

SAMPLES = Path(__file__).parents[2] / "sample_videos"
ALARMS = [
    {"film": "no_hat.mp4", "kind": "no_hat", "opened": 2.4, "closed": 16.2, "at": 6, "score": 0.9},
    {"film": "compliant.mp4", "kind": "smoking", "opened": 5, "closed": 9, "at": 6, "score": 0.4},
]


@pytest.fixture
def alarms(tmp_path: Path) -> Path:
    path = tmp_path / "alarms.jsonl"
    path.write_text("\n".join(map(json.dumps, ALARMS)))
    return path


def test_tables_fit_a_small_screen_and_say_what_cannot_be_told(
    command: Command, alarms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    widen(monkeypatch, 80)
    said = command("bench", "accuracy", SAMPLES / "no_hat", SAMPLES / "compliant", "--alarms", alarms)
    assert (said.status, said.err) == (0, "")
    assert max(map(len, said.out.splitlines())) <= 80
    (row,) = [line for line in said.out.splitlines() if line.split()[:3] == ["no_hat", "1", "1"]]
    assert row.split()[3:] == ["1.00", "(1.00–1.00)"] * 3
    assert "not measurable with 0.011 h" in said.out
    assert "71.9 h are needed" in said.out.replace("\n", " ")


def test_json_and_files_hold_the_same(command: Command, alarms: Path, tmp_path: Path) -> None:
    out = tmp_path / "分数"
    said = command("bench", "accuracy", "--json", SAMPLES, "--alarms", alarms, "--out", out)
    assert said.status == 0
    told = json.loads(said.out)
    assert told == json.loads((out / "results.json").read_text("utf-8"))
    everything = told["by_kind"]["all"]
    assert (everything["violations"], everything["hits"], everything["false_alarms"]) == (7, 1, 1)
    assert everything["missed_at_false_alarms_per_day"]["1"]["missed"] is None
    assert told["by_kind"]["no_hat"]["delay_s"]["median"] == pytest.approx(3.68)
    timelines = {path.name for path in (out / "timelines").iterdir()}
    assert timelines == {f"{each['film']}.png" for each in told["each"]}
    assert {path.name for path in out.iterdir()} == {"results.json", "alarms.jsonl", "det.png", "timelines"}
    again = command("bench", "accuracy", "--json", SAMPLES, "--alarms", out / "alarms.jsonl")
    assert json.loads(again.out)["by_kind"] == told["by_kind"]


def test_what_is_wrong_is_told_in_a_line(command: Command, alarms: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    nothing = command("bench", "accuracy", tmp_path / "empty")
    assert (nothing.status, len(nothing.faults)) == (1, 1)
    assert "no truth there -> write truth.json" in nothing.faults[0]
    stranger = command("bench", "accuracy", SAMPLES / "no_mask", "--alarms", alarms)
    assert (stranger.status, len(stranger.faults)) == (1, 2)
    lost = command("bench", "accuracy", SAMPLES / "no_mask", "--alarms", tmp_path / "none.jsonl")
    assert (lost.status, len(lost.faults)) == (1, 1)
    assert "No such file" in lost.faults[0]


def test_both_ways_of_looking_stand_side_by_side(command: Command, tmp_path: Path) -> None:
    (tmp_path / "films").mkdir()
    film = make_film(tmp_path / "films" / "room.mp4", seconds=3, painter=lambda image, t: None)
    film.with_suffix(".truth.json").write_text('{"film": "room.mp4", "seconds": 3}')
    out = tmp_path / "both"
    said = command("bench", "accuracy", film, "--compare", "--json", "--out", out)
    assert said.status == 0
    told = json.loads(said.out)
    assert told == json.loads((out / "comparison.json").read_text("utf-8"))
    ways = {name: side["about"]["attention"] for name, side in told["sides"].items()}
    assert ways == {"full rate": "full", "attention": "adaptive"}
    assert all(side["cpu_s"] > 0 for side in told["sides"].values())
    assert {path.name for path in out.iterdir()} == {"full-rate", "attention", "comparison.json"}
    twice = command("bench", "accuracy", film, "--compare", "--alarms", tmp_path / "alarms.jsonl")
    assert (twice.status, len(twice.faults)) == (1, 1)
    assert "leave --alarms out" in twice.faults[0]


def test_labels_become_a_truth_that_can_be_scored(command: Command, tmp_path: Path) -> None:
    box = '<box frame="{}" outside="0" occluded="0" keyframe="1" xtl="1" ytl="1" xbr="9" ybr="9"/>'
    export = tmp_path / "annotations.xml"
    export.write_text(
        "<annotations><meta><task><source>a.mp4</source><size>500</size></task></meta>"
        f'<track id="0" label="吸烟">{box.format(50)}{box.format(200)}</track>'
        f'<track id="1" label="锅">{box.format(50)}</track></annotations>'
    )
    films = tmp_path / "films"
    said = command("bench", "import", export, films, "--from", "cvat", "--fps", "25", "--label", "吸烟=smoking")
    assert said.status == 0
    assert said.faults == [f"wrote {films}/a.truth.json", "  no kinds, left out: 锅 (1)"]
    alarms = tmp_path / "alarms.jsonl"
    alarms.write_text('{"film": "a.mp4", "kind": "smoking", "opened": 3}')
    scored = command("bench", "accuracy", films, "--alarms", alarms, "--json")
    assert json.loads(scored.out)["by_kind"]["smoking"]["hits"] == 1


@pytest.mark.parametrize("label", ["smoking", "=smoking"])
def test_a_label_without_a_meaning_is_refused(command: Command, tmp_path: Path, label: str) -> None:
    said = command("bench", "import", tmp_path / "a.xml", tmp_path, "--from", "cvat", "--label", label)
    assert said.status == 2
    assert "is not NAME=KIND" in said.err
