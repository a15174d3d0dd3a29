"""What CDS Hooks 2.0.1, docs/interface.md and the EHRs ask of an answer, each broken rule in words.

Written from these, not from the code that renders cards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from fhir.resources.medicationrequest import MedicationRequest as R5MedicationRequest
from fhir.resources.R4B.medicationrequest import MedicationRequest as R4MedicationRequest
from fhir.resources.STU3.medicationrequest import MedicationRequest as STU3MedicationRequest
from pydantic import ValidationError

TOPICS = frozenset(
    {
        "MmeTotal",
        "DeprescribingReview",
        "SlowerTaper",
        "NaloxoneOffer",
        "DoseEscalation",
        "SedativeOverlap",
        "DataIncomplete",
    }
)
TOPIC_SYSTEM = "urn:opioid-cds:topic"
FINDING = "org.opioid-cds.finding"
MOST_CARDS = 3
CARD_FIELDS = frozenset(
    {
        "uuid",
        "summary",
        "detail",
        "indicator",
        "source",
        "suggestions",
        "selectionBehavior",
        "overrideReasons",
        "links",
        "extension",
    }
)
NESTED_BRACKETS = re.compile(r"\([^()\n]*\(")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HTML = re.compile(r"<[a-z!/]", re.IGNORECASE)

_MODELS = {"STU3": STU3MedicationRequest, "R4": R4MedicationRequest, "R5": R5MedicationRequest}

# DSTU2 (1.0.2): no library reads it any more, so its page is written down here.
_DSTU2_ORDER = {
    "resourceType", "status", "patient", "medicationCodeableConcept", "dosageInstruction", "dispenseRequest", "note",
    "dateWritten", "reasonCodeableConcept", "priorPrescription",
}  # fmt: skip
_DSTU2_INSTRUCTION = {
    "text", "timing", "asNeededBoolean", "asNeededCodeableConcept", "siteCodeableConcept", "route", "method",
    "doseQuantity", "doseRange", "rateRatio", "rateRange", "maxDosePerPeriod",
}  # fmt: skip
_DSTU2_SUPPLY = {"validityPeriod", "numberOfRepeatsAllowed", "quantity", "expectedSupplyDuration"}


def broken(answer: Any, *, release: str) -> list[str]:
    """Every rule that the answer breaks; `release` is the FHIR release of the request."""
    return list(_broken(answer, release))


def _broken(answer: Any, release: str) -> Iterator[str]:
    yield from (f"empty value at {path}" for path in empties(answer, "answer") if path != "answer.cards")
    if "systemActions" in answer:
        yield "system actions are for pre-coordinated scenarios only"
    cards = answer["cards"]
    if len(cards) > MOST_CARDS:
        yield f"{len(cards)} cards at once"
    for card in cards:
        yield from _card(card, release)
    named = [one.get("uuid") for card in cards for one in (card, *card.get("suggestions", ()))]
    if len(set(named)) < len(named):
        yield "a uuid is used twice"


def empties(tree: Any, path: str) -> Iterator[str]:
    """Where null, "", [] or {} stands."""
    if tree is None or (isinstance(tree, str | list | dict) and not tree):
        yield path
    for key, value in tree.items() if isinstance(tree, dict) else ():
        yield from empties(value, f"{path}.{key}")
    for index, value in enumerate(tree if isinstance(tree, list) else ()):
        yield from empties(value, f"{path}[{index}]")


def _card(card: dict[str, Any], release: str) -> Iterator[str]:
    if unknown := set(card) - CARD_FIELDS:
        yield f"CDS Hooks has no {', '.join(sorted(unknown))}"
    if not UUID.fullmatch(card.get("uuid", "")):
        yield "a card without a uuid gets no feedback"
    if card.get("indicator") not in ("info", "warning", "critical"):
        yield f"unknown indicator {card.get('indicator')}"
    yield from _words(card)
    yield from _source(card.get("source", {}))
    yield from _finding(card)
    yield from _suggestions(card, release)
    yield from _choices(card)


def _words(card: dict[str, Any]) -> Iterator[str]:
    summary = card.get("summary", "")
    if not 0 < len(summary) < 140:
        yield f"a summary of {len(summary)} characters"
    if len(summary.splitlines()) != 1 or not summary.isprintable():
        yield "a summary is one line"
    if not card.get("detail"):
        yield "a card explains itself"
    if HTML.search(f"{card.get('detail')}"):
        yield "some EHRs let HTML through: a detail holds none"
    if nested := NESTED_BRACKETS.search(f"{summary}\n{card.get('detail')}"):
        yield f"a bracket within a bracket: {nested[0]!r}"
    yield from _lists_that_run_together(f"{card.get('detail')}")


def _lists_that_run_together(detail: str) -> Iterator[str]:
    """Markdown makes one list of two that only a blank line parts: what is to be done then stands among the reasons."""
    blocks = detail.split("\n\n")
    for above, below in pairwise(blocks):
        if above.startswith("- ") and below.startswith("- "):
            yield f"two lists run together before {below.splitlines()[0]!r}"


def _choices(card: dict[str, Any]) -> Iterator[str]:
    for reason in card.get("overrideReasons", ()):
        if set(reason) != {"code", "system", "display"}:
            yield "an override reason has code, system and display"
    for link in card.get("links", ()):
        if link.get("type") not in ("absolute", "smart") or not {"label", "url"} <= set(link):
            yield "a link has label, url and type"


def _source(source: dict[str, Any]) -> Iterator[str]:
    if not source.get("label"):
        yield "a source has a label"
    if not source.get("url", "").startswith("https://"):
        yield "a source has an https url"
    topic = source.get("topic", {})
    if topic.get("code") not in TOPICS or topic.get("system") != TOPIC_SYSTEM:
        yield f"unknown topic {topic}"
    if not str(topic.get("code")).isalnum() or len(str(topic.get("code"))) > 100:
        yield "Epic takes topic codes of letters and digits only"


def _finding(card: dict[str, Any]) -> Iterator[str]:
    finding = card.get("extension", {}).get(FINDING, {})
    if finding.get("topic") != card.get("source", {}).get("topic", {}).get("code"):
        yield "the finding is about another topic than the card"
    doses = finding.get("mmePerDay", {})
    if set(finding) != {"topic", "guideline", "table", "rule", "mmePerDay"}:
        yield f"the finding has other fields: {sorted(finding)}"
    if set(doses) != {"current", "proposed", "complete"} or not isinstance(doses.get("complete"), bool):
        yield "the finding's doses are current, proposed and complete"
    for pair in (doses.get("current", {}), doses.get("proposed", {})):
        numbers = [pair.get("scheduled"), pair.get("maximum")]
        if not all(isinstance(one, int | float) and one == round(one, 2) for one in numbers):
            yield "doses are numbers rounded to two decimals"
        elif numbers[0] > numbers[1]:
            yield "more is scheduled than is taken at most"


def _suggestions(card: dict[str, Any], release: str) -> Iterator[str]:
    suggestions = card.get("suggestions")
    if (suggestions is not None) != ("selectionBehavior" in card):
        yield "selectionBehavior stands beside suggestions and nowhere else"
    if card.get("selectionBehavior", "any") not in ("any", "at-most-one"):
        yield "the specification knows no other selectionBehavior"
    for suggestion in suggestions or ():
        if not suggestion.get("label") or not UUID.fullmatch(suggestion.get("uuid", "")):
            yield "a suggestion has a label and a uuid"
        if len(suggestion.get("actions", ())) != 1:
            yield "Epic takes one action per suggestion"
        for action in suggestion.get("actions", ()):
            yield from _action(action, release)


def _action(action: dict[str, Any], release: str) -> Iterator[str]:
    if not action.get("description"):
        yield "an action has a description"
    if action.get("type") == "delete":
        if "resource" in action or "/" not in action.get("resourceId", ""):
            yield "a delete names its resource and sends none"
        return
    if action.get("type") != "create":
        yield f"an action of type {action.get('type')}"
    yield from invalid(action.get("resource", {}), release)


def invalid(resource: dict[str, Any], release: str) -> Iterator[str]:
    """What is wrong with a medication order in a FHIR release."""
    if release == "DSTU2":
        yield from _invalid_in_dstu2(resource)
        return
    if resource.get("resourceType") != "MedicationRequest":
        yield f"{release} orders medicines by MedicationRequest"
    try:
        _MODELS[release].model_validate(resource)
    except ValidationError as error:
        yield f"not valid in {release}: {error}"


def _invalid_in_dstu2(order: dict[str, Any]) -> Iterator[str]:
    if order.get("resourceType") != "MedicationOrder":
        yield "DSTU2 orders medicines by MedicationOrder"
    parts = [(order, _DSTU2_ORDER), (order.get("dispenseRequest", {}), _DSTU2_SUPPLY)]
    parts += [(one, _DSTU2_INSTRUCTION) for one in order.get("dosageInstruction", ())]
    for part, known in parts:
        if unknown := set(part) - known:
            yield f"DSTU2 has no {', '.join(sorted(unknown))}"
    if order.get("status") not in ("active", "on-hold", "completed", "entered-in-error", "stopped", "draft"):
        yield f"DSTU2 has no status {order.get('status')}"
    if not isinstance(order.get("note", ""), str):
        yield "a note is text in DSTU2"
    if "medicationCodeableConcept" not in order:
        yield "an order names its medication"
