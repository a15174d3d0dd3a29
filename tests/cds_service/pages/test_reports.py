"""The page of reports: the numbers of `opioid-cds report`, for those who may see them and nobody else."""

from __future__ import annotations

import base64
import csv
import html
import io
import re
from datetime import date, timedelta

import pytest
from werkzeug.security import generate_password_hash

from cds_service.pages.reports import entries
from cds_service.report import Report, Tally, TopicLine, Volume
from cds_service.settings_check import InvalidSettings
from tests.cds_service import fakes
from tests.cds_service.hospital import SIGN, Clock, opened
from tests.cds_service.pages.reading import text_of
from tests.cds_service.signing import REFUSAL
from tests.hooks.orders import TODAY

SECRET = "a secret of a proxy that nobody can guess"  # noqa: S105 - synthetic
HASH = generate_password_hash("correct horse", method="pbkdf2:sha256:1000")
OPEN = "[reports]\nenabled = true\n"
PROXY = f'{OPEN}user_header = "X-Forwarded-User"\nproxy_secret = "{SECRET}"\n'
PASSWORD = f'{OPEN}user = "quality"\npassword_hash = "{HASH}"\n'
NAMED = {"X-Forwarded-User": "quality", "X-Proxy-Secret": SECRET}
NALOXONE = "NaloxoneOffer"


def basic(name, password):
    return {"Authorization": f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"}


@pytest.fixture
def hospital(make_app):
    return opened(make_app, OPEN, clock=Clock())


def test_there_is_no_page_unless_the_settings_ask_for_it(make_app):
    client = opened(make_app).client
    for path in ("/reports", "/reports.csv"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.headers["Access-Control-Allow-Origin"] == "*"  # nothing is kept from anybody: it is not there
    assert "Reports" not in client.get("/about").text


@pytest.mark.parametrize("more", ["", '[cors]\norigins = ["https://ehr.example.org"]\n'])
def test_no_page_of_another_origin_may_read_them(make_app, more):
    client = opened(make_app, OPEN + more).client
    headers = {"Origin": "https://ehr.example.org"}
    assert "Access-Control-Allow-Origin" in client.get("/cds-services", headers=headers).headers
    for path in ("/reports", "/reports.csv", "/reports?from=x", "/reports/"):
        for answer in (client.get(path, headers=headers), client.options(path, headers=headers)):
            assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


def test_the_page_shows_what_was_noted(hospital):
    cards = hospital.sign()
    hospital.override(cards[NALOXONE], "already-has-naloxone")
    page = hospital.client.get("/reports")
    words = text_of(page)
    assert page.status_code == 200
    assert f"{NALOXONE} order-sign 1 0 0 100.0 0 0% 1 100% already-has-naloxone: 1" in words
    assert "calls: 1 orders: 1" in words
    assert f"{TODAY - timedelta(days=TODAY.weekday())}" in words
    assert '<a href="/reports" aria-current="page">Reports</a>' in page.text


def test_scale_of_the_chart_counts_whole_cards(hospital):
    hospital.sign()
    ticks = re.findall(r'<text class="tick"[^>]*>([^<]*)<', hospital.client.get("/reports").text)
    assert ticks
    assert all(tick.isdecimal() for tick in ticks)


def test_a_service_in_shadow_is_shown_as_what_would_have_been(make_app):
    hospital = opened(make_app, f"{OPEN}[services.{SIGN}]\nshadow = true\n")
    hospital.sign()
    assert f"{NALOXONE} order-sign 0 1 0 100.0" in text_of(hospital.client.get("/reports"))


def test_the_file_holds_the_numbers_of_the_command(hospital):
    hospital.sign()
    answer = hospital.client.get(f"/reports.csv?from={TODAY}&to={TODAY}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="cards-{TODAY}-{TODAY}.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["count"] for row in rows if (row["topic"], row["measure"]) == (NALOXONE, "shown")} == {"1"}


def test_days_are_included_and_others_are_not(hospital):
    hospital.sign()
    for span, there in ((f"from={TODAY}&to={TODAY}", True), (f"to={TODAY - timedelta(days=1)}", False)):
        words = text_of(hospital.client.get(f"/reports?{span}"))
        assert ("Nothing was noted in this time." not in words) is there


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("from=x", "from", "expected a day as YYYY-MM-DD"),
        ("to=2026-02-30", "to", "expected a day as YYYY-MM-DD"),
        ("from=2026-02-02&to=2026-02-01", "from", "not after the last one"),
        ("from=2000-01-01&to=2026-02-01", "from", "at most 1098 days"),
        ("from=<img src=x>", "from", "expected a day as YYYY-MM-DD"),
    ],
)
def test_a_senseless_span_is_said_at_its_field(hospital, query, field, words):
    page = hospital.client.get(f"/reports?{query}")
    assert "<title>Error:" in page.text
    assert f'<a href="#{field}">' in page.text
    assert f'aria-invalid="true" aria-describedby="{field}-fault"' in page.text
    assert text_of(page).count(words) == 2, "at the top, and beside the field"
    assert "<img" not in page.text
    for asked in re.findall("=([^&]+)", query):
        assert f'value="{html.escape(asked)}"' in page.text, "the form keeps what was asked for"
    assert hospital.client.get(f"/reports.csv?{query}").status_code == 400


@pytest.mark.parametrize(("start", "known"), [("2023-01-31", True), ("2023-01-30", False)])
def test_three_years_at_once_and_no_day_more(hospital, start, known):
    page = hospital.client.get(f"/reports?from={start}&to=2026-02-02")
    assert ("<title>Error:" not in page.text) is known


BY_PROXY, BY_PASSWORD = None, 'Basic realm="Reports of cards", charset=UTF-8'
NOBODY = [
    *((PROXY, BY_PROXY, one) for one in (
        {}, {"X-Forwarded-User": "quality"}, {"X-Proxy-Secret": SECRET}, {**NAMED, "X-Forwarded-User": " "},
        *({**NAMED, "X-Proxy-Secret": wrong} for wrong in (SECRET[:-1], "é", "")),
    )),
    *((PASSWORD, BY_PASSWORD, one) for one in (
        {}, basic("quality", "wrong"), basic("quality", ""), basic("other", "correct horse"), basic("quality", HASH),
        {"Authorization": "Bearer correct horse"}, {"Authorization": "Basic !"}, NAMED,
    )),
]  # fmt: skip


@pytest.mark.parametrize(("toml", "asked_for", "headers"), NOBODY)
def test_whoever_cannot_prove_who_they_are_is_asked_for_it_and_sees_nothing(make_app, toml, asked_for, headers):
    client = opened(make_app, toml).client
    for path in ("/reports", "/reports.csv"):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers.get("WWW-Authenticate") == asked_for
        assert answer.get_json() == REFUSAL


@pytest.mark.parametrize(("toml", "headers"), [(PROXY, NAMED), (PASSWORD, basic("quality", "correct horse"))])
def test_a_proxys_secret_and_name_or_name_and_password_open_the_page(make_app, toml, headers):
    assert opened(make_app, toml).client.get("/reports", headers=headers).status_code == 200


PRODUCTION = 'mode = "production"\npublic_url = "https://cds.example.org"\n'


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        (PRODUCTION + OPEN, "reports.enabled: expected a protection beside it in production"),
        (OPEN + 'user_header = "X-User"', "reports.proxy_secret: missing"),
        (OPEN + f'proxy_secret = "{SECRET}"', "reports.user_header: missing"),
        (OPEN + 'user = "quality"', "reports.password_hash: missing"),
        (OPEN + f'password_hash = "{HASH}"', "reports.user: missing"),
        (PROXY + 'proxy_secret_header = "x-forwarded-user"', "reports.user_header: expected another header"),
        (PROXY + f'user = "quality"\npassword_hash = "{HASH}"', "reports.user: expected one protection"),
        (OPEN + 'user = "quality"\npassword_hash = "secret"', "reports.password_hash: expected a hash"),
        *(
            (OPEN + f'user = "quality"\npassword_hash = "{costs}$salt$00"', "reports.password_hash: expected a hash")
            for costs in (
                "scrypt:0:8:1",
                "scrypt:512:8:1",
                "scrypt:32767:8:1",
                "scrypt:1073741824:8:1",
                "scrypt:32768:0:1",
                "scrypt:32768:8:0",
                "scrypt:65536:1:1",
                "scrypt:32768:8:17",
                "scrypt:32768:65:1",
                "scrypt:1024:2048:2",
                "pbkdf2:sha257:1000",
                "pbkdf2:shake_128:1000",
                "pbkdf2:sha256:0",
                "pbkdf2:sha256:2000001",
            )
        ),
        (OPEN + 'user_header = "X-User"\nproxy_secret = "short"', "reports.proxy_secret: expected at least 32"),
    ],
)
def test_a_protection_is_whole_or_refused(tmp_path, toml, words):
    with pytest.raises(InvalidSettings) as caught:
        fakes.settings(tmp_path, toml, "sqlite:///x")
    assert words in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "method", ["scrypt", "scrypt:1024:8:1", "scrypt:65536:16:2", "pbkdf2:sha512:2", "pbkdf2:sha512_256:2"]
)
def test_a_hash_at_costs_that_a_server_can_bear_opens_the_page(make_app, method):
    toml = f'{OPEN}user = "quality"\npassword_hash = "{generate_password_hash("correct horse", method=method)}"\n'
    assert opened(make_app, toml).client.get("/reports", headers=basic("quality", "correct horse")).status_code == 200


@pytest.mark.parametrize("toml", [PROXY, PASSWORD])
def test_production_offers_the_page_with_a_protection(tmp_path, toml):
    assert fakes.settings(tmp_path, PRODUCTION + toml, "sqlite:///x").reports.enabled


def line(week, shown, shadow):
    return TopicLine(
        week=week, service=SIGN, hook="order-sign", topic="T", tally=Tally(shown=shown, shadow=shadow), volume=Volume()
    )


def test_a_week_without_cards_is_a_bar_of_no_length():
    monday = date(2026, 1, 5)
    found = Report(
        start=monday,
        end=monday + timedelta(days=21),  # the first day of a week
        volumes={},
        topics=(),
        weeks=(line(monday, 2, 1), line(monday, 1, 0), line(monday + timedelta(days=14), 0, 4)),
        unknown_cards=0,
    )
    bars = [(one.label, one.scheduled, one.maximum) for one in entries(found)]
    assert bars == [("2026-01-05", 3, 4), ("2026-01-12", 0, 0), ("2026-01-19", 0, 4), ("2026-01-26", 0, 0)]
