"""Exports of CVAT and Label Studio, as those write them, become truths."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kitchenwatch.bench.events import cvat, labelstudio, truth
from kitchenwatch.bench.events.labelling import Reading, Sheet, write_truths
from kitchenwatch.bench.events.truth import Truth
from kitchenwatch.bootstrap.event_bench import film_facts
from kitchenwatch.errors import Invalid, KitchenwatchError
from kitchenwatch.model import RULE_KINDS, Kind

META = """<meta><task><id>5</id><name>kitchen</name><size>100</size><mode>interpolation</mode>
<start_frame>{start}</start_frame><stop_frame>{stop}</stop_frame><frame_filter>{filter}</frame_filter>
<labels><label><name>cook</name></label></labels><original_size><width>1280</width><height>720</height></original_size>
<source>kitchen.mp4</source></task><dumped>2026-11-22 09:00:00.000000+00:00</dumped></meta>"""


def box(frame: int, outside: int = 0, **attributes: str) -> str:
    told = "".join(f'<attribute name="{name}">{value}</attribute>' for name, value in attributes.items())
    return (
        f'<box frame="{frame}" keyframe="1" outside="{outside}" occluded="0" '
        f'xtl="10.00" ytl="20.00" xbr="110.50" ybr="220.00" z_order="0">{told}</box>'
    )


def track(label: str, *boxes: str, id_: int = 0) -> str:
    return f'<track id="{id_}" label="{label}" source="manual">{"".join(boxes)}</track>'


def xml(folder: Path, *tracks: str, start: int = 0, stop: int = 99, step: str = "") -> Path:
    meta = META.format(start=start, stop=stop, filter=step)
    path = folder / "annotations.xml"
    drawn = f"<annotations><version>1.1</version>{meta}{''.join(tracks)}</annotations>"
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n{drawn}')
    return path


def made(sheets: list[Sheet], out: Path, **options: Any) -> Truth:
    reading = Reading(**{"names": {}, "kinds": RULE_KINDS, "fps": 10.0, "facts": lambda _: None, **options})
    ((path, _),) = write_truths(sheets, out, reading)
    return truth.read(path)


def spans(told: Truth) -> list[tuple[str, float, float]]:
    return [(str(each.kind), each.opened, each.closed) for each in told.violations]


def test_a_cvat_track_lasts_until_it_is_outside(tmp_path: Path) -> None:
    export = xml(tmp_path, track("no_hat", box(10), box(20), box(50, outside=1), box(70), box(80, outside=1), id_=3))
    told = made(cvat.read(export), tmp_path)
    assert (told.film, told.seconds, told.fps) == ("kitchen.mp4", 10, 10)
    assert spans(told) == [("no_hat", 1, 5), ("no_hat", 7, 8)]
    assert told.violations[0].person == "3"
    assert [(each.t, each.xyxy) for each in told.violations[0].boxes] == [
        (1, (10, 20, 110.5, 220)),
        (2, (10, 20, 110.5, 220)),
    ]


def test_cvat_attributes_tell_kinds(tmp_path: Path) -> None:
    cook = track(
        "cook",
        box(0, smoking="false", state="__undefined__"),
        box(10, smoking="true", state="no_mask"),
        box(30, smoking="true", state="__undefined__"),
        box(60, outside=1, smoking="true"),
    )
    told = made(cvat.read(xml(tmp_path, cook)), tmp_path)
    assert spans(told) == [("no_mask", 1, 3), ("smoking", 1, 6)]


def test_a_cvat_shape_of_every_fifth_frame_lasts_five(tmp_path: Path) -> None:
    told = made(cvat.read(xml(tmp_path, track("phone_use", box(10), box(15)), step="step=5")), tmp_path)
    assert spans(told) == [("phone_use", 1, 2)]


def test_what_a_cvat_task_leaves_out_is_not_judged(tmp_path: Path) -> None:
    export = xml(tmp_path, track("not_judged_smoking", box(30), box(40, outside=1)), start=20, stop=79)
    told = made(cvat.read(export), tmp_path, facts=lambda _: (10.0, 10.0))
    assert [(each.begin, each.end, len(each.kinds)) for each in told.not_judged] == [(0, 2, 4), (8, 10, 4), (3, 4, 1)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('<!DOCTYPE a [<!ENTITY b "c">]><annotations>&b;</annotations>', "has a document type"),
        ("<annotations><meta>", "is no XML"),
        ("<annotations><meta><project/></meta></annotations>", "is not the export of a task"),
        (
            "<annotations><meta><task><source>a.mp4</source></task></meta><image/></annotations>",
            "is an export for images",
        ),
        ("<annotations><meta><task/></meta></annotations>", "does not tell its film"),
        (
            "<annotations><meta><task><source>a.mp4</source></task></meta><track label='a'><box/></track>"
            "</annotations>",
            "is not as CVAT writes it",
        ),
    ],
)
def test_what_cvat_does_not_write_is_refused(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "annotations.xml"
    path.write_text(content)
    with pytest.raises(KitchenwatchError) as error:
        cvat.read(path)
    assert said in str(error.value)
    assert str(error.value).startswith(str(path))
    assert 'export the task anew as "CVAT for video 1.1"' in str(error.value)


def task(*results: dict[str, Any], video: str = "/data/upload/3/9f2c1a3b-kitchen.mp4", **more: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "data": {"video": video},
        "annotations": [{"result": list(results), "was_cancelled": False}],
        **more,
    }


def timeline(label: str, *ranges: tuple[int, int]) -> dict[str, Any]:
    value = {"ranges": [{"start": start, "end": end} for start, end in ranges], "timelinelabels": [label]}
    return {"id": "x1", "type": "timelinelabels", "from_name": "kinds", "to_name": "video", "value": value}


def rectangle(label: str, *keys: tuple[int, bool]) -> dict[str, Any]:
    sequence = [
        {"frame": frame, "enabled": enabled, "rotation": 0, "x": 1, "y": 2, "width": 3, "height": 4, "time": frame / 10}
        for frame, enabled in keys
    ]
    value = {"framesCount": 100, "duration": 10.0, "sequence": sequence, "labels": [label]}
    return {"id": "x2", "type": "videorectangle", "from_name": "box", "to_name": "video", "value": value}


def exported(folder: Path, *tasks: dict[str, Any]) -> Path:
    path = folder / "project.json"
    path.write_text(json.dumps(tasks))
    return path


def test_label_studio_counts_frames_from_one_and_includes_the_last(tmp_path: Path) -> None:
    told = made(
        labelstudio.read(exported(tmp_path, task(timeline("smoking", (11, 30), (51, 51))))),
        tmp_path,
        facts=lambda _: (10.0, 10.0),
    )
    assert told.film == "kitchen.mp4"
    assert spans(told) == [("smoking", 1, 3), ("smoking", 5, 5.1)]


def test_label_studio_boxes_tell_length_and_rate(tmp_path: Path) -> None:
    export = exported(tmp_path, task(rectangle("no_hat", (11, True), (20, False), (41, True), (50, True))))
    told = made(labelstudio.read(export), tmp_path, fps=None)
    assert (told.seconds, told.fps) == (10, 10)
    assert spans(told) == [("no_hat", 1, 2), ("no_hat", 4, 10)]


@pytest.mark.parametrize(
    ("video", "film"),
    [
        ("/data/local-files/?d=canteen/%E5%8E%A8%E6%88%BF.mp4", "厨房.mp4"),
        ("https://nas.example/films/kitchen%201.mp4?sign=abc", "kitchen 1.mp4"),
        ("s3://bucket/9f2c1a3b-kitchen.mp4", "kitchen.mp4"),
    ],
)
def test_label_studio_names_the_film_by_its_address(tmp_path: Path, video: str, film: str) -> None:
    (sheet,) = labelstudio.read(exported(tmp_path, task(video=video)))
    assert sheet.film == film


def test_two_truths_of_one_film_are_refused(tmp_path: Path) -> None:
    twice = task()
    twice["annotations"] *= 2
    with pytest.raises(KitchenwatchError, match="task 1 has 2 annotations -> leave one of them"):
        labelstudio.read(exported(tmp_path, twice))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{}", "is no list of tasks"),
        ("[{}]", "tasks[0].id: is missing"),
        ("[1]", "tasks[0]: should hold"),
        ("[", "is no JSON"),
    ],
)
def test_what_label_studio_does_not_write_is_refused(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "project.json"
    path.write_text(content)
    with pytest.raises(KitchenwatchError) as error:
        labelstudio.read(path)
    assert str(path) in str(error.value)
    assert said in str(error.value)


def test_names_are_translated_and_the_rest_is_counted(tmp_path: Path) -> None:
    sheets = labelstudio.read(exported(tmp_path, task(timeline("未戴帽", (1, 20)), timeline("厨师", (1, 50)))))
    reading = Reading({"未戴帽": "no_hat"}, [Kind.NO_HAT], 10.0, lambda _: (10.0, 10.0))
    ((path, left_out),) = write_truths(sheets, tmp_path / "films", reading)
    told = truth.read(path)
    assert path == tmp_path / "films/kitchen.truth.json"
    assert spans(told) == [("no_hat", 0, 2)]
    assert dict(left_out) == {"厨师": 1}
    assert told.unjudged(Kind.SMOKING)[0].length == 10
    assert told.unjudged(Kind.NO_HAT) == []


def test_an_unknown_meaning_a_lost_length_and_a_truth_that_is_there_are_told(tmp_path: Path) -> None:
    sheets = labelstudio.read(exported(tmp_path, task(timeline("smoking", (1, 20)))))
    with pytest.raises(KitchenwatchError, match="label 'a' cannot mean 'rats' -> known are"):
        made(sheets, tmp_path, names={"a": "rats"})
    with pytest.raises(
        KitchenwatchError, match=r"kitchen\.mp4: its length is not told -> put the film into the folder$"
    ):
        made(sheets, tmp_path)
    with pytest.raises(
        KitchenwatchError, match="its frame rate is not told -> put the film into the folder, or give --fps"
    ):
        made(sheets, tmp_path, fps=None)
    made(sheets, tmp_path, facts=lambda _: (10.0, 10.0))
    with pytest.raises(KitchenwatchError, match=r"kitchen\.truth\.json: is there already -> remove it"):
        made(sheets, tmp_path, facts=lambda _: (10.0, 10.0))


def test_a_film_at_hand_tells_its_own_length(tmp_path: Path, make_film: Callable[..., Path]) -> None:
    film = make_film("kitchen.mp4", seconds=4, fps=25)
    assert film_facts(film) == pytest.approx((4, 25))
    assert film_facts(tmp_path / "none.mp4") is None
    told = made(cvat.read(xml(tmp_path, track("no_hat", box(25), box(90)))), tmp_path, facts=film_facts)
    assert (told.seconds, spans(told)) == (4, [("no_hat", 1, 3.64)])


def test_labels_of_which_none_means_anything_are_no_truth(tmp_path: Path) -> None:
    export = xml(tmp_path, track("未戴帽", box(10), box(50, outside=1)))
    with pytest.raises(Invalid, match=r"kitchen.mp4: no label means anything here -> say --label 未戴帽=no_hat"):
        made(cvat.read(export), tmp_path)
    assert not list(tmp_path.glob("*.json"))
    assert spans(made(cvat.read(export), tmp_path, names={"未戴帽": "no_hat"})) == [("no_hat", 1, 5)]


def test_a_mark_before_the_film_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="begins at picture -50"):
        made(cvat.read(xml(tmp_path, track("no_hat", box(-50), box(10, outside=1)))), tmp_path)
