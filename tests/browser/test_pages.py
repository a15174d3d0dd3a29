"""Every page as a browser shows it: both widths, light and dark, by keyboard, on paper, without help from elsewhere."""

from __future__ import annotations

import csv
import io
import json
import re
from copy import deepcopy
from typing import Any
from urllib.parse import urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from cds_service.pages.calculator import EXAMPLE
from cds_service.pages.taper import EXAMPLE as REGIMEN
from cds_service.settings_sections import REPOSITORY_CONVERSATIONS
from tests.browser.conftest import DESK, TELEPHONE, Opened, keep_picture, keep_print
from tests.cds_service.pages.test_charts import PRODUCTS

pytestmark = pytest.mark.xdist_group("browser")  # one server and one browser, however many processes test

HALVED = "/?conversation=opioid-order-sign/halved-by-a-new-prescription"
CALL = REPOSITORY_CONVERSATIONS / "opioid-order-sign" / "halved-by-a-new-prescription" / "request.json"
SIZES = {"desk": DESK, "telephone": TELEPHONE}
UNBROKEN = "W" * 255
HOSTILE = "<img src=x onerror=alert(1)>"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def longest_name() -> str:
    with PRODUCTS.open(encoding="utf-8", newline="") as file:
        return max((row["name"] for row in csv.DictReader(file)), key=len)


def calculate(page: Page, orders: str, *compared: str) -> None:
    page.get_by_label("Orders, one a line").fill(orders)
    if compared:
        page.get_by_text("Compare with other tables").click()
        for table in compared:
            page.locator(f'input[value="{table}"]').check()
    with page.expect_navigation():
        page.get_by_role("button", name="Calculate").click()


def plan_taper(page: Page, orders: str = REGIMEN, sheet: str = "") -> None:
    page.get_by_label("What is taken now, one order a line").fill(orders)
    with page.expect_navigation():
        page.get_by_role("button", name="Plan", exact=True).click()
    if sheet:
        page.get_by_label("Language of the patient's sheet").select_option(sheet)
        with page.expect_navigation():
            page.get_by_role("button", name="Sheet for the patient").first.click()


def report_of_a_call(page: Page) -> None:
    """Calls the service as an EHR does, and looks until the call is noted, which happens beside the answer."""
    call(page, CALL.read_bytes())
    for _ in range(50):
        page.reload()
        if page.get_by_role("heading", name="Week by week").is_visible():
            return
    raise AssertionError("the call was never noted")


def call(page: Page, body: bytes) -> list[dict[str, Any]]:
    """The cards that the service answers to an EHR."""
    address = urljoin(page.url, "/cds-services/opioid-order-sign")
    called = page.request.post(address, data=body, headers={"Content-Type": "application/json"})
    assert called.ok
    return list(called.json()["cards"])


def explained(page: Page) -> None:
    """Follows the link of a card about a patient with many, long and hostile names."""
    body = json.loads(CALL.read_bytes())
    medications = body["prefetch"]["medications"]
    (first, *_) = medications["entry"]
    for number, name in enumerate((longest_name(), f"{UNBROKEN} morphine", f"{HOSTILE} oxycodone 5 mg tablet")):
        other = deepcopy(first)
        other["resource"].update(id=f"long-{number}", medicationCodeableConcept={"text": name})
        medications["entry"].append(other)
    cards = {card["source"]["topic"]["code"]: card for card in call(page, json.dumps(body).encode())}
    page.goto(cards["NaloxoneOffer"]["links"][0]["url"])
    expect(page.get_by_role("heading", name="What the service saw")).to_be_visible()


def explained_in_general(page: Page) -> None:
    """Follows the link of a card that was tried, for which nothing is kept."""
    page.get_by_role("link", name="Why this card, and what would change it").first.click()
    expect(page.get_by_text("The patient's numbers are not shown here.")).to_be_visible()


def plan_in_spanish(page: Page) -> None:
    plan_taper(page, f"{REGIMEN}fentanyl 50 mcg/h patches, 1 patch every 72 hours")
    with page.expect_navigation():
        page.get_by_role("button", name="Español").click()
    expect(page.get_by_role("heading", name="Planificador de la reducción")).to_be_visible()


def as_it_opens(page: Page) -> None:
    """Nothing is done before it is looked at."""


LONG_NAMES = f"{longest_name()}; 5 mL every 6 hours\n{UNBROKEN} morphine, x"
STATES = {
    "try": ("/", as_it_opens),
    "search": ("/?q=naloxone", as_it_opens),
    "answer": (HALVED, as_it_opens),
    "silence": ("/?conversation=opioid-order-sign/blood-pressure-tablet", as_it_opens),
    "refusal": ("/?conversation=opioid-patient-view/no-medication-source", as_it_opens),
    "calculator": ("/calculator", as_it_opens),
    "calculated": ("/calculator", lambda page: calculate(page, EXAMPLE, "cdc-2016", "heal-2025", "uk-fpm-2020")),
    "long-names": ("/calculator", lambda page: calculate(page, LONG_NAMES, "ca-2017")),
    "fault": ("/calculator", lambda page: calculate(page, "{")),
    "about": ("/about", as_it_opens),
    "reports": ("/reports", report_of_a_call),
    "tapered": ("/taper", plan_taper),
    "no-plan": ("/taper", lambda page: plan_taper(page, f"{UNBROKEN} morphine, x")),
    "tapered-in-spanish": ("/taper", plan_in_spanish),
    "sheet": ("/taper", lambda page: plan_taper(page, sheet="es")),
    "explained": ("/about", explained),
    "explained-in-general": (HALVED, explained_in_general),
}
ALIKE = {"exclude": [["tbody tr:nth-child(n+4)"], [".picker li:nth-child(n+4)"]]}
"""Rows after the third are made like those before them, and there are hundreds."""

AXE_AT = dict.fromkeys(("answer", "calculated", "about"), "desk")
"""Accessibility is checked at one width: what it looks at is the same at both. Half of it in dark colours."""


ON_TELEPHONES_ONLY = frozenset({"search", "silence", "refusal", "fault"})
"""States of pages that are seen at both widths otherwise, with little more on them."""
SEEN = [(state, size) for state in STATES for size in SIZES if size == "telephone" or state not in ON_TELEPHONES_ONLY]


@pytest.mark.parametrize(("state", "size"), SEEN)
def test_a_page_fits_its_window_and_obeys_the_guidelines_for_accessibility(
    state: str, size: str, opened: Opened
) -> None:
    path, prepare = STATES[state]
    # Dark on telephones and light on desks: both are looked at without looking at everything twice.
    page = opened(SIZES[size], color_scheme="dark" if size == "telephone" else "light").open(path)
    prepare(page)
    keep_picture(page, f"{state}-{size}")
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    assert words_out_of_sight(page) == []
    if size == AXE_AT.get(state, "telephone"):
        found = Axe().run(page, ALIKE, {"runOnly": STANDARDS, "resultTypes": ["violations"]})
        assert [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found.response["violations"]] == []


def words_out_of_sight(page: Page) -> list[str]:
    """Texts in charts that reach out of their chart, and boxes whose content is cut off without a way to scroll."""
    return list(page.evaluate(OUT_OF_SIGHT))


OUT_OF_SIGHT = """() => {
  const out = [];
  for (const svg of document.querySelectorAll('svg.chart[role=img]')) {
    if (!svg.getClientRects().length) continue;
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')].map(one => [one.textContent, one.getBoundingClientRect()]);
    texts.forEach(([words, box], index) => {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1) out.push(words);
      texts.slice(index + 1).forEach(([other, place]) => {
        const beside = box.right <= place.left + 1 || place.right <= box.left + 1;
        const below = box.bottom - place.top < 6 || place.bottom - box.top < 6;
        if (!beside && !below) out.push(words + ' on ' + other);
      });
    });
  }
  for (const one of document.querySelectorAll('main *')) {
    if (one.scrollWidth <= one.clientWidth + 1) continue;
    const style = getComputedStyle(one);
    if (style.overflowX === 'hidden' && style.clipPath === 'none') out.push(one.outerHTML.slice(0, 80));
  }
  return out;
}"""


@pytest.mark.parametrize("path", ["/", HALVED, "/calculator", "/about"])
def test_a_page_can_be_read_at_twice_the_size_of_letters(path: str, opened: Opened) -> None:
    watched = opened(TELEPHONE)
    page = watched.open(path)
    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    page.reload()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE[0]


def test_orders_that_were_not_counted_can_be_read_at_twice_the_size_of_letters(opened: Opened) -> None:
    page = opened(TELEPHONE).open("/calculator")
    calculate(page, "meperidine 50 mg tablet, 1 every 6 hours\nlisinopril 10 mg, once a day")
    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    expect(page.get_by_text("not an opioid")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE[0]


def test_the_longest_reasons_fit_the_narrowest_window(opened: Opened) -> None:
    page = opened((320, 640)).open("/calculator")
    calculate(page, "buprenorphine 8 mg sublingual tablet, 1 once a day\nmorphine 10 mg/g cream, apply twice a day")
    expect(page.get_by_text("opioid use disorder treatment")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_reports_fit_a_tablet_and_break_no_topics_name(opened: Opened) -> None:
    page = opened((700, 900)).open("/reports")
    report_of_a_call(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 700
    name = page.locator("th.topic").filter(has_text="SlowerTaper").first
    lines = name.evaluate(
        "one => { const all = document.createRange(); all.selectNode(one.firstChild); "
        "return all.getClientRects().length; }"
    )
    assert lines == 1


@pytest.mark.parametrize(("contrast", "colors"), [("more", "none"), ("no-preference", "active")])
def test_the_main_pages_stand_stronger_contrast_and_forced_colors(contrast: str, colors: str, opened: Opened) -> None:
    page = opened(DESK, contrast=contrast, forced_colors=colors).open("/calculator")
    calculate(page, EXAMPLE)
    keep_picture(page, f"calculated-{contrast}-{colors}")
    bars = page.locator("svg.chart.wide rect.scheduled")
    assert bars.count() >= 3
    assert bars.first.evaluate("one => getComputedStyle(one).fill") not in ("none", "rgba(0, 0, 0, 0)")
    if colors == "active":
        words = page.locator("svg.chart.wide text").evaluate_all("all => all.map(one => getComputedStyle(one).fill)")
        assert set(words) == {page.evaluate("getComputedStyle(document.body).color")}


def tab_to(page: Page, matches: str, most: int = 120) -> None:
    """Goes on by the tabulator until an element that matches has the focus, which can be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", matches):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"
            return
    raise AssertionError(f"the tabulator never came to {matches}")


def test_the_main_path_can_be_walked_by_keyboard_alone(opened: Opened) -> None:
    """Skip to the content, look for a conversation, open it, accept its naloxone, see that it does not come back."""
    page = opened().open("/")
    tab_to(page, "a.skip")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    tab_to(page, "input#sought")
    page.keyboard.type("halves the dose")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=halves**")
    tab_to(page, "a[href*='halved-by-a-new-prescription']")
    page.keyboard.press("Enter")
    page.wait_for_url("**conversation=**")
    expect(page.get_by_role("article")).to_have_count(3)
    tab_to(page, "button[name=accept]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Accepted: Add naloxone")).to_be_visible()
    expect(page.get_by_text("That card does not come back.")).to_be_visible()
    expect(page.get_by_role("article").filter(has_text="Offer naloxone:")).to_have_count(0)


def test_a_card_is_overridden_with_a_reason(opened: Opened) -> None:
    page = opened(TELEPHONE).open(HALVED)
    page.get_by_label("Reason to override").first.select_option(index=1)
    page.get_by_role("button", name="Override").first.click()
    expect(page.get_by_role("heading", name="Overridden:")).to_be_visible()
    page.get_by_text("Feedback that the EHR sends").first.click()
    expect(page.get_by_text('"outcome": "overridden"')).to_be_visible()


def test_the_calculator_can_be_used_by_keyboard_alone(opened: Opened) -> None:
    page = opened(TELEPHONE).open("/calculator")
    tab_to(page, "textarea#orders")
    page.keyboard.type("oxycodone ER 40 mg tablets, 1 tablet twice a day")
    tab_to(page, "main button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Daily total")).to_be_visible()
    expect(page.locator(".figure").first).to_have_text(re.compile("120"))


def test_a_taper_goes_from_the_calculator_to_paper_in_two_languages(opened: Opened) -> None:
    page = opened().open("/calculator")
    calculate(page, REGIMEN)
    page.get_by_role("button", name="Plan a taper").click()
    expect(page.get_by_role("heading", name="Extended-release forms first")).to_be_visible()
    page.get_by_role("radio", name="5", exact=True).check()
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.get_by_text("About 5% every 28 days, or slower.").first).to_be_visible()
    with page.expect_download() as kept:
        page.get_by_role("button", name="FHIR CarePlan").first.click()
    assert kept.value.suggested_filename == "taper-plan.json"
    page.get_by_role("button", name="Sheet for the patient").last.click()
    expect(page.get_by_role("heading", name="Your plan to take less opioid medicine")).to_be_visible()
    page.get_by_role("button", name="Español").click()
    expect(page.get_by_role("heading", name="Su plan para tomar menos opioides")).to_be_visible()
    assert page.url.endswith("/taper/sheet")


def test_the_enter_key_plans_and_changes_no_language(opened: Opened) -> None:
    page = opened().open("/taper?lang=es")
    page.get_by_label("Lo que se toma ahora, una prescripción por línea").fill(REGIMEN)
    for _ in range(2):
        page.get_by_label("Días que dura un paso").press("Enter")
        expect(page.get_by_role("heading", name="2 planes")).to_be_visible()
        expect(page.get_by_role("heading", name="Planificador de la reducción")).to_be_visible()


def test_a_fault_leads_to_its_field(opened: Opened) -> None:
    page = opened().open("/calculator")
    calculate(page, "{")
    expect(page.get_by_role("alert")).to_contain_text("not JSON")
    page.get_by_role("alert").get_by_role("link").click()
    assert page.evaluate("document.activeElement.id") == "orders"


def test_a_hostile_name_is_words_and_nothing_else(opened: Opened) -> None:
    page = opened().open("/calculator")
    calculate(page, f"{HOSTILE} morphine 10 mg tablet, 1 twice a day", "cdc-2016")
    assert page.locator("main img").count() == 0
    expect(page.locator("tbody th").first).to_contain_text(HOSTILE)


def test_a_hostile_name_is_words_on_the_page_that_explains_a_card(opened: Opened) -> None:
    page = opened().open("/about")
    explained(page)
    assert page.locator("main img").count() == 0
    expect(page.locator("tbody th").filter(has_text=HOSTILE).first).to_be_visible()


def test_a_card_leads_to_its_explanation_by_keyboard_and_on_to_what_it_rests_on(opened: Opened) -> None:
    page = opened().open(HALVED)
    tab_to(page, ".card .links a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/explain/**")
    tab_to(page, "main summary, main a[href*='/about']")
    tab_to(page, "main a[href$='/about']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/about")
    expect(page.get_by_role("heading", name="About this service")).to_be_visible()


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (TELEPHONE, "dark")])
def test_a_link_that_opens_nothing_says_so_calmly(size: tuple[int, int], scheme: str, opened: Opened) -> None:
    watched = opened(size, color_scheme=scheme)
    page = watched.open("/explain/MmeTotal.us-cdc-2022.cdc-2022.1.x")
    keep_picture(page, f"explain-gone-{size[0]}")
    expect(page.get_by_role("heading", name="There is nothing behind this link any more")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert all("404" in words for words in watched.said)
    watched.said.clear()


def test_targets_are_large_enough_to_be_hit(opened: Opened) -> None:
    page = opened(TELEPHONE).open(HALVED)
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, select, input:not([type=hidden]), summary, nav a, .picker a')]
          .filter(one => one.getClientRects().length)
          .map(one => [one.outerHTML.slice(0, 60), one.getBoundingClientRect()])
          .filter(([, box]) => box.width < 24 || box.height < 24).map(([words]) => words)"""
    )
    assert small == []


@pytest.mark.parametrize(
    ("name", "path", "words", "most"),
    [
        (
            "answer",
            HALVED,
            ["This order lowers opioids by 50%", "How the answer came about", "replaced by the order"],
            4,
        ),
        ("about", "/about", ["courtesy of the U.S. National Library of Medicine", "US-H1"], 18),
        ("calculated", "/calculator", ["at least", "225", "meperidine", "1 tablet x 40 mg x 2/day"], 3),
        ("tapered", "/taper", ["Extended-release forms first", "127.5", "Against withdrawal"], 8),
        ("reports", "/reports", ["What the cards did", "SlowerTaper", "By week, service and topic"], 3),
        ("explained", "/about", ["Why this card", "The numbers", "What would change it", HOSTILE], 6),
        ("sheet", "/taper", ["Sus pasos", "A quién llamar", "Mis notas y preguntas", "por la mañana"], 6),
    ],
)
def test_a_page_can_be_printed(name: str, path: str, words: list[str], most: int, opened: Opened) -> None:
    page = opened().open(path)
    if name == "calculated":
        calculate(page, EXAMPLE)
    if path == "/reports":
        report_of_a_call(page)
    if name == "explained":
        explained(page)
    if path == "/taper":
        plan_taper(page, sheet="es" if name == "sheet" else "")
    printed = page.pdf(format="A4")
    keep_print(printed, name)
    pages = PdfReader(io.BytesIO(printed)).pages
    text = " ".join(" ".join(one.extract_text() for one in pages).split())
    for expected in words:
        assert expected in text
    assert "Words to look for" not in text
    assert "CSV" not in text
    assert 1 <= len(pages) <= most
    assert len(pages[-1].extract_text()) > 40
    if name == "sheet":
        letter = [one.extract_text() for one in PdfReader(io.BytesIO(page.pdf(format="Letter"))).pages]
        assert "Mis notas y preguntas" in letter[-1], "a last page without words, or with one line"


AS_MANY_STEPS = """steps => {
    const body = document.querySelector("table.blocks tbody");
    const [first, ...rest] = [...body.rows];
    const last = rest.pop();
    const between = Array.from({length: steps - 1}, (_, at) => rest[at % rest.length].cloneNode(true));
    body.replaceChildren(first, ...between, last);
}"""


@pytest.mark.parametrize("sheet", ["en", "es"])
def test_lines_to_write_on_are_never_alone_on_the_last_page(sheet: str, opened: Opened) -> None:
    """Where they just do not fit any more, what stands before them comes along."""
    page = opened().open("/taper")
    plan_taper(page, sheet=sheet)
    for steps in (3, 6, 12, 19):
        page.evaluate(AS_MANY_STEPS, steps)
        for paper in ("A4", "Letter"):
            *_, before, last = [
                " ".join(one.extract_text().split()) for one in PdfReader(io.BytesIO(page.pdf(format=paper))).pages
            ]
            assert len(last) > 500, (steps, paper, last)
            assert len(before) > 200, (steps, paper, before)
