"""About whom the rules are in doubt, so that attention knows where a look can change something."""

from collections.abc import Callable

from rule_scenes import FAR, HERE, Box, Step, acts, frame, sightings_of, together, tracks_of

from kitchenwatch.model import Kind
from kitchenwatch.rules.judge import CameraJudge

MakeJudge = Callable[..., CameraJudge]


def doubted(judge: CameraJudge, *people: dict[float, Step]) -> list[tuple[float, float]]:
    """Spans of media time in which somebody is undecided: the first and the last such moment of each."""
    spans: list[tuple[float, float]] = []
    before = False
    for step in together(*people):
        judge.step(frame(step.t), tracks_of(step, {}), sightings_of(step))
        now = bool(judge.undecided)
        if now:
            spans = [*spans[:-1], (spans[-1][0], step.t)] if before else [*spans, (step.t, step.t)]
        before = now
    return spans


def test_about_those_who_comply_nothing_is_in_doubt(judge: MakeJudge) -> None:
    assert doubted(judge(), acts((0, 30, "good"))) == []


def test_about_those_of_whom_nothing_is_seen_nothing_is_in_doubt(judge: MakeJudge) -> None:
    assert doubted(judge(), acts((0, 30, "unsure"))) == []


def test_doubt_lasts_from_the_first_evidence_until_it_is_told(judge: MakeJudge) -> None:
    """And no longer: what is told needs no closer look while it goes on, nor when it is over."""
    ((begin, end),) = doubted(judge(for_s=0), acts((0, 10, "good"), (10, 40, "bad"), (40, 90, "good")))
    assert 10 <= begin < 11
    assert 12 < end < 30


def test_evidence_that_fades_is_no_doubt(judge: MakeJudge) -> None:
    """A single look that was mistaken: what follows speaks against it, or nothing does."""
    ((begin, end),) = doubted(judge(), acts((10, 12, "bad"), (12, 30, "good")))
    assert (10 <= begin < 11, end <= 14) == (True, True)
    ((begin, end),) = doubted(judge(), acts((10, 12, "bad"), (12, 30, "unsure")))
    assert (10 <= begin < 11, end <= 14) == (True, True)


def test_enough_evidence_that_has_not_lasted_long_enough_is_still_in_doubt(judge: MakeJudge) -> None:
    spans = doubted(judge(for_s=20), acts((10, 60, "bad")))
    assert len(spans) == 1
    assert 29.5 < spans[0][1] <= 30.2


def test_what_only_waits_for_the_cooldown_is_decided(judge: MakeJudge) -> None:
    """A second violation of the same person: it adds up, and then its evidence is complete but it may not open."""
    parts = (0, 10, "bad"), (10, 30, "good"), (30, 55, "bad")
    patient = judge(for_s=0, merge_gap=2.0, cooldown=300.0)
    first, second = doubted(patient, acts(*parts))
    assert first[1] < 10
    assert 30 <= second[0] < 31
    assert second[1] < 45


def test_who_has_left_is_in_doubt_no_longer(judge: MakeJudge) -> None:
    ((_, end),) = doubted(judge(for_s=20), acts((10, 14, "bad")), acts((0, 30, "unsure"), track=2, box=FAR))
    assert end <= 15


def test_the_doubtful_are_named_by_their_present_track(judge: MakeJudge) -> None:
    watching = judge(for_s=20)
    steps = together(acts((0, 8, "bad"), track=4, box=HERE), acts((0, 8, "good"), track=7, box=FAR))
    for step in steps:
        watching.step(frame(step.t), tracks_of(step, {}), sightings_of(step))
    assert set(watching.undecided) == {4}
    here: Box = HERE
    renamed = Step(8.2, ((9, here), (7, FAR)), ((9, Kind.NO_HAT, 0.9, 0.1),))
    watching.step(frame(8.2), tracks_of(renamed, {}), sightings_of(renamed))
    assert set(watching.undecided) == {9}


def test_how_far_the_evidence_has_come_grows_to_one(judge: MakeJudge) -> None:
    patient = judge(for_s=60)
    reached = []
    for step in together(acts((0, 40, "bad"))):
        patient.step(frame(step.t), tracks_of(step, {}), sightings_of(step))
        reached += list(patient.undecided.values())
    assert reached == sorted(reached)
    assert reached[0] < 0.2
    assert reached[-1] == 1
