"""The sample films through `kitchenwatch bench accuracy`, as a person runs it."""

import json
import shutil
from pathlib import Path

from commands import SAMPLES, kitchenwatch

FEW = 2  # frames a second, and three of the films, so that it takes little time
WORN = {"no_hat", "no_mask"}


def test_the_sample_films_are_scored_and_a_broken_one_is_left_out(tmp_path: Path) -> None:
    films = tmp_path / "films"
    for name in ("two_cooks", "compliant", "smoking"):
        shutil.copytree(SAMPLES / name, films / name)
    (films / "smoking/smoking.mp4").write_bytes(b"no film")
    run = kitchenwatch("bench", "accuracy", films, "--fps", str(FEW), "--json", cwd=tmp_path)
    assert run.returncode == 1
    (line,) = run.stderr.splitlines()
    assert "smoking.mp4: not a film that can be read" in line
    assert line.endswith("left out of the score")
    told = json.loads(run.stdout)
    assert (told["films"], told["about"]["fps"]) == (2, FEW)
    worn = [each for film in told["each"] for each in film["violations"] if each["kind"] in WORN]
    assert [each["fate"] for each in worn] == ["hit"] * 2
    for kind in WORN:
        figures = told["by_kind"][kind]
        assert (figures["precision"]["value"], figures["recall"]["value"]) == (1, 1)
        assert 0 < figures["delay_s"]["median"] < 10
    assert told["by_kind"]["all"]["missed_at_false_alarms_per_day"]["1"]["missed"] is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["films"]
