"""What a machine can afford, and whose turn it is."""

import itertools
from collections.abc import Collection

import pytest
from kitchen import START, frame, track

from kitchenwatch.attention.budget import LEASE_S, REST_PRICE, TOP_PRICE, Boundless, MachineBudget
from kitchenwatch.attention.full import FullAttention
from kitchenwatch.clock import ManualClock
from kitchenwatch.model import Attentiveness

CAMERAS = [f"camera-{number}" for number in range(8)]
LATE_S = 1.0


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def budget(clock: ManualClock) -> MachineBudget:
    return MachineBudget(clock, LATE_S)


class Machine:
    """Cameras that all want to inquire, on a machine that is late while more than `fits` of them do."""

    def __init__(self, clock: ManualClock, budget: MachineBudget, fits: int) -> None:
        self.clock, self.budget, self.fits = clock, budget, fits
        self.since: dict[str, float] = {}
        self.turns: dict[str, list[float]] = {camera: [] for camera in CAMERAS}

    def live(self, seconds: float, cameras: Collection[str] = tuple(CAMERAS), patience: float = 20.0) -> None:
        """Each asks twice a second, and lets go when its patience is over."""
        for _ in range(round(2 * seconds)):
            self.clock.advance(0.5)
            self.budget.late(2.0 if self.budget.load.inquiring > self.fits else 0.05)
            for camera in cameras:
                self._ask(camera, patience)

    def _ask(self, camera: str, patience: float) -> None:
        now = self.clock.monotonic()
        if not self.budget.admits(camera):
            self.since.pop(camera, None)
            return
        if camera not in self.since:
            self.since[camera] = now
            self.turns[camera].append(now)
        if now - self.since[camera] > patience:
            self.budget.release(camera)
            del self.since[camera]


def test_with_room_for_all_everybody_inquires_at_once_for_little(budget: MachineBudget) -> None:
    assert all(budget.admits(camera) for camera in CAMERAS)
    assert (budget.load.inquiring, budget.load.waiting, budget.price) == (8, {}, REST_PRICE)


def test_lateness_halves_the_inquiries_and_those_let_in_last_go_first(
    clock: ManualClock, budget: MachineBudget
) -> None:
    assert all(budget.admits(camera) for camera in CAMERAS)
    clock.advance(1)
    budget.late(1.5)
    assert (budget.load.inquiring, budget.load.late_s) == (4, 1.5)
    assert [budget.admits(camera) for camera in CAMERAS] == [True] * 4 + [False] * 4
    clock.advance(2)
    assert budget.load.waiting == dict.fromkeys(CAMERAS[4:], 2.0)


def test_one_always_remains(clock: ManualClock, budget: MachineBudget) -> None:
    for _ in range(20):
        clock.advance(1)
        budget.late(9.0)
        [budget.admits(camera) for camera in CAMERAS]
    assert budget.load.inquiring == 1


def test_a_look_becomes_dear_quickly_but_never_priceless_and_cheap_again_slowly(
    clock: ManualClock, budget: MachineBudget
) -> None:
    def prices(late: float, seconds: int) -> list[float]:
        found = []
        for _ in range(seconds):
            clock.advance(1)
            budget.late(late)
            found.append(budget.price)
        return found

    rising = prices(2.0, 60)
    assert rising[3] > 2 * REST_PRICE
    assert rising[-1] == TOP_PRICE
    assert prices(0.5, 60) == [TOP_PRICE] * 60  # neither late nor is there room
    falling = prices(0.0, 120)
    assert falling[9] > TOP_PRICE / 2
    assert falling[-1] == pytest.approx(REST_PRICE)


def test_the_worst_of_a_second_counts_and_is_forgotten_after_it(clock: ManualClock, budget: MachineBudget) -> None:
    budget.late(3.0)
    budget.late(0.0)
    assert budget.load.late_s == 0
    clock.advance(1)
    budget.late(0.1)
    assert budget.load.late_s == 3.0
    clock.advance(1)
    budget.late(0.1)
    assert budget.load.late_s == 0.1


def test_nobody_starves_on_a_machine_with_room_for_one(clock: ManualClock, budget: MachineBudget) -> None:
    machine = Machine(clock, budget, fits=1)
    machine.live(15 * 60)
    counts = [len(turns) for turns in machine.turns.values()]
    assert min(counts) >= 4
    gaps = [after - before for turns in machine.turns.values() for before, after in itertools.pairwise(turns)]
    assert max(gaps) < 4 * 60
    assert max(budget.load.waiting.values()) < 4 * 60


def test_a_machine_that_has_room_again_lets_all_in(clock: ManualClock, budget: MachineBudget) -> None:
    machine = Machine(clock, budget, fits=1)
    machine.live(60)
    assert budget.load.waiting
    machine.fits = 99
    machine.live(60, patience=1e9)
    assert (budget.load.inquiring, budget.load.waiting) == (8, {})
    assert budget.price == pytest.approx(REST_PRICE)


def overloaded(clock: ManualClock, budget: MachineBudget) -> None:
    """The first inquires, the others wait."""
    for _ in range(5):
        clock.advance(1)
        budget.late(5.0)
        [budget.admits(camera) for camera in CAMERAS]


def test_who_is_released_leaves_no_trace_and_the_next_has_its_turn(clock: ManualClock, budget: MachineBudget) -> None:
    overloaded(clock, budget)
    budget.release(CAMERAS[0])
    budget.release(CAMERAS[1])  # it waited
    assert budget.load.inquiring == 0
    assert set(budget.load.waiting) == set(CAMERAS[2:])
    assert not budget.admits(CAMERAS[3])
    assert budget.admits(CAMERAS[2])


def test_a_camera_that_went_without_a_word_holds_no_place(clock: ManualClock, budget: MachineBudget) -> None:
    overloaded(clock, budget)
    here = CAMERAS[4:]  # the one that inquired and the three next in the row are gone
    for _ in range(int(LEASE_S) + 1):
        clock.advance(1)
        found = [budget.admits(camera) for camera in here]
    assert found == [True, False, False, False]
    assert (budget.load.inquiring, set(budget.load.waiting)) == (1, set(here[1:]))
    clock.advance(LEASE_S + 1)
    assert (budget.load.inquiring, budget.load.waiting) == (0, {})


def test_films_are_never_refused() -> None:
    budget = Boundless()
    budget.late(100.0)
    assert budget.admits("film")
    budget.release("film")
    assert budget.price == REST_PRICE


def test_full_attention_never_thinks() -> None:
    attention = FullAttention(5)
    assert attention.decodes(0.0, key=False, size=10)
    assert [t for t in range(0, 100, 4) if attention.due(t / 100)] == [0, 20, 40, 60, 80]
    attention.learn(frame(1.0), [], {})
    assert attention.searches(frame(1.2))
    assert len(attention.chooses(1.2, [track(1, 1.2), track(2, 1.2)])) == 2
    assert attention.state is Attentiveness.INQUIRING
