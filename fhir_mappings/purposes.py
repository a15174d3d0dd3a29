"""What an order says that its opioid is for: pain, or treatment of opioid use disorder."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fhir_mappings.codes import codes_of
from fhir_mappings.elements import Element, Json, concept_words, element, elements, string
from fhir_mappings.references import Resources
from opioids.dosing import OUD_INGREDIENTS
from opioids.identity import Identified
from opioids.prescriptions import Purpose
from opioids.recognition import Recogniser

_AIM = re.compile(r"\b(?<!not )(?<!not take )(?<!not use )for ([^.;,]+)", re.IGNORECASE)
"""What written directions say the drug is for, not what it is not for; a mere mention elsewhere is no reason."""
_LONGEST_DIRECTIONS = 500


def purpose_of(one: Element, identified: Identified, resources: Resources, recogniser: Recogniser) -> Purpose:
    """What the order says it is for, asked only of drugs that also treat opioid use disorder."""
    if OUD_INGREDIENTS.isdisjoint(identified.product.ingredients):
        return Purpose.NOT_STATED
    reasons = list(_reasons(one, resources))
    is_reason = recogniser.conditions.is_reason_for_disorder
    for reason in reasons:
        if is_reason(codes_of([reason]), concept_words(reason)):
            return Purpose.OPIOID_USE_DISORDER
    found = elements(one.get("dosageInstruction")) or elements(one.get("dosage"))
    aims = [aim for each in found for aim in _AIM.findall(string(each.get("text"))[:_LONGEST_DIRECTIONS])]
    if is_reason((), aims):
        return Purpose.OPIOID_USE_DISORDER
    return Purpose.PAIN if reasons else Purpose.NOT_STATED


def _reasons(one: Element, resources: Resources) -> Iterator[Json]:
    """The reasons of an order of any release, those that are references as the condition's code."""
    for name in ("reasonCode", "reasonCodeableConcept", "reason", "reasonForUseCodeableConcept"):
        for reason in elements(one.get(name)):
            if isinstance(reason.get("reference"), dict):
                yield _referred(one, resources, element(reason["reference"]))
            else:
                yield reason.get("concept") or reason
    for name in ("reasonReference", "reasonForUseReference"):
        for reference in elements(one.get(name)):
            yield _referred(one, resources, reference)


def _referred(one: Element, resources: Resources, reference: Element) -> Json:
    condition = resources.find(string(reference.get("reference")), one)
    return condition.get("code") if condition else {"text": string(reference.get("display"))}
