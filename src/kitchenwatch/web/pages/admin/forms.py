"""What the forms of the administration say, in the shape of the configuration.

What makes no sense is kept as it was typed: the configuration's own models say what is wrong with it, and the form
shows it again beside that.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request
from starlette.datastructures import FormData

from kitchenwatch.errors import Fault
from kitchenwatch.model import RULE_KINDS
from kitchenwatch.sources.address import redacted

MOST_FIELDS = 1000
LONGEST = 4000  # characters of a field; a polygon of a hundred corners has some 1500
MOST_ROWS = 50  # hours, zones
Body = dict[str, Any]


async def _read(request: Request) -> FormData:
    return await request.form(max_files=0, max_fields=MOST_FIELDS)


Fields = Annotated[FormData, Depends(_read)]


class Faults:
    """What is wrong, by field; the fault of a field is the first of its own or of its parts."""

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        self._faults = dict(faults)

    def __bool__(self) -> bool:
        return bool(self._faults)

    def of(self, field: str) -> Fault | None:
        """The fault to be shown at a field."""
        for name, fault in self._faults.items():
            if name == field or name.startswith(f"{field}."):
                return fault
        return None


def text(form: FormData, name: str) -> str:
    """A field as typed, without spaces around it; PostgreSQL keeps no NUL."""
    value = form.get(name, "")
    return value.strip().replace("\x00", "")[:LONGEST] if isinstance(value, str) else ""


def several(form: FormData, name: str) -> list[str]:
    """The boxes that were ticked."""
    return [value[:LONGEST] for value in form.getlist(name) if isinstance(value, str) and value]


def district_body(form: FormData, id: str) -> Body:
    """A district."""
    return _said(form, id) | {"channels": several(form, "channels")}


def site_body(form: FormData, id: str) -> Body:
    """A site, without its cameras."""
    body = _said(form, id) | {"district": text(form, "district"), "timezone": text(form, "timezone")}
    return body | {"hours": hours(form, "hours"), "channels": several(form, "channels"), "rules": rules(form)}


def camera_body(form: FormData, id: str) -> Body:
    """A camera, without its address."""
    body = _said(form, id) | {"zones": zones(form), "rules": rules(form)}
    fps = text(form, "sample_fps")
    return body | ({"sample_fps": _number(fps)} if fps else {})


def periods(form: FormData) -> Body:
    """How long evidence is kept, in days; confirmed evidence for good if that is left blank."""
    said = {name: text(form, name) for name in ("rolling_days", "dismissed_days", "confirmed_days")}
    kinds = {str(kind): text(form, f"by_kind.{kind}") for kind in RULE_KINDS}
    by_kind = {kind: days for kind, days in kinds.items() if days}
    return {name: days for name, days in said.items() if days} | ({"by_kind": by_kind} if by_kind else {})


def _said(form: FormData, id: str) -> Body:
    name = text(form, "name")
    return {"id": id} | ({"name": name} if name else {})


def hours(form: FormData, prefix: str) -> list[Body]:
    """Rows of days, from and to; a row without times is none."""
    rows = []
    for row in range(MOST_ROWS):
        begin, end = text(form, f"{prefix}-{row}-from"), text(form, f"{prefix}-{row}-to")
        if begin or end:
            days = several(form, f"{prefix}-{row}-days")
            rows.append({"from": begin, "to": end} | ({"days": days} if days else {}))
    return rows


def zones(form: FormData) -> dict[str, Body]:
    """Each row that has points; one without a name is given one."""
    found: dict[str, Body] = {}
    for row in range(MOST_ROWS):
        if points := text(form, f"zone-{row}-points"):
            name = text(form, f"zone-{row}-name")[:60] or "zone"
            taken = name in found
            found[f"{name}-{row + 1}" if taken else name] = {
                "polygon": _points(points),
                "mode": text(form, f"zone-{row}-mode"),
            }
    return found


def _points(typed: str) -> list[list[float]] | str:
    """`0.1,0.2 0.9,0.2 …` as pairs, or what was typed."""
    try:
        pairs = [[float(part) for part in pair.split(",")] for pair in typed.split()]
    except ValueError:
        return typed
    return pairs if all(len(pair) == 2 for pair in pairs) else typed


def rules(form: FormData) -> dict[str, Body]:
    """What is said of each kind; what is left blank is inherited."""
    said = {str(kind): _rule(form, f"rule-{kind}") for kind in RULE_KINDS}
    return {kind: rule for kind, rule in said.items() if rule}


def _rule(form: FormData, prefix: str) -> Body:
    rule: Body = {}
    if enabled := text(form, f"{prefix}-enabled"):
        rule["enabled"] = enabled == "on"
    for name in ("false_alarms_per_day", "for", "merge_gap", "cooldown"):
        if typed := text(form, f"{prefix}-{name}"):
            rule[name] = _number(typed)
    where, when = text(form, f"{prefix}-where"), text(form, f"{prefix}-when")
    if where:
        rule["zones"] = several(form, f"{prefix}-zones") if where == "some" else []
    if when:
        rule["schedule"] = hours(form, f"{prefix}-hours") if when == "own" else []
    return rule


def _number(typed: str) -> float | str:
    try:
        return float(typed)
    except ValueError:
        return typed


def wanted_url(form: FormData, known: Iterable[str | None]) -> str | None:
    """The address that is meant, or None for the one that is there.

    Args:
        known: the address that is there, then one that was tried; a field that shows one of these, without its
            password as always, means that one.
    """
    old, *others = known
    typed, user, password = text(form, "url"), text(form, "user"), text(form, "password")
    if not typed or (old and typed == redacted(old)):
        meant, same = old, True
    else:
        meant, same = next((url for url in others if url and typed == redacted(url)), typed), False
    if meant and (user or password):
        return _with_credentials(meant, user, password)
    return None if same else meant


def _with_credentials(url: str, user: str, password: str) -> str:
    scheme, mark, rest = url.partition("://")
    if not mark:
        return url
    before, at, place = rest.rpartition("@")
    old_user, _, old_password = before.partition(":") if at else ("", "", "")
    name = quote(user, safe="") or old_user
    return f"{scheme}://{name}:{quote(password, safe='') or old_password}@{place}"


def shown_rows(said: Sequence[Any], spare: int) -> list[Any]:
    """What is there, and some empty rows to fill in."""
    return [*said, *([None] * spare)]
