"""A process that delivers what waits in a database, to be killed by a test.

Arguments: the database's URL, the receiver's URL.
"""

import sys

from outboxes import SITE

from http_receiver import LOOPBACK, SECRET
from kitchenwatch.alerts.dispatcher import Dispatcher
from kitchenwatch.alerts.egress import Egress
from kitchenwatch.alerts.lane import PushPolicy
from kitchenwatch.alerts.webhook import WebhookChannel
from kitchenwatch.clock import SystemClock
from kitchenwatch.store.database import Database
from kitchenwatch.store.outbox import Routes, SqlOutbox


def main(database_url: str, receiver_url: str) -> None:
    clock = SystemClock()
    outbox = SqlOutbox(Database(database_url), Routes({"east": ("regulator",)}, {SITE: ("business",)}), clock)
    egress = Egress([LOOPBACK])
    channels = {
        name: WebhookChannel(name, f"{receiver_url}/{name}", [SECRET], egress, clock)
        for name in ("regulator", "business")
    }
    dispatcher = Dispatcher(outbox, channels, clock, PushPolicy(cap=100), patience=30)
    while dispatcher.run_once():
        pass
    dispatcher.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
