"""The page `/`: a conversation or a pasted request is asked as an EHR would ask it, and the answer is shown whole."""

from __future__ import annotations

import html
import re
from datetime import date

import orjson
import pytest
from sqlalchemy import func, select

from cds_service.pages import markdown
from cds_service.storage.models import explanation
from opioids.recommendations import HeldBack
from tests import conversations as recorded
from tests.cds_service import fakes
from tests.cds_service.fakes import context, hook_request
from tests.cds_service.pages.reading import text_of

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def conversations(tmp_path):
    folder = tmp_path / "conversations"
    for service, case in (("opioid-order-sign", "high-dose"), ("opioid-patient-view", "nothing_to_say")):
        (folder / service / case).mkdir(parents=True)
        request = hook_request(hook=service.removeprefix("opioid-"), note=f"</textarea>{SCRIPT}")
        (folder / service / case / "request.json").write_bytes(orjson.dumps(request))
    return f'[pages]\nconversations = "{folder}"\n'


@pytest.fixture
def offering(make_app, conversations):
    """A client of an application that offers these two conversations."""
    return make_app(conversations).test_client()


@pytest.fixture
def full(make_app):
    """A client of services that answer everything with one card that has all its parts."""
    return make_app(services=fakes.services(lambda *_: (fakes.FULL_CARD,))).test_client()


def tried(client, /, content, service="opioid-order-sign", **fields):
    body = content if isinstance(content, str) else orjson.dumps(content).decode()
    return client.post("/try", data={"service": service, "body": body, **fields})


# ---- the page ----


def test_the_page_offers_the_services_and_the_conversations(offering):
    page = offering.get("/")
    assert page.status_code == 200
    assert page.content_type == "text/html; charset=utf-8"
    for words in ("Synthetic data only", "opioid-medication-prescribe", "high dose", "nothing to say"):
        assert words in page.text


def test_a_conversation_that_is_picked_is_loaded_its_service_chosen_and_answered_at_once(offering):
    page = offering.get("/?conversation=opioid-patient-view/nothing_to_say").text
    assert '<option value="opioid-patient-view" selected>' in page
    assert orjson.loads(box_of(page))["hook"] == "patient-view"
    assert "107 MME/day" in page
    assert "HTTP <strong>200</strong>" in page
    assert "107 MME/day" in tried(offering, box_of(page), "opioid-patient-view").text


def box_of(page: str) -> str:
    """What stands in the box for a request."""
    return html.unescape(re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)[1])


@pytest.mark.parametrize("key", ["../../etc/passwd", "opioid-order-sign/../../../x", "opioid-order-sign/gone", "gone"])
def test_only_offered_conversations_are_opened_and_of_others_it_is_said(offering, key):
    page = offering.get("/", query_string={"conversation": key})
    assert page.status_code == 200
    assert 'aria-current="true"' not in page.text
    assert "There is no conversation of that name here." in page.text
    assert not re.search("root:|gone", page.text)
    for path in ("/", "/?conversation="):
        assert "no conversation of that name" not in offering.get(path).text


def test_without_a_folder_of_conversations_there_is_just_the_box(make_app, tmp_path):
    page = make_app(f'[pages]\nconversations = "{tmp_path}/none"').test_client().get("/")
    assert page.status_code == 200
    assert "Search" not in page.text
    assert "<textarea" in page.text


def test_cards_are_shown_with_all_their_parts(full):
    page = tried(full, hook_request()).text
    for words in (
        'class="card critical"',
        "107 MME/day",
        "<strong>107</strong>",
        "Offer naloxone",
        "Naloxone 4 mg nasal spray",
        "Benefit outweighs risk",
        'href="https://www.cdc.gov/guideline"',
        "MmeTotal",
        "Reason to override",
        "POST /cds-services/opioid-order-sign",
    ):
        assert words in page


def test_silence_is_said(client):
    assert "nothing to add" in tried(client, context(patientId="silent")).text


@pytest.mark.parametrize(
    ("content", "service", "status", "words"),
    [
        ("{", "opioid-order-sign", 400, "not JSON in UTF-8"),
        ("", "opioid-order-sign", 400, "the body is empty"),
        (hook_request(), "opioid-patient-view", 400, "the hook of this service"),
        (hook_request(), "none", 404, "there is no such service"),
        (context(patientId="needs-more"), "opioid-order-sign", 412, "no medication list"),
        (context(patientId="senseless"), "opioid-order-sign", 422, "no orders"),
    ],
)
def test_a_refused_request_is_shown_with_the_answer_that_a_client_would_get(client, content, service, status, words):
    page = tried(client, content, service)
    assert page.status_code == 200
    assert f"HTTP {status}" in page.text
    assert words in html.unescape(page.text)
    assert "OperationOutcome" in page.text


def test_bytes_that_are_no_text_are_refused_and_not_a_fault_of_ours(client):
    form = {"data": b"service=opioid-order-sign&body=%ED%A0%80", "content_type": "application/x-www-form-urlencoded"}
    assert "HTTP 400" in client.post("/try", **form).text


def test_a_fault_of_ours_is_json_on_the_page_too(client):
    answer = tried(client, context(patientId="breaks"))
    assert (answer.status_code, answer.content_type) == (500, "application/json")


def test_text_of_a_request_never_becomes_html(make_app):
    hostile = fakes.card(summary=SCRIPT, detail=f"{SCRIPT} [x](javascript:alert(1)) <img src=x onerror=alert(1)>")
    client = make_app(services=fakes.services(lambda *_: (hostile,))).test_client()
    page = tried(client, hook_request(note=f"</textarea></pre>{SCRIPT}")).text
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert page.count("</textarea>") == 1


def test_the_page_needs_no_script_and_nothing_from_elsewhere(client):
    page = client.get("/")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    for place in ("style-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert place in policy
    assert "unsafe" not in policy
    assert "script" not in policy
    assert "<script" not in page.text
    assert " style=" not in page.text
    assert not re.search(r"\son[a-z]+=", page.text)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.text)


def test_the_stylesheet_is_served_from_here(client):
    sheet = client.get("/static/page.css")
    assert (sheet.status_code, sheet.content_type) == (200, "text/css; charset=utf-8")
    assert "url(" not in sheet.text
    assert "@import" not in sheet.text


def test_every_control_has_a_label(client):
    page = client.get("/").text
    controls = set(re.findall(r'<(?:select|textarea|input)[^>]* id="([^"]+)"', page))
    assert controls == set(re.findall(r'<label for="([^"]+)"', page)) & controls
    assert len(controls) >= 2
    assert '<html lang="en">' in page


@pytest.mark.parametrize(("toml", "status"), [("", 404), ("[pages]\nenabled = true", 200)])
def test_in_production_there_is_no_page_unless_asked_for(make_app, toml, status):
    client = make_app(f'mode = "production"\npublic_url = "https://cds.example.org"\n{toml}').test_client()
    assert client.get("/").status_code == status
    assert client.get("/calculator").status_code == status
    assert client.get("/about").status_code == 200
    assert (tried(client, hook_request()).status_code == 200) is (status == 200)


def test_a_long_request_fits_into_the_form(client):
    assert "107 MME/day" in tried(client, hook_request(filler="x" * 3_000_000)).text


def test_a_conversation_is_told_by_its_readme(offering, tmp_path):
    readme = tmp_path / "conversations" / "opioid-order-sign" / "high-dose" / "README.md"
    readme.write_text("# A high dose\n\nIt shows **much** <b>.\n", encoding="utf-8")
    page = offering.get("/?conversation=opioid-order-sign/high-dose").text
    assert ">A high dose</a>" in page
    assert "<p>It shows <strong>much</strong> &lt;b&gt;.</p>" in page


def test_a_conversation_is_judged_on_its_own_day_and_a_pasted_request_today(offering):
    assert f'value="{recorded.NOW.date()}"' in offering.get("/?conversation=opioid-order-sign/high-dose").text
    assert 'value="2026-01-31"' in offering.get("/").text


def test_another_day_can_be_chosen(make_app):
    days = []
    client = make_app(services=fakes.services(lambda _, call: days.append(call.today) or ())).test_client()
    tried(client, hook_request(), day="2020-02-29")
    tried(client, hook_request(), day="")
    assert days == [date(2020, 2, 29), date(2026, 1, 31)]
    assert "day: expected a day as YYYY-MM-DD" in tried(client, hook_request(), day="tomorrow").text


def test_the_conversation_stays_chosen_when_it_was_asked(offering):
    page = tried(offering, hook_request(), conversation="opioid-order-sign/high-dose").text
    assert re.search(r'conversation=opioid-order-sign/high-dose[^"]*" aria-current="true">', page)


def test_conversations_are_found_by_their_words(offering):
    found = offering.get("/?q=HIGH+dose").text
    assert "1 conversation found" in found
    assert ">high dose</a>" in found
    assert "nothing to say" not in found
    assert "0 conversations found" in offering.get("/", query_string={"q": f"{SCRIPT} x"}).text


# ---- what an EHR would do next ----


def test_a_suggestion_that_is_accepted_is_asked_again_with_the_order_added(make_app):
    asked = []

    def evaluate(request, call):
        asked.append(request.context["draftOrders"]["entry"])
        return () if asked[-1] else (fakes.FULL_CARD,)

    client = make_app(services=fakes.services(evaluate)).test_client()
    page = tried(client, hook_request(), accept="0.0").text
    assert asked[-1] == [{"resource": {"resourceType": "MedicationRequest", "status": "draft", "id": "suggested-1"}}]
    assert "Accepted:</h3>" in page or "Accepted: Offer naloxone" in page
    assert "That card does not come back" in page
    assert "acceptedSuggestions" in page
    assert "suggested-1" in box_of(page)


def test_a_card_that_comes_back_is_told(full):
    assert "The card came back" in tried(full, hook_request(), accept="0.0").text


def test_a_card_is_overridden_with_the_reason_that_was_chosen(full):
    page = tried(full, hook_request(), **{"override": "0", "reason-0": "benefit"}).text
    assert "Overridden: 107 MME/day" in page
    assert "Reason: Benefit outweighs risk." in page
    assert "&#34;code&#34;: &#34;benefit&#34;" in page


@pytest.mark.parametrize(
    "fields",
    [
        *({"accept": number} for number in ("9.9", "0", "-1.0", "x", "²")),
        *({"override": number} for number in ("7", "")),
        {"override": "0", "reason-0": SCRIPT},
    ],
    ids=str,
)
def test_what_is_no_choice_changes_nothing(full, fields):
    page = tried(full, hook_request(), **fields)
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "suggested-1" not in page.text


def test_a_refused_request_has_nothing_to_accept(client):
    assert "HTTP 400" in tried(client, "{", accept="0.0").text


# ---- the real services, with their trace ----


def test_who_comes_first_finds_signing_and_the_worked_case(real):
    page = real.get("/").text
    assert '<option value="opioid-order-sign" selected>' in page
    assert re.findall(r"<details open>\s*<summary>([\w-]+)<span", page) == ["order-sign"]
    (link,) = re.findall(r'href="([^"]+)">Begin with the worked case', page)
    assert "142.5 MME/day with this order" in real.get(html.unescape(link)).text


@pytest.mark.parametrize("conversation", recorded.found_in(), ids=lambda one: one.name)
def test_every_conversation_can_be_tried(real, conversation):
    page = real.get("/", query_string={"conversation": conversation.name})
    assert page.status_code == 200
    assert f"HTTP <strong>{conversation.status}</strong>" in page.text
    assert page.text.count('<article class="card') == len(conversation.response.get("cards", ()))
    assert ("How the answer came about" in page.text) is (conversation.status == 200)


def test_the_trace_tells_orders_rules_and_prefetch(real):
    words = text_of(real.get("/?conversation=opioid-order-sign/halved-by-a-new-prescription"))
    for said in (
        "context.draftOrders.entry[0].resource",
        "ignored replaced replaced by the order being written",
        "Deprescribing review held back the dose is being lowered already",
        "Slower taper spoke critical",
        "the daily dose is 50 MME or more NX01",
        "medicationOrders not sent nothing not used",
        "conditions seen 1 × Condition problem list",
    ):
        assert said in words


@pytest.mark.parametrize("reason", list(HeldBack), ids=str)
def test_every_reason_to_hold_back_has_words(module_app, reason):
    with module_app.test_request_context("/"):
        words = str(module_app.jinja_env.get_template("parts/trace.html").module.reasons_of(reason.value))
    assert words
    assert words != reason.value.replace("-", " ")


def one_for_each_service(fits):
    found = {one.service_id: one for one in reversed(recorded.found_in()) if fits(one)}
    assert len(found) == len(fakes.HOOKS)
    return found.values()


def offers_of(conversation):
    cards = conversation.response.get("cards", ())
    offers = [card["source"]["topic"]["code"] == "NaloxoneOffer" and "suggestions" in card for card in cards]
    return [number for number, is_offer in enumerate(offers) if is_offer]


def test_accepting_naloxone_ends_its_card_on_every_hook(real):
    for conversation in one_for_each_service(offers_of):
        fields = {"day": recorded.NOW.date().isoformat(), "accept": f"{offers_of(conversation)[0]}.0"}
        page = tried(real, conversation.request.decode(), conversation.service_id, **fields).text
        assert "That card does not come back" in page, conversation.name


WORKED = "opioid-order-sign/worked-case"


def worked(client, /, name: str = WORKED, **fields):
    """A conversation, the worked case unless another is named, asked on its own day with these choices."""
    (body,) = (one.request.decode() for one in recorded.found_in() if one.name == name)
    return tried(client, body, day=recorded.NOW.date().isoformat(), **fields)


def test_an_override_reason_lets_its_card_rest_as_long_as_the_settings_say(real):
    page = worked(real, override="0", **{"reason-0": "patient-declined"})
    assert "Reason: Discussed and declined. The EHR tells the service. The card rests for 90 days" in text_of(page)
    assert 'name="resting" value="NaloxoneOffer"' in page.text
    assert "Naloxone offer rests warning the prescriber asked not to hear about it for now" in text_of(page)
    again = text_of(worked(real, resting=["NaloxoneOffer", SCRIPT]))
    assert "the prescriber asked not to hear about it for now" in again
    closed = text_of(worked(real, override="0", **{"reason-0": "none"}))
    assert "The card comes again on the next call." in closed


def test_where_nothing_is_snoozed_a_reason_lets_no_card_rest(make_app):
    client = make_app("[snooze]\nenabled = false\n", services=None).test_client()
    page = worked(client, override="0", **{"reason-0": "patient-declined"})
    assert "The card comes again on the next call." in text_of(page)
    assert 'name="resting"' not in page.text


def test_the_table_of_the_site_is_for_its_own_guideline_only(make_app):
    client = make_app('[guideline]\ntable = "cdc-2016"\n', services=None).test_client()
    assert "factors: cdc-2016" in text_of(worked(client))
    assert "factors: ca-2017" in text_of(worked(client, guideline="ca-2017"))


def test_a_critical_card_never_rests(real):
    fields = {"override": "0", "reason-0": "agreed-with-patient"}
    page = worked(real, "opioid-order-sign/halved-by-a-new-prescription", **fields)
    assert "The card comes again on the next call." in text_of(page)


def test_the_same_request_is_judged_by_another_guideline(real):
    assert "factors: ca-2017" in text_of(worked(real, guideline="ca-2017"))
    assert "guideline: expected one of us-cdc-2022, " in text_of(worked(real, guideline="none"))


# ---- the words of a card ----


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "<p>plain</p>"),
        ("a\nb", "<p>a<br>b</p>"),
        ("a\n\nb", "<p>a</p>\n<p>b</p>"),
        ("**a**, *b*, _c_, `d*e*`", "<p><strong>a</strong>, <em>b</em>, <em>c</em>, <code>d*e*</code></p>"),
        ("snake_case_word", "<p>snake_case_word</p>"),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
        ("**a *b* c**", "<p><strong>a <em>b</em> c</strong></p>"),
        (r"\*not\* \<b\>", "<p>*not* &lt;b&gt;</p>"),
        ("&lt;b&gt; &amp; &copy;", "<p>&lt;b&gt; &amp; &amp;copy;</p>"),
        ("### Head", "<h4>Head</h4>"),
        ("- a\n- **b**", "<ul><li>a</li><li><strong>b</strong></li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("words:\n- a\nafter", "<p>words:</p>\n<ul><li>a</li></ul>\n<p>after</p>"),
        (
            "[guideline](https://www.cdc.gov/x?a=1&b=2)",
            '<p><a href="https://www.cdc.gov/x?a=1&amp;b=2" rel="noopener noreferrer">guideline</a></p>',
        ),
        ("[x](http://a)", "<p>[x](http://a)</p>"),
        ("[x](javascript:alert)", "<p>[x](javascript:alert)</p>"),
        ('[x](https://a"onclick=alert)', None),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("| not a table", "<p>| not a table</p>"),
        ("", ""),
    ],
)
def test_the_marks_of_a_card_become_elements_and_all_else_is_escaped(text, expected):
    rendered = str(markdown.render(text))
    if expected is not None:
        assert rendered == expected
    assert '"onclick' not in rendered


def test_a_table_is_shown_as_one():
    rendered = str(markdown.render("| Drug | MME |\n|---|---:|\n| a \\| b | **1** |"))
    assert '<th scope="col">Drug</th><th scope="col">MME</th>' in rendered
    assert "<td>a | b</td><td><strong>1</strong></td>" in rendered


@pytest.mark.parametrize("mark", ["*", "[", "`", "_a", "\\", "|", "**a", "[a](", "- ", "# "])
def test_text_made_to_be_slow_is_not(mark):
    assert markdown.render(mark * 10_000)


# ---- what was chosen goes along ----

CANADA = "opioid-order-sign/started-at-60-in-canada"


def link_to(page: str, conversation: str) -> str:
    """Where the list of conversations leads for one of them."""
    found = re.search(rf'href="(/\?conversation={re.escape(conversation)}[^"]*)#answer"', page)
    return html.unescape(found[1])


def shown_as(page: str) -> tuple[str, str]:
    """The guideline and the client that are chosen on a page."""
    boxes = dict(re.findall(r'<select id="(guideline|client)"[^>]*>(.*?)</select>', page, re.DOTALL))
    found = {name: re.search(r'value="([^"]*)" selected', box) for name, box in boxes.items()}
    guideline, client = found["guideline"], found["client"]
    return (guideline[1], client[1] if client else "")


def asked_with(real, conversation: str, **fields: str) -> str:
    return worked(real, conversation, conversation=conversation, **fields).text


def test_another_conversation_keeps_the_client_and_the_guideline_that_were_chosen(real):
    page = asked_with(real, WORKED, client="epic", guideline="uk-nice-ng215")
    for other in (CANADA, WORKED, CANADA):
        page = real.get(link_to(page, other)).text
        assert shown_as(page) == ("uk-nice-ng215", "epic")
    again = asked_with(real, CANADA, client="epic", guideline="uk-nice-ng215", chosen="1")
    assert shown_as(real.get(link_to(again, WORKED)).text) == ("uk-nice-ng215", "epic")


def test_a_search_keeps_them_too(real):
    page = asked_with(real, WORKED, client="epic", guideline="uk-nice-ng215")
    search = re.search(r'<form method="get".*?</form>', page, re.DOTALL)[0]
    assert '<input type="hidden" name="client" value="epic">' in search
    assert '<input type="hidden" name="guideline" value="uk-nice-ng215">' in search
    found = real.get("/?q=canada&client=epic&guideline=uk-nice-ng215").text
    assert shown_as(real.get(link_to(found, CANADA)).text) == ("uk-nice-ng215", "epic")


def test_the_guideline_that_a_conversation_brings_is_not_taken_along(real):
    """It was not chosen: the next conversation is judged by its own."""
    page = real.get("/", query_string={"conversation": CANADA}).text
    assert shown_as(page) == ("ca-2017", "")
    assert shown_as(real.get(link_to(page, WORKED)).text) == ("us-cdc-2022", "")
    asked = asked_with(real, CANADA, guideline="ca-2017")
    assert shown_as(real.get(link_to(asked, WORKED)).text) == ("us-cdc-2022", "")


def test_the_sites_own_guideline_goes_along_once_it_was_chosen(real):
    page = asked_with(real, CANADA, guideline="us-cdc-2022")
    page = real.get(link_to(page, WORKED)).text
    assert 'name="chosen"' in page
    page = asked_with(real, WORKED, guideline="us-cdc-2022", chosen="1")
    assert shown_as(real.get(link_to(page, CANADA)).text) == ("us-cdc-2022", "")


def test_what_is_no_choice_is_not_taken_along(real):
    page = real.get("/", query_string={"client": "<x>", "guideline": "<y>", "conversation": WORKED}).text
    assert link_to(page, CANADA) == f"/?conversation={CANADA}"


# ---- the page that explains ----


def test_each_card_leads_to_its_explanation_also_where_no_address_is_set(make_app):
    real = make_app(services=None).test_client()
    page = real.get("/", query_string={"conversation": WORKED}).text
    links = re.findall(r'<p class="beside"><a href="(/explain/[^"]+)"', page)
    assert len(links) == page.count("<article")
    for link in links:
        assert real.get(link).status_code == 200


def test_with_an_address_the_card_shows_its_own_link_and_nothing_is_kept_for_it(make_app, engines):
    toml = 'public_url = "https://cds.example.org"\n[explain]\nstore = true\n'
    app = make_app(toml, services=None)
    page = app.test_client().get("/", query_string={"conversation": WORKED}).text
    links = re.findall(r'href="https://cds.example.org(/explain/[^"]+)"', page)
    assert links
    assert 'class="beside"' not in page
    app.extensions["opioid_cds"].explaining.recorder.flush()
    with engines[0].connect() as connection:
        assert connection.scalar(select(func.count()).select_from(explanation)) == 0
    assert "The patient's numbers are not shown here" in html.unescape(app.test_client().get(links[0]).text)


def test_without_a_key_the_page_does_without_explanations(real):
    """As while the database is away that holds it."""
    page = real.get("/", query_string={"conversation": WORKED}).text
    assert "<article" in page
    assert 'class="beside"' not in page
