"""A value of the vocabulary that exists is one that may be sent."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from decimal import Decimal
from typing import Any

import pytest

from hooks import protocol
from hooks.protocol import (
    Action,
    ActionType,
    Card,
    Coding,
    DosePair,
    Finding,
    Indicator,
    Link,
    PreconditionFailed,
    RequestError,
    SenselessContent,
    Source,
    Suggestion,
)
from opioids.recommendations import Topic

NONE = DosePair(scheduled=Decimal(0), maximum=Decimal(0))
CARD = Card(
    uuid="u",
    summary="A summary.",
    detail="A detail.",
    indicator=Indicator.INFO,
    source=Source(label="A guideline", url="https://example.org", topic=Topic.MME_TOTAL),
    rule="r",
    finding=Finding(guideline="g", table="t", current=NONE, proposed=NONE, complete=True),
)
ACTION = Action(type=ActionType.CREATE, description="Add it", resource={"resourceType": "MedicationRequest"})
SUGGESTION = Suggestion(label="Add it", uuid="u", actions=(ACTION,))


# ---- a card ----


def test_a_summary_of_139_characters_is_the_longest():
    assert protocol.SUMMARY_LIMIT == 139
    assert len(replace(CARD, summary="x" * 139).summary) == 139
    with pytest.raises(ValueError, match="139"):
        replace(CARD, summary="x" * 140)


def test_a_summary_says_something():
    with pytest.raises(ValueError, match="1 to 139"):
        replace(CARD, summary="")


@pytest.mark.parametrize("letter", ["\n", "\r", "\t", "\x00", "\x0b", "\x1b", "\u0085", "\u2028", "\u2029", "\u202e"])
def test_a_summary_is_one_printable_line(letter):
    with pytest.raises(ValueError, match="one line"):
        replace(CARD, summary=f"two{letter}lines")


@pytest.mark.parametrize("letter", ["é", "…", "µ", "–", "药", "<", "&"])
def test_a_summary_may_hold_any_printable_letter(letter):
    assert replace(CARD, summary=letter * 139).summary == letter * 139


def test_a_card_explains_itself():
    with pytest.raises(ValueError, match="explains"):
        replace(CARD, detail="")


def test_a_card_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        CARD.summary = "Another."  # type: ignore[misc]


def test_the_indicators_are_the_three_of_the_specification():
    assert {one.value for one in Indicator} == {"info", "warning", "critical"}


def test_the_topics_are_those_that_are_promised_and_fit_every_ehr():
    assert {one.value for one in Topic} == {
        "MmeTotal",
        "DeprescribingReview",
        "SlowerTaper",
        "NaloxoneOffer",
        "DoseEscalation",
        "SedativeOverlap",
        "DataIncomplete",
    }
    assert all(one.value.isalnum() and len(one.value) <= 100 for one in Topic)
    assert protocol.TOPIC_SYSTEM == "urn:opioid-cds:topic"


# ---- its parts ----

REFUSED = {
    "a source without a label": (CARD.source, {"label": ""}),
    "a source without a url": (CARD.source, {"url": ""}),
    "a source over http": (CARD.source, {"url": "http://example.org"}),
    "a source with a relative url": (CARD.source, {"url": "/guideline"}),
    "a coding without a code": (Coding(code="c", system="s", display="d"), {"code": ""}),
    "a coding without a system": (Coding(code="c", system="s", display="d"), {"system": ""}),
    "a coding without a display": (Coding(code="c", system="s", display="d"), {"display": ""}),
    "a suggestion without a label": (SUGGESTION, {"label": ""}),
    "a suggestion that does nothing": (SUGGESTION, {"actions": ()}),
    "an action without a description": (ACTION, {"description": ""}),
    "an action on nothing": (ACTION, {"resource": {}}),
    "an action on a resource without a type": (ACTION, {"resource": {"resourceType": ""}}),
    "a link without a label": (Link(label="l", url="https://example.org"), {"label": ""}),
    "a link without a url": (Link(label="l", url="https://example.org"), {"url": ""}),
    "a relative link": (Link(label="l", url="https://example.org"), {"url": "/more"}),
    "a link that runs a script": (Link(label="l", url="https://example.org"), {"url": "javascript:alert(1)"}),
}


@pytest.mark.parametrize(("whole", "change"), REFUSED.values(), ids=REFUSED.keys())
def test_what_may_not_be_sent_cannot_exist(whole: Any, change: dict[str, Any]):
    with pytest.raises(ValueError, match=r"\w"):
        replace(whole, **change)


# ---- refusals ----


@pytest.mark.parametrize(
    ("kind", "status"),
    [(RequestError, 400), (PreconditionFailed, 412), (SenselessContent, 422)],
)
def test_a_refusal_has_its_status_and_says_where_and_why(kind, status):
    refusal = kind("context.draftOrders", "expected a Bundle")
    assert (refusal.status, refusal.path, refusal.reason) == (status, "context.draftOrders", "expected a Bundle")
    assert str(refusal) == "context.draftOrders: expected a Bundle"
