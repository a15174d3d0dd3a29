from __future__ import annotations

import html
import re
from datetime import date

import orjson
import pytest

from cds_service.pages import markdown
from tests import conversations as recorded
from tests.cds_service import fakes
from tests.cds_service.fakes import context, hook_request

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def conversations(tmp_path):
    folder = tmp_path / "conversations"
    for service, case in (("opioid-order-sign", "high-dose"), ("patient-view", "nothing_to_say")):
        (folder / service / case).mkdir(parents=True)
        request = hook_request(hook=service.removeprefix("opioid-"), note=f"</textarea>{SCRIPT}")
        (folder / service / case / "request.json").write_bytes(orjson.dumps(request))
    return f'[pages]\nconversations = "{folder}"\n'


def tried(client, content, service="opioid-order-sign", **fields):
    body = content if isinstance(content, str) else orjson.dumps(content).decode()
    return client.post("/try", data={"service": service, "body": body, **fields})


# ---- the page ----


def test_the_page_offers_the_services_and_the_conversations(make_app, conversations):
    page = make_app(conversations).test_client().get("/")
    assert page.status_code == 200
    assert page.content_type == "text/html; charset=utf-8"
    for words in ("Synthetic data only", "opioid-medication-prescribe", "high dose", "nothing to say"):
        assert words in page.text


def test_a_conversation_is_loaded_into_the_box_and_its_service_chosen(make_app, conversations):
    page = make_app(conversations).test_client().get("/?conversation=opioid-patient-view/nothing_to_say").text
    assert '<option value="opioid-patient-view" selected>' in page
    box = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert orjson.loads(html.unescape(box[1]))["hook"] == "patient-view"


def test_what_was_loaded_can_be_asked(make_app, conversations):
    client = make_app(conversations).test_client()
    page = client.get("/?conversation=opioid-order-sign/high-dose").text
    box = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert "107 MME/day" in tried(client, html.unescape(box[1])).text


@pytest.mark.parametrize("key", ["../../etc/passwd", "opioid-order-sign/../../../x", "opioid-order-sign/none", "x"])
def test_only_offered_conversations_are_opened(make_app, conversations, key):
    page = make_app(conversations).test_client().get("/", query_string={"conversation": key})
    assert page.status_code == 200
    assert "root:" not in page.text
    assert "selected" not in page.text.split("</optgroup>")[0]


def test_without_a_folder_of_conversations_there_is_just_the_box(make_app, tmp_path):
    page = make_app(f'[pages]\nconversations = "{tmp_path}/none"').test_client().get("/")
    assert page.status_code == 200
    assert "Load example" not in page.text
    assert "<textarea" in page.text


def test_cards_are_shown_with_all_their_parts(make_app):
    client = make_app(services=fakes.services(lambda *_: (fakes.FULL_CARD,))).test_client()
    page = tried(client, hook_request()).text
    for words in (
        'class="card critical"',
        "107 MME/day",
        "<strong>107</strong>",
        "Offer naloxone",
        "Naloxone 4 mg nasal spray",
        "Benefit outweighs risk",
        'href="https://www.cdc.gov/guideline"',
        "MmeTotal",
        "Answer as JSON (HTTP 200)",
        "Request as sent",
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
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "script" not in policy
    assert "<script" not in page.text
    assert " style=" not in page.text
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
    assert client.get("/static/page.css").status_code == status
    assert (tried(client, hook_request()).status_code == 200) is (status == 200)


def test_a_long_request_fits_into_the_form(client):
    assert "107 MME/day" in tried(client, hook_request(filler="x" * 3_000_000)).text


def test_a_conversation_is_told_by_its_readme(make_app, conversations, tmp_path):
    readme = tmp_path / "conversations" / "opioid-order-sign" / "high-dose" / "README.md"
    readme.write_text("# A high dose\n\nIt shows **much** <b>.\n", encoding="utf-8")
    page = make_app(conversations).test_client().get("/?conversation=opioid-order-sign/high-dose").text
    assert ">A high dose</option>" in page
    assert "<p>It shows <strong>much</strong> &lt;b&gt;.</p>" in page


def test_a_conversation_is_judged_on_its_own_day_and_a_pasted_request_today(make_app, conversations):
    client = make_app(conversations).test_client()
    assert f'value="{recorded.NOW.date()}"' in client.get("/?conversation=opioid-order-sign/high-dose").text
    assert 'value="2026-01-31"' in client.get("/").text


def test_another_day_can_be_chosen(make_app):
    days = []
    client = make_app(services=fakes.services(lambda _, call: days.append(call.today) or ())).test_client()
    tried(client, hook_request(), day="2020-02-29")
    tried(client, hook_request(), day="")
    assert days == [date(2020, 2, 29), date(2026, 1, 31)]
    assert "day: expected a day as YYYY-MM-DD" in tried(client, hook_request(), day="tomorrow").text


def test_the_conversation_stays_chosen_when_it_was_asked(make_app, conversations):
    client = make_app(conversations).test_client()
    page = tried(client, hook_request(), conversation="opioid-order-sign/high-dose").text
    assert '<option value="opioid-order-sign/high-dose" selected>' in page


# ---- the words of a card ----


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "<p>plain</p>"),
        ("a\nb", "<p>a<br>b</p>"),
        ("a\n\nb", "<p>a</p>\n<p>b</p>"),
        (
            "**a**, *b*, _c_, `d*e*`",
            "<p><strong>a</strong>, <em>b</em>, <em>c</em>, <code>d*e*</code></p>",
        ),
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
