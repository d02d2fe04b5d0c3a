"""The ceiling-camera version of a dataset."""

import json
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from commandline import Command, command_in
from kitchenwatch.errors import DatasetError
from kitchenwatch.geometry import intersection
from kitchenwatch.model import LABELS, Detections, Label
from kitchenwatch.training.ceiling.h264 import sent
from kitchenwatch.training.ceiling.oblique import any_view
from kitchenwatch.training.ceiling.run import compose
from kitchenwatch.training.ceiling.shelves import Shelves
from kitchenwatch.training.ceiling.tile import head_height, tile
from kitchenwatch.training.dataset import Picture, pictures, write_picture

SEEDS = range(40)
HAT, MASK, CIGARETTE, PERSON = (LABELS.index(label) for label in (Label.HAT, Label.MASK, Label.CIGARETTE, Label.PERSON))
MAGENTA = (200, 40, 200)


def ellipse(image: NDArray[np.uint8], box: NDArray[np.float32]) -> None:
    middle, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2
    cv2.ellipse(image, (tuple(map(float, middle)), tuple(map(float, 2 * half)), 0), MAGENTA, -1)


def extent(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The box of what is magenta."""
    low, high = image.astype(int)[..., 1], image.astype(int)[..., [0, 2]].min(axis=-1)
    rows, columns = np.nonzero(high > low + 40)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], np.float32)


def picture(root: Path, rows: list[list[float]], size: tuple[int, int] = (400, 300)) -> Picture:
    """A grey picture with those boxes, in which heads are magenta ellipses."""
    width, height = size
    image = np.full((height, width, 3), 120, np.uint8)
    for index, x, y, w, h in rows:
        if index == HAT:
            ellipse(
                image, np.array([(x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height])
            )
    write_picture(root, "val", f"grey_{len(list(root.rglob('*.jpg'))):03}", image, np.array(rows, np.float32))
    return pictures(root, "val")[-1]


def test_boxes_stay_tight_around_round_things() -> None:
    box = np.array([[120, 40, 180, 130]], np.float32)
    image = np.full((300, 400, 3), 120, np.uint8)
    ellipse(image, box[0])
    for seed in SEEDS:
        view = any_view(400, 300, np.random.default_rng(seed))
        moved, share = view.things(box)
        np.testing.assert_allclose(moved[0], extent(view.image(image)), atol=2.5)
        assert share[0] == 1


def test_what_is_above_is_shortened_and_narrower_at_its_foot() -> None:
    rungs = np.array([[150, 10, 250, 30], [150, 270, 250, 290]], np.float32)
    for seed in SEEDS:
        view = any_view(400, 300, np.random.default_rng(seed))
        moved, _ = view.things(rungs)
        assert 0.77 * 300 <= view.height <= 300
        width = moved[:, 2] - moved[:, 0]
        assert width[1] <= 1.02 * width[0]


def test_a_part_that_covers_the_picture_covers_all_that_is_seen_of_it() -> None:
    view = any_view(400, 300, np.random.default_rng(3))
    assert view.parts(np.array([[0, 0, 400, 300]], np.float32))[0].round().tolist() == [0, 0, view.width, view.height]


def test_heads_get_the_height_of_a_ceiling_camera(tmp_path: Path) -> None:
    large = picture(tmp_path, [[HAT, 0.5, 0.4, 0.3, 0.5]])
    heights = [
        float(one.truth.drawn.boxes[0, 3] - one.truth.drawn.boxes[0, 1])
        for one in (tile(large, large.rows(), np.random.default_rng(seed)) for seed in SEEDS)
    ]
    assert 13 <= min(heights) < 17
    assert 33 < max(heights) <= 41


def test_small_pictures_are_not_enlarged(tmp_path: Path) -> None:
    small = picture(tmp_path, [[HAT, 0.5, 0.5, 0.04, 0.04]])
    one = tile(small, small.rows(), np.random.default_rng(1))
    assert one.image.shape[1] <= 400
    assert one.image.shape[0] >= 0.77 * 300


def test_what_nobody_could_see_is_unknown_in_each_of_its_states(tmp_path: Path) -> None:
    rows = [[HAT, 0.3, 0.3, 0.2, 0.4], [HAT, 0.6, 0.3, 0.2, 0.4], [HAT, 0.8, 0.6, 0.03, 0.04]]
    crowd = picture(tmp_path, [*rows, [MASK, 0.8, 0.6, 0.02, 0.03], [CIGARETTE, 0.5, 0.5, 0.005, 0.005]])
    truth = tile(crowd, crowd.rows(), np.random.default_rng(2)).truth
    assert truth.drawn.labels.tolist() == [HAT, HAT]
    assert sorted(LABELS[label] for label in truth.unknown.labels) == ["cigarette", "hat", "mask", "no_hat", "no_mask"]


def test_what_the_edge_cuts_off_is_unknown_too(tmp_path: Path) -> None:
    edge = picture(tmp_path, [[HAT, 0.5, 0.4, 0.3, 0.5], [PERSON, 0.05, 0.6, 0.1, 0.8]])
    truths = [tile(edge, edge.rows(), np.random.default_rng(seed)).truth for seed in SEEDS]
    assert {len(truth.drawn.of(Label.PERSON)) for truth in truths} == {0, 1}
    for truth in truths:
        assert len(truth.drawn.of(Label.PERSON)) + len(truth.unknown.of(Label.PERSON)) <= 1
    assert any(len(truth.unknown.of(Label.PERSON)) for truth in truths)


def test_what_is_unknown_of_a_picture_stays_unknown_on_all_of_it(tmp_path: Path) -> None:
    source = picture(tmp_path, [[HAT, 0.5, 0.4, 0.3, 0.5], [7 + CIGARETTE, 0.5, 0.5, 1, 1]])
    one = tile(source, source.rows(), np.random.default_rng(4))
    height, width = one.image.shape[:2]
    np.testing.assert_allclose(one.truth.unknown.of(Label.CIGARETTE).boxes[0], [0, 0, width, height], atol=0.5)


@pytest.mark.parametrize(
    ("label", "box", "expected"),
    [(Label.MASK, (0, 0, 40, 50), 60), (Label.PERSON, (0, 0, 100, 300), 45), (Label.CIGARETTE, (0, 0, 20, 5), 58)],
)
def test_heads_are_judged_by_what_else_is_seen(label: Label, box: tuple[int, ...], expected: float) -> None:
    drawn = Detections(np.array([box], np.float32), np.ones(1, np.float32), np.array([LABELS.index(label)]))
    assert head_height(drawn, 300) == pytest.approx(expected)


def test_pictures_never_overlap_nor_leave_the_frame() -> None:
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        shelves, sizes = Shelves(1920, 1080), []
        for _ in range(60):
            size = int(rng.integers(20, 480)), int(rng.integers(20, 480))
            if shelves.put(size, rng):
                sizes.append(size)
        corners, _ = shelves.corners(rng)
        boxes = np.array([[x, y, x + w, y + h] for (x, y), (w, h) in zip(corners, sizes, strict=True)], np.float32)
        assert len(sizes) > 8
        assert boxes.min() >= 0
        assert (boxes[:, 2:] <= [1920, 1080]).all()
        assert np.triu(intersection(boxes, boxes), 1).max() == 0


def test_coarser_quantisers_lose_more_and_the_last_picture_arrives(kitchen_pictures: Path) -> None:
    image = pictures(kitchen_pictures, "train")[1].image()
    moving = [np.roll(image, 6 - 3 * step, axis=1) for step in range(3)]
    fine, coarse, again = (sent(moving, quantiser) for quantiser in (20, 40, 40))
    lost = [float(np.abs(one.astype(int) - image).mean()) for one in (fine, coarse)]
    assert lost[0] < 3 < 1.5 * lost[0] < lost[1] < 15
    assert np.array_equal(coarse, again)


def test_boxes_lie_where_the_things_are_when_the_frame_arrives(tmp_path: Path) -> None:
    for number in range(6):
        picture(tmp_path / "set", [[HAT, 0.3 + 0.07 * number, 0.4, 0.3, 0.5]])
    (frame,) = compose(tmp_path / "set", "val", tmp_path / "out", 3, frames=1)
    (written,) = pictures(tmp_path / "out", "val")
    image, truth = written.image(), written.truth(1920, 1080)
    assert image.shape == (1080, 1920, 3)
    assert len(truth.drawn) == len(frame.pictures) > 3
    for box, (_, (left, top, right, bottom)) in zip(truth.drawn.boxes, frame.pictures, strict=True):
        found = extent(image[top:bottom, left:right]) + np.array([left, top, left, top])
        np.testing.assert_allclose(box, found, atol=2.5)


def test_every_picture_is_used_once_with_all_its_boxes(kitchen_set: Path, tmp_path: Path) -> None:
    frames = list(compose(kitchen_set, "val", tmp_path / "out", 1))
    used = Counter(name for frame in frames for name, _ in frame.pictures)
    assert used == dict.fromkeys((one.name for one in pictures(kitchen_set, "val")), 1)
    listed = json.loads((tmp_path / "out" / "composed.json").read_text())
    assert (listed["seed"], listed["split"], set(listed["frames"])) == (1, "val", {frame.name for frame in frames})
    assert counted(tmp_path / "out") == counted(kitchen_set)
    assert (tmp_path / "out" / "data.yaml").read_text().count(":") == 10


def counted(root: Path) -> Counter[str]:
    """Boxes by label; a thing that has become unknown counts as well, once."""
    rows = np.concatenate([one.rows() for one in pictures(root, "val")])[:, 0].astype(int)
    unseen = [index for index in rows - len(LABELS) if index in (PERSON, CIGARETTE)]
    return Counter(LABELS[index] for index in [*rows[rows < len(LABELS)], *unseen])


def test_the_same_seed_writes_the_same_bytes(kitchen_set: Path, tmp_path: Path) -> None:
    for name, seed in (("one", 5), ("again", 5), ("other", 6)):
        list(compose(kitchen_set, "val", tmp_path / name, seed, frames=1))
    one, again, other = (contents(tmp_path / name) for name in ("one", "again", "other"))
    assert len(one) == 4
    assert one == again
    assert all(one[path] != other[path] for path in one if path.suffix != ".yaml")


def contents(root: Path) -> dict[Path, bytes]:
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_more_frames_use_all_pictures_alike(kitchen_set: Path, tmp_path: Path) -> None:
    frames = list(compose(kitchen_set, "val", tmp_path / "out", 2, frames=2))
    used = Counter(name for frame in frames for name, _ in frame.pictures)
    assert [frame.done for frame in frames] == [0.5, 1.0]
    assert len(used) == 6
    assert max(used.values()) - min(used.values()) <= 1


def test_what_is_unknown_of_a_source_is_unknown_on_frames_to_learn_from(kitchen_set: Path, tmp_path: Path) -> None:
    with (kitchen_set / "data.yaml").open("a") as yaml:
        yaml.write("unknown:\n  film: [phone]\n")
    list(compose(kitchen_set, "train", tmp_path / "out", 1, frames=1))
    (written,) = pictures(tmp_path / "out", "train")
    truth = written.truth(1920, 1080)
    assert len(truth.unknown.of(Label.PHONE)) == len(truth.drawn.of(Label.PERSON)) > 0


def test_frames_are_not_mixed_with_those_of_another_seed(kitchen_set: Path, tmp_path: Path) -> None:
    list(compose(kitchen_set, "val", tmp_path / "out", 1, frames=1))
    with pytest.raises(DatasetError, match="there are pictures already"):
        list(compose(kitchen_set, "val", tmp_path / "out", 2, frames=1))


def test_the_command_says_what_it_wrote_and_what_is_wrong(
    kitchen_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command: Command = command_in(monkeypatch, capsys)
    said = command("dataset", "ceiling", kitchen_set, tmp_path / "out", "--frames", "1", "--seed", "3")
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("1 frames in ")
    again = command("dataset", "ceiling", kitchen_set, tmp_path / "out")
    assert again.status == 1
    assert len(again.faults) == 1
