"""The page behind a card's link: what it tells, what it never tells, and how it answers links that open nothing."""

from __future__ import annotations

import html
import re

import pytest

from cds_service.explain_tokens import Named, Tokens
from opioids.recommendations import Topic
from tests.cds_service.explained import KEPT, LINKED, link_of
from tests.cds_service.hospital import opened
from tests.cds_service.pages.reading import words_of
from tests.hooks.orders import draft, order

HOSTILE = "<img src=x onerror=alert(1)>"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
GONE = "There is nothing behind this link any more"


@pytest.fixture
def site(make_app):
    return opened(make_app, LINKED)


def token(site, **changes) -> str:
    """A token that the site would make."""
    key = site.app.extensions["opioid_cds"].memory.key()
    plain = {"topic": Topic.MME_TOTAL, "guideline": "us-cdc-2022", "table": "cdc-2022"}
    return Tokens(key).written(Named(**{**plain, "expires": int(site.clock().timestamp()) + 60, **changes}))


@pytest.mark.parametrize("topic", Topic)
def test_each_topic_has_a_page_with_statement_strength_and_source(site, topic, knowledge):
    page = words_of(site.client.get(f"/explain/{token(site, topic=topic)}").text)
    assert "The patient's numbers are not shown here. They are on the card" in page
    assert "Such a card appears when" in page
    assert "It stays away when" in page
    statements = {
        Topic.NALOXONE_OFFER: "US-N8",
        Topic.SLOWER_TAPER: "US-H1",
        Topic.DOSE_ESCALATION: "US-D1",
        Topic.SEDATIVE_OVERLAP: "US-H13",
    }
    if name := statements.get(topic):
        statement = knowledge.guidelines["us-cdc-2022"].statements[name]
        for words in (statement.text, statement.strength, statement.source):
            assert words in page


def test_the_thresholds_are_those_that_the_site_has_set(make_app):
    site = opened(make_app, f"{LINKED}[guideline.thresholds]\ncaution_mme = 41\n")
    page = words_of(site.client.get(f"/explain/{token(site)}").text)
    assert "the daily total is 41 MME/day or more" in page
    assert "1 threshold is set by this site" in page


def test_another_guideline_is_explained_by_its_own_words(site, knowledge):
    page = words_of(site.client.get(f"/explain/{token(site, guideline='uk-nice-ng215', table='uk-fpm-2020')}").text)
    assert "above 120 MME/day" in page
    guideline, table = knowledge.guidelines["uk-nice-ng215"], knowledge.tables["uk-fpm-2020"]
    assert f"{guideline.title} , edition {guideline.edition} {guideline.review}" in page
    assert f"{table.title} {table.review}" in page


def test_the_headers_keep_the_address_from_going_anywhere(site):
    for path, status in ((f"/explain/{token(site)}", 200), ("/explain/forged", 404)):
        answer = site.client.get(path)
        assert answer.status_code == status
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "script" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "/explain",
        "/explain/",
        "/explain/x",
        "/explain/x/y/z",
        "/explain/../../etc/passwd",
        "/explain/%00",
        "/explain/%ff%fe",
        "/explain/" + "a" * 5000,
        "/explain/MmeTotal.us-cdc-2022.cdc-2022.9999999999.x",
        f"/explain/{HOSTILE}",
    ],
)
def test_what_nobody_signed_opens_one_calm_page(site, path):
    answer = site.client.get(path, headers=BROWSER)
    assert answer.status_code == 404
    assert answer.content_type.startswith("text/html")
    assert GONE in answer.text
    assert HOSTILE not in answer.text


def test_an_expired_link_or_one_to_what_this_version_does_not_carry_any_more_opens_the_same_page(site):
    forged = site.client.get("/explain/x", headers=BROWSER)
    expired = {"expires": int(site.clock().timestamp())}
    for changes, status in ((expired, 410), ({"guideline": "us-cdc-1999"}, 404), ({"table": "none"}, 404)):
        answer = site.client.get(f"/explain/{token(site, **changes)}", headers=BROWSER)
        assert (answer.status_code, answer.text) == (status, forged.text)


def test_who_asks_for_no_page_gets_an_operation_outcome(site):
    for accept in ({}, {"Accept": "*/*"}, {"Accept": "application/json"}):
        answer = site.client.get("/explain/x", headers=accept)
        assert (answer.status_code, answer.json["resourceType"]) == (404, "OperationOutcome")
    assert site.client.post(f"/explain/{token(site)}").status_code == 405


# ---- with what was kept ----


@pytest.fixture
def kept(make_app):
    return opened(make_app, KEPT)


def test_text_of_an_order_is_text_on_the_page(kept):
    """Of one that is counted, one that cannot be, and one that is left out."""
    names = [
        f"{drug} {HOSTILE} **x** _y_" for drug in ("morphine 10 mg tablet", "methadone 10 mg tablet", "oxycodone 5")
    ]
    counted, uncounted, renewed = (order("c", names[0]), order("u", names[1], None), order("r", names[2]))
    card = kept.sign(taken=(counted, uncounted, renewed), drafts=(draft("d", names[2]),))["MmeTotal"]
    page = kept.client.get(link_of(card)).text
    assert "<img" not in page
    for name in names:
        assert html.escape(name) in page, "nothing on this page is Markdown"
    tables = re.findall(r'<th scope="row">([^<]*onerror[^<]*)', page)
    assert len(tables) >= 2


def test_totals_sums_reasons_and_alternatives_are_shown(kept):
    cards = kept.sign(problems=("G47.33",))
    page = words_of(kept.client.get(link_of(cards["NaloxoneOffer"])).text)
    for words in (
        cards["NaloxoneOffer"]["summary"],
        "1 tablet x 40 mg x 2/day = 80 mg/day; x 1.5 = 120 MME/day",
        "sleep apnea is recorded",
        "Not seen, or not known",
        "The card would not have appeared if rescue naloxone were at hand or being written",
        "Offer naloxone when overdose risk is raised",
        "recommendation 8, category A",
    ):
        assert words in page
    assert "US-H1" not in page, "statements of other cards are not"


def test_where_several_reasons_stand_it_says_so(kept):
    """An incomplete total above the dose point: neither alone would have silenced it."""
    card = kept.sign(taken=(order("o", "oxycodone ER 40"), order("m", "methadone 10", None)))["MmeTotal"]
    assert "No single thing would have" in words_of(kept.client.get(link_of(card)).text)
