"""`kitchenwatch bench import`: truths from what people drew in a labelling tool."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kitchenwatch.bench.events import cvat, labelstudio
from kitchenwatch.bench.events.labelling import Reading, write_truths
from kitchenwatch.bootstrap.event_bench import film_facts
from kitchenwatch.cli.screen import say, say_written, stderr
from kitchenwatch.model import RULE_KINDS, Kind


class Tool(StrEnum):
    """Whose export can be read."""

    CVAT = "cvat"
    LABELSTUDIO = "labelstudio"


READERS = {Tool.CVAT: cvat.read, Tool.LABELSTUDIO: labelstudio.read}


def import_labels(
    export: Annotated[Path, typer.Argument(metavar="FILE", help="CVAT for video 1.1 (XML), or Label Studio's JSON.")],
    out: Annotated[Path, typer.Argument(help="The folder that holds the films; truths are written beside them.")],
    tool: Annotated[Tool, typer.Option("--from", help="What the labels were drawn with.")],
    fps: Annotated[float | None, typer.Option(min=0.1, help="Pictures a second, if the film is not there.")] = None,
    kind: Annotated[list[Kind] | None, typer.Option(help="A kind that was looked for; repeat it. Else all.")] = None,
    label: Annotated[list[str] | None, typer.Option(metavar="NAME=KIND", help="What a label means; repeat it.")] = None,
) -> None:
    """Turn labels drawn in CVAT or Label Studio into truths that `bench accuracy` takes."""
    names = dict(_translation(each) for each in label or [])
    reading = Reading(names, kind or RULE_KINDS, fps, film_facts)
    for path, left_out in write_truths(READERS[tool](export), out, reading):
        say_written([path])
        if left_out:
            told = ", ".join(f"{name} ({count})" for name, count in left_out.items())
            say(f"  no kinds, left out: {told}", on=stderr)


def _translation(text: str) -> tuple[str, str]:
    name, equals, meaning = text.rpartition("=")
    if not equals or not name:
        raise typer.BadParameter(f"{text!r} is not NAME=KIND", param_hint="--label")
    return name, meaning
