"""The kinds of clients: their data, how they are told, and what each gets to see over HTTP."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest

from cds_service import client_profiles
from cds_service.client_profiles import known
from cds_service.settings_sections import ClientProfile
from hooks.client_traits import as_plain
from hooks.protocol import ActionType
from opioids.recommendations import Topic
from opioids.tables import Review
from tests.cds_service import signing
from tests.cds_service.signing import client_with_file, settings
from tests.cds_service.test_fhir_reads import NOW
from tests.hooks.orders import bundle, draft, listed, order

ROWS = json.loads(files("cds_service").joinpath("client_profiles.json").read_text(encoding="utf-8"))
EPIC = {"com.epic.cdshooks.request.bpa-trigger-action": "23"}
RXNORM, OID = "http://www.nlm.nih.gov/research/umls/rxnorm", "urn:oid:2.16.840.1.113883.6.88"
SANDBOX_ISSUER = "https://sandbox.cds-hooks.org"


def test_every_trait_of_every_kind_stands_once_with_its_source_and_review_state():
    assert set(known()) == set(ClientProfile)
    traits = {row["trait"] for row in ROWS}
    assert sorted((row["profile"], row["trait"]) for row in ROWS) == sorted(
        (profile.value, trait) for profile in ClientProfile for trait in traits
    )
    assert all(row["source"] and row["review"] in set(Review) for row in ROWS)


def test_what_no_client_can_do_without_harm_is_in_no_profile():
    for traits in known().values():
        assert traits.actions_per_suggestion == 1
        assert traits.applies <= {ActionType.CREATE, ActionType.DELETE}


def test_topics_are_codes_that_every_client_takes():
    assert all(topic.value.isalnum() and len(topic.value) <= 100 for topic in Topic)


# ---- over HTTP: an order that brings a naloxone card ----


def request(**changes: Any) -> dict[str, Any]:
    context = {"userId": "Practitioner/1", "patientId": "p1", "draftOrders": bundle(draft("d", "oxycodone 5"))}
    plain = {
        "hook": "order-sign",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": context,
        "prefetch": listed(order("a", "oxycodone ER 40")),
    }
    return {**plain, **changes}


@pytest.fixture
def cards(make_app):
    """The cards that a caller gets, by topic."""

    def ask(toml: str = "", authorization: str = "", **changes: Any) -> dict[str, dict[str, Any]]:
        app = make_app(toml, services=None, clock=lambda: NOW)
        headers = {"Authorization": authorization} if authorization else {}
        answer = app.test_client().post("/cds-services/opioid-order-sign", json=request(**changes), headers=headers)
        assert answer.status_code == 200, answer.text
        return {card["source"]["topic"]["code"]: card for card in answer.json["cards"]}

    return ask


@pytest.fixture
def naloxone(cards):
    """The naloxone card that a caller gets."""
    return lambda *asked, **changes: cards(*asked, **changes)["NaloxoneOffer"]


def systems(card: dict[str, Any]) -> list[str]:
    (action,) = card["suggestions"][0]["actions"]
    return [coding["system"] for coding in action["resource"]["medicationCodeableConcept"]["coding"]]


@pytest.mark.parametrize("changes", [{}, {"extension": {"org.example.somebody-else": "1"}}], ids=["plain", "extended"])
def test_a_client_that_nobody_knows(naloxone, changes):
    card = naloxone("", **changes)
    assert card["selectionBehavior"] == "at-most-one"
    assert systems(card) == [RXNORM]


@pytest.mark.parametrize(
    ("toml", "changes"),
    [("", {"extension": EPIC}), ('[auth]\nprofile = "epic"\n', {})],
    ids=["by its extension", "by the settings"],
)
def test_epic(naloxone, toml, changes):
    card = naloxone(toml, **changes)
    assert card["selectionBehavior"] == "any"
    assert systems(card) == [OID]
    assert "com.epic.cdshooks.card.detail.content-type" not in card["extension"], "Markdown is what Epic expects"


SANDBOX_TOKENS = {
    "the sandbox's own": signing.token(iss=SANDBOX_ISSUER),
    "of another's key": signing.token(signing.ec_key("stranger"), iss=SANDBOX_ISSUER),
}


@pytest.mark.parametrize("written", SANDBOX_TOKENS.values(), ids=SANDBOX_TOKENS.keys())
def test_the_sandbox_would_replace_the_drug_in_its_form_so_naloxone_is_suggested_in_words(naloxone, written):
    card = naloxone(authorization=f"Bearer {written}")
    assert "suggestions" not in card
    assert "selectionBehavior" not in card
    assert "Suggested: Add naloxone" in card["detail"]


NO_HINTS = ["Bearer x", "Bearer a.b.c", f"Bearer {signing.token()}", f"Bearer x.{signing.encoded(b'[]')}.y",
            "Bearer x.eA.y", f"Bearer x.{signing.encoded(b'[' * 5000)}.y", "Bearer ." + "x" * 9000 + "."]  # fmt: skip


@pytest.mark.parametrize("authorization", NO_HINTS)
def test_anything_else_in_the_header_tells_nothing(naloxone, authorization):
    assert naloxone(authorization=authorization)["selectionBehavior"] == "at-most-one"


def test_what_the_settings_say_stands_above_what_seems(naloxone):
    assert naloxone('[auth]\nprofile = "athena"\n', extension=EPIC)["selectionBehavior"] == "at-most-one"


def test_athena_gets_the_same_words_in_plain_text(cards):
    marked, plain = cards(), cards('[auth]\nprofile = "athena"\n')
    assert "**" in marked["MmeTotal"]["detail"]
    assert plain["MmeTotal"]["detail"] == as_plain(marked["MmeTotal"]["detail"])
    assert "**" not in "".join(card["detail"] for card in plain.values())
    assert "com.epic" not in json.dumps(plain)


@pytest.mark.parametrize(("profile", "selection"), [("epic", "any"), ("generic", "at-most-one")])
def test_a_client_that_proved_who_it_is_has_the_profile_of_the_settings_whatever_it_says(
    naloxone, tmp_path, profile, selection
):
    toml = settings(client_with_file(tmp_path, more=f'profile = "{profile}"'), more='profile = "athena"')
    moment = int(NOW.timestamp())
    written = signing.token(iat=moment, exp=moment + 300)
    card = naloxone(toml, authorization=f"Bearer {written}", extension=EPIC)
    assert card["selectionBehavior"] == selection


@pytest.mark.parametrize(("at_once", "offered"), [(1, []), (3, [3])])
def test_a_first_step_of_several_actions_is_for_clients_that_do_them_at_once(cards, monkeypatch, at_once, offered):
    traits = replace(known()[ClientProfile.GENERIC], actions_per_suggestion=at_once)
    monkeypatch.setattr(client_profiles, "known", lambda: {**known(), ClientProfile.GENERIC: traits})
    prior = {"reference": "MedicationRequest/er"}
    drafts = bundle(draft("er20", "oxycodone ER 20", 2, priorPrescription=prior))
    context = {"userId": "Practitioner/1", "patientId": "p1", "draftOrders": drafts}
    long_ago = "2023-01-01"
    chart = listed(*(order(id_, name, authoredOn=long_ago) for id_, name in (("er", "oxycodone ER 40"),)))
    card = cards(context=context, prefetch=chart)["SlowerTaper"]
    assert [len(one["actions"]) for one in card.get("suggestions", [])] == offered
