"""What an alert says to a machine: a CloudEvent in JSON.

CloudEvents 1.0, structured mode: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
"""

import json
from typing import Any
from urllib.parse import quote

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from kitchenwatch.model import Alert

CONTENT_TYPE = "application/cloudevents+json"
# Standard Webhooks asks for payloads below 20 kB; this leaves room for the envelope.
DATA_LIMIT = 18_000
# The curve of scores is evidence, not news: the manifest holds it.
LEFT_OUT = frozenset({"scores"})


def event_body(alert: Alert) -> bytes:
    """The alert as a CloudEvent, below 20 kB; `id` is the alert's and `sequence` its place in the outbox.

    Data that will not fit is left out, the largest field first, and named in `omitted`.
    """
    attributes = {
        "specversion": "1.0",
        "id": str(alert.id),
        "source": source(alert.site),
        "type": str(alert.type),
        "time": alert.at,
        "subject": alert.subject,
        "datacontenttype": "application/json",
        "sequence": f"{alert.seq:020d}",  # the CloudEvents extension orders by text, so the number is padded
    }
    return JSONFormat().write(CloudEvent(attributes, _thin(_told(alert))))


def source(site: str | None) -> str:
    """The CloudEvents source: the site, or the installation where no site is concerned."""
    return f"/kitchenwatch/sites/{quote(site, safe='')}" if site else "/kitchenwatch"


def _told(alert: Alert) -> dict[str, Any]:
    place = {
        "site": {"id": alert.site} if alert.site else None,
        "camera": {"id": alert.camera} if alert.camera else None,
        "kind": str(alert.kind) if alert.kind else None,
    }
    data = {key: value for key, value in alert.data.items() if key not in LEFT_OUT}
    return {key: value for key, value in place.items() if value is not None} | data


def _thin(data: dict[str, Any]) -> dict[str, Any]:
    kept, omitted = dict(data), list[str]()
    while len(json.dumps(kept)) > DATA_LIMIT:
        largest = max(kept, key=lambda key: len(json.dumps(kept[key])))
        del kept[largest]
        omitted.append(largest)
    return kept | {"omitted": omitted} if omitted else kept
