"""The page `/` shows the cards as the kind of client that was chosen would get them."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Any

import orjson
import pytest

from cds_service.client_profiles import known
from cds_service.pages.client_changes import Change, between
from cds_service.settings_sections import ClientProfile
from hooks.client_traits import ClientTraits
from hooks.protocol import Link
from tests import conversations as recorded
from tests.cds_service import fakes
from tests.cds_service.fakes import hook_request
from tests.cds_service.pages.reading import text_of
from tests.cds_service.pages.test_try_it import tried

SCRIPT = "<script>alert(1)</script>"
DAY = recorded.NOW.date().isoformat()
RXNORM, OID = "http://www.nlm.nih.gov/research/umls/rxnorm", "urn:oid:2.16.840.1.113883.6.88"
WORKED_CASE = next(one for one in recorded.found_in() if one.name == "opioid-order-sign/worked-case")


def worked_case(real, client="", **fields):
    return tried(real, WORKED_CASE.request.decode(), day=DAY, client=client, **fields)


def answer_on(page) -> list[dict[str, Any]]:
    """The cards of the raw answer that the page shows."""
    shown = re.search(r'<pre tabindex="0" aria-label="Answer">(.*?)</pre>', page.text, re.DOTALL)
    return orjson.loads(html.unescape(shown[1]))["cards"]


def chosen_on(page) -> list[str]:
    """What is chosen in the field for the client profile."""
    field = re.search(r'<select id="client".*?</select>', page.text, re.DOTALL)
    return re.findall(r'value="([^"]*)" selected', field[0])


def with_naloxone(page) -> dict[str, Any]:
    return next(card for card in answer_on(page) if card["source"]["topic"]["code"] == "NaloxoneOffer")


def test_every_profile_is_offered_and_at_first_the_request_tells(real):
    page = real.get("/")
    field = re.search(r'<select id="client".*?</select>', page.text, re.DOTALL)
    assert re.findall(r'value="([^"]*)"', field[0]) == ["", *ClientProfile]
    assert chosen_on(page) == []


@pytest.mark.parametrize("profile", ClientProfile)
def test_the_answer_is_the_one_that_the_service_gives_to_such_a_client(real, make_app, profile):
    page = worked_case(real, profile.value)
    assert chosen_on(page) == [profile.value]
    app = make_app(f'[auth]\nprofile = "{profile.value}"\n', services=None, clock=lambda: recorded.NOW)
    answer = app.test_client().post("/cds-services/opioid-order-sign", json=orjson.loads(WORKED_CASE.request))
    given = [without_ids(card) for card in answer.json["cards"]]
    assert [without_ids(card) for card in answer_on(page)] == given
    assert page.text.count('<article class="card') == len(given)


def without_ids(found: Any) -> Any:
    """The same without ids, which are new for each answer."""
    if isinstance(found, dict):
        return {name: without_ids(value) for name, value in found.items() if name not in ("uuid", "id")}
    return [without_ids(one) for one in found] if isinstance(found, list) else found


def test_what_epic_gets_and_why(real):
    page = worked_case(real, "epic")
    card = with_naloxone(page)
    assert card["selectionBehavior"] == "any"
    assert OID in str(card["suggestions"])
    assert RXNORM not in str(card["suggestions"])
    words = text_of(page)
    assert "written for: Epic" in words
    assert "Changed for Epic: selectionBehavior is “any” codes in suggested orders are under the names" in words


def test_naloxone_under_epics_name_for_rxnorm_is_known_again_when_it_was_accepted(real):
    number = [card["source"]["topic"]["code"] for card in answer_on(worked_case(real, "epic"))].index("NaloxoneOffer")
    page = worked_case(real, "epic", accept=f"{number}.0")
    assert "That card does not come back" in page.text
    assert OID in html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)[1])
    assert chosen_on(page) == ["epic"]


def test_the_client_stays_chosen_when_a_card_is_closed(real):
    page = worked_case(real, "athena", override="0", **{"reason-0": "patient-declined"})
    assert "Overridden:" in page.text
    assert chosen_on(page) == ["athena"]


def test_the_sandbox_has_nothing_to_accept(real):
    page = worked_case(real, "sandbox")
    assert "suggestions" not in with_naloxone(page)
    assert 'name="accept"' not in page.text
    assert "Changed for CDS Hooks sandbox: what it would not carry out as it is meant is suggested in words" in text_of(
        page
    )


def test_plain_text_is_shown_letter_by_letter(make_app):
    marked = replace(fakes.FULL_CARD, detail=f"1 * 2 * 3\n\n**107** {SCRIPT}")
    client = make_app(services=fakes.services(lambda *_: (marked,))).test_client()
    plain = tried(client, hook_request(), client="athena").text
    assert '<div class="detail unmarked">1 * 2 * 3\n\n107 &lt;script&gt;' in plain
    assert "details are plain text" in plain
    assert "<script" not in plain
    assert "<strong>107</strong> &lt;script&gt;" in tried(client, hook_request(), client="generic").text


def test_an_extension_of_epics_tells_when_no_client_is_chosen(real):
    content = {**orjson.loads(WORKED_CASE.request), "extension": {"com.epic.cdshooks.request.bpa-trigger-action": "23"}}
    fields = {"day": DAY}
    assert "written for: Epic" in text_of(tried(real, content, **fields))
    assert "written for: Any client" in text_of(tried(real, content, client="generic", **fields))


def test_the_settings_tell_when_no_client_is_chosen(make_app):
    app = make_app('[auth]\nprofile = "oracle-health"\n', services=fakes.services(lambda *_: (fakes.FULL_CARD,)))
    assert "written for: Oracle Health" in text_of(tried(app.test_client(), hook_request()))


def test_a_client_that_nobody_knows_is_refused_by_its_field(real):
    page = worked_case(real, SCRIPT)
    assert "HTTP 400" in page.text
    assert "client: expected one of generic, epic, oracle-health, athena, sandbox" in text_of(page)
    assert "<script" not in page.text


# ---- what a profile changed ----

ANY_CLIENT = known()[ClientProfile.GENERIC]
LINKED = replace(fakes.FULL_CARD, links=(Link(label="More", url="https://example.org/x"),))
DECIDED = ANY_CLIENT.shows((LINKED, replace(LINKED, uuid="44444444-4444-4444-8444-444444444444")))
"""Two cards with all their parts."""


def changes_for(**traits: Any) -> tuple[Change, ...]:
    client: ClientTraits = replace(ANY_CLIENT, **traits)
    return between(DECIDED, client.shows(DECIDED), plain=client.detail.value == "plain")


def test_nothing_is_changed_for_any_client():
    assert changes_for() == ()


@pytest.mark.parametrize(
    ("traits", "changes"),
    [
        ({"selection": known()[ClientProfile.EPIC].selection}, (Change.SELECTION,)),
        ({"applies": frozenset(), "selection": known()[ClientProfile.EPIC].selection}, (Change.IN_WORDS,)),
        ({"detail": known()[ClientProfile.ATHENA].detail}, (Change.DETAIL,)),
        (
            {"detail": known()[ClientProfile.ATHENA].detail, "detail_extension": "com.example.kind"},
            (Change.DETAIL, Change.EXTENSIONS),
        ),
    ],
)
def test_each_change_is_named_and_no_other(traits, changes):
    assert changes_for(**traits) == changes


def test_every_change_has_words(module_app):
    with module_app.test_request_context("/"):
        macro = module_app.jinja_env.get_template("parts/client.html").module.client_changes
        for change in Change:
            shown = str(macro({"changes": (change,), "client": known()[ClientProfile.EPIC]}, "Epic"))
            assert re.search(r"<li>[^<]{16,}</li>", shown), change
