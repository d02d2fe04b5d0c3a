"""`kitchenwatch train-verifier`: the network that looks again at what a detector found."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from kitchenwatch.cli.screen import progress
from kitchenwatch.detect.loading import default_model, load_model, verifier_of
from kitchenwatch.detect.picture import PictureDetector
from kitchenwatch.errors import MissingExtra, ModelError
from kitchenwatch.training.prepare import refitted
from kitchenwatch.training.run import Machine
from kitchenwatch.training.verifier.candidates import mine, scenery

HERE = Machine(threads=1)


def train_verifier(
    datasets: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Folders of pictures in YOLO format.")],
    model: Annotated[
        Path | None, typer.Option(help="The detector's .onnx, its .pt beside it; else the model that ships.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The .onnx to write; else beside the detector.")] = None,
    shown: Annotated[int, typer.Option(min=64, help="Close-ups in all.")] = 224_000,
    seed: Annotated[int, typer.Option(help="Of order and augmentation.")] = 0,
    device: Annotated[str, typer.Option(help="cpu, or cuda for a GPU.")] = HERE.device,
    threads: Annotated[int, typer.Option(min=1, help="Of a CPU that computes.")] = HERE.threads,
    workers: Annotated[int, typer.Option(min=0, help="Processes that load pictures.")] = HERE.workers,
) -> None:
    """Train the network that judges each thing a detector found, alone and from near."""
    if find_spec("ultralytics") is None:
        raise MissingExtra("training", "train")
    from kitchenwatch.training.verifier.run import train

    path = model or default_model()
    start, target = path.with_suffix(".pt"), out or verifier_of(path)
    if not start.is_file():
        raise ModelError(f"{start}: no such file -> put the detector's checkpoint beside its .onnx")
    target.parent.mkdir(parents=True, exist_ok=True)  # before the work, so that none is lost
    detector = PictureDetector(load_model(path, runs=threads).engine)
    with progress() as bar:
        drawn = [(root, list(refitted(root))) for root in datasets]
        reading = bar.track(drawn, description="reading pictures")
        known = [one for root, rows in reading for one in scenery(root, rows)]
        mined = bar.track(mine(known, detector, threads), total=len(known), description="looking for candidates")
        candidates = [one for part in mined for one in part]
        task = bar.add_task("training", total=1.0)
        for share in train(known, candidates, start, target, shown, seed, Machine(device, threads, workers)):
            bar.update(task, completed=share)
    typer.echo(target)
