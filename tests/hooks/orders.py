"""Orders and requests as a client would send them, in as few words as a test can bear."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from hooks.protocol import Card, HookRequest

TODAY = date(2026, 11, 22)
PATIENT = "p1"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"

Json = dict[str, Any]

DRUGS = {
    "oxycodone ER 40": ("1049584", "12 HR oxycodone hydrochloride 40 MG Extended Release Oral Tablet"),
    "oxycodone ER 20": ("1049563", "12 HR oxycodone hydrochloride 20 MG Extended Release Oral Tablet"),
    "oxycodone 5": ("1049621", "oxycodone hydrochloride 5 MG Oral Tablet"),
    "morphine ER 30": ("891888", "morphine sulfate 30 MG Extended Release Oral Tablet"),
    "methadone 10": ("864706", "methadone hydrochloride 10 MG Oral Tablet"),
    "buprenorphine/naloxone film": ("1010604", "buprenorphine 8 MG / naloxone 2 MG Sublingual Film"),
    "naloxone spray": ("1725059", "naloxone hydrochloride 40 MG/ML Nasal Spray"),
    "naloxone vial": ("1659929", "1 ML naloxone hydrochloride 0.4 MG/ML Injection"),
    "lorazepam": ("197901", "lorazepam 1 MG Oral Tablet"),
    "gabapentin": ("310431", "gabapentin 300 MG Oral Capsule"),
    "naltrexone": ("1483744", "naltrexone hydrochloride 50 MG Oral Tablet"),
    "lisinopril": ("314076", "lisinopril 10 MG Oral Tablet"),
}


def drug(name: str) -> Json:
    """A coded medication of the list above; any other name is free text."""
    if name not in DRUGS:
        return {"text": name}
    code, display = DRUGS[name]
    return {"coding": [{"system": RXNORM, "code": code, "display": display}], "text": display}


def order(id_: str, name: str, a_day: int | None = 2, **changes: Any) -> Json:
    """An R4 order of one tablet so many times a day (None: no directions); a change to ... takes a field away."""
    plain: Json = {
        "resourceType": "MedicationRequest",
        "id": id_,
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": drug(name),
        "subject": {"reference": f"Patient/{PATIENT}"},
        "authoredOn": ago(200),
    }
    if a_day is not None:
        repeat = {"frequency": a_day, "period": 1, "periodUnit": "d"}
        one = {"value": 1, "unit": "tablet"}
        plain["dosageInstruction"] = [{"timing": {"repeat": repeat}, "doseAndRate": [{"doseQuantity": one}]}]
    return {key: value for key, value in {**plain, **changes}.items() if value is not ...}


def draft(id_: str, name: str, a_day: int | None = 2, **changes: Any) -> Json:
    """The same as it stands in a session: not yet signed, written today."""
    return order(id_, name, a_day, **{"status": "draft", "authoredOn": ago(0), **changes})


def as_needed(one: Json) -> Json:
    """The order with all its doses as needed."""
    return {**one, "dosageInstruction": [{**each, "asNeededBoolean": True} for each in one["dosageInstruction"]]}


def supply(days: int) -> Json:
    """A dispense request for so many days."""
    duration = {"value": days, "unit": "days", "system": "http://unitsofmeasure.org", "code": "d"}
    return {"expectedSupplyDuration": duration}


def ago(days: int) -> str:
    """The date so many days before today."""
    return (TODAY - timedelta(days=days)).isoformat()


def bundle(*resources: Any, **more: Any) -> Json:
    """A Bundle of these resources."""
    entries = [{"resource": one} for one in resources]
    return {"resourceType": "Bundle", "type": "searchset", **({"entry": entries} if entries else {}), **more}


def outcome(severity: str) -> Json:
    """An OperationOutcome with one issue."""
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": "processing"}]}


def problem(code: str, **changes: Any) -> Json:
    """A condition of the patient by its ICD-10-CM code."""
    coding = {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}
    subject = {"reference": f"Patient/{PATIENT}"}
    return {"resourceType": "Condition", "code": {"coding": [coding]}, "subject": subject, **changes}


def request(
    hook: str, prefetch: Json | None = None, *, drafts: tuple[Any, ...] | None = None, **context: Any
) -> HookRequest:
    """A call of a hook. Without `prefetch` every list was seen and is empty; `drafts` stand where the hook has them."""
    if drafts is not None:
        context["medications" if hook == "medication-prescribe" else "draftOrders"] = bundle(*drafts)
    sent = {"medications": None, "conditions": None} if prefetch is None else prefetch
    # A request of its own: whatever happens to it, the next one built from the same parts is as it was.
    return HookRequest(
        hook=hook, hook_instance="i", patient_id=PATIENT, context=deepcopy(context), prefetch=deepcopy(sent)
    )


def listed(*resources: Any, **more: Any) -> Json:
    """A prefetch in which everything was seen, and the list of medicines holds these."""
    return {"medications": bundle(*resources), "conditions": None, **more}


def topics(cards: tuple[Card, ...]) -> list[str]:
    """What the cards are about, in their order."""
    return [card.source.topic.value for card in cards]
