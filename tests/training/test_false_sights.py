"""Evidence of smoking against people who do not smoke."""

from kitchenwatch.model import Kind, Sighting
from kitchenwatch.rules.calibration import Calibration
from kitchenwatch.training.examples import Example
from kitchenwatch.training.false_sights import measure


def example(kind: Kind, score: float, violating: bool = False) -> Example:
    return Example(Sighting(0.0, 1, kind, score, 0.0, 40.0), violating, 0)


def test_only_evidence_against_the_innocent_counts() -> None:
    looks = [
        example(Kind.SMOKING, 0.9),
        example(Kind.SMOKING, 0.0),
        example(Kind.SMOKING, 0.0),
        example(Kind.SMOKING, 0.9, violating=True),
        example(Kind.PHONE_USE, 0.0),
        example(Kind.NO_HAT, 0.9),
    ]
    found = measure(looks, Calibration.neutral())
    assert set(found) == {Kind.SMOKING, Kind.PHONE_USE}
    smoking, phone = found[Kind.SMOKING], found[Kind.PHONE_USE]
    assert (smoking.looks, smoking.counted) == (3, 1)
    assert round(smoking.in_a_hundred, 1) == 33.3
    assert smoking.nats > 0
    assert (phone.looks, phone.counted, phone.nats) == (1, 0, 0.0)


def test_without_looks_there_is_no_rate() -> None:
    assert measure([], Calibration.neutral())[Kind.SMOKING].in_a_hundred == 0.0
