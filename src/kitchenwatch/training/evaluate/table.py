"""The report as tables on the screen, narrow enough for a terminal of 80 columns."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.box import SIMPLE
from rich.table import Table

from kitchenwatch.model import Kind, Label
from kitchenwatch.training.evaluate.report import LabelFigures, Report, SizeFigures
from kitchenwatch.training.states import BANDS

NAMES = {
    Label.PERSON: "人 person",
    Label.HAT: "戴帽 hat",
    Label.NO_HAT: "未戴帽 no_hat",
    Label.MASK: "戴口罩 mask",
    Label.NO_MASK: "未戴口罩 no_mask",
    Label.CIGARETTE: "香烟 cigarette",
    Label.PHONE: "手机 phone",
}
KINDS = {
    Kind.NO_HAT: "戴帽 hat",
    Kind.NO_MASK: "口罩 mask",
    Kind.SMOKING: "吸烟 smoking",
    Kind.PHONE_USE: "手机 phone",
}
STATE_SIZES = (*BANDS, "16-40")
NOTHING = "–"


def tables(report: Report) -> Iterator[Table]:
    """Labels, sizes of heads, states, false sights, reliability."""
    yield _labels(report)
    yield _sizes(report)
    yield _states(report)
    yield _false_sights(report)
    yield _reliability(report)


def _labels(report: Report) -> Table:
    table = _table("标签 label", "boxes", "AP50", "95 %", "AP50-95", "from", "prec.", "recall")
    for label, one in report.labels.items():
        table.add_row(NAMES[label], str(one.boxes), *_figures(one))
    table.caption = "95 %: bootstrap by picture; precision and recall of what scores at least “from”"
    return table


def _figures(one: LabelFigures) -> list[str]:
    ends = NOTHING if one.interval is None else f"{one.interval[0]:.2f}–{one.interval[1]:.2f}"
    before, after = (one.ap50,), (one.ap50_95, one.threshold, one.precision, one.recall)
    return [*map(_cell, before), ends, *map(_cell, after)]


def _sizes(report: Report) -> Table:
    table = _table("标签 label", *(f"{band} px" for band in BANDS))
    for label, sizes in report.sizes.items():
        table.add_row(NAMES[label], *(_size(sizes[band]) for band in BANDS))
    table.caption = "by height of the head 按头部高度: AP50, recall from the same score on, boxes"
    return table


def _size(one: SizeFigures) -> str:
    if not one.boxes:
        return NOTHING
    return " ".join([_short(one.ap50), _short(one.recall), f"{one.boxes:>4}"])


def _states(report: Report) -> Table:
    table = _table("kind", *STATE_SIZES)
    for kind, sizes in report.states.items():
        table.add_row(KINDS[Kind(kind)], *(_state(sizes[size]) for size in STATE_SIZES))
    table.caption = "by height of the head in px: right of the judged 判断准确率, left unjudged 弃权率, heads"
    return table


def _state(one: Mapping[str, Any]) -> str:
    if not one["heads"]:
        return NOTHING
    return f"{_short(one['accuracy'])} {_short(one['unjudged'])} {one['heads']}"


def _false_sights(report: Report) -> Table:
    table = _table("类型 kind", "looks", "false", "in 100 looks")
    for kind, one in report.false_sights.items():
        table.add_row(KINDS[kind], str(one["looks"]), str(one["counted"]), f"{one['in_a_hundred']:.1f}")
    table.caption = "looks at people without it that speak for it 误报观察"
    return table


def _reliability(report: Report) -> Table:
    table = _table("标签 label", "detections", "right", "error of the scores", "calibrated")
    for label, one in report.reliability.items():
        counts = str(one["detections"]), str(one["right"])
        table.add_row(NAMES[label], *counts, _cell(one["ece_raw"]), _cell(one["ece"]))
    table.caption = "expected calibration error 校准误差, of the scores and of the calibration beside the model"
    return table


def _short(value: float | None) -> str:
    """Three characters."""
    if value is None:
        return NOTHING.rjust(3)
    return "1.0" if value >= 0.995 else f"{value:.2f}"[1:]


def _cell(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.3f}"


def _table(*headings: str) -> Table:
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0), caption_justify="left")
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left", no_wrap=True)
    return table
