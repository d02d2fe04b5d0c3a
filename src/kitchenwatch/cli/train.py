"""`kitchenwatch train`: a detector of one's own, or the shipped one made better."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.table import Table

from kitchenwatch.cli.screen import fault, progress, stdout
from kitchenwatch.detect.loading import default_model, verifier_of
from kitchenwatch.model import Label
from kitchenwatch.training.evaluate.report import Report
from kitchenwatch.training.improve import (
    IMPROVED,
    SHARES,
    Sides,
    carry_over,
    choose,
    compare,
    fine_tune,
    measured,
    mixed,
)
from kitchenwatch.training.recipe import Recipe
from kitchenwatch.training.run import Machine
from kitchenwatch.training.run import train as run

USUAL = Recipe()
HERE = Machine()


def train(
    datasets: Annotated[list[Path] | None, typer.Argument(help="Folders of pictures in YOLO format.")] = None,
    start: Annotated[
        Path | None, typer.Option("--from", help="Weights to start from, a .pt; else the shipped.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the run; a stopped run in it goes on.")] = Path("runs/train"),
    epochs: Annotated[int, typer.Option(min=1, help="Times that every picture is shown.")] = USUAL.epochs,
    side: Annotated[int, typer.Option(min=64, help="Of the square input, in pixels.")] = USUAL.side,
    batch: Annotated[int, typer.Option(min=2, help="Pictures in a step.")] = USUAL.batch,
    rate: Annotated[float, typer.Option(min=0, help="Learning rate.")] = USUAL.rate,
    seed: Annotated[int, typer.Option(help="Of order and augmentation.")] = USUAL.seed,
    share: Annotated[float, typer.Option(min=0.001, max=1, help="Of the scenes: for a learning curve.")] = USUAL.share,
    device: Annotated[str, typer.Option(help="cpu, or the number of a GPU.")] = HERE.device,
    threads: Annotated[int, typer.Option(min=1, help="Of a CPU that computes.")] = HERE.threads,
    workers: Annotated[int, typer.Option(min=0, help="Processes that load pictures.")] = HERE.workers,
    add: Annotated[Path | None, typer.Option(help="Improve the model with these verdicts (`dataset export`).")] = None,
    hold: Annotated[list[Path] | None, typer.Option(help="With --add: compare on the split val of this, too.")] = None,
    install: Annotated[Path | None, typer.Option(help="With --add: the .onnx to put in place.")] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Put it in place even if it is worse.")] = False,
) -> None:
    """Train a detector on pictures with drawn boxes, or improve one with reviewers' verdicts."""
    machine = Machine(device, threads, workers)
    start = start or default_model().with_suffix(".pt")
    if add is None:
        recipe = Recipe(epochs=epochs, side=side, batch=batch, rate=rate, seed=seed, share=share)
        typer.echo(run(datasets or _nothing(), start, out, recipe, machine))
        return
    learned = fine_tune(add, datasets or [], start, out, machine)
    verifier = _taught(add, start, out, machine)
    sides = _mix(start, learned, verifier, out, [*_own(add), *(hold or [])], SHARES[:1] if anyway else SHARES, threads)
    _put_in_place(start.with_suffix(".onnx"), out / IMPROVED, install, sides, anyway)


def _nothing() -> list[Path]:
    raise typer.BadParameter("name at least one folder of pictures, or verdicts with --add", param_hint="DATASETS")


def _own(added: Path) -> list[Path]:
    """The verdicts' own held-out sites, if there are any."""
    return [added] if any((added / "images" / "val").glob("*.jpg")) else []


def _taught(added: Path, start: Path, out: Path, machine: Machine) -> Path | None:
    """The model's verifier after it has learned, too; None if there is none that can."""
    old, learned = verifier_of(start).with_suffix(".pt"), out / "verifier.pt"
    if not old.is_file():
        return None
    from kitchenwatch.training.verifier.adapt import adapt

    with progress() as bar:
        task = bar.add_task("teaching the verifier", total=1.0)
        for share in adapt(added, start.with_suffix(".onnx"), old, learned, machine):
            bar.update(task, completed=share)
    return learned


def _mix(
    start: Path,
    learned: Path,
    verifier: Path | None,
    out: Path,
    held_out: Sequence[Path],
    shares: Sequence[float],
    threads: int,
) -> list[Sides]:
    """Leave the largest share of what was learned that loses nothing on held-out pictures, else the smallest."""
    if not held_out:
        fault("no held-out pictures to compare on -> name some with --hold")
        mixed(start, learned, shares[0], out, verifier)
        return []
    before = _measured(start.with_suffix(".onnx"), held_out, threads, "the model as it is")

    def compared(share: float) -> list[Sides]:
        taken = f"{share:.0%} of what was learned"
        after = _measured(mixed(start, learned, share, out, verifier), held_out, threads, taken)
        sides = [compare(root.name, *both) for root, *both in zip(held_out, before, after, strict=True)]
        for one in sides:
            stdout.print(_table(one, f"{one.name}: {taken}"))
        return sides

    return choose(shares, compared)


def _measured(model: Path, held_out: Sequence[Path], threads: int, title: str) -> list[Report]:
    with progress() as bar:
        return list(bar.track(measured(model, held_out, threads), total=len(held_out), description=title))


def _table(sides: Sides, title: str) -> Table:
    table = Table("label", "boxes", "old AP50", "new AP50", "change", box=SIMPLE, title=title)
    lost = sides.losses()
    for label, boxes in sides.boxes.items():
        if boxes:
            table.add_row(label, str(boxes), *_figures(sides, label), style="red" if label in lost else None)
    return table


def _figures(sides: Sides, label: Label) -> tuple[str, str, str]:
    old, new = sides.old[label] or 0.0, sides.new[label] or 0.0
    return f"{old:.3f}", f"{new:.3f}", f"{new - old:+.3f}"


def _put_in_place(old: Path, made: Path, target: Path | None, sides: Sequence[Sides], anyway: bool) -> None:
    """Refuses a model that lost somewhere, or that could not be compared."""
    lost = [f"{one.name}: {label} lost {loss:.3f} AP50" for one in sides for label, loss in one.losses().items()]
    for each in lost:
        fault(each)
    if (lost or not sides) and not anyway:
        fault(f"{made} is not put in place -> collect more verdicts, or insist with --anyway")
        raise typer.Exit(1)
    carry_over(old, made)
    if target:
        for suffix in (".onnx", ".pt", ".verifier.onnx", ".verifier.pt", ".calibration.json"):
            if (part := made.with_suffix(suffix)).is_file():
                shutil.copyfile(part, target.with_suffix(suffix))
    typer.echo(target or made)
