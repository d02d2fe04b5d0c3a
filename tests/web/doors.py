"""Every door of the application, and what each visitor is answered there.

The case lies at the site wang, in the district east, as do the place and the camera that are asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from fastapi.testclient import TestClient
from installation import PASSWORD, Installation
from phone import act, ordered, taken
from starlette.testclient import WebSocketDenialResponse

from kitchenwatch.lifecycle import Act
from kitchenwatch.model import CaseStatus, Role
from kitchenwatch.store.users import NewUser

Ask = tuple[str, str]

# Nobody, the business of the site and another one, the regulator of the district and another one, viewer, admin.
VISITORS = ("nobody", "wang", "zhao", "east", "west", "viewer", "admin")
# A page answers 303 to nobody: it shows where to sign in.
PAGE = 303
WRITING = frozenset({"POST", "PUT", "DELETE"})
SOCKET = "SOCKET"
OUTSIDERS = ("zhao", "west")
PHOTO = {"photo": ("a.jpg", taken(size=(320, 240)), "image/jpeg")}


def everybody(status: int) -> tuple[int, ...]:
    """Whoever it is."""
    return (status,) * len(VISITORS)


def signed_in(status: int = 200, nobody: int = 401) -> tuple[int, ...]:
    """Whoever has signed in; what they see there is another question."""
    return nobody, *(status,) * (len(VISITORS) - 1)


def in_scope(status: int = 200, nobody: int = 401) -> tuple[int, ...]:
    """Those who may see the site."""
    return nobody, status, 404, status, 404, status, status


def regulators(status: int = 200, nobody: int = 401, elsewhere: int = 404) -> tuple[int, ...]:
    """Those who may see the site, and decide."""
    return nobody, 403, 403, status, elsewhere, 403, status


def businesses(status: int = 200, other: int = 200) -> tuple[int, ...]:
    """The business of the site, and another one; on pages."""
    return PAGE, status, other, 403, 403, 403, 403


def admins(status: int = 200, nobody: int = 401) -> tuple[int, ...]:
    """Admins alone."""
    return nobody, 403, 403, 403, 403, 403, status


@dataclass(frozen=True)
class Door:
    """What is sent there, and what is answered, in the order of `VISITORS`; `stands` is how far the case has come."""

    answers: tuple[int, ...]
    stands: CaseStatus = CaseStatus.OPEN
    query: Mapping[str, str] = field(default_factory=dict)
    json: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None
    photo: bool = False

    def answer(self, visitor: str) -> int:
        """The status that this visitor gets."""
        return self.answers[VISITORS.index(visitor)]


CONFIRM = {"act": "confirm", "revision": 1}
VERDICT = {"status": "dismissed", "reason": "false_alarm", "revision": 1}
LONG = {"password": "another long one"}
FOUND = uuid4()
FINDING = {"id": str(FOUND), "camera": "wang-wok", "kind": "other", "source": "none", "remark": "地面有油污"}
DISPATCHED, CONFIRMED = CaseStatus.DISPATCHED, CaseStatus.CONFIRMED

DOORS: dict[Ask, Door] = {
    # --- places
    ("GET", "/api/v1/sites"): Door(signed_in()),
    ("GET", "/api/v1/sites/{site}"): Door(in_scope()),
    ("GET", "/api/v1/cameras"): Door(signed_in()),
    ("GET", "/api/v1/cameras/{camera}"): Door(in_scope()),
    ("GET", "/api/v1/camera-health"): Door(signed_in()),
    ("GET", "/api/v1/cameras/{camera}/still.jpg"): Door(in_scope()),
    (SOCKET, "/api/v1/cameras/{camera}/live"): Door(in_scope(101)),
    ("GET", "/cameras"): Door(signed_in(nobody=PAGE)),
    ("GET", "/cameras/{camera}"): Door(in_scope(nobody=PAGE)),
    ("GET", "/wall"): Door(signed_in(nobody=PAGE)),
    # --- cases
    ("GET", "/"): Door(signed_in(nobody=PAGE)),
    ("GET", "/today/trend.svg"): Door(signed_in(nobody=PAGE)),
    ("GET", "/cases"): Door(signed_in(nobody=PAGE)),
    ("GET", "/cases.csv"): Door(signed_in(nobody=PAGE)),
    ("GET", "/cases/{case}"): Door(in_scope(nobody=PAGE)),
    ("GET", "/cases/{case}/sheet.pdf"): Door(in_scope(nobody=PAGE)),
    ("GET", "/cases/{case}/bundle.zip"): Door(in_scope(nobody=PAGE)),
    ("POST", "/cases/{case}/act"): Door((PAGE, 403, 404, 303, 404, 403, 303), form={"act": "confirm", "revision": "1"}),
    ("POST", "/cases/{case}/hold"): Door(regulators(303, PAGE), form={"hold": "true"}),
    ("GET", "/api/v1/cases"): Door(signed_in()),
    ("GET", "/api/v1/cases/counts"): Door(signed_in()),
    ("GET", "/api/v1/cases/{case}"): Door(in_scope()),
    ("POST", "/api/v1/cases/{case}/verdict"): Door(regulators(), json=VERDICT),
    ("DELETE", "/api/v1/cases/{case}/verdict"): Door(regulators(), CONFIRMED, {"revision": "2"}),
    ("PUT", "/api/v1/cases/{case}/legal-hold"): Door(regulators(), json={"hold": True}),
    ("GET", "/api/v1/cases/{case}/acts"): Door(in_scope()),
    ("POST", "/api/v1/cases/{case}/acts"): Door((401, 403, 404, 200, 404, 403, 200), json=CONFIRM),
    ("GET", "/api/v1/cases/{case}/evidence/{kind}"): Door(in_scope()),
    ("HEAD", "/api/v1/cases/{case}/evidence/{kind}"): Door(in_scope()),
    ("GET", "/api/v1/cases/{case}/preview"): Door(in_scope()),
    # --- review
    ("GET", "/review"): Door(regulators(nobody=PAGE, elsewhere=200)),
    ("POST", "/review/{case}"): Door(regulators(303, PAGE), form={"judgement": "confirm", "revision": "1"}),
    ("GET", "/api/v1/review/next"): Door(regulators(elsewhere=200)),
    ("GET", "/api/v1/review/{case}"): Door(regulators()),
    # --- what businesses send
    ("POST", "/api/v1/cases/{case}/uploads"): Door(
        (401, 201, 404, 403, 403, 403, 403), DISPATCHED, form={"purpose": "photo"}, photo=True
    ),
    ("GET", "/api/v1/cases/{case}/uploads/{upload}"): Door(in_scope(), DISPATCHED),
    ("GET", "/api/v1/cases/{case}/uploads/{upload}/original"): Door(regulators(), DISPATCHED),
    ("DELETE", "/api/v1/cases/{case}/uploads/{upload}"): Door((401, 204, 404, 403, 403, 403, 403), DISPATCHED),
    ("GET", "/notices"): Door(businesses()),
    ("GET", "/notices/{case}"): Door(businesses(other=404), DISPATCHED),
    ("POST", "/notices/{case}/answer"): Door(businesses(422, 404), DISPATCHED, form={"revision": "x"}),
    ("POST", "/notices/{case}/uploads/{upload}/remove"): Door(businesses(303, 404), DISPATCHED),
    ("POST", "/notices/phone"): Door(businesses(303, 303), form={"phone": "13812345678", "case": str(FOUND)}),
    # --- what patrols find
    ("GET", "/patrol"): Door(regulators(nobody=PAGE), query={"camera": "wang-wok"}),
    ("GET", "/cases/{case}/moment.jpg"): Door(regulators(nobody=PAGE)),
    ("POST", "/patrol"): Door(regulators(303, PAGE), form=FINDING),
    # --- alerts: an open stream never ends, `test_stream` listens to it. Here: may one ask at all?
    ("GET", "/api/v1/alerts/stream"): Door(signed_in(422), query={"after": "x"}),
    # --- the system
    ("GET", "/api/v1/health"): Door(everybody(200)),
    ("GET", "/api/v1/metrics"): Door((401, 403, 403, 403, 403, 200, 200)),
    ("GET", "/api/v1/public-key.pem"): Door(signed_in()),
    ("GET", "/api/v1/openapi.json"): Door(everybody(200)),
    ("HEAD", "/api/v1/openapi.json"): Door(everybody(200)),
    ("GET", "/language/{language}"): Door(everybody(303)),
    # --- signing in, and one's own account
    ("GET", "/login"): Door(everybody(200)),
    ("POST", "/login"): Door(everybody(303), form={"name": "wang", "password": PASSWORD}),
    ("POST", "/logout"): Door(everybody(303)),
    ("POST", "/api/v1/login"): Door(everybody(200), json={"name": "wang", "password": PASSWORD}),
    ("POST", "/api/v1/logout"): Door(signed_in(204)),
    ("GET", "/api/v1/me"): Door(signed_in()),
    ("GET", "/api/v1/me/tokens"): Door(signed_in()),
    ("POST", "/api/v1/me/tokens"): Door(signed_in(201), json={"note": "script"}),
    ("DELETE", "/api/v1/me/tokens/{token}"): Door(signed_in(404)),
    ("GET", "/account"): Door(signed_in(nobody=PAGE)),
    ("POST", "/account/password"): Door(signed_in(422, PAGE), form={"old": PASSWORD}),
    ("POST", "/account/sessions/{session}/end"): Door(signed_in(404, PAGE)),
    ("POST", "/account/tokens"): Door(signed_in(422, PAGE), form={"note": "script", "days": "1"}),
    ("POST", "/account/tokens/{token}/revoke"): Door(signed_in(404, PAGE)),
    # --- administration by API
    ("GET", "/api/v1/users"): Door(admins()),
    ("POST", "/api/v1/users"): Door(admins(204), json={"name": "new", "role": "viewer", "password": PASSWORD}),
    ("PUT", "/api/v1/users/{name}"): Door(admins(204), json={"role": "viewer"}),
    ("PUT", "/api/v1/users/{name}/password"): Door(admins(204), json=LONG),
    ("PUT", "/api/v1/users/{name}/disabled"): Door(admins(204), json={"disabled": True}),
    ("GET", "/api/v1/tokens"): Door(admins()),
    ("POST", "/api/v1/tokens"): Door(admins(201), json={"user": "viewer"}),
    ("DELETE", "/api/v1/tokens/{token}"): Door(admins(404)),
    ("GET", "/api/v1/audit"): Door(admins()),
    # --- administration on pages; an empty form is let in and sent back
    ("GET", "/admin"): Door(admins(nobody=PAGE)),
    ("GET", "/admin/places"): Door(admins(nobody=PAGE)),
    ("GET", "/admin/cameras"): Door(admins(nobody=PAGE)),
    ("GET", "/admin/declare/{kind}"): Door(admins(nobody=PAGE)),
    ("POST", "/admin/declare/{kind}"): Door(admins(422, PAGE), form={"id": ""}),
    ("GET", "/admin/places/{kind}/{id}"): Door(admins(nobody=PAGE)),
    ("POST", "/admin/places/{kind}/{id}"): Door(admins(422, PAGE), form={"revision": "1"}),
    ("POST", "/admin/places/{kind}/{id}/remove"): Door(admins(404, PAGE), form={"revision": "1"}),
    ("GET", "/admin/places/{kind}/{id}/yaml"): Door(admins(404, PAGE)),
    ("POST", "/admin/trials"): Door(admins(422, PAGE), form={"url": ""}),
    ("GET", "/admin/trials/{trial}"): Door(admins(404, PAGE)),
    ("GET", "/admin/trials/{trial}/picture"): Door(admins(404, PAGE)),
    ("GET", "/admin/users"): Door(admins(nobody=PAGE)),
    ("GET", "/admin/declare-user"): Door(admins(nobody=PAGE)),
    ("POST", "/admin/declare-user"): Door(admins(422, PAGE), form={"name": ""}),
    ("GET", "/admin/users/{name}"): Door(admins(nobody=PAGE)),
    ("POST", "/admin/users/{name}"): Door(admins(422, PAGE), form={"revision": "x"}),
    ("POST", "/admin/users/{name}/password"): Door(admins(422, PAGE), form={"password": "short"}),
    ("POST", "/admin/users/{name}/disabled"): Door(admins(303, PAGE), form={"disabled": "true"}),
    ("POST", "/admin/users/{name}/sessions/{session}/end"): Door(admins(404, PAGE)),
    ("POST", "/admin/users/{name}/tokens/{token}/revoke"): Door(admins(404, PAGE)),
    ("GET", "/admin/channels"): Door(admins(nobody=PAGE)),
    ("POST", "/admin/channels/{name}/test"): Door(admins(404, PAGE)),
    ("GET", "/admin/retention"): Door(admins(nobody=PAGE)),
    ("POST", "/admin/retention"): Door(admins(422, PAGE), form={"rolling_days": "soon"}),
    ("POST", "/admin/retention/remove"): Door(admins(404, PAGE), form={"revision": "1"}),
    ("GET", "/admin/retention/yaml"): Door(admins(404, PAGE)),
    ("GET", "/admin/audit"): Door(admins(nobody=PAGE)),
    ("GET", "/admin/audit.csv"): Door(admins(nobody=PAGE)),
    ("GET", "/admin/configuration"): Door(admins(nobody=PAGE)),
    ("GET", "/admin/configuration.yaml"): Door(admins(nobody=PAGE)),
    # --- last, as a password changes with it, and sessions end
    ("PUT", "/api/v1/me/password"): Door(signed_in(204), json={"old": PASSWORD, "password": LONG["password"]}),
}


def asks_to_sign_in(ask: Ask) -> bool:
    """Whether this is a page, or a file of one, that nobody sees before signing in."""
    return ask[0] == "GET" and DOORS[ask].answer("nobody") == PAGE != DOORS[ask].answer("admin")


def add_neighbours(shop: Installation) -> None:
    """Another business in another district, and somebody to be changed and shut out."""
    shop.users.add("test", NewUser("zhao", Role.BUSINESS, sites=("zhao",)), PASSWORD)
    shop.users.add("test", NewUser("guest", Role.VIEWER), PASSWORD)


def address(shop: Installation, ask: Ask, clip: bytes = b"", site: str = "wang") -> str:
    """Where the door is, with a new case before it where it leads to one."""
    door, path = DOORS[ask], ask[1]
    case = bring(shop, shop.open_case(site, clip=clip), door.stands) if "{case}" in path else None
    upload = send_photo(shop, case, site) if case and "{upload}" in path else None
    kind = "snapshot" if case else "site"
    return path.format(
        case=case,
        upload=upload,
        kind=kind,
        id=site,
        site=site,
        camera=f"{site}-wok",
        name="guest",
        language="en",
        # Nobody has these.
        token=uuid4(),
        session=uuid4(),
        trial=uuid4().hex,
    )


def bring(shop: Installation, case: UUID, status: CaseStatus) -> UUID:
    """The same case, as far as it must have come."""
    if status is CaseStatus.DISPATCHED:
        return ordered(shop, case)
    if status is CaseStatus.CONFIRMED:
        act(shop, case, Act.CONFIRM)
    return case


def send_photo(shop: Installation, case: UUID, user: str, purpose: str = "photo") -> str:
    """A photo that somebody of the business has sent."""
    asking = TestClient(shop.app, headers={"Authorization": f"Bearer {shop.token(user)}"})
    sent = asking.post(f"/api/v1/cases/{case}/uploads", data={"purpose": purpose}, files=PHOTO)
    assert sent.status_code == 201, sent.text
    return str(sent.json()["id"])


def knock(client: TestClient, ask: Ask, url: str) -> int:
    """What is answered; 101 where a socket is opened."""
    method, door = ask[0], DOORS[ask]
    if method == SOCKET:
        return _knock_at_socket(client, url)
    files = PHOTO if door.photo else None
    answer = client.request(
        method, url, params=door.query, json=door.json, data=door.form, files=files, follow_redirects=False
    )
    client.cookies.clear()
    return int(answer.status_code)


def _knock_at_socket(client: TestClient, url: str) -> int:
    try:
        with client.websocket_connect(url):
            return 101
    except WebSocketDenialResponse as refused:
        return int(refused.status_code)
