"""The calculator's page: the same numbers as `POST /mme`, nothing kept, everything escaped."""

from __future__ import annotations

import html
import re

import orjson
import pytest

from cds_service.pages.calculator import EXAMPLE
from tests.cds_service.pages.reading import text_of

HOSTILE = "<img src=x onerror=alert(1)> morphine 10 mg tablet"
OXYCODONE = {
    "resourceType": "MedicationRequest",
    "id": "a",
    "status": "active",
    "intent": "order",
    "medicationCodeableConcept": {"text": "oxycodone 5 mg tablet"},
    "dosageInstruction": [{"text": "1 tablet every 6 hours as needed"}],
}


def calculated(client, orders, **fields):
    return client.post("/calculator", data={"orders": orders, "table": "cdc-2022", "day": "2026-01-31", **fields})


def test_the_form_offers_every_table_and_guideline(real, knowledge):
    page = real.get("/calculator")
    assert page.status_code == 200
    for name in (*knowledge.tables, *knowledge.guidelines):
        assert f'value="{name}"' in page.text
    assert '<option value="cdc-2022" selected>' in page.text


@pytest.mark.parametrize(
    ("toml", "table"), [('profile = "au-2022"', "anzca-2021"), ('profile = "au-2022"\ntable = "cdc-2016"', "cdc-2016")]
)
def test_the_form_begins_with_what_the_site_has_chosen(make_app, toml, table):
    page = make_app(f"[guideline]\n{toml}\n").test_client().get("/calculator").text
    assert f'<option value="{table}" selected>' in page
    assert '<option value="au-2022" selected>' in page


def test_drugs_that_are_no_opioids_come_to_nothing_and_not_to_something_unknown(real):
    words = text_of(calculated(real, "lisinopril 10 mg tablets, 1 daily"))
    assert "0 MME/day" in words
    assert "not computed" not in words.lower()


def test_the_chart_says_too_that_its_sum_is_only_a_floor(real):
    page = calculated(real, EXAMPLE).text
    chart = next(one for one in re.findall(r"<svg.*?</svg>", page, re.DOTALL) if ">at least 225<" in one)
    assert chart.count('<rect class="unknown"') == 2, "the order that is not computed, and what the sum may come to"


def test_so_many_lines_are_read_at_once_and_no_more(real):
    page = calculated(real, "\n".join(["lisinopril 10 mg tablets, 1 daily"] * 100))
    assert "<title>Error:" not in page.text


def test_the_example_can_be_filled_in_and_calculated(real):
    pages = [real.get(path).text for path in ("/calculator", "/calculator?example=1")]
    boxes = [re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)[1] for page in pages]
    assert boxes == ["", EXAMPLE]
    page = text_of(calculated(real, EXAMPLE))
    assert "at least 225 MME/day" in page
    assert "lisinopril 10 mg tablets not an opioid" in page


def test_plain_words_give_the_numbers_that_fhir_gives(real):
    lines = calculated(real, "oxycodone 5 mg tablet, 1 tablet every 6 hours as needed").text
    fhir = calculated(real, orjson.dumps(OXYCODONE).decode()).text
    for page in (lines, fhir):
        assert "1 tablet x 5 mg x 4/day as needed = 20 mg/day; x 1.5 = 30 MME/day" in page
        assert "30 MME/day · Calculator" in page


def test_the_answer_as_json_is_that_of_the_calculator_for_machines(real):
    page = calculated(real, orjson.dumps(OXYCODONE).decode())
    shown = re.findall(r"<pre[^>]*>(.*?)</pre>", page.text, re.DOTALL)[-1]
    answer = real.post("/mme?asOf=2026-01-31", json=OXYCODONE).get_json()
    assert orjson.loads(html.unescape(shown)) == answer


def test_tables_stand_side_by_side_and_are_never_mixed(real):
    page = calculated(real, "hydromorphone 2 mg tablets, 1 tablet every 6 hours", compare=["cdc-2016", "cdc-2022"])
    words = text_of(page)
    assert "40 × 5" in words
    assert "32 × 4" in words
    assert page.text.count("CDC 2022 conversion factors</th>") == 1


def test_what_one_table_cannot_convert_is_named_beside_the_other_tables_number(real):
    words = text_of(calculated(real, "meperidine 50 mg tablets, 1 tablet every 6 hours", compare="heal-2025"))
    assert "not computed no factor 20 × 0.1" in words


def test_another_tables_figure_stands_beside_what_is_not_converted_and_in_no_total(real):
    words = text_of(calculated(real, "meperidine 50 mg tablets, 1 tablet every 6 hours"))
    assert "Beside it, in no total, by heal-2025: 1 tablet x 50 mg x 4/day = 200 mg/day; x 0.1 = 20 MME/day" in words


def test_where_nothing_can_be_computed_there_is_no_number_and_no_zero(real):
    page = calculated(real, "meperidine 50 mg tablets, 1 tablet every 6 hours")
    assert "<title>not computed" in page.text
    assert "Daily total Not computed 1 order could not be computed" in text_of(page)
    assert "at least" not in text_of(page)
    assert not re.search(r"\b0 MME/day", page.text)


def test_dose_points_are_those_of_the_chosen_guideline(real):
    one = "morphine 10 mg tablets, 1 tablet every 6 hours"
    assert '<text class="point"' in calculated(real, one, guideline="us-cdc-2022").text
    assert "dose points of CDC 2022 for the total: 50 MME/day" in text_of(
        calculated(real, one, guideline="us-cdc-2022")
    )
    assert "50, 90 MME/day" in text_of(calculated(real, one, guideline="ca-2017"))


def test_a_dose_point_that_this_site_has_set_is_the_one_that_is_drawn(make_app):
    client = make_app("[guideline.thresholds]\ncaution_mme = 40\n").test_client()
    words = text_of(calculated(client, "morphine 10 mg tablets, 1 tablet every 6 hours"))
    assert "dose points of CDC 2022 for the total: 40 MME/day" in words


@pytest.mark.parametrize(
    ("orders", "fields", "field", "words"),
    [
        ("", {}, "orders", "enter at least one order"),
        (" \n ", {}, "orders", "enter at least one order"),
        ("{", {}, "orders", "not JSON in UTF-8"),
        ("[]", {}, "orders", "not a JSON object"),
        ('{"resourceType": "Patient"}', {}, "orders", "resourceType: expected a Bundle"),
        ("\n".join(["morphine"] * 101), {}, "orders", "no more than 100"),
        ("m" * 100_001, {}, "orders", "no more than 100"),
        ("morphine", {"table": "none"}, "table", "expected one of"),
        ("morphine", {"table": "<b>"}, "table", "expected one of"),
        ("morphine", {"day": "tomorrow"}, "day", "expected a day as YYYY-MM-DD"),
    ],
)
def test_a_fault_is_told_at_the_top_with_a_way_to_its_field_and_beside_it(real, orders, fields, field, words):
    page = calculated(real, orders, **fields)
    assert page.status_code == 200
    assert "<title>Error:" in page.text
    assert f'<a href="#{field}">' in page.text
    assert f'id="{field}"' in page.text
    assert re.search(rf'aria-describedby="[^"]*\b{field}-fault"', page.text)
    assert html.unescape(page.text).count(words) == 2, "at the top, and beside the field"
    assert f"{field}: {words}" not in html.unescape(page.text), "the field stands beside it already"
    assert "Daily total" not in page.text


def test_an_unknown_guideline_draws_no_points(real):
    page = calculated(real, "morphine 10 mg tablets, 1 daily", guideline="<script>")
    assert page.status_code == 200
    assert '<text class="point"' not in page.text
    assert "<script" not in page.text


@pytest.mark.parametrize(
    "orders",
    [
        f"{HOSTILE}, 1 twice a day",
        f"{HOSTILE}, <script>alert(1)</script>",
        orjson.dumps({**OXYCODONE, "medicationCodeableConcept": {"text": HOSTILE}}).decode(),
        orjson.dumps(
            {**OXYCODONE, "id": '"><script>alert(1)</script>', "dosageInstruction": [{"text": "<script>"}]}
        ).decode(),
        "</textarea><script>alert(1)</script>",
    ],
)
def test_no_word_of_an_order_becomes_html(real, orders):
    page = calculated(real, orders, compare=["cdc-2016"]).text
    assert "<img" not in page
    assert "<script" not in page
    assert page.count("</textarea>") == 1


def test_nothing_of_the_orders_is_in_an_address_or_kept(real):
    page = calculated(real, "morphine 11 mg tablets, 1 daily")
    assert not re.search(r'(?:href|action)="[^"]*morphine', page.text)
    assert page.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize(
    "line",
    [
        "lisinopril 10 mg daily, OxyContin 40 mg bid, gabapentin 300 mg tid",
        "acetaminophen, oxycodone 325/5 mg tablets, 1 tab q6h",
        "ibuprofen: take with hydrocodone 5 mg",
    ],
)
def test_an_opioid_behind_another_medicine_of_its_line_is_never_nothing(line, real):
    page = calculated(real, line)
    assert "1 order could not be computed; the true dose may be higher." in text_of(page)
    assert f"{line.split()[-1]} dose missing no dosage instruction" in text_of(page)


@pytest.mark.parametrize(
    "line",
    [
        "naloxone 4 mg nasal spray, 1 spray for an overdose of oxycodone",
        "lisinopril 10 mg tablets, 1 tablet a day with a glass of water",
    ],
)
def test_what_is_harmless_stays_so_whatever_its_directions_say(line, real):
    page = calculated(real, line)
    assert "could not be computed" not in text_of(page)
