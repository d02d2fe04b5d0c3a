"""Between two checkpoints lies one that is a file like them."""

import shutil
from pathlib import Path

import pytest

from commandline import Command, command_in
from kitchenwatch.detect.loading import default_model

pytest.importorskip("ultralytics", reason="needs the extra: pip install 'kitchenwatch[train]'")


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.chdir(tmp_path)
    shutil.copy(default_model().with_suffix(".pt"), "old.pt")
    _trained_on("new.pt")
    return command_in(monkeypatch, capsys)


def _trained_on(target: str) -> None:
    """Every weight of the old one is one more."""
    import torch
    from ultralytics.nn.tasks import load_checkpoint

    from kitchenwatch.training import checkpoint

    network = load_checkpoint("old.pt")[0].float()
    with torch.no_grad():
        for weight in network.parameters():
            weight += 1
    checkpoint.write(network, Path(target))


def _moved(name: str) -> float:
    """How far its weights are from the old ones, in the mean."""
    from ultralytics.nn.tasks import load_checkpoint

    old, now = (list(load_checkpoint(path)[0].float().parameters()) for path in ("old.pt", name))
    moved = [float((after - before).mean()) for before, after in zip(old, now, strict=True)]
    return sum(moved) / len(moved)


@pytest.mark.parametrize("share", [0, 0.4, 1])
def test_the_share_is_of_the_new_weights(share: float, command: Command) -> None:
    said = command("blend", "old.pt", "new.pt", "made.pt", "--share", share)
    assert (said.status, said.out.strip()) == (0, "made.pt")
    assert _moved("made.pt") == pytest.approx(share, abs=0.01)  # half precision


def test_what_is_no_checkpoint_is_told(command: Command) -> None:
    said = command("blend", "old.pt", "gone.pt", "made.pt")
    assert (said.status, said.err.strip()) == (1, "error: gone.pt: no such file -> name the .pt of a training run")
    Path("torn.pt").write_bytes(Path("new.pt").read_bytes()[:1000])
    said = command("blend", "torn.pt", "new.pt", "made.pt")
    assert said.status == 1
    assert "torn.pt: cannot be read -> name the .pt of a training run" in said.err
    assert not Path("made.pt").exists()
