"""From a reviewer's verdict to a training picture, over a real store."""

from pathlib import Path
from uuid import UUID

import cv2
import numpy as np
import pytest
from commands import SITE, cut_film, memory, write_config

from commandline import Command, Said, command_in
from kitchenwatch.bootstrap.stores import open_stores
from kitchenwatch.clock import SystemClock
from kitchenwatch.config import load
from kitchenwatch.lifecycle import Act
from kitchenwatch.model import LABELS, Label, Role, VerdictReason
from kitchenwatch.store.loop import Actor, Move
from kitchenwatch.training.dataset import Picture


def done(said: Said) -> None:
    """The command succeeded."""
    assert said.status == 0, said.err


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs commands in the test's folder."""
    monkeypatch.chdir(tmp_path)
    return command_in(monkeypatch, capsys)


@pytest.fixture
def config(tmp_path: Path, command: Command) -> Path:
    """An installation with the case of a bare-headed cook, not yet decided."""
    film = cut_film("no_hat", tmp_path / "film.mp4", fps=10, begin=6, seconds=8)
    config = write_config(tmp_path / "ours")
    done(command("replay", "--json", "--store", "--config", config, "--site", SITE, film))
    return config


def decide(config: Path, act: Act, reason: VerdictReason | None = None) -> UUID:
    (case,) = (UUID(case) for case in memory(config.parent).cases)
    stores = open_stores(load(config), SystemClock())
    stores.loop.act(case, Move(act, 1, reason=reason), Actor("test", Role.REGULATOR))
    stores.close()
    return case


def heads(config: Path, out: Path, command: Command) -> list[Label]:
    """The states of the heads on the one picture that was exported."""
    done(command("dataset", "export", out, "--config", config))
    (image,) = out.glob("images/*/*.jpg")
    ids = Picture(image, out / "labels" / image.parent.name / f"{image.stem}.txt").rows()[:, 0].astype(int)
    return [LABELS[label] for label in ids if label < len(LABELS) and LABELS[label] in (Label.HAT, Label.NO_HAT)]


def test_a_confirmed_case_becomes_an_example(tmp_path: Path, config: Path, command: Command) -> None:
    case = decide(config, Act.CONFIRM)
    assert heads(config, tmp_path / "set", command) == [Label.NO_HAT]
    assert str(case) in (tmp_path / "set" / "verdicts.jsonl").read_text()


def test_a_false_alarm_becomes_a_counter_example(tmp_path: Path, config: Path, command: Command) -> None:
    decide(config, Act.DISMISS, VerdictReason.FALSE_ALARM)
    assert heads(config, tmp_path / "set", command) == [Label.HAT]


def test_a_case_without_a_verdict_teaches_nothing(tmp_path: Path, config: Path, command: Command) -> None:
    said = command("dataset", "export", tmp_path / "set", "--config", config)
    assert said.status == 1
    assert said.faults == ["error: no verdict to learn from -> confirm or dismiss cases first"]


def test_a_snapshot_that_was_changed_teaches_nothing(tmp_path: Path, config: Path, command: Command) -> None:
    decide(config, Act.CONFIRM)
    evidence = config.parent / "var" / "evidence"
    (key,) = (key for _, kind, key, _ in memory(config.parent).evidence if kind == "snapshot")
    cv2.imwrite(str(evidence / key), np.zeros((720, 1280, 3), np.uint8))
    said = command("dataset", "export", tmp_path / "set", "--config", config)
    assert said.status == 1
    assert "its snapshot was changed after it was sealed" in said.err
