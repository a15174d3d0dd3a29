"""The page about the service tells everything that its knowledge holds, with source and review state."""

from __future__ import annotations

import html
import re
from decimal import Decimal

import pytest

from cds_service.pages.about import factors
from hooks.guideline_words import paces
from opioids.quantities import shown
from opioids.tables import rows_of
from tests.cds_service.pages.reading import words_of


@pytest.fixture(scope="module")
def page(module_app):
    return html.unescape(module_app.test_client().get("/about").text)


def test_every_statement_of_every_guideline_is_shown_with_its_strength(page, knowledge):
    for guideline in knowledge.guidelines.values():
        assert guideline.title in page
        for statement in guideline.statements.values():
            assert statement.text in page
            assert statement.strength in page
        for attribute in guideline.attributes:
            assert attribute.text in page
        for criterion in (*guideline.naloxone, *guideline.review_reasons, *guideline.exclusions):
            assert criterion.source in page
    assert "{dose}" not in page


def test_every_factor_of_every_table_is_shown(page, knowledge):
    for table in knowledge.tables.values():
        assert table.citation in page
        rows = list(factors(table))
        for kept in rows_of(f"conversion_tables/{table.id}/factors.csv"):
            if kept["status"] in ("counted", "lookup"):
                mine = [row for row in rows if row.ingredient == kept["ingredient"]]
                routes = {route for row in mine for route in row.route.split(", ")}
                assert kept["route"] in (*routes, "any"), kept
                number = shown(Decimal(kept["factor"] or kept["mme"]), 4)
                assert any(number in row.factor for row in mine), kept
        for row in rows:
            assert row.factor in page


def test_dose_point_that_is_reached_only_above_its_number_says_so(page):
    told = words_of(page)
    assert told.count("120 MME/day, only above it (high)") == 2, "England and Germany"
    assert "90 MME/day (high), CA-W1" in told


def test_bands_are_told_with_their_ends(knowledge):
    (methadone,) = (row for row in factors(knowledge.tables["cdc-2016"]) if row.ingredient == "methadone")
    assert methadone.factor == "4 up to 20; 8 up to 40; 10 up to 60; 12 above"


def test_the_pace_is_told_in_words(knowledge):
    told = dict(paces(knowledge.guidelines["us-cdc-2022"]))
    assert told["after 365 days of opioids"] == "10% in 28 days"
    for guideline in knowledge.guidelines.values():
        assert all(words for words in dict(paces(guideline)).values())


def test_sources_and_attribution_are_shown(page):
    assert "courtesy of the U.S. National Library of Medicine" in page
    assert "CDC2022-SHEET" in page
    assert "SNOMED CT" in page
    assert "Most products are RxNorm of 2020" in page


def test_what_is_in_force_is_told(make_app):
    toml = '[guideline]\nprofile = "ca-2017"\ntable = "cdc-2016"\n[services.opioid-order-sign]\nshadow = true\n'
    page = make_app(toml).test_client().get("/about").text
    force = re.search(r'id="force".*?</section>', page, re.DOTALL)[0]
    assert "<code>ca-2017</code>" in force
    assert "<code>cdc-2016</code>" in force
    assert "chosen by this site instead of ca-2017" in force
    assert force.count("shadow: evaluated, not shown") == 1


def test_what_this_site_has_set_stands_beside_what_the_guideline_says(make_app):
    toml = "[guideline.thresholds]\ncaution_mme = 40\n"
    words = words_of(make_app(toml).test_client().get("/about").text)
    assert "1 of them is set by this site." in words
    assert "Dose point for caution, MME/day 50 40 set by this site" in words
    assert "40 MME/day (caution) set by this site the guideline's is 50" in words


def test_limits_and_the_data_that_are_used_are_told(page, module_app):
    about = module_app.test_client().get("/about", headers={"Accept": "application/json"}).get_json()
    assert about["knownLimits"]
    for limit in about["knownLimits"]:
        assert limit in page
    assert re.search(r"Ethnicity</th><td[^>]*><span class=\"badge\">no", page)


def test_it_stands_in_production_without_the_other_pages(make_app):
    client = make_app('mode = "production"\npublic_url = "https://cds.example.org"\n').test_client()
    page = client.get("/about")
    assert page.status_code == 200
    assert 'href="/calculator"' not in page.text
    assert 'href="/"' not in page.text
