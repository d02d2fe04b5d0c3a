"""Both languages: what is written, what is chosen, and how each writes figures."""

import re
from collections import Counter
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from fastapi.testclient import TestClient
from installation import BEGIN, Installation

from kitchenwatch import lifecycle, model, web
from kitchenwatch.alerts.text import WORDS
from kitchenwatch.web import figures
from kitchenwatch.web.language import Language, catalogues, translations
from kitchenwatch.web.redirects import own_place
from kitchenwatch.web.words import MORE, word

SHOWN: tuple[type[StrEnum], ...] = (
    model.Kind,
    model.CameraState,
    model.CaseStatus,
    model.Origin,
    model.VerdictReason,
    model.Mistaken,
    model.Role,
    model.EvidenceKind,
    lifecycle.Act,
    lifecycle.Severity,
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%%|%(?!\()")
MessageId = str | tuple[str, ...] | list[str]


@pytest.fixture(scope="module")
def written() -> set[MessageId]:
    """Every message of the templates and the pages."""
    methods = [("**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
    found = extract_from_dir(web.__path__[0], methods)
    return {message for _, _, message, _, _ in found}


def translated() -> list[tuple[str, MessageId, list[str]]]:
    return [
        (area, message.id, [message.string] if isinstance(message.string, str) else list(message.string or ()))
        for area, catalogue in catalogues(Language.ZH).items()
        for message in catalogue
        if message.id
    ]


def test_no_page_speaks_by_itself_in_one_language() -> None:
    """Words that stand in a template are read in both languages; only the name of the product is one."""
    for page in (Path(web.__path__[0]) / "templates").rglob("*.html"):
        assert not re.findall("[\u4e00-\u9fff]+", page.read_text().replace("明厨亮灶", "")), page.name


def test_every_message_is_translated_once(written: set[MessageId]) -> None:
    known = Counter(message for _, message, _ in translated())
    assert len(written) > 20
    assert written - set(known) == set()
    assert set(known) - written == set()
    assert [message for message, times in known.items() if times > 1] == []


def test_a_translation_keeps_the_placeholders() -> None:
    for area, message, strings in translated():
        wanted = set(PLACEHOLDER.findall(message if isinstance(message, str) else message[-1]))
        for string in strings:
            assert string, f"{area}: {message!r} has no translation"
            assert set(PLACEHOLDER.findall(string)) == wanted, f"{area}: {message!r}"


def test_every_value_has_its_words_in_one_place() -> None:
    assert set(MORE) & set(WORDS) == set()
    for value in (value for values in SHOWN for value in values):
        zh, en = word(value, Language.ZH), word(value, Language.EN)
        assert re.search(r"[\u4e00-\u9fff]", zh), value
        assert en.isascii(), value
    assert word("anything", Language.ZH) == word("anything", Language.EN) == "anything"


def test_one_chooses_before_signing_in_and_stays_where_one_was(client: TestClient) -> None:
    page = client.get("/login?next=/cases%3Fkind%3Dno_hat").text
    assert ('<html lang="zh-CN">' in page, "登录" in page) == (True, True)
    [switch] = re.findall(r'href="(/language/en[^"]*)"', page)
    switched = client.get(switch)
    assert str(switched.url).endswith("/login?next=/cases%3Fkind%3Dno_hat")
    assert ('<html lang="en">' in switched.text, "Sign in" in switched.text, "登录" in switched.text) == (
        True,
        True,
        False,
    )
    wrong = client.post("/login", data={"name": "east", "password": "no"}, headers={"sec-fetch-site": "same-origin"})
    assert "Wrong name or password" in wrong.text
    assert '<html lang="zh-CN">' in client.get("/language/zh").text


def test_a_strange_cookie_reads_chinese(client: TestClient) -> None:
    client.cookies.set("kw_lang", "tlh")
    assert '<html lang="zh-CN">' in client.get("/login").text
    assert client.get("/language/tlh").status_code == 422


@pytest.mark.parametrize(
    "place", ["//evil.example", "/\\evil.example", "https://evil.example", "/a//b", "/a\nb", "javascript:alert(1)", ""]
)
def test_one_is_led_nowhere_else(place: str, client: TestClient) -> None:
    assert own_place(place) == "/"
    answer = client.get("/language/en", params={"next": place}, follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_a_problem_is_told_in_the_readers_language(shop: Installation, client: TestClient) -> None:
    client.headers["Authorization"] = f"Bearer {shop.token('east')}"
    missing = "/cases/5f0e9a53-0000-0000-0000-000000000000"
    assert "没有找到内容" in client.get(missing).text
    client.cookies.set("kw_lang", "en")
    assert "There is nothing here" in client.get(missing).text


def test_figures_are_written_as_each_language_does() -> None:
    before = BEGIN - timedelta(minutes=3)
    assert (figures.ago(before, BEGIN, Language.ZH), figures.ago(before, BEGIN, Language.EN)) == (
        "3分钟前",
        "3 minutes ago",
    )
    later = BEGIN + timedelta(days=2)
    assert (figures.ago(later, BEGIN, Language.ZH), figures.ago(later, BEGIN, Language.EN)) == ("2天后", "in 2 days")
    assert figures.span(timedelta(hours=5), Language.ZH) == "5小时"
    assert (figures.number(12345, Language.ZH), figures.percent(0.934, Language.EN)) == ("12,345", "93%")
    assert (figures.day(BEGIN, "Asia/Shanghai", Language.ZH), figures.day(BEGIN, "UTC", Language.EN)) == (
        "11月22日",
        "Nov 22",
    )
    assert figures.local(BEGIN, "Asia/Shanghai") == "2026-11-22 19:45:00"


def test_english_needs_no_catalogue() -> None:
    assert catalogues(Language.EN) == {}
    assert translations(Language.EN).gettext("Today") == "Today"
    assert translations(Language.ZH).gettext("Today") == "首页"
