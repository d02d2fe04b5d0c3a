"""The cases of the last days by kind, as a drawing."""

from collections.abc import Mapping, Sequence
from datetime import date
from xml.etree.ElementTree import Element

import pygal
from babel.dates import format_skeleton
from pygal.style import Style

from kitchenwatch.model import Kind
from kitchenwatch.web.language import Language
from kitchenwatch.web.words import word

WIDE, NARROW = (900, 400), (400, 280)  # units of the drawing, near to the pixels of a desk's screen and of a phone's
# In the order of `Kind`; each keeps 3:1 to a white and to a black page (WCAG 1.4.11).
COLOURS = ("#0f857a", "#bf6f12", "#d1463c", "#7465d6", "#75808f")
FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
# The page's own colours cannot reach into a picture; the reader's wish for a dark one does.
INKS = """inline:
{{ id }} .axis.y .guide.line { stroke: #d9d6cc !important; stroke-dasharray: none !important; }
@media (prefers-color-scheme: dark) {
  {{ id }} .axis text { fill: #c9d2ce !important; }
  {{ id }} .axis .line, {{ id }} .axis.y .guide.line { stroke: #47524d !important; }
}"""


def draw_trend(daily: Mapping[Kind, Sequence[int]], dates: Sequence[date], narrow: bool, language: Language) -> bytes:
    """An SVG document: stacked bars, one a day; kinds that did not occur are left out."""
    width, height = NARROW if narrow else WIDE
    top = max((sum(numbers) for numbers in zip(*daily.values(), strict=True)), default=0)
    inked = [(kind, numbers, colour) for (kind, numbers), colour in zip(daily.items(), COLOURS, strict=True)]
    # Where nothing has occurred one of them draws the empty axes.
    shown = [row for row in inked if any(row[1])] or inked[:1]
    chart = pygal.StackedBar(
        width=width,
        height=height,
        style=_style([colour for _, _, colour in shown]),
        css=["file://style.css", "file://graph.css", INKS],
        js=[],
        explicit_size=True,
        show_minor_x_labels=False,
        x_labels_major_every=7 if narrow else 3,
        y_labels=_steps(top),
        value_formatter=lambda number: f"{number:.0f}",
        show_legend=False,  # the page has one, with the sums
        truncate_label=-1,
        margin=6,
        spacing=8,
        print_values=False,
    )
    chart.x_labels = [format_skeleton("Md", day, locale=language.locale) for day in dates]
    for kind, numbers, _ in shown:
        chart.add(word(kind, language), numbers)
    chart.add_xml_filter(_without_scripts)
    return bytes(chart.render())


def _without_scripts(root: Element) -> Element:
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag == "script"]:
            parent.remove(child)
    return root


def _style(colours: Sequence[str]) -> Style:
    plain = {"background": "transparent", "plot_background": "transparent", "font_family": FONT}
    sizes = {"label_font_size": 12, "major_label_font_size": 12}
    inks = {"foreground": "#59635e", "foreground_strong": "#59635e", "foreground_subtle": "#d5d2c8"}
    return Style(opacity="1", opacity_hover="1", transition="none", colors=tuple(colours), **plain, **sizes, **inks)


def _steps(top: int) -> list[int]:
    """Whole numbers from nothing to at least `top`, five at most above it."""
    step = next(size for power in range(12) for one in (1, 2, 5) if (size := one * 10**power) * 5 >= top)
    return list(range(0, max(step * -(-top // step), 1) + 1, step))
