"""What keeps a store within its means and in order."""

from collections.abc import Callable, Mapping
from typing import Any

from kitchenwatch.bootstrap.stores import Stores
from kitchenwatch.config import Config
from kitchenwatch.config.joining import PERIODS, Declared, joined_with
from kitchenwatch.ports import Blobs, Clock
from kitchenwatch.store.expiry import RetentionPolicy
from kitchenwatch.store.repair import Problem, Repair
from kitchenwatch.store.retention import Retention


def build_retention(config: Config, stores: Stores, clock: Clock) -> Retention:
    """Retention as the configuration wants it."""
    return Retention(stores.database, stores.blobs, stores.chain, clock, retention_policy(config, stores.blobs))


def retention_policy(config: Config, blobs: Blobs) -> RetentionPolicy:
    """What the configuration wants; sizes told as a share are of the disk as it is now."""
    wanted = config.retention
    _, total = blobs.free()
    return RetentionPolicy(
        rolling_days=wanted.rolling_days,
        dismissed_days=wanted.dismissed_days,
        confirmed_days=wanted.confirmed_days,
        kind_days={str(kind): days for kind, days in wanted.by_kind.items()},
        floor_bytes=wanted.disk_floor.of(total),
        warn_bytes=wanted.warn_at.of(total),
    )


class Retaining:
    """Implements `web.administration.Retaining`.

    Args:
        config: what holds, read anew.
    """

    def __init__(self, config: Callable[[], Config], blobs: Blobs) -> None:
        self._config, self._blobs = config, blobs

    def policy(self) -> RetentionPolicy:
        """What holds now."""
        return retention_policy(self._config(), self._blobs)

    def wanted(self, periods: Mapping[str, Any]) -> RetentionPolicy:
        """What would hold. Raises InvalidFields."""
        wish = Declared("retention", PERIODS, periods)
        return retention_policy(joined_with(self._config(), wish), self._blobs)


def mend(stores: Stores, clock: Clock) -> list[Problem]:
    """Mend what a crash left half done; what was mended."""
    mended = build_repair(stores, clock).run()
    stores.turn.mended()
    return mended


def build_repair(stores: Stores, clock: Clock) -> Repair:
    """What mends a store after a crash."""
    return Repair(stores.database, stores.blobs, stores.chain, stores.cases, clock)
