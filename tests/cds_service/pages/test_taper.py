"""The taper's page: both orders offered, kind refusals, the patient's sheet in plain words, and FHIR to keep."""

from __future__ import annotations

import csv
import html
import json
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from fhir.resources.R4B.bundle import Bundle

from cds_service.pages.taper import EXAMPLE
from cds_service.pages.taper_sheet import Sheet
from opioids.tables import Review
from opioids.tables import text_of as text_in
from opioids.tapers.profiles import Help, HelpLine
from tests.cds_service.pages.reading import text_of
from tests.cds_service.pages.test_language import KEYWORDS, words_of_plans
from tests.hooks.orders import draft, order

PAGES = Path(__file__).resolve().parents[3] / "cds_service" / "pages"
MANY = """fentanyl 50 mcg/h patches, 1 patch every 72 hours
methadone 10 mg tablets, 1 tablet every 6 hours
oxycodone 5 mg tablets, 1 tablet every 8 hours as needed
"""
HARDEST_GRADE = 6.0
"""Flesch-Kincaid grade; children of 12 are in the sixth."""


def planned(client, orders=EXAMPLE, path="/taper", **fields):
    return client.post(path, data={"orders": orders, "start": "2026-12-01", **fields})


def sheet(client, orders=EXAMPLE, **fields):
    """The patient's sheet."""
    return planned(client, orders, "/taper/sheet", **{"plan": "er:", "sheet": "en", **fields})


def on_paper_of(client, orders=EXAMPLE, **fields):
    """The words of the sheet, whatever must not break at the end of a line."""
    return text_of(sheet(client, orders, **fields)).replace("\N{NO-BREAK SPACE}", " ")


def kept_of(client, orders=EXAMPLE, plan="only:", **fields):
    """The resources of a plan that is kept as FHIR: the plan, and the orders of its first step."""
    entries = json.loads(planned(client, orders, "/taper/care-plan", plan=plan, **fields).text)["entry"]
    return [one["resource"] for one in entries]


def keys(page):
    return [*dict.fromkeys(re.findall(r'name="plan" value="([^"]*)"', page.text))]


def test_the_form_can_be_opened_and_filled_with_an_example(real):
    assert real.get("/taper").status_code == 200
    assert "oxycodone ER 40 mg tablets" in real.get("/taper?example=1").text


@pytest.mark.parametrize("guideline", ["us-cdc-2022", "ca-2017", "au-2022", "uk-nice-ng215", "de-lonts-2020"])
def test_no_bracket_stands_within_another(real, guideline):
    shown = re.sub(r"<[^>]+>", "", planned(real, guideline=guideline).text)
    assert "pace:" in shown
    assert re.findall(r"\([^()\n]*\([^\n]*", shown) == []


def test_both_orders_of_a_mixed_regimen_are_offered_and_none_is_chosen(real):
    page = planned(real)
    words = text_of(page)
    assert "Extended-release forms first" in words
    assert "Immediate-release forms first" in words
    assert "a choice of patient and clinician" in words
    assert keys(page) == ["er:", "ir:"]
    assert page.text.count('<svg class="chart wide"') == 2


def test_charts_of_several_plans_have_one_scale_of_time(real):
    """Both begin with the same dose for four weeks; the shorter one's stairs end before the edge."""
    two = "methadone 10 mg tablets, 1 tablet every 8 hours\noxycodone 5 mg tablets, 1 tablet every 8 hours"
    charts = re.findall(r'<svg class="chart wide".*?</svg>', planned(real, two).text, flags=re.DOTALL)
    boxes = [re.findall(r'<rect [^>]*\bx="([\d.]+)"[^>]*\bwidth="([\d.]+)"', chart) for chart in charts]
    assert [len(one) for one in boxes] == [9, 8]
    assert boxes[0][0] == boxes[1][0]
    longer, shorter = (sum(map(float, one[-1])) for one in boxes)
    assert shorter < longer


@pytest.mark.parametrize(
    ("every", "on_page", "on_paper", "in_spanish"),
    [
        ("72 hours", "50 mcg/h worn", "1 patch, changed every 3 days", "1 parche, cambio cada 3 días"),
        (
            "48 hours",
            "50 mcg/h worn, changed every 2 days",
            "1 patch, changed every 2 days",
            "1 parche, cambio cada 2 días",
        ),
        (
            "60 hours",
            "50 mcg/h worn, changed every 60 hours",
            "1 patch, changed every 60 hours",
            "cambio cada 60 horas",
        ),
    ],
)
def test_when_patches_are_changed_is_said(every, on_page, on_paper, in_spanish, real):
    orders = f"fentanyl 50 mcg/h patch, 1 patch every {every}"
    words = text_of(planned(real, orders))
    assert f"{on_page} 120 100%" in words
    english, spanish = (on_paper_of(real, orders, plan="only:", sheet=one) for one in ("en", "es"))
    assert f"wear {on_paper}" in english
    assert in_spanish in spanish


BEDTIME = "oxycodone ER 20 mg tablets, 1 tablet in the morning and 1 tablet at bedtime"


@pytest.mark.parametrize(
    ("orders", "on_page", "on_paper"),
    [
        (BEDTIME, "oxycodone ER 15 mg in the morning, 20 mg at bedtime", "1 tablet at bedtime"),
        ("methadone 10 mg tablets, 1 tablet at bedtime", "methadone 5 mg at bedtime", "1 tablet at bedtime"),
        ("methadone 10 mg tablets, 1 tablet once a day", "methadone 5 mg once a day", "1 tablet once a day"),
        ("oxycodone ER 20 mg tablets, 1 tablet every 12 hours", "20 mg in the evening", "1 tablet in the evening"),
        # Five doses have no names; what is left of four is spread over the day anew.
        (
            "oxycodone 5 mg tablets, 1 tablet at 8 am, 11 am, 2 pm, 5 pm and 9 pm",
            "5 times a day",
            "spread over the day",
        ),
        (
            "oxycodone 5 mg tablets, 1 tablet at 8 am, 12 pm, 5 pm and 9 pm",
            "5 mg twice a day",
            "1 tablet in the evening",
        ),
    ],
)
def test_parts_of_the_day_that_orders_name_stay_what_they_are(orders, on_page, on_paper, real):
    assert on_page in text_of(planned(real, orders))
    assert on_paper in on_paper_of(real, orders, plan="only:")


def test_drafts_name_the_part_of_the_day_that_orders_name(real):
    drafts = [one for one in kept_of(real, BEDTIME) if one["resourceType"] == "MedicationRequest"]
    times = {tuple(dose["timing"]["repeat"]["when"]) for one in drafts for dose in one["dosageInstruction"]}
    assert times == {("MORN",), ("HS",)}


@pytest.mark.parametrize(
    ("orders", "said", "not_said"),
    [
        (
            "fentanyl 25 mcg/h patch, 1 patch every 72 hours",
            "patches are not worn at longer intervals",
            "one dose a day",
        ),
        ("oxycodone 5 mg tablets, 1 tablet once a day", "when less than one dose a day is taken", "are not worn"),
        (
            "oxycodone 5 mg tablets, 1 tablet once a day",
            "no smaller step of this product is known; longer intervals may help before it",
            "are not worn",
        ),
    ],
)
def test_last_step_says_what_helps_before_it(orders, said, not_said, real):
    words = text_of(planned(real, orders))
    assert said in words
    assert not_said not in words


def test_orders_of_patches_are_for_as_many_as_are_changed_within_the_step(real):
    def orders(every):
        found = kept_of(real, f"fentanyl 75 mcg/h patch, 1 patch every {every}")
        return next(one for one in found if one["resourceType"] == "MedicationRequest")

    usual, often = orders("72 hours"), orders("48 hours")
    assert [one["dosageInstruction"][0]["timing"]["repeat"]["period"] for one in (usual, often)] == [72, 48]
    assert often["dosageInstruction"][0]["text"] == "1 patch on the skin, changed every 2 days"
    days = {one["dispenseRequest"]["expectedSupplyDuration"]["value"] for one in (usual, often)}
    assert days == {49}
    assert [one["dispenseRequest"]["quantity"]["value"] for one in (usual, often)] == [17, 25]


def test_taper_that_goes_on_keeps_where_it_began_on_its_way_to_the_sheet_and_back(real):
    rest = "oxycodone ER 20 mg tablets, 1 tablet twice a day\noxycodone 5 mg tablets, 1 tablet every 8 hours as needed"
    page = planned(real, rest, begun="142.5")
    words = text_of(page)
    assert "The taper began at 142.5 MME/day: percentages are counted from there." in words
    assert "82.5 58%" in words, "the present dose, of where the taper began"
    assert 'name="begun" inputmode="decimal" autocomplete="off" value="142.5"' in page.text
    assert '<input type="hidden" name="begun" value="142.5">' in sheet(real, rest, plan="er:", begun="142.5").text
    assert "The taper began" not in text_of(planned(real, rest))


@pytest.mark.parametrize(
    ("day", "start", "said", "on_paper"),
    [
        (
            "2026-12-01",
            "2027-01-05",
            "Until 2027-01-05 what is taken now goes on as it is.",
            "Now until February 1, 2027",
        ),
        ("2026-12-01", "2026-12-01", "", "Now December 1, 2026 to December 28, 2026"),
        ("2026-12-29", "2026-12-01", "", "Now December 1, 2026 to December 28, 2026"),  # its first step is today
        ("2026-12-30", "2026-12-01", "From this start, steps lie before 2026-12-30.", "Now December 1, 2026 to"),
    ],
)
def test_start_that_is_not_the_day_of_the_orders_is_said(day, start, said, on_paper, real):
    words = text_of(planned(real, day=day, start=start))
    assert said in words
    if not said:
        assert "goes on as it is" not in words
        assert "steps lie before" not in words
    assert on_paper in text_of(sheet(real, day=day, start=start, plan="er:"))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/taper", "Not in the plan, because it is only being written:"),
        ("/taper?lang=es", "No está en el plan, porque todavía se está escribiendo:"),
    ],
)
def test_a_draft_is_no_part_of_the_plan_and_is_named(real, path, said):
    taken, written = order("o", "oxycodone ER 40"), draft("d", "oxycodone 5", 3)
    pasted = json.dumps({"resourceType": "Bundle", "entry": [{"resource": taken}, {"resource": written}]})
    assert f"{said} oxycodone hydrochloride 5 MG Oral Tablet." in text_of(planned(real, pasted, path))
    assert said not in text_of(planned(real, path=path))


def test_steps_are_told_in_tablets_with_days_doses_and_percent(real):
    words = text_of(planned(real))
    assert "1 2026-12-29 28 days oxycodone ER 30 mg in the morning, 40 mg in the evening" in words
    assert "127.5 89% 10.5%" in words


def test_a_plan_begins_on_the_day_of_its_orders_unless_another_is_chosen(real):
    words = text_of(planned(real, day="2026-06-01", start=""))
    assert "1 2026-06-29 28 days oxycodone ER 30 mg in the morning, 40 mg in the evening" in words


@pytest.mark.parametrize(
    ("pace", "interval", "profile", "said"),
    [
        ("5", "42", "", "About 5% every 42 days, or slower."),
        ("10", "28", "", "About 10% every 28 days, or slower."),
        ("10", "28", "va-slowest", "About 5% every 28 days"),
    ],
    ids=["slower and longer", "at the limit", "another profile brings its own"],
)
def test_the_pace_is_the_one_that_was_asked_for_and_that_there_may_be(real, pace, interval, profile, said):
    page = planned(real, pace=pace, interval=interval, profile=profile, paced="us-long")
    assert said in text_of(page)
    assert keys(page) == ["er:", "ir:"]
    assert (f'name="pace" value="{pace}" checked' in page.text) is (not profile)


@pytest.mark.parametrize(
    ("profile", "path", "said"),
    [
        ("us-acute-weeks", "/taper", "Counted from the dose at the start."),
        ("us-long", "/taper", "Counted from the dose at the start, and from the present one once little is left."),
        ("uk-fpm", "/taper", "Counted from the present dose."),
        ("uk-fpm", "/taper?lang=es", "Se cuenta sobre la dosis actual."),
    ],
)
def test_of_which_dose_the_percentage_is_stands_beside_the_choice(real, profile, path, said):
    assert re.search(rf" {re.escape(said)} [0-9]", text_of(planned(real, path=path, profile=profile)))


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"pace": "11"}, "pace", "goes by at most 10% a step"),
        ({"interval": "27"}, "interval", "goes by steps of 28 to 365 days"),
        ({"interval": "x"}, "interval", "expected a whole number of days"),
        ({"interval": "2_8"}, "interval", "expected a whole number of days"),
        ({"start": "2026-02-30"}, "start", "expected a day as YYYY-MM-DD"),
        ({"guideline": "none"}, "guideline", "expected one of"),
        ({"profile": "none"}, "profile", "expected one of"),
        ({"table": "none"}, "table", "expected one of"),
        *(({field: "-1"}, field, "expected a number above 0") for field in ("to", "begun")),
        ({"to": "500"}, "to", "the end that was asked for is not below the present dose"),
        ({"begun": "x"}, "begun", "expected a number above 0"),
        ({"begun": "60"}, "begun", "is below the present dose"),
        ({"orders": "{"}, "orders", "not JSON"),
        ({"orders": ""}, "orders", "enter at least one order"),
    ],
)
def test_a_fault_names_its_field(real, fields, field, words):
    page = planned(real, **fields)
    assert page.status_code == 200
    assert f'<a href="#{field}">' in page.text
    assert f'id="{field}"' in page.text
    assert f'id="{field}-fault"' in page.text
    assert words in text_of(page)
    assert keys(page) == []
    assert "Complete the order" not in page.text


@pytest.mark.parametrize(("path", "wrong"), [("/taper", {"interval": "5"}), ("/calculator", {"table": "moon"})])
def test_a_form_with_a_fault_is_answered_at_the_fault(real, path, wrong):
    """What was sent is answered at `#result`: where there is none, that is what is wrong with the form."""
    [place] = re.findall(r'<(\w+) class="(\w+)"[^>]* id="result"', planned(real, path=path, **wrong).text)
    assert place == ("div", "faults")
    whole = {"table": "cdc-2022", "guideline": "us-cdc-2022", "asOf": "2026-12-01"}
    [place] = re.findall(r'<(\w+) class="(\w+)"[^>]* id="result"', planned(real, path=path, **whole).text)
    assert place == ("section", "stack")


COMPLETE, BY_PHARMACIST = "Complete the order with product", "Plan the steps with a pharmacist"


@pytest.mark.parametrize(
    ("orders", "why", "advice"),
    [
        ("oxycodone 5 mg tablets", "part of the dose is not known", COMPLETE),
        ("oxycodone 10 mg tablets, 1 tablet every other day", "", COMPLETE),
        (
            "meperidine 50 mg tablets, 1 tablet every 6 hours",
            "The conversion table has no factor for it: meperidine 50 mg tablets.",
            f"by its own dose: about 10% less of it every 28 days, or slower. {BY_PHARMACIST}",
        ),
        ("fentanyl 200 mcg lozenge, 1 lozenge four times a day", "", BY_PHARMACIST),
        ("lisinopril 10 mg tablets, 1 tablet a day", "no opioid is being taken", ""),
        (
            "buprenorphine 8 mg / naloxone 2 mg sublingual film, 1 film a day for opioid use disorder",
            "stopping treatment of opioid use disorder raises the risk of overdose",
            "",
        ),
        (
            "buprenorphine 10 mcg/h patches, 1 patch every 7 days for pain",
            "It can be lowered by its own doses; where it treats opioid use disorder, it should go on.",
            "nobody has to stop at once",
        ),
    ],
    ids=lambda one: one[:40],
)
def test_a_refusal_says_why_and_what_can_be_done_about_it(real, orders, why, advice):
    page = planned(real, orders)
    said = text_of(page)
    assert "No plan can be made" in said
    assert why.lower() in said.lower()
    assert advice in said
    assert said.count("nobody has to stop at once") == bool(advice)
    assert keys(page) == []


def test_a_refusal_says_of_each_order_what_is_missing_in_the_words_of_the_readers(real):
    orders = "MS Contin 15 mg tid\noxycodone 5 mg tablets, 3 tablets every 4 hours while awake"
    page = planned(real, orders, "/taper?lang=es")
    assert "MS Contin 15 mg: no dose" in text_of(page)
    assert "oxycodone 5 mg tablets: could not read: 'while awake'" in text_of(page)
    assert '<ul lang="en">' in page.text
    assert '<ul lang="en">' not in planned(real, "levorphanol 2 mg tablets, 1 tablet every 8 hours").text


@pytest.mark.parametrize(
    ("orders", "said"),
    [
        ("oxycodone ER 40 mg tablets, 1 tablet twice a day", "Swallow long-acting pills whole."),
        ("fentanyl 25 mcg/h patches, 1 patch every 72 hours", "Take the old patch off before you put a new one on."),
        ("fentanyl 25 mcg/h patches, 1 patch every 72 hours", "Never cut a patch."),
        ("Percocet 5/325, 1 tablet twice a day", "Your opioid medicine also has acetaminophen in it."),
    ],
)
def test_the_sheet_says_how_a_kind_of_medicine_is_taken_safely(real, orders, said):
    assert said in text_of(sheet(real, orders, plan="only:"))
    assert said not in text_of(sheet(real, "oxycodone 5 mg tablets, 1 tablet twice a day", plan="only:"))


def test_a_plan_that_ends_above_nothing_stops_nobody_on_paper(real):
    words = text_of(sheet(real, plan="er:", to="60"))
    assert "Step 6 from May 18, 2027 oxycodone" in words
    assert "Stay on the last step. What comes after it, you and your care team decide together." in words
    assert "Stay on the last step." not in text_of(sheet(real, plan="er:"))


def test_a_brand_is_called_by_all_that_it_holds(real):
    page = planned(real, "Percocet 10/325, 1 tablet twice a day")
    assert "oxycodone/acetaminophen 7.5 mg in the morning, 10 mg in the evening" in text_of(page)


def test_methadone_is_not_called_short_acting_on_paper(real):
    words = text_of(sheet(real, "methadone 10 mg tablets, 1 tablet three times a day", plan="only:"))
    assert "methadone 10 mg : 1 tablet in the morning" in words
    assert "short-acting" not in words


def test_a_plan_for_methadone_says_that_treatment_is_not_tapered(real):
    words = text_of(planned(real, "methadone 10 mg tablets, 4 tablets once a day"))
    assert "Where it treats opioid use disorder, it should go on." in words


def test_a_plan_can_be_kept_as_fhir(real):
    answer = planned(real, path="/taper/care-plan", plan="ir:")
    assert answer.content_type == "application/fhir+json"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    bundle = answer.get_json()
    Bundle.model_validate(bundle)
    [plan] = [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "CarePlan"]
    assert "immediate-release forms first" in plan["title"]


def test_a_plan_kept_as_fhir_names_orders_of_a_record_only_and_no_day_on_which_it_was_made(real):
    typed = kept_of(real, "oxycodone ER 40 mg tablets, 1 tablet twice a day", start="2027-03-01")
    pasted = kept_of(
        real, json.dumps({"resourceType": "Bundle", "entry": [{"resource": order("o", "oxycodone ER 40")}]})
    )
    assert [one.get("priorPrescription") for one in typed if one["id"] != "taper-1"] == [None, None]
    assert {"reference": "MedicationRequest/o"} in [one.get("priorPrescription") for one in pasted]
    assert "created" not in typed[0]


def test_a_plan_kept_as_fhir_that_ends_above_nothing_ends_no_medicine(real):
    plan, *_ = kept_of(real, plan="er:", to="60")
    *_, before, last, _ = [one["detail"] for one in plan["activity"]]
    assert before["scheduledPeriod"] == last["scheduledPeriod"] == {"start": "2027-05-18"}


@pytest.mark.parametrize("path", ["/taper/sheet", "/taper/care-plan"])
@pytest.mark.parametrize("plan", ["", "only:", "x"])
def test_a_plan_that_there_is_not_leads_back_to_those_there_are(real, path, plan):
    page = planned(real, path=path, plan=plan)
    assert page.content_type.startswith("text/html")
    assert keys(page) == ["er:", "ir:"]


def test_the_calculators_button_brings_its_orders_along(real):
    form = {"orders": EXAMPLE, "table": "cdc-2022", "guideline": "us-cdc-2022", "day": "2026-01-31"}
    page = real.post("/calculator", data=form)
    assert 'formaction="/taper#result"' in page.text
    assert "Extended-release forms first" in text_of(real.post("/taper", data=form))


# ---- the patient's sheet ----


def test_the_sheet_tells_each_step_in_plain_words(real):
    words = on_paper_of(real)
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
    [("au-2022", "000", "13 11 14"), ("uk-nice-ng215", "999", "116 123"), ("de-lonts-2020", "112", "0800 111 0 111")],
)
def test_the_sheet_names_the_numbers_of_the_country(real, guideline, number, crisis):
    words = text_of(sheet(real, guideline=guideline))
    assert f"call {number}." in words
    assert f"call {crisis}, day or night" in words
    assert "not checked yet" not in words


def a_sheet(**lines):
    """A sheet without steps, with these lines of help."""
    plain = {
        "steps": (),
        "left_alone": (),
        "as_needed": False,
        "patches": False,
        "long_acting": False,
        "acetaminophen": "",
        "goes_on": False,
    }
    return Sheet(**{**plain, "emergency": None, "crisis_line": None, **lines})


def test_without_a_known_number_the_sheet_names_none_and_an_unchecked_one_is_marked(real, monkeypatch):
    monkeypatch.setattr("cds_service.pages.taper.sheet_of", lambda *_: a_sheet())
    words = text_of(sheet(real))
    assert "call an ambulance." in words
    assert "Call an ambulance." in words
    assert "hurting yourself: call your care team right away." in words
    line = HelpLine(country="X", kind=Help.EMERGENCY, number="12345", name="n", source="s", review=Review.PROVISIONAL)
    monkeypatch.setattr("cds_service.pages.taper.sheet_of", lambda *_: a_sheet(emergency=line))
    words = text_of(sheet(real))
    assert words.count("12345. (This number is not checked yet. Ask your care team.)") == 2
    assert "call 12345 or your care team right away. (This number is not checked yet." in words


def test_every_guidelines_country_has_both_kinds_of_help_and_each_row_says_where_it_is_from(knowledge):
    countries = {one.jurisdiction for one in knowledge.guidelines.values()}
    assert {(one.country, one.kind) for one in knowledge.tapers.help_lines} == {
        (country, kind) for country in countries for kind in Help
    }
    named = {row["source_id"] for row in csv.DictReader(text_in("sources.csv").splitlines())}
    for one in knowledge.tapers.help_lines:
        assert set(one.source.split("; ")) <= named
        assert re.fullmatch(r"[0-9 ]{3,}", one.number)
    assert knowledge.tapers.help_in("XX", Help.CRISIS) is None


# ---- the planner in another language ----


def test_the_planner_in_spanish_is_spanish_altogether_and_awaits_review(real):
    """What stays English is names: of medicines, documents, tables and sources."""
    page = real.post("/taper?lang=es", data={"orders": MANY, "start": "2026-12-01"})
    assert page.headers["Content-Language"] == "es"
    names = r'<(textarea|select|code)[^>]*>.*?</\1>|<span lang="en">.*?</span>|<p class="hint" id="orders-hint">.*?</p>'
    words = html.unescape(re.sub(r"<[^>]+>", " ", re.sub(names, "", page.text, flags=re.DOTALL)))
    assert "Ningún profesional de la salud ha revisado aún esta traducción" in words
    assert "parche de fentanyl 37.5 mcg/h puesto" in words
    assert "MME/día" in words
    english = {"the", "and", "of", "with", "is", "are", "day", "at", "by", "step", "worn", "before", "not", "for"}
    assert [
        words[one.start() - 60 : one.end() + 20] for one in re.finditer(r"\b[a-z]+\b", words) if one[0] in english
    ] == []


def test_faults_and_refusals_are_spanish_too(real):
    def said(**fields):
        return text_of(real.post("/taper?lang=es", data={"orders": EXAMPLE, "start": "2026-12-01", **fields}))

    assert "us-long (CDC 2022, después de un año o más) baja como máximo un 10% por paso" in said(pace="11")
    assert "se esperaba un día como AAAA-MM-DD" in said(start="x")
    assert "escriba al menos una prescripción" in said(orders="")
    assert "No se pueden leer las prescripciones: the body is not JSON" in said(orders="{")
    assert "No se conoce una parte de la dosis" in said(orders="oxycodone ER 40 mg tablets")


def test_the_sheet_counts_more_doses_a_day_than_have_names(real):
    words = on_paper_of(real, "oxycodone 5 mg tablets, 1 tablet every 4 hours", plan="only:")
    assert "1 tablet, 6 times a day, spread over the day" in words
    assert "1 tablet, 5 times a day, spread over the day" in words
    assert "1 tablet in the evening" in words
    assert "at dose" not in words
    words = on_paper_of(real, "oxycodone 15 mg tablets, 1 tablet 5 times a day", plan="only:")
    assert "1 tablet once a day" in words


def test_strengths_are_as_on_the_label_in_each_language_and_measures_as_the_language_has_them(real):
    words = text_of(sheet(real, "hydrocodone/acetaminophen 7.5/325 mg tablets, 1 tablet twice a day", plan="only:",
                          sheet="es"))  # fmt: skip
    assert "hydrocodone/acetaminophen 7.5 mg" in words
    liquid = text_of(sheet(real, "morphine 10 mg/5 mL oral solution, 2.5 mL every 6 hours", plan="only:",
                           sheet="es"))  # fmt: skip
    assert "2,5 mL" in liquid


@pytest.mark.parametrize(
    ("guideline", "beside"),
    [("uk-nice-ng215", "paracetamol"), ("ca-2017", "acetaminophen"), ("au-2022", "paracetamol")],
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_sheet_names_medicines_as_the_countrys_labels_do(real, guideline, beside, language):
    line = "codeine/acetaminophen 60/300 mg tablets, 1 tablet twice a day"
    words = text_of(sheet(real, line, plan="only:", guideline=guideline, sheet=language))
    assert f"codeine/{beside} 60 mg" in words


def test_the_language_of_the_sheet_is_not_that_of_the_planner(real):
    page = planned(real, path="/taper/sheet", plan="er:", sheet="es")
    assert page.headers["Content-Language"] == "es"
    back = re.search(r'<form method="post" action="([^"]*)"', page.text)[1]
    assert "lang" not in back, "back to the planner in its own language"
    page = real.post("/taper?lang=es", data={"orders": EXAMPLE, "start": "2026-12-01", "sheet": "en"})
    assert re.search(r'<option value="en" lang="en" selected>', page.text)
    sent = real.post(
        "/taper/sheet?lang=es", data={"orders": EXAMPLE, "start": "2026-12-01", "sheet": "en", "plan": "er:"}
    )
    assert sent.headers["Content-Language"] == "en"
    assert 'action="/taper?lang=es#result"' in sent.text


def test_changing_the_language_of_the_planner_keeps_what_was_entered(real):
    page = planned(real)
    assert 'form="ask" formaction="/taper?lang=es" lang="es"' in page.text
    assert '<a href="?lang=es"' in real.get("/taper").text, "an empty form has nothing to keep"
    banner = re.search(r'<aside class="banner".*?</aside>', real.get("/taper?lang=es").text, re.DOTALL)[0]
    assert '<a href="?lang=en"' in banner, "the way back to the words that count"


def test_half_tablets_are_written_as_halves(real):
    words = text_of(sheet(real, "oxycodone 5 mg tablets, 1 tablet every 6 hours", plan="only:", halves="1"))
    assert re.search(r"½\stablet", words)


def test_the_sheet_in_spanish_is_spanish_altogether_and_awaits_review(real):
    page = sheet(real, sheet="es")
    words = text_of(page).replace("\N{NO-BREAK SPACE}", " ")
    assert page.headers["Content-Language"] == "es"
    assert "aún no ha revisado esta traducción" in words
    assert "1 tableta por la mañana" in words
    assert "del 29 de diciembre de 2026 al 25 de enero de 2027" in words
    assert "has not been checked" not in text_of(sheet(real))


def test_every_word_of_the_planner_and_the_sheet_is_in_every_catalogue():
    sources = (
        ("templates/base.html", "jinja2"),
        ("templates/taper.html", "jinja2"),
        ("templates/parts/form.html", "jinja2"),
        ("templates/taper_sheet.html", "jinja2"),
        ("taper.py", "python"),
        ("taper_sheet.py", "python"),
        ("order_lines.py", "python"),
    )
    wanted = {
        found[1]
        for name, method in sources
        for found in extract_from_file(method, PAGES / name, keywords=KEYWORDS, options={"trimmed": "true"})
    }
    wanted |= {*words_of_plans(), "MME/day"}
    assert len(wanted) > 220
    shipped = [*(PAGES / "translations").glob("*.po")]
    assert shipped
    for file in shipped:
        with file.open("rb") as source:
            known = {one.id for one in read_po(source, locale=file.stem) if one.string and all(one.string)}
        assert wanted - known == set(), file.name


def syllables(word):
    found = len(re.findall(r"[aeiouy]+", word.lower()))
    return max(1, found - (word.lower().endswith("e") and not word.lower().endswith("le")))


def test_the_sheet_can_be_read_by_a_child_of_twelve(real):
    """Flesch-Kincaid over the running text; names of medicines and dates are not counted, whoever writes them."""
    running = [
        html.unescape(re.sub(r"<[^>]+>", "", one)).strip()
        for one in re.findall(r"<(?:p|li)[^>]*>(.*?)</(?:p|li)>", sheet(real).text, re.DOTALL)
        if "<strong>oxy" not in one and "<a " not in one
    ]
    sentences = [one for text in running for one in re.split(r"[.:!?]\s+|[.:!?]$", text) if one.strip()]
    words = re.findall(r"[A-Za-z']+", " ".join(running))
    grade = 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    assert len(words) > 350
    assert max(len(one.split()) for one in sentences) <= 24
    assert grade <= HARDEST_GRADE, grade
