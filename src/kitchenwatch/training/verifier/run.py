"""One training run of a verifier."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy
from ultralytics.utils.torch_utils import ModelEMA

from kitchenwatch.training.precision import swift
from kitchenwatch.training.run import Machine
from kitchenwatch.training.verifier.candidates import Candidate, Scenery
from kitchenwatch.training.verifier.lessons import Lessons
from kitchenwatch.training.verifier.network import VerifierNetwork, from_detector, save
from kitchenwatch.training.verifier.onnx_file import export

BATCH = 64
RATE, DECAY = 0.001, 0.02  # of AdamW
WARM_UP = 0.05  # share of the steps in which the rate rises; it falls along a cosine then
STEEPEST = 5.0  # norm of a gradient


def train(
    known: Sequence[Scenery],
    candidates: Sequence[Candidate],
    start: Path,
    target: Path,
    shown: int,
    seed: int,
    machine: Machine,
) -> Iterator[float]:
    """Train on close-ups of the candidates and write the running mean of the weights; yields the share done, 0-1.

    Args:
        known: the pictures that `candidates` number.
        candidates: as `mine` finds them.
        start: `.pt` of the detector.
        target: `.onnx` to write, its `.pt` beside it.
        shown: close-ups in all.
        seed: of what is shown in which order, and of the first weights.
        machine: where it runs.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(machine.threads)
    network = from_detector(start).to(machine.device).train()
    lessons = Lessons(known, candidates, max(1, shown // BATCH) * BATCH, seed)
    mean = ModelEMA(network, tau=len(lessons) / BATCH / 20)
    for share in fit(network, lessons, RATE, machine, lambda seen, told: missed(said(network, seen), told)):
        mean.update(network)
        yield share
    write(mean.ema.cpu(), target)


def write(network: VerifierNetwork, target: Path) -> None:
    """Leave the `.onnx` that looks, and beside it the `.pt` that can be taught. Raises ModelError."""
    export(network, target)
    save(network, target.with_suffix(".pt"))


def fit(
    network: torch.nn.Module, lessons: Lessons, rate: float, machine: Machine, loss: Callable[[Any, Any], Any]
) -> Iterator[float]:
    """Show the lessons once; yields the share done after each step.

    Args:
        network: changed.
        lessons: a multiple of `BATCH`.
        rate: the highest of the run.
        machine: where the network lies.
        loss: of close-ups `(B, 3, SIDE, SIDE)` and what they teach `(B, 2, 6)`.
    """
    optimizer, schedule = _optimizer(network, steps := len(lessons) // BATCH, rate)
    loader = torch.utils.data.DataLoader(lessons, BATCH, num_workers=machine.workers)
    for step, (seen, told) in enumerate(loader, 1):
        optimizer.zero_grad()
        loss(seen.to(machine.device), told.to(machine.device)).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), STEEPEST)
        optimizer.step()
        schedule.step()
        yield step / steps


def said(network: torch.nn.Module, seen: Any) -> Any:
    """`(B, 6)` logits."""
    with swift(seen.device):
        logits = network(seen.contiguous(memory_format=torch.channels_last))
    return logits.float()


def missed(logits: Any, told: Any) -> Any:
    """Mean cross entropy of what is to be learned; `told` is `(B, 2, 6)`, see `lesson`."""
    truth, learned = told[:, 0], told[:, 1]
    return (cross_entropy(logits, truth, reduction="none") * learned).sum() / learned.sum().clamp(min=1)


def _optimizer(network: torch.nn.Module, steps: int, rate: float) -> tuple[Any, Any]:
    """Biases and the scales of normalisation do not decay."""
    parts = [[one for one in network.parameters() if (one.ndim > 1) is decays] for decays in (True, False)]
    groups = [{"params": parts[0], "weight_decay": DECAY}, {"params": parts[1], "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=rate)
    # One step more than there are: the last call of a schedule that is spent would fail.
    return optimizer, torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps + 1, pct_start=WARM_UP)
