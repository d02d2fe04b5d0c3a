"""Truths and alarms as people write them, and what is said when they are wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from kitchenwatch.bench.events import alarms, films, truth
from kitchenwatch.bench.events.films import find
from kitchenwatch.bench.events.reading import FORMAT
from kitchenwatch.errors import KitchenwatchError
from kitchenwatch.model import Kind

SAMPLES = Path(__file__).parents[2] / "sample_videos"
RIGHT: dict[str, Any] = {
    "film": "厨房.mp4",
    "seconds": 20,
    "violations": [{"kind": "no_hat", "opened": 2.5, "closed": 16, "person": "a"}],
    "not_judged": [{"begin": 17, "kinds": ["smoking"], "why": "steam"}],
}


def written(folder: Path, content: Any, name: str = "truth.json") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def faults(error: pytest.ExceptionInfo[KitchenwatchError]) -> list[str]:
    return str(error.value).splitlines()


def test_a_truth_is_read(tmp_path: Path) -> None:
    told = truth.read(written(tmp_path, RIGHT))
    assert (told.film, told.seconds, len(told.of(Kind.NO_HAT)), told.of(Kind.SMOKING)) == ("厨房.mp4", 20, 1, [])
    assert [(span.begin, span.end) for span in told.unjudged(Kind.SMOKING)] == [(17, 20)]
    assert told.unjudged(Kind.NO_HAT) == []
    again = tmp_path / "again.json"
    truth.write(told, again)
    assert truth.read(again) == told


def test_the_sample_films_have_truths() -> None:
    found = find([SAMPLES])
    assert len(found) == 6
    assert all(each.film.is_file() for each in found)


def violation(**changes: Any) -> dict[str, Any]:
    kept = {name: value for name, value in {"kind": "no_hat", "opened": 1, "closed": 2, **changes}.items() if value}
    return {"violations": [kept]}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (violation(kind="no_hut"), "violations[0].kind: there is no kind 'no_hut' -> did you mean 'no_hat'?"),
        (
            violation(opened=5),
            "violations[0]: closes at 2 s, but opens at 5 s -> closed must come after opened",
        ),
        (violation(closed=25), "violations[0] closes at 25 s, but the film lasts 20 s -> mend one of them"),
        (violation(closed=None), f"violations[0].closed: is missing -> add it; {FORMAT}"),
        (violation(opened=-1), f"violations[0].opened: should be greater than or equal to 0, not '-1' -> {FORMAT}"),
        (
            violation(opened="soon"),
            "violations[0].opened: should be a valid number, unable to parse string as a number, not 'soon' "
            f"-> {FORMAT}",
        ),
        ({"violation": []}, "violation: is a key that is not known -> did you mean 'violations'?"),
        (
            {"not_judged": [{"begin": 3, "end": 3}]},
            "not_judged[0]: ends at 3 s, but begins at 3 s -> end must come after begin",
        ),
        ({"seconds": 0}, f"seconds: should be greater than 0, not '0' -> {FORMAT}"),
        ({"violations": ["no_hat"]}, f"violations[0]: should hold keys and values -> {FORMAT}"),
    ],
)
def test_each_fault_is_one_line(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    path = written(tmp_path, {**RIGHT, **change})
    with pytest.raises(KitchenwatchError) as error:
        truth.read(path)
    assert faults(error) == [f"{path}: {said}"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is no JSON"),
        ('{"film": "a.mp4", "seconds": NaN}', "seconds: should be a finite number"),
        ("[1]", "should hold keys and values"),
        ("[" * 100_000, "is nested too deeply"),
    ],
)
def test_what_is_no_truth_is_told(tmp_path: Path, content: str, said: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(KitchenwatchError) as error:
        truth.read(path)
    (line,) = faults(error)
    assert line.startswith(str(path))
    assert said in line
    assert " -> " in line


def test_text_of_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "truth.json"
    path.write_bytes('{"film": "厨房.mp4"}'.encode("gb18030"))
    with pytest.raises(KitchenwatchError, match="is no text in UTF-8 -> save it as UTF-8"):
        truth.read(path)


def test_truths_are_found_in_folders_beside_films_and_by_name(tmp_path: Path) -> None:
    written(tmp_path / "a", {**RIGHT, "film": "one.mp4"})
    written(tmp_path / "b/c", {**RIGHT, "film": "two.mp4"}, "two.truth.json")
    (tmp_path / "b/c/other.json").write_text("{}")
    assert [each.name for each in find([tmp_path])] == ["one.mp4", "two.mp4"]
    assert [each.name for each in find([tmp_path / "a/one.mp4", tmp_path / "a"])] == ["one.mp4"]
    assert [each.name for each in find([tmp_path / "b/c/two.mp4"])] == ["two.mp4"]
    assert [each.film for each in find([tmp_path / "b/c/two.truth.json"])] == [tmp_path / "b/c/two.mp4"]


def test_films_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for folder in ("east", "west"):
        written(tmp_path / folder, {**RIGHT, "film": "one.mp4"})
    assert [each.name for each in find([tmp_path])] == ["east/one.mp4", "west/one.mp4"]


def test_a_film_has_one_truth(tmp_path: Path) -> None:
    written(tmp_path, {**RIGHT, "film": "one.mp4"})
    written(tmp_path, {**RIGHT, "film": "one.mp4"}, "one.truth.json")
    with pytest.raises(KitchenwatchError, match=r"one\.mp4: two truths are of a film of this name"):
        find([tmp_path])


def test_a_place_without_truth_is_told(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "one.mp4"):
        with pytest.raises(KitchenwatchError, match=r"no truth there -> write truth\.json beside the film"):
            find([place])
    written(tmp_path, {**RIGHT, "film": "another.mp4"})
    with pytest.raises(KitchenwatchError, match="no truth there"):
        find([tmp_path / "one.mp4"])


def test_all_broken_truths_are_told_at_once(tmp_path: Path) -> None:
    written(tmp_path / "a", "{")
    written(tmp_path / "b", {**RIGHT, "seconds": -1, "fps": 0})
    with pytest.raises(KitchenwatchError) as error:
        find([tmp_path])
    assert [line.split(": ")[0] for line in faults(error)] == [
        f"{tmp_path}/a/truth.json:1",
        f"{tmp_path}/b/truth.json",
        f"{tmp_path}/b/truth.json",
    ]


def test_anybodys_alarms_are_read(tmp_path: Path) -> None:
    lines = [
        {"film": "one.mp4", "kind": "smoking", "opened": 2, "closed": 9, "at": 5, "score": 0.7, "more": 1},
        {"camera": "one.mp4", "kind": "no_hat", "opened": 3, "closed": 4, "score": 0.5, "track": 1, "snapshot": None},
        {"film": "one.mp4", "kind": "no_mask", "opened": 7},
    ]
    path = written(tmp_path, "\n\n".join(json.dumps(line) for line in lines), "alarms.jsonl")
    first, second, third = alarms.read(path, {"one.mp4"})
    assert (first.kind, first.opened, first.closed, first.at, first.score) == (Kind.SMOKING, 2, 9, 5, 0.7)
    assert (second.at, second.score) == (3, 0.5)
    assert (third.closed, third.at, third.score) == (8, 7, 1)
    again = tmp_path / "again.jsonl"
    alarms.write([first, second, third], again)
    assert alarms.read(again, {"one.mp4"}) == [first, second, third]


def test_every_wrong_alarm_is_told_with_its_line(tmp_path: Path) -> None:
    lines = [
        '{"film": "on.mp4", "kind": "smoking", "opened": 2}',
        "no json",
        '{"film": "one.mp4", "kind": "rats", "opened": 2}',
        '{"film": "one.mp4", "kind": "smoking", "opened": 2, "closed": 1}',
        '{"film": "one.mp4", "kind": "smoking"}',
    ]
    path = written(tmp_path, "\n".join(lines), "alarms.jsonl")
    with pytest.raises(KitchenwatchError) as error:
        alarms.read(path, {"one.mp4"})
    assert faults(error) == [
        f"{path}:1: there is no truth of a film 'on.mp4' -> did you mean 'one.mp4'?",
        f"{path}:2: is no JSON (Expecting value) -> docs/benchmark.md tells the format",
        f"{path}:3: kind: there is no kind 'rats' -> known are: no_hat, no_mask, phone_use, smoking",
        f"{path}:4: closes at 1 s, but opens at 2 s -> closed must come after opened",
        f"{path}:5: opened: is missing -> add it; docs/benchmark.md tells the format",
    ]


def test_the_name_of_a_truth_beside_a_film() -> None:
    assert (films.NAME, films.SUFFIX) == ("truth.json", ".truth.json")
