"""The table of one request under five guidelines: what a row stands for, and how its answers are written."""

from __future__ import annotations

from itertools import count
from typing import Any

from hooks import services
from hooks.protocol import Card, HookRequest
from hooks.service import Call, Service
from opioids.knowledge import Knowledge
from tests.bundles import bundle
from tests.spec.notation import SYSTEMS, Unreadable, order_of, tokens, unquoted
from tests.spec.tables import AS_OF

Json = dict[str, Any]

GUIDELINES = {
    "US": "us-cdc-2022", "CA": "ca-2017", "AU": "au-2022", "UK": "uk-nice-ng215", "DE": "de-lonts-2020",
}  # fmt: skip
SILENT = "–"
_MARKS = {"info": "", "warning": "!", "critical": "!!"}
_PATIENT = {"resourceType": "Patient", "id": "example", "birthDate": "1963-05-17"}


def offered(knowledge: Knowledge) -> dict[str, dict[str, Service]]:
    """The services of every guideline, with the guideline's own conversion table."""
    return {
        column: {
            one.hook: one
            for one in services.build(knowledge, guideline=name, table=knowledge.guidelines[name].default_table)
        }
        for column, name in GUIDELINES.items()
    }


def answer(row: dict[str, str], by_hook: dict[str, Service]) -> str:
    """What a guideline's service answers to a row: `NaloxoneOffer! NX01; MmeTotal US-D2`."""
    request = request_of(row)
    numbers = map(str, count())
    cards = by_hook[request.hook].evaluate(request, Call(today=AS_OF, new_uuid=lambda: next(numbers)))
    return "; ".join(map(_written, cards)) or SILENT


def _written(card: Card) -> str:
    return f"{card.source.topic.value}{_MARKS[card.indicator.value]} {card.rule}"


def request_of(row: dict[str, str]) -> HookRequest:
    """A row as a request: the chart is opened where nothing is written, else the order is signed."""
    active = [
        order_of(f"old{index}", coded, directions, {"written": row["since"]})[0]
        for index, (coded, directions) in enumerate(_orders(row["taken"]))
    ]
    drafts = []
    for index, (coded, directions) in enumerate(_orders(row["written"])):
        if coded == "stop":
            drafts.append({**active[int(directions)], "status": "stopped"})
        else:
            prior = {"prior": directions.partition(" instead of ")[2]} if " instead of " in directions else {}
            plain = directions.partition(" instead of ")[0]
            drafts.append(order_of(f"new{index}", coded, plain, {"draft": "", **_named(prior)})[0])
    prefetch: Json = {"patient": _PATIENT, "medications": active, "conditions": []}
    for fact in tokens(row["beside"]):
        _add_fact(prefetch, fact)
    context: Json = {"patientId": "example"}
    if drafts:
        context["draftOrders"] = bundle(drafts)
    return HookRequest(
        hook="order-sign" if drafts else "patient-view",
        hook_instance="spec",
        patient_id="example",
        context=context,
        prefetch={key: bundle(one) if isinstance(one, list) else one for key, one in prefetch.items()},
    )


def _named(prior: dict[str, str]) -> dict[str, str]:
    return {"prior": f"old{prior['prior']}"} if prior else {}


def _orders(cell: str) -> list[tuple[str, str]]:
    """(medicine, directions) of each order; `stop: 0` stops the first of those that are taken."""
    if cell in ("", SILENT):
        return []
    parts = [part.strip().partition(": ") for part in cell.split(" & ")]
    return [(coded, directions) for coded, _, directions in parts]


def _add_fact(prefetch: Json, fact: str) -> None:
    """One word of `beside`: `icd:…`, `med:"…"`, `pain:7@2025-06-01`, `goal:unmet`, `class:IMP`, `born:…`."""
    kind, _, value = fact.partition(":")
    value = unquoted(value)
    if kind == "icd":
        coded = {"coding": [{"system": SYSTEMS["icd"], "code": value}]}
        prefetch["conditions"].append({"resourceType": "Condition", "code": coded})
    elif kind == "med":
        order = {"resourceType": "MedicationRequest", "id": f"m{len(prefetch['medications'])}", "status": "active"}
        prefetch["medications"].append({**order, "intent": "order", "medicationCodeableConcept": {"text": value}})
    elif kind == "pain":
        score, _, day = value.partition("@")
        coded = {"coding": [{"system": "http://loinc.org", "code": "72514-3"}]}
        one = {"resourceType": "Observation", "code": coded, "effectiveDateTime": day, "valueInteger": int(score)}
        prefetch.setdefault("observations", []).append(one)
    elif kind == "class":
        prefetch["encounter"] = {"resourceType": "Encounter", "class": {"code": value}}
    elif kind == "born":
        prefetch["patient"] = {**_PATIENT, "birthDate": value}
    elif kind == "goal" and value == "unmet":
        state = {"coding": [{"code": "not-achieved"}]}
        goal = {"resourceType": "Goal", "lifecycleStatus": "active", "description": {"text": "walk with less pain"}}
        prefetch["goals"] = [{**goal, "achievementStatus": state}]
    else:
        raise Unreadable(fact)
