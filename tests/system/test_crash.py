"""`kill -9` while evidence is stored: what is left can be mended, and nothing is lost, doubled or left over."""

import hashlib
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from commands import COMMAND, GUARD_S, SITE, Memory, cut_film, kitchenwatch, memory, write_config
from living import Recipient, wait_for

from http_receiver import Receiver

SEED = 20261122
OF_CASES = "cn.kitchenwatch.case."
OF_EVERY_CASE = {"snapshot", "annotated", "clip"}
# Acts on files of a whole replay of these two films, of which the last third comes with the closing of the cases.
ACTS = 200
Killer = Callable[[list[str], Path], "subprocess.Popen[bytes]"]


@dataclass(frozen=True)
class Stage:
    """Two short films, and what a replay that nobody disturbs makes of them."""

    films: list[Path]
    folder: Path
    seconds: float
    memory: Memory

    def command(self, config: Path) -> list[str]:
        return ["replay", "--json", "--store", "--config", str(config), "--site", SITE, *map(str, self.films)]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = tmp_path_factory.mktemp("undisturbed")
    films = [
        cut_film(name, folder / f"{name}.mp4", fps=10, begin=begin, seconds=8)
        for name, begin in (("no_hat", 6), ("no_mask", 8))
    ]
    empty = Stage(films, folder, 0, memory(folder))
    config, began = write_config(folder), time.monotonic()
    run = kitchenwatch(*empty.command(config))
    assert (run.returncode, run.stderr) == (0, "")
    stage = Stage(films, folder, time.monotonic() - began, memory(folder))
    assert len(stage.memory.cases) == len(films)
    return stage


@pytest.fixture
def recipient() -> Iterator[Recipient]:
    recipient = Recipient(Receiver())
    yield recipient
    recipient.receiver.close()


def after(seconds: float) -> Killer:
    """SIGKILL from outside, so long after the start."""

    def start(command: list[str], folder: Path) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen([COMMAND, *command], stdout=subprocess.DEVNULL)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
        return process

    return start


def at_act(number: int) -> Killer:
    """SIGKILL just before it touches the store's files for that time."""

    def start(command: list[str], folder: Path) -> "subprocess.Popen[bytes]":
        script = Path(__file__).with_name("dying_kitchenwatch.py")
        line = [sys.executable, str(script), str(number), str(folder / "var"), *command]
        return subprocess.Popen(line, stdout=subprocess.DEVNULL)

    return start


def test_killed_at_any_moment_a_store_is_mended_and_the_next_replay_completes_it(
    stage: Stage, tmp_path: Path, recipient: Recipient
) -> None:
    chance = random.Random(SEED)
    killers = [after(chance.uniform(0.5, 0.9) * stage.seconds), *map(at_act, chance.sample(range(20, ACTS), 3))]
    folders = [tmp_path / str(number) for number in range(len(killers))]
    with ThreadPoolExecutor(2) as pool:
        for told in pool.map(lambda killer, folder: live_and_die(stage, killer, folder, recipient), killers, folders):
            assert told == ""
    deliver(folders[-1])
    # The service also tells that the configuration's camera does not answer.
    events = Counter(event["id"] for event in recipient.events() if event["type"].startswith(OF_CASES))
    assert events == Counter(id_ for id_, _ in stage.memory.alerts)  # each once


def live_and_die(stage: Stage, kill: Killer, folder: Path, recipient: Recipient) -> str:
    """A replay that is killed, the mending, and a replay that is not; stderr of the last."""
    config = write_config(folder, hook=recipient.receiver.url)
    process = kill(stage.command(config), folder)
    assert process.wait(GUARD_S) in (-signal.SIGKILL, 0)
    mended = kitchenwatch("check", "--config", config, "--repair")
    assert mended.returncode == 0, mended.stderr
    look_at(folder)
    again = kitchenwatch(*stage.command(config))
    assert again.returncode == 0, again.stderr
    look_at(folder)
    left = memory(folder)
    assert left.cases == stage.memory.cases
    assert sorted(left.alerts) == sorted(stage.memory.alerts)
    return again.stderr


def look_at(folder: Path) -> None:
    """Every case has its evidence, every file is what its row says, none is left over, and all of it verifies."""
    left, evidence = memory(folder), folder / "var/evidence"
    for case in left.cases:
        assert {kind for whose, kind in left.kinds if whose == case} >= OF_EVERY_CASE
    files = {path.relative_to(evidence).as_posix(): path for path in evidence.glob("evidence/*/*/*/*")}
    digests = {key: hashlib.sha256(path.read_bytes()).hexdigest() for key, path in files.items()}
    assert digests == {key: sha256 for _, _, key, sha256 in left.evidence}
    if left.cases:
        proof = kitchenwatch("verify", evidence, "--key", folder / "var/keys/seal.pub.pem")
        assert (proof.returncode, proof.stderr) == (0, "")


def deliver(folder: Path) -> None:
    """Have the service send what waits in the outbox."""
    service = subprocess.Popen([COMMAND, "serve", "--config", str(folder / "kitchenwatch.yaml")])
    try:
        wait_for(lambda: len(memory(folder).deliveries) >= len(memory(folder).alerts), "the delivery of all alerts")
    finally:
        service.terminate()
        assert service.wait(GUARD_S) in (0, -signal.SIGTERM)
