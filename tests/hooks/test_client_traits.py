"""A card as a client can show it: what changes, and above all what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hooks.client_traits import ClientTraits, DetailFormat, as_plain
from hooks.protocol import Action, ActionType, Card, SelectionBehavior, Suggestion
from opioids.recommendations import Topic
from tests.cds_service import fakes

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
OID = "urn:oid:2.16.840.1.113883.6.88"
CODED = {"system": RXNORM, "code": "1"}
LOCAL = {"system": "urn:x", "code": "2"}
R4 = {"resourceType": "MedicationRequest", "medicationCodeableConcept": {"coding": [CODED], "text": "x"}}
R5 = {"resourceType": "MedicationRequest", "medication": {"concept": {"coding": [CODED, LOCAL]}}}


def traits(**changes: object) -> ClientTraits:
    plain = {
        "name": "x",
        "selection": SelectionBehavior.AT_MOST_ONE,
        "applies": frozenset(ActionType),
        "actions_per_suggestion": 1,
        "keeps_details": True,
        "detail": DetailFormat.MARKDOWN,
        "detail_extension": "",
    }
    return ClientTraits(**{**plain, **changes})


def suggesting(*actions: Action, label: str = "Add naloxone, 2 devices") -> Card:
    return fakes.card(suggestions=(Suggestion(label=label, uuid="1", actions=actions),))


def creating(resource: dict[str, object] = R4) -> Action:
    return Action(type=ActionType.CREATE, description="Naloxone", resource=resource)


DRAFT = {"resourceType": "MedicationRequest", "id": "1"}
DELETING = Action(type=ActionType.DELETE, description="Remove it", resource=DRAFT)


def shown(card: Card, **changes: object) -> Card:
    (found,) = traits(**changes).shows((card,))
    return found


def test_a_client_without_peculiarities_gets_the_card_as_it_is():
    assert traits().shows((fakes.FULL_CARD, fakes.card())) == (fakes.FULL_CARD, fakes.card())


@pytest.mark.parametrize("selection", SelectionBehavior)
def test_the_selection_is_what_the_client_supports(selection):
    assert shown(suggesting(creating()), selection=selection).selection is selection


@pytest.mark.parametrize(
    ("actions", "changes"),
    [
        ((creating(),), {"applies": frozenset()}),
        ((creating(),), {"applies": frozenset({ActionType.DELETE})}),
        ((creating(), DELETING), {}),
        ((creating(), DELETING), {"applies": frozenset({ActionType.CREATE}), "actions_per_suggestion": 2}),
        ((DELETING,), {"applies": frozenset({ActionType.CREATE})}),
    ],
)
def test_a_suggestion_that_a_client_would_do_wrongly_is_said_in_words(actions, changes):
    card = suggesting(*actions)
    found = shown(card, **changes)
    assert found.suggestions == ()
    assert found.detail == f"{card.detail}\n\nSuggested: Add naloxone, 2 devices."
    assert replace(found, detail=card.detail, suggestions=card.suggestions) == card


@pytest.mark.parametrize(
    ("topic", "keeps", "offered"),
    [
        (Topic.SLOWER_TAPER, True, True),
        (Topic.SLOWER_TAPER, False, False),  # a slower step with other directions is none
        (Topic.NALOXONE_OFFER, False, True),  # the drug is what matters
    ],
)
def test_step_is_offered_only_to_a_client_that_keeps_its_directions(topic, keeps, offered):
    plain = suggesting(creating())
    card = replace(plain, source=replace(plain.source, topic=topic))
    found = shown(card, keeps_details=keeps)
    assert bool(found.suggestions) is offered
    assert ("Suggested: Add naloxone, 2 devices." in found.detail) is not offered


def test_of_several_suggestions_those_that_can_be_taken_stay():
    card = fakes.FULL_CARD
    found = shown(card, applies=frozenset({ActionType.CREATE}))
    assert found.suggestions == card.suggestions[:1]
    assert found.detail.endswith("Suggested: Remove the draft.")


@pytest.mark.parametrize("resource", [R4, R5], ids=["R4", "R5"])
def test_codes_are_written_in_the_client_s_name_of_their_system(resource):
    found = shown(suggesting(creating(resource)), code_systems={RXNORM: OID})
    (action,) = found.suggestions[0].actions
    written = str(action.resource)
    assert OID in written
    assert RXNORM not in written
    assert ("urn:x" in written) is (resource is R5)
    assert RXNORM in str(resource), "the resource it was made of is as it was"


def test_an_order_that_codes_no_drug_stays_as_it_is():
    assert shown(suggesting(DELETING), code_systems={RXNORM: OID}).suggestions[0].actions == (DELETING,)


@pytest.mark.parametrize("extension", ["", "com.example.type"])
def test_a_plain_detail_says_so_where_the_client_has_a_name_for_it(extension):
    found = shown(fakes.card(detail="**107** MME"), detail=DetailFormat.PLAIN, detail_extension=extension)
    assert found.detail == "107 MME"
    assert found.extensions == ({extension: "text/plain"} if extension else {})


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("**120 MME/day** (factors: x).", "120 MME/day (factors: x)."),
        ("- a \\* b \\_c\\_ \\#1", "- a * b _c_ #1"),
        ("[a link\\] (x)", "[a link] (x)"),
        ("5 &lt; 7 &amp; 8 &gt; 1", "5 ( 7 & 8 ) 1"),
        ("&amp;lt;script&amp;gt;", "&lt;script&gt;"),
        ("\\*\\*not bold\\*\\*", "**not bold**"),
        ("\\** is a star and a mark", "** is a star and a mark"),
        ("one\n\ntwo", "one\n\ntwo"),
    ],
)
def test_plain_text_is_the_same_words_without_marks(markdown, plain):
    assert as_plain(markdown) == plain
