"""The taper's page: both orders offered, kind refusals, the patient's sheet in plain words, and FHIR to keep."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from fhir.resources.R4B.bundle import Bundle

from cds_service.pages.taper import EXAMPLE

PAGES = Path(__file__).resolve().parents[3] / "cds_service" / "pages"
HARDEST_GRADE = 6.0
"""Flesch-Kincaid grade; children of 12 are in the sixth."""


@pytest.fixture(scope="module")
def client(module_app):
    return module_app.test_client()


def planned(client, orders=EXAMPLE, path="/taper", **fields):
    return client.post(path, data={"orders": orders, "start": "2026-12-01", **fields})


def text_of(page):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def keys(page):
    return [*dict.fromkeys(re.findall(r'name="plan" value="([^"]*)"', page.text))]


def test_the_form_can_be_opened_and_filled_with_an_example(client):
    assert client.get("/taper").status_code == 200
    assert "oxycodone ER 40 mg tablets" in client.get("/taper?example=1").text


def test_both_orders_of_a_mixed_regimen_are_offered_and_none_is_chosen(client):
    page = planned(client)
    words = text_of(page)
    assert "Extended-release forms first" in words
    assert "Immediate-release forms first" in words
    assert "a choice of patient and clinician" in words
    assert keys(page) == ["er:", "ir:"]
    assert page.text.count('<svg class="chart wide"') == 2


def test_steps_are_told_in_tablets_with_days_doses_and_percent(client):
    words = text_of(planned(client))
    assert "1 2026-12-29 28 days oxycodone ER 30 mg in the morning, 40 mg in the evening" in words
    assert "127.5 89% 10.5%" in words


def test_a_slower_pace_and_longer_steps_are_kept(client):
    page = planned(client, pace="5", interval="42", paced="us-long")
    assert "About 5% every 42 days, or slower." in text_of(page)
    assert 'name="pace" value="5" checked' in page.text


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"pace": "11"}, "pace", "goes by at most 10% a step"),
        ({"interval": "27"}, "interval", "goes by steps of 28 to 365 days"),
        ({"interval": "x"}, "interval", "expected a whole number of days"),
        ({"start": "2026-02-30"}, "start", "expected a day as YYYY-MM-DD"),
        ({"guideline": "none"}, "guideline", "expected one of"),
        ({"profile": "none"}, "profile", "expected one of"),
        ({"table": "none"}, "table", "expected one of"),
        ({"to": "-1"}, "to", "expected a number above 0"),
        ({"orders": "{"}, "orders", "not JSON"),
        ({"orders": ""}, "orders", "enter at least one order"),
    ],
)
def test_a_fault_names_its_field(client, fields, field, words):
    page = client.post("/taper", data={"orders": EXAMPLE, "start": "2026-12-01", **fields})
    assert page.status_code == 200
    assert f'<a href="#{field}">' in page.text
    assert f'id="{field}"' in page.text
    assert words in text_of(page)


def test_the_pace_at_the_limit_is_taken(client):
    assert "No plan" not in text_of(planned(client, pace="10", interval="28"))


def test_another_profile_brings_its_own_pace(client):
    page = planned(client, profile="va-slowest", pace="10", interval="28", paced="us-long")
    assert "About 5% every 28 days" in text_of(page)


@pytest.mark.parametrize(
    ("orders", "words"),
    [
        ("oxycodone ER 40 mg tablets", "part of the dose is not known"),
        ("lisinopril 10 mg tablets, 1 tablet a day", "No opioid is being taken"),
        (
            "buprenorphine 8 mg / naloxone 2 mg sublingual film, 1 film a day for opioid use disorder",
            "stopping treatment of opioid use disorder raises the risk of overdose",
        ),
    ],
)
def test_a_refusal_says_why_and_that_nobody_has_to_stop(client, orders, words):
    page = planned(client, orders)
    said = text_of(page)
    assert "No plan can be made" in said
    assert words.lower() in said.lower()
    assert keys(page) == []


def test_a_hostile_name_is_words_and_nothing_else(client):
    page = planned(client, "<img src=x onerror=alert(1)> morphine 10 mg tablet")
    assert "<img" not in page.text
    assert "&lt;img src=x" in page.text


def test_a_plan_can_be_kept_as_fhir(client):
    answer = planned(client, path="/taper/care-plan", plan="ir:")
    assert answer.content_type == "application/fhir+json"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    bundle = answer.get_json()
    Bundle.model_validate(bundle)
    [plan] = [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "CarePlan"]
    assert "immediate-release forms first" in plan["title"]


@pytest.mark.parametrize("path", ["/taper/sheet", "/taper/care-plan"])
@pytest.mark.parametrize("plan", ["", "only:", "x"])
def test_a_plan_that_there_is_not_leads_back_to_those_there_are(client, path, plan):
    page = planned(client, path=path, plan=plan)
    assert page.content_type.startswith("text/html")
    assert keys(page) == ["er:", "ir:"]


def test_the_calculators_button_brings_its_orders_along(client):
    form = {"orders": EXAMPLE, "table": "cdc-2022", "guideline": "us-cdc-2022", "day": "2026-01-31"}
    page = client.post("/calculator", data=form)
    assert 'formaction="/taper#result"' in page.text
    assert "Extended-release forms first" in text_of(client.post("/taper", data=form))


# ---- the patient's sheet ----


def sheet(client, orders=EXAMPLE, **fields):
    return planned(client, orders, "/taper/sheet", **{"plan": "er:", "lang": "en", **fields})


def test_the_sheet_tells_each_step_in_plain_words(client):
    words = text_of(sheet(client)).replace("\N{NO-BREAK SPACE}", " ")
    assert "Step 1 December 29, 2026 to January 25, 2027" in words
    assert "oxycodone 30 mg (long-acting, ER) : 1 tablet in the morning" in words
    assert "1 tablet only if you need it, no more than 3 tablets in one day" in words
    assert "None of this medicine any more." in words
    for needed in ("Who to call", "call 911", "call 988", "Naloxone can save your life", "My notes and questions"):
        assert needed in words
    assert "Why your body needs time" in words
    assert "MME" not in words


@pytest.mark.parametrize(
    ("guideline", "number", "crisis"),
    [("au-2022", "000", "13 11 14"), ("uk-nice-ng215", "999", "116 123"), ("de-lonts-2020", "112", "")],
)
def test_the_sheet_names_the_numbers_of_the_country(client, guideline, number, crisis):
    words = text_of(sheet(client, guideline=guideline))
    assert f"call {number}." in words
    assert f"call {crisis or number}" in words


def test_patches_are_worn_and_never_cut(client):
    words = text_of(sheet(client, "fentanyl 25 mcg/h patches, 1 patch every 72 hours", plan="only:"))
    assert "Never cut a patch." in words
    assert "wear 1\N{NO-BREAK SPACE}patch" in words or "wear 1 patch" in words


def test_half_tablets_are_written_as_halves(client):
    words = text_of(sheet(client, "oxycodone 5 mg tablets, 1 tablet every 6 hours", plan="only:", halves="1"))
    assert re.search(r"½\stablet", words)


def test_the_sheet_in_spanish_is_spanish_altogether_and_awaits_review(client):
    page = sheet(client, lang="es")
    words = text_of(page).replace("\N{NO-BREAK SPACE}", " ")
    assert page.headers["Content-Language"] == "es"
    assert "aún no ha revisado esta traducción" in words
    assert "1 tableta por la mañana" in words
    assert "del 29 de diciembre de 2026 al 25 de enero de 2027" in words
    assert "has not been checked" not in text_of(sheet(client))


def test_every_word_of_the_sheet_is_in_every_catalogue():
    sources = (
        ("templates/base.html", "jinja2"),
        ("templates/taper_sheet.html", "jinja2"),
        ("taper_sheet.py", "python"),
    )
    keywords = {"_": None, "say": None}
    wanted = {
        found[1]
        for name, method in sources
        for found in extract_from_file(method, PAGES / name, keywords=keywords, options={"trimmed": "true"})
    }
    assert len(wanted) > 80
    for file in (PAGES / "translations").glob("*.po"):
        with file.open("rb") as source:
            known = {message.id for message in read_po(source, locale=file.stem) if message.string}
        assert wanted - known == set(), file.name


def syllables(word):
    found = len(re.findall(r"[aeiouy]+", word.lower()))
    return max(1, found - (word.lower().endswith("e") and not word.lower().endswith("le")))


def test_the_sheet_can_be_read_by_a_child_of_twelve(client):
    """Flesch-Kincaid over the running text; names of medicines and dates are not counted, whoever writes them."""
    running = [
        html.unescape(re.sub(r"<[^>]+>", "", one)).strip()
        for one in re.findall(r"<(?:p|li)[^>]*>(.*?)</(?:p|li)>", sheet(client).text, re.DOTALL)
        if "<strong>oxy" not in one and "<a " not in one
    ]
    sentences = [one for text in running for one in re.split(r"[.:!?]\s+|[.:!?]$", text) if one.strip()]
    words = re.findall(r"[A-Za-z']+", " ".join(running))
    grade = 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    assert len(words) > 350
    assert max(len(one.split()) for one in sentences) <= 24
    assert grade <= HARDEST_GRADE, grade
