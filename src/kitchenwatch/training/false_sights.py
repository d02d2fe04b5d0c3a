"""How often a look speaks for smoking or phone use where there is none."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kitchenwatch.detect.sightings import HELD
from kitchenwatch.model import Kind
from kitchenwatch.rules.calibration import Calibration
from kitchenwatch.training.examples import Example


@dataclass(frozen=True, slots=True)
class FalseSights:
    """Of looks at people without the thing.

    Attributes:
        looks: at such people.
        counted: of these, looks that the calibration takes for evidence of the violation (above zero nats).
        nats: that false evidence on average, over all looks; the rules add up nats.
    """

    looks: int
    counted: int
    nats: float

    @property
    def in_a_hundred(self) -> float:
        """False sights in a hundred looks; 0 without looks."""
        return 100 * self.counted / self.looks if self.looks else 0.0

    def as_json(self) -> dict[str, Any]:
        """For a report."""
        return {"looks": self.looks, "counted": self.counted, "in_a_hundred": self.in_a_hundred, "nats": self.nats}


def measure(examples: Iterable[Example], calibration: Calibration) -> dict[Kind, FalseSights]:
    """False sights by kind, over the examples that were not violating."""
    innocent = [one.sighting for one in examples if not one.violating]
    worth = {kind: [calibration.llr(one) for one in innocent if one.kind is kind] for kind in HELD}
    return {kind: _counted(nats) for kind, nats in worth.items()}


def _counted(nats: list[float]) -> FalseSights:
    against = [value for value in nats if value > 0]
    return FalseSights(len(nats), len(against), sum(against) / max(len(nats), 1))
