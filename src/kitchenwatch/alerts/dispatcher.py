"""The dispatcher: takes alerts from the outbox and hands them to the channels, for ever.

A delivery is marked only after the receiver has it, so a process that dies in between sends it again under the
same id: at least once on the wire, exactly once by id.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait

from kitchenwatch.alerts.lane import Lane, PushPolicy
from kitchenwatch.model import Delivery
from kitchenwatch.ports import Channel, Clock, Outbox

log = logging.getLogger(__name__)

BATCH = 20  # deliveries a channel takes at a time: bounds what a stop has to wait for, and the memory
POLL = 1.0  # seconds between looks at an idle outbox
PATIENCE = 1.0  # seconds that a round waits for a slow channel before it goes on with the others
TROUBLE_LONGEST = 60.0  # seconds between rounds while the outbox itself is out of reach


class Dispatcher:
    """Moves alerts from the outbox to the channels.

    Each channel has a lane and at most one thread, so a slow one delays nobody; within a lane, deliveries go out
    one after the other, so those of one subject stay in order.

    Args:
        outbox: where alerts wait.
        channels: by name, as the outbox's deliveries name them.
        clock: for due times and rests.
        policy: caps and patience with receivers.
        patience: seconds of real time that a round waits for its channels.
    """

    def __init__(
        self,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        clock: Clock,
        policy: PushPolicy | None = None,
        *,
        patience: float = PATIENCE,
    ) -> None:
        self._outbox, self._clock, self._patience = outbox, clock, patience
        self._policy = policy or PushPolicy()
        self._lanes = {name: Lane(name, channel, outbox, clock, self._policy) for name, channel in channels.items()}
        self._pool = ThreadPoolExecutor(max_workers=max(1, len(channels)), thread_name_prefix="alerts")
        self._busy: dict[str, Future[None]] = {}
        self._halt = threading.Event()

    def run_once(self) -> int:
        """One round: fan out, write digests, hand what is due to the channels that are free.

        Waits for them up to `patience`. Returns how many deliveries were handed on (sent, put off or given up).
        """
        self._outbox.fan_out()
        if self._outbox.write_digests(self._clock.now(), self._policy.window):
            self._outbox.fan_out()
        free = self._free()  # before `due` is asked: what a lane has in hand by then must not be handed out twice
        batches = self._batches(self._outbox.due(self._clock.now(), BATCH))
        unknown = {name: batch for name, batch in batches.items() if name not in self._lanes}
        self._give_up(unknown)
        started = {name: batch for name, batch in batches.items() if name in free}
        self._start(started)
        return sum(len(batch) for batch in (*unknown.values(), *started.values()))

    def run(self, stop: threading.Event) -> None:
        """Rounds until `stop` is set; a round that fails is logged and followed by a longer pause."""
        pause = POLL
        while not stop.is_set():
            try:
                pause = 0.0 if self.run_once() else POLL
            except Exception:  # the supervisor: alerts wait safely in the outbox
                log.exception("a round of the dispatcher failed; alerts wait in the outbox")
                pause = min(max(pause, POLL) * 2, TROUBLE_LONGEST)
            self._clock.sleep(pause, stop)
        self.close()

    def close(self) -> None:
        """Finish the deliveries in hand and end the threads; what is left stays in the outbox."""
        self._halt.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _batches(self, due: list[Delivery]) -> dict[str, list[Delivery]]:
        batches = defaultdict[str, list[Delivery]](list)
        for delivery in due:
            batches[delivery.channel].append(delivery)
        return batches

    def _free(self) -> set[str]:
        """Channels that neither rest nor work."""
        busy = {name for name, working in self._busy.items() if not working.done()}
        return {name for name, lane in self._lanes.items() if name not in busy and lane.ready()}

    def _start(self, batches: Mapping[str, list[Delivery]]) -> None:
        started = {
            name: self._pool.submit(self._lanes[name].work, batch, self._halt) for name, batch in batches.items()
        }
        self._busy |= started
        wait(started.values(), timeout=self._patience)

    def _give_up(self, batches: Mapping[str, list[Delivery]]) -> None:
        for channel, batch in batches.items():
            log.warning("channel %s is not configured any more: %d alerts given up", channel, len(batch))
            for delivery in batch:
                self._outbox.give_up(delivery, f"channel {channel} is not configured any more -> restore it")
