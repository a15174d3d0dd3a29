"""The rescue prescription that is suggested: domain to FHIR, in the release of the client.

It is put together once for each release; only the patient differs between requests. So every one that a guideline
can suggest is validated against its release by tests, and no worker loads models for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from fhir_mappings.elements import Element, element, elements, string
from fhir_mappings.releases import Release
from opioids.guideline import NaloxoneOrder

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
_SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/medicationrequest-category"
_STU3_CATEGORY = "http://hl7.org/fhir/medication-request-category"


def naloxone_request(order: NaloxoneOrder, patient_id: str, release: Release) -> Element:
    """A draft prescription of rescue naloxone for a patient, in the client's FHIR release."""
    subject = "patient" if release is Release.DSTU2 else "subject"
    return {**_for_anybody(order, release), subject: {"reference": f"Patient/{patient_id}"}}


def with_code_systems(resource: Element, names: Mapping[str, str]) -> Element:
    """An order whose drug is coded under the names that a client has for code systems."""
    changed = dict(resource)
    if "medicationCodeableConcept" in changed:
        changed["medicationCodeableConcept"] = _renamed(element(changed["medicationCodeableConcept"]), names)
    if "medication" in changed:
        medication = element(changed["medication"])
        changed["medication"] = {**medication, "concept": _renamed(element(medication.get("concept")), names)}
    return changed


def _renamed(concept: Element, names: Mapping[str, str]) -> Element:
    codings = [
        {**coding, "system": names.get(string(coding.get("system")), string(coding.get("system")))}
        for coding in elements(concept.get("coding"))
    ]
    return {**concept, "coding": codings}


@lru_cache(maxsize=32)
def _for_anybody(order: NaloxoneOrder, release: Release) -> Element:
    """The prescription without its patient."""
    return in_release(_r4(order), release)


def json_number(value: Decimal) -> int | float:
    """A number as JSON has it: whole ones without a point."""
    return int(value) if value == value.to_integral_value() else float(value)


def _r4(order: NaloxoneOrder) -> dict[str, Any]:
    """No timing: the dose is for an emergency, and nothing must mistake it for a daily one."""
    return {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "order",
        "category": [{"coding": [{"system": CATEGORY, "code": "community"}]}],
        "priority": "routine",
        "medicationCodeableConcept": {
            "coding": [{"system": RXNORM, "code": order.rxcui, "display": order.display}],
            "text": order.name,
        },
        "dosageInstruction": [
            {
                "text": order.directions,
                "route": {"coding": [{"system": _SNOMED, "code": order.route_snomed, "display": order.route_display}]},
                "asNeededCodeableConcept": {"text": order.indication},
                "doseAndRate": [
                    {"doseQuantity": {"value": json_number(order.dose_mg), "unit": "mg", "system": UCUM, "code": "mg"}}
                ],
            }
        ],
        "dispenseRequest": {
            "quantity": {
                "value": json_number(order.quantity), "unit": order.quantity_unit,
                "system": UCUM, "code": order.quantity_code,
            },
            "numberOfRepeatsAllowed": int(order.repeats),
        },
        "note": [{"text": order.note}],
    }  # fmt: skip


def in_release(r4: dict[str, Any], release: Release) -> dict[str, Any]:
    """A draft prescription of R4 in the words of another release."""
    if release is Release.R4:
        return r4
    instructions = [dict(one) for one in r4["dosageInstruction"]]
    draft = {**r4, "dosageInstruction": instructions}
    if release is Release.R5:
        draft["medication"] = {"concept": draft.pop("medicationCodeableConcept")}
        for one in instructions:
            if "asNeededCodeableConcept" in one:
                one["asNeededFor"] = [one.pop("asNeededCodeableConcept")]
            if "asNeededBoolean" in one:
                one["asNeeded"] = one.pop("asNeededBoolean")
            if "maxDosePerPeriod" in one:
                one["maxDosePerPeriod"] = [one["maxDosePerPeriod"]]
        return draft
    for one in instructions:  # before R4 the dose stands beside the rest of its instruction
        one.update(*one.pop("doseAndRate"))
    if release is Release.DSTU2:
        left = {name: value for name, value in draft.items() if name not in ("intent", "category", "priority")}
        return {**left, "resourceType": "MedicationOrder", "note": draft["note"][0]["text"]}
    draft["category"] = {"coding": [{"system": _STU3_CATEGORY, "code": "community"}]}
    if not draft["dispenseRequest"]["numberOfRepeatsAllowed"]:  # none of them cannot be said in STU3
        draft["dispenseRequest"] = {**draft["dispenseRequest"]}
        del draft["dispenseRequest"]["numberOfRepeatsAllowed"]
    return draft
