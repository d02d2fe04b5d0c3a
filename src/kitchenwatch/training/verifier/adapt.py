"""A verifier that learns from reviewers' verdicts, and keeps its word on all that they are not about.

A few dozen pictures would make it forget what they do not show. What no verdict is about, it is taught to see as
before: its own earlier beliefs count as true there (Li and Hoiem, Learning without forgetting, ECCV 2016,
https://arxiv.org/abs/1606.09282).
"""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from kitchenwatch.detect.loading import load_model
from kitchenwatch.detect.picture import PictureDetector
from kitchenwatch.training.blend import between
from kitchenwatch.training.prepare import refitted
from kitchenwatch.training.run import Machine
from kitchenwatch.training.verdicts import judged_labels
from kitchenwatch.training.verifier.candidates import mine, scenery
from kitchenwatch.training.verifier.lessons import Lessons
from kitchenwatch.training.verifier.network import VerifierNetwork, load, save
from kitchenwatch.training.verifier.run import BATCH, fit, missed, said, write

SHOWN = 96 * BATCH  # close-ups in all
RATE = 0.0002
SEED = 5


def adapt(added: Path, model: Path, old: Path, learned: Path, machine: Machine, shown: int = SHOWN) -> Iterator[float]:
    """Teach a verifier what was decided; yields the share done, 0-1.

    Args:
        added: dataset of verdicts, as `kitchenwatch dataset export` writes it.
        model: `.onnx` of the detector, its `.pt` beside it.
        old: `.pt` of its verifier.
        learned: `.pt` to write. It has forgotten a little: see `mixed`.
        machine: where it runs.
        shown: close-ups in all.

    Raises DatasetError, ModelError.
    """
    torch.manual_seed(SEED)
    torch.set_num_threads(machine.threads)
    network = load(old, model.with_suffix(".pt")).to(machine.device)
    before = copy.deepcopy(network).eval()
    known = scenery(added, refitted(added))
    detector = PictureDetector(load_model(model, runs=machine.threads).engine)
    candidates = [one for part in mine(known, detector, machine.threads) for one in part]
    if candidates:
        lessons = Lessons(known, candidates, shown, SEED, judged_labels(added))

        def loss(seen: Any, told: Any) -> Any:
            logits = said(network, seen)
            return missed(logits, told) + _forgotten(before, seen, logits, told)

        yield from fit(_teachable(network), lessons, RATE, machine, loss)
    save(network.cpu(), learned)


def mixed(old: Path, learned: Path, share: float, detector: Path, target: Path) -> None:
    """Write the verifier of `share` of the new weights and the rest of the old ones.

    Args:
        old, learned: `.pt` before and after `adapt`.
        share: 0 gives the old, 1 the new.
        detector: `.pt` of the detector they began with, or a descendant.
        target: `.onnx`, its `.pt` beside it.

    Raises ModelError.
    """
    network, before = load(learned, detector), load(old, detector).state_dict()
    network.load_state_dict(between(before, network.state_dict(), share))
    write(network, target)


def _teachable(network: VerifierNetwork) -> VerifierNetwork:
    """In training, but for the statistics of normalisation: a few pictures would not give them right."""
    network.train()
    for layer in network.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.eval()
    return network


def _forgotten(before: VerifierNetwork, seen: Any, logits: Any, told: Any) -> Any:
    """How far the network is from what it said before, of what is not to be learned."""
    kept = 1 - told[:, 1]
    with torch.no_grad():
        beliefs = said(before, seen).sigmoid()
    return (cross_entropy(logits, beliefs, reduction="none") * kept).sum() / kept.sum().clamp(min=1)
