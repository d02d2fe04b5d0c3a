"""What every outbox promises: the one in memory and the one in the database pass the same tests."""

from datetime import timedelta

from outboxes import SITE, Filled

from kitchenwatch.clock import ManualClock
from kitchenwatch.model import AlertType, Delivery, Kind

OPENED, CLIP, CLOSED = AlertType.CASE_OPENED, AlertType.CASE_CLIP, AlertType.CASE_CLOSED
HOUR = timedelta(hours=1)


def due(filled: Filled, clock: ManualClock, channel: str | None = None, limit: int = 100) -> list[Delivery]:
    filled.outbox.fan_out()
    found = filled.outbox.due(clock.now(), limit)
    return [delivery for delivery in found if channel in (None, delivery.channel)]


def told(deliveries: list[Delivery]) -> list[tuple[str, AlertType]]:
    return [(delivery.alert.subject, delivery.alert.type) for delivery in deliveries]


def test_a_sites_alert_is_owed_to_regulator_and_business_once(filled: Filled, clock: ManualClock) -> None:
    filled.add(OPENED, "a")
    assert filled.outbox.fan_out() == 1
    assert filled.outbox.fan_out() == 0
    deliveries = due(filled, clock)
    assert {delivery.channel for delivery in deliveries} == {"regulator", "business"}
    assert len(deliveries) == 2
    assert {delivery.attempts for delivery in deliveries} == {0}
    assert deliveries[0].alert == deliveries[1].alert
    assert (deliveries[0].alert.site, deliveries[0].alert.camera) == (SITE, "cam-1")


def test_what_concerns_no_site_is_owed_to_the_operators(filled: Filled, clock: ManualClock) -> None:
    filled.add(AlertType.STORAGE_PRESSURE, "storage")
    assert [delivery.channel for delivery in due(filled, clock)] == ["operators"]


def test_one_subject_comes_in_order_and_one_at_a_time(filled: Filled, clock: ManualClock) -> None:
    for type in (OPENED, CLIP, CLOSED):
        filled.add(type, "a")
    filled.add(OPENED, "b")
    for expected in ([("a", OPENED), ("b", OPENED)], [("a", CLIP)], [("a", CLOSED)], []):
        deliveries = due(filled, clock, "business")
        assert told(deliveries) == expected
        for delivery in deliveries:
            filled.outbox.delivered(delivery, clock.now())
    assert told(due(filled, clock, "regulator")) == [("a", OPENED), ("b", OPENED)]


def test_what_is_put_off_holds_back_its_own_subject_alone(filled: Filled, clock: ManualClock) -> None:
    for subject, type in (("a", OPENED), ("a", CLIP), ("b", OPENED)):
        filled.add(type, subject)
    first = due(filled, clock, "business")[0]
    filled.outbox.retry(first, clock.now() + timedelta(seconds=30), "no answer")
    assert told(due(filled, clock, "business")) == [("b", OPENED)]
    assert told(due(filled, clock, "regulator")) == [("a", OPENED), ("b", OPENED)]
    clock.advance(29)
    assert told(due(filled, clock, "business")) == [("b", OPENED)]
    clock.advance(1)
    again = due(filled, clock, "business")[0]
    assert (again.id, again.alert, again.attempts) == (first.id, first.alert, 1)


def test_what_is_given_up_lets_the_next_pass(filled: Filled, clock: ManualClock) -> None:
    filled.add(OPENED, "a")
    filled.add(CLIP, "a")
    filled.outbox.give_up(due(filled, clock, "business")[0], "HTTP 410")
    assert told(due(filled, clock, "business")) == [("a", CLIP)]


def test_a_channel_that_lags_does_not_hide_the_others(filled: Filled, clock: ManualClock) -> None:
    for number in range(6):
        filled.add(OPENED, f"case-{number}")
    for delivery in due(filled, clock, "business")[:4]:
        filled.outbox.delivered(delivery, clock.now())
    filled.add(OPENED, "newest")
    deliveries = due(filled, clock, limit=3)
    assert told([d for d in deliveries if d.channel == "regulator"]) == [(f"case-{n}", OPENED) for n in range(3)]
    assert told([d for d in deliveries if d.channel == "business"]) == [
        ("case-4", OPENED),
        ("case-5", OPENED),
        ("newest", OPENED),
    ]


def test_pushes_are_counted_by_channel_place_kind_and_time(filled: Filled, clock: ManualClock) -> None:
    filled.add(OPENED, "a")
    filled.add(CLIP, "a")
    filled.add(OPENED, "b", kind=Kind.SMOKING)
    filled.add(OPENED, "c", camera="cam-2")
    filled.add(OPENED, "d")
    begin = clock.now()
    while deliveries := due(filled, clock, "business"):
        for delivery in deliveries:
            filled.outbox.delivered(delivery, clock.now())

    def count(channel: str = "business", camera: str = "cam-1", kind: Kind = Kind.NO_HAT) -> int:
        return filled.outbox.pushed_since(channel, SITE, camera, kind, begin)

    assert (count(), count(kind=Kind.SMOKING), count(camera="cam-2"), count("regulator")) == (2, 1, 1, 0)
    assert filled.outbox.pushed_since("business", SITE, "cam-1", Kind.NO_HAT, begin + timedelta(seconds=1)) == 0


def test_what_is_held_is_told_in_one_digest_after_the_window(filled: Filled, clock: ManualClock) -> None:
    for subject in ("a", "b"):
        filled.add(OPENED, subject)
    filled.add(CLIP, "a")
    while deliveries := due(filled, clock, "business"):
        for delivery in deliveries:
            filled.outbox.hold_for_digest(delivery)
    assert filled.outbox.held("business", "a")
    assert not filled.outbox.held("regulator", "a")
    clock.advance(3599)
    assert filled.outbox.write_digests(clock.now(), HOUR) == 0
    clock.advance(1)
    assert filled.outbox.write_digests(clock.now(), HOUR) == 1
    assert filled.outbox.write_digests(clock.now(), HOUR) == 0
    (digest,) = due(filled, clock, "business")
    assert digest.alert.type is AlertType.DIGEST
    assert digest.alert.data["count"] == 2
    (place,) = digest.alert.data["places"]
    assert (place["site"], place["camera"], place["kind"], place["count"]) == (SITE, "cam-1", "no_hat", 2)
    assert AlertType.DIGEST not in {delivery.alert.type for delivery in due(filled, clock, "regulator")}
    assert filled.outbox.held("business", "a")


def test_a_case_that_was_pushed_is_not_held(filled: Filled, clock: ManualClock) -> None:
    filled.add(OPENED, "a")
    filled.outbox.delivered(due(filled, clock, "business")[0], clock.now())
    assert not filled.outbox.held("business", "a")


def test_the_stream_resumes_after_what_was_seen(filled: Filled, clock: ManualClock) -> None:
    for subject in ("a", "b", "c"):
        filled.add(OPENED, subject)
    everything = filled.outbox.after(0, 10)
    assert [alert.subject for alert in everything] == ["a", "b", "c"]
    assert [alert.subject for alert in filled.outbox.after(everything[0].seq, 1)] == ["b"]
    assert filled.outbox.after(everything[-1].seq, 10) == []


def test_a_digest_is_no_news_for_the_stream(filled: Filled, clock: ManualClock) -> None:
    filled.add(OPENED, "a")
    filled.outbox.hold_for_digest(due(filled, clock, "business")[0])
    clock.advance(3600)
    filled.outbox.write_digests(clock.now(), HOUR)
    assert [alert.type for alert in filled.outbox.after(0, 10)] == [OPENED]
