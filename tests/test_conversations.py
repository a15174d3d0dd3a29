"""Every recorded conversation is replayed over HTTP and has to come out as recorded."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from copy import deepcopy
from typing import Any

import pytest

from cds_service import settings
from cds_service.pages import conversations as pages
from tests import card_limits, conversations, record_conversations
from tests.conversations import FILES, FOLDER, PROFILE_FILE, STATUS_FILE, Conversation

FEWEST = 26
SERVICES = frozenset({"opioid-medication-prescribe", "opioid-order-select", "opioid-order-sign", "opioid-patient-view"})
SENTENCE_END = re.compile(r"[.!?][\")]*(?=\s|$)")
RECORDED = conversations.found_in()
CLAIMS = {
    r"[Nn]aloxone is offered": "NaloxoneOffer",
    r"(?<!no )total (?:is )?(?:shown|told)\b": "MmeTotal",
    r"\b[Aa] (?:review|talk before starting|conversation)(?: is)? (?:suggested|invited)": "DeprescribingReview",
    r"asked to reassess": "DoseEscalation",
}
"""What a README says of the cards in these words, and the topic that has to be among them."""
CARDS_BACK = re.compile(r"\b(One|Two|Three) cards? comes? back")


@pytest.fixture(scope="module")
def client(knowledge):
    return conversations.Callers(knowledge)


@pytest.mark.parametrize("conversation", RECORDED, ids=lambda one: one.name)
def test_a_detail_lists_nothing_that_its_summary_said_whole(conversation):
    for card in conversation.response.get("cards", ()):
        items = [line.removeprefix("- ") for line in card["detail"].splitlines() if line.startswith("- ")]
        assert not [one for one in items if one.rstrip(".") in card["summary"]]


def by_name(one: Conversation) -> str:
    return one.name


def orders_in(tree: Any) -> list[dict[str, Any]]:
    """Every medication order of a request, wherever it stands."""
    found = []
    if isinstance(tree, dict):
        if tree.get("resourceType") in ("MedicationOrder", "MedicationRequest"):
            found.append(tree)
        for value in tree.values():
            found.extend(orders_in(value))
    elif isinstance(tree, list):
        for value in tree:
            found.extend(orders_in(value))
    return found


def release_spoken(request: dict[str, Any]) -> str:
    """The FHIR release of a request, told by its orders: the context's before the prefetched ones."""
    for order in [*orders_in(request["context"]), *orders_in(request.get("prefetch", {}))]:
        if order["resourceType"] == "MedicationOrder":
            return "DSTU2"
        if "medication" in order:
            return "R5"
        if "agent" in order.get("requester", {}):
            return "STU3"
        return "R4"
    return "R4"


# ---- the folders ----


def test_there_are_enough_conversations_for_every_service():
    assert len(RECORDED) >= FEWEST
    assert {one.service_id for one in RECORDED} == SERVICES


@pytest.mark.parametrize("conversation", RECORDED, ids=by_name)
def test_a_folder_holds_the_three_files_and_nothing_unknown(conversation):
    names = {file.name for file in conversation.folder.iterdir()}
    assert names - {STATUS_FILE, PROFILE_FILE} == FILES


@pytest.mark.parametrize("conversation", RECORDED, ids=by_name)
def test_a_readme_speaks_of_the_cards_that_come(conversation):
    words = " ".join((conversation.folder / "README.md").read_text(encoding="utf-8").split())
    topics = [card["source"]["topic"]["code"] for card in conversation.response.get("cards", ())]
    assert {topic for claim, topic in CLAIMS.items() if re.search(claim, words)} <= set(topics)
    assert [("One", "Two", "Three").index(number) + 1 for number in CARDS_BACK.findall(words)] in ([], [len(topics)])


@pytest.mark.parametrize("conversation", RECORDED, ids=by_name)
def test_a_readme_tells_the_conversation_in_three_to_six_sentences(conversation):
    title, _, text = (conversation.folder / "README.md").read_text(encoding="utf-8").partition("\n")
    assert title.startswith("# ")
    assert 3 <= len(SENTENCE_END.findall(text)) <= 6


def test_every_request_is_a_call_of_its_own():
    instances = [json.loads(one.request)["hookInstance"] for one in RECORDED]
    assert len(set(instances)) == len(instances)


def test_the_demo_page_offers_every_conversation():
    offered = pages.found_in(settings.load(None, {}).pages.conversations, SERVICES)
    assert {one.key for one in offered} == {one.name for one in RECORDED}
    assert conversations.NOW.date() == pages.DAY


# ---- the answers ----


@pytest.mark.parametrize("conversation", RECORDED, ids=by_name)
def test_a_conversation_comes_out_as_recorded(client, conversation):
    answer = conversations.replay(client, conversation)
    assert answer.content_type == "application/json"
    assert (answer.status, conversations.without_uuids(answer.body)) == (conversation.status, conversation.response)


@pytest.mark.parametrize("conversation", [one for one in RECORDED if one.status == 200], ids=by_name)
def test_every_card_obeys_the_limits(client, conversation):
    answer = conversations.replay(client, conversation)
    assert card_limits.broken(answer.body, release=release_spoken(json.loads(conversation.request))) == []


@pytest.mark.parametrize("conversation", [one for one in RECORDED if one.status != 200], ids=by_name)
def test_a_refusal_is_an_operation_outcome(client, conversation):
    outcome = conversations.replay(client, conversation).body
    assert outcome["resourceType"] == "OperationOutcome"
    assert all({"severity", "code"} <= set(issue) for issue in outcome["issue"])
    assert list(card_limits.empties(outcome, "answer")) == []


def test_the_conversations_speak_of_every_topic_that_has_a_rule_and_of_silence():
    topics = {
        card["source"]["topic"]["code"] for one in RECORDED if one.status == 200 for card in one.response["cards"]
    }
    assert topics == card_limits.TOPICS
    assert [one for one in RECORDED if one.response == {"cards": []}]


def test_the_conversations_are_held_under_every_guideline(knowledge):
    assert {one.profile for one in RECORDED} == set(knowledge.guidelines)
    for one in RECORDED:
        cards = one.response["cards"] if one.status == 200 else []
        findings = [card["extension"][card_limits.FINDING] for card in cards]
        assert {finding["guideline"] for finding in findings} <= {one.profile}


def test_the_conversations_speak_dstu2_stu3_and_r4():
    assert {release_spoken(json.loads(one.request)) for one in RECORDED} >= {"DSTU2", "STU3", "R4"}


# ---- the limits can be broken ----


@pytest.fixture
def answer() -> dict[str, Any]:
    recorded = (FOLDER / "opioid-order-sign/worked-case/response.json").read_text(encoding="utf-8")
    for number in range(1, recorded.count(conversations.UUID) + 1):
        recorded = recorded.replace(conversations.UUID, f"00000000-0000-4000-8000-{number:012d}", 1)
    return json.loads(recorded)


def test_the_recorded_worked_case_breaks_no_limit(answer):
    assert card_limits.broken(answer, release="R4") == []


RESOURCE = "cards/0/suggestions/0/actions/0/resource"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("cards/0/summary", "x" * 140),
        ("cards/0/summary", "two\nlines"),
        ("cards/0/summary", "two\u2028lines"),
        ("cards/0/summary", ""),
        ("cards/0/detail", None),
        ("cards/0/detail", "<b>bold</b>"),
        ("cards/0/indicator", "hard-stop"),
        ("cards/0/uuid", "1"),
        ("cards/1/uuid", "00000000-0000-4000-8000-000000000001"),
        ("cards/0/links", []),
        ("cards/0/selectionBehavior", "all"),
        ("cards/1/selectionBehavior", "at-most-one"),
        ("cards/0/title", "no such field"),
        ("cards/0/source/label", ""),
        ("cards/0/source/url", "http://example.org"),
        ("cards/0/source/topic/code", "opioid-mme"),
        ("cards/0/source/topic/system", "http://example.org"),
        ("cards/0/overrideReasons/0/display", ""),
        ("cards/0/suggestions/0/label", ""),
        ("cards/0/suggestions/0/uuid", "1"),
        ("cards/0/suggestions/0/actions/0/description", ""),
        ("cards/0/suggestions/0/actions/0/type", "update"),
        (f"{RESOURCE}/status", 5),
        (f"{RESOURCE}/category", {"coding": [{"code": "community"}]}),
        (f"{RESOURCE}/dosageInstruction/0/doseQuantity", {"value": 4}),
        (f"{RESOURCE}/resourceType", "MedicationOrder"),
        (f"cards/0/extension/{card_limits.FINDING}/topic", "MmeTotal"),
        (f"cards/0/extension/{card_limits.FINDING}/mmePerDay/proposed/maximum", 142.505),
        (f"cards/0/extension/{card_limits.FINDING}/mmePerDay/proposed/scheduled", 500.0),
        (f"cards/0/extension/{card_limits.FINDING}/mmePerDay/complete", "yes"),
        ("systemActions", [{"type": "create"}]),
    ],
)
def test_a_broken_limit_is_found(answer, path, value):
    *above, last = path.split("/")
    holder = answer
    for step in above:
        holder = holder[int(step) if step.isdigit() else step]
    holder[last] = value
    assert card_limits.broken(answer, release="R4") != []


@pytest.mark.parametrize("name", ["selectionBehavior", "uuid", "source", "extension"])
def test_a_missing_part_of_a_card_is_found(answer, name):
    del answer["cards"][0][name]
    assert card_limits.broken(answer | {"cards": answer["cards"][:1]}, release="R4") != []


def test_a_fourth_card_is_found(answer):
    fourth = deepcopy(answer["cards"][2]) | {"uuid": "00000000-0000-4000-8000-000000000099"}
    assert card_limits.broken({"cards": [*answer["cards"], fourth]}, release="R4") == ["4 cards at once"]


@pytest.mark.parametrize("release", ["DSTU2", "STU3", "R5"])
def test_a_suggestion_in_another_release_is_found(answer, release):
    assert card_limits.broken(answer, release=release) != []


# ---- the recorder ----


@pytest.fixture
def copied(tmp_path):
    shutil.copytree(FOLDER / "opioid-patient-view", tmp_path / "opioid-patient-view")
    return tmp_path


def test_the_recorder_writes_what_differs_and_leaves_requests_alone(copied, capsys):
    worked = copied / "opioid-patient-view/worked-case"
    request = (worked / "request.json").read_bytes()
    (worked / "response.json").write_text('{"cards": []}', encoding="utf-8")
    assert record_conversations.main([], copied) == 1
    assert "differs: opioid-patient-view/worked-case" in capsys.readouterr().out
    assert record_conversations.main(["--write"], copied) == 0
    assert record_conversations.main([], copied) == 0
    assert (worked / "request.json").read_bytes() == request
    assert conversations.UUID in (worked / "response.json").read_text(encoding="utf-8")


def test_the_recorder_writes_a_status_only_where_there_is_one_to_write(copied):
    refused, answered = (copied / "opioid-patient-view" / name for name in ("no-medication-source", "worked-case"))
    (refused / STATUS_FILE).unlink()
    (answered / STATUS_FILE).write_text("500\n", encoding="utf-8")
    assert record_conversations.main(["--write"], copied) == 0
    assert (refused / STATUS_FILE).read_text(encoding="utf-8") == "412\n"
    assert not (answered / STATUS_FILE).exists()


@pytest.mark.parametrize("seed", ["1", "2"])
def test_answers_do_not_depend_on_the_order_of_sets(seed):
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-m", "tests.record_conversations"]
    ran = subprocess.run(command, env=environment, cwd=FOLDER.parents[1], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "")


def test_the_recorder_takes_no_other_word(copied, capsys):
    assert record_conversations.main(["--force"], copied) == 2
    assert "--write" in capsys.readouterr().err
