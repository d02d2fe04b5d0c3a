"""axe-core looks at every page, as each of its readers sees it: no serious fault, no critical one."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from doors import DOORS, add_neighbours, bring, send_photo
from installation import Installation
from phone import act, revision
from playwright.sync_api import Browser, BrowserContext, Page

from kitchenwatch.lifecycle import Act
from kitchenwatch.model import CameraState, CaseStatus, EvidenceKind, HealthChange, Kind, Role
from kitchenwatch.store.health import SqlHealthLog
from kitchenwatch.store.loop import Actor, Move
from kitchenwatch.web.auth import COOKIE
from kitchenwatch.web.language import COOKIE as LANGUAGE_COOKIE

SIZES = {"desk": (1440, 900), "phone": (390, 844)}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": WCAG}}
GRAVE = ("serious", "critical")


@dataclass(frozen=True)
class Look:
    """Who looks at which page; `case` names one of those that `cases` has opened."""

    who: str
    path: str
    case: str = "open"


LOOKS = [
    Look("nobody", "/login"),
    *(Look(who, "/") for who in ("admin", "east", "wang", "viewer")),
    *(Look(who, "/cases") for who in ("east", "wang")),
    *(Look("east", "/cases/{case}", case) for case in ("open", "confirmed", "answered", "dismissed", "closed")),
    *(Look("wang", "/cases/{case}", case) for case in ("asked", "answered")),
    Look("viewer", "/cases/{case}"),
    Look("east", "/review"),
    Look("west", "/review"),  # nothing waits
    *(Look("east", path) for path in ("/cameras", "/cameras/{camera}", "/wall", "/account")),
    Look("east", "/patrol"),
    Look("wang", "/notices"),
    Look("zhao", "/notices"),  # nothing is asked
    Look("wang", "/notices/{case}", "asked"),
    Look("admin", "/admin"),
    *(Look("admin", f"/admin/{page}") for page in ("places", "cameras", "users", "channels", "retention", "audit")),
    *(Look("admin", f"/admin/{page}") for page in ("configuration", "declare-user", "users/{name}")),
    *(Look("admin", f"/admin/declare/{kind}") for kind in ("district", "site", "camera")),
    *(Look("admin", f"/admin/places/{kind}") for kind in ("district/east", "site/wang", "camera/wang-wok")),
]
# Doors that lead to files, or back.
NO_PAGES = {
    "/language/{language}",
    "/today/trend.svg",
    "/cases.csv",
    "/cases/{case}/sheet.pdf",
    "/cases/{case}/bundle.zip",
    "/cases/{case}/moment.jpg",
    "/admin/places/{kind}/{id}/yaml",
    "/admin/retention/yaml",
    "/admin/trials/{trial}",
    "/admin/trials/{trial}/picture",
    "/admin/audit.csv",
    "/admin/configuration.yaml",
}
SAME = {"/admin/declare/{kind}": "/admin/declare/", "/admin/places/{kind}/{id}": "/admin/places/"}


def test_every_page_is_looked_at() -> None:
    looked_at = {look.path for look in LOOKS}
    pages = {path for method, path in DOORS if method == "GET" and not path.startswith("/api/")}
    for page in pages - NO_PAGES:
        assert any(path == page or path.startswith(SAME.get(page, "\n")) for path in looked_at), page


@pytest.fixture
def cases(shop: Installation, make_film: Callable[..., Path]) -> dict[str, UUID]:
    """The installation at work: a case of each standing, a camera that cannot see."""
    add_neighbours(shop)
    clip = make_film(seconds=0.2, size=(64, 48)).read_bytes()
    opened = {name: shop.open_case("wang") for name in ("confirmed", "asked", "answered", "dismissed", "closed")}
    opened["open"] = shop.open_case("wang", Kind.SMOKING, clip=clip)
    for name, case in opened.items():
        stands = {"confirmed": CaseStatus.CONFIRMED, "open": CaseStatus.OPEN, "dismissed": CaseStatus.OPEN}
        bring(shop, case, stands.get(name, CaseStatus.DISPATCHED))
    for name in ("answered", "closed"):
        answer(shop, opened[name])
    act(shop, opened["closed"], Act.CLOSE)
    shop.open_case("li")
    SqlHealthLog(shop.database).record(HealthChange("wang-wok", CameraState.BLACK, True, shop.clock.now()))
    return opened


def answer(shop: Installation, case: UUID) -> None:
    uploads = [UUID(send_photo(shop, case, "wang", kind)) for kind in (EvidenceKind.PHOTO, EvidenceKind.PORTRAIT)]
    move = Move(Act.RECTIFY, revision(shop, case), "已更换工作帽", uploads=tuple(uploads))
    shop.loop.act(case, move, Actor("wang", Role.BUSINESS))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_keeps_anybody_out(
    language: str, size: str, shop: Installation, cases: dict[str, UUID], browser: Browser, served: str
) -> None:
    faults: list[str] = []
    for who, page in readers(shop, browser, served, language, size):
        for look in LOOKS:
            if look.who == who:
                path = look.path.format(case=cases[look.case], camera="wang-wok", name="guest")
                answer = page.goto(path)
                assert answer
                assert answer.status == 200, (who, path)
                faults += [f"{who} {look.path} ({look.case}): {fault}" for fault in found(page)]
    assert faults == []


def readers(shop: Installation, browser: Browser, served: str, language: str, size: str) -> Iterator[tuple[str, Page]]:
    """Everybody who looks, with a browser of their own."""
    width, height = SIZES[size]
    for who in dict.fromkeys(look.who for look in LOOKS):
        context: BrowserContext = browser.new_context(base_url=served, viewport={"width": width, "height": height})
        context.add_cookies([{"name": LANGUAGE_COOKIE, "value": language, "url": served}])
        if who != "nobody":
            secret = shop.tokens.open_session(who).secret
            context.add_cookies([{"name": COOKIE, "value": secret, "url": served, "sameSite": "Strict"}])
        yield who, context.new_page()
        context.close()


def found(page: Page) -> list[str]:
    """What axe-core finds that is grave, one line each."""
    violations = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {json.dumps(node['target'])} {node['html'][:160]}"
        for one in violations
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]
