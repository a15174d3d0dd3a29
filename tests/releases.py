"""One order in four releases: an R4 resource as DSTU2, STU3 and R5 clients would send it.

Written from the release pages of the resources, not from the reader. What a release has no element for
raises `NotInThisRelease`: the caller then has nothing to compare, instead of an order that says less.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

Json = dict[str, Any]

RELEASES = ("DSTU2", "STU3", "R4", "R5")


class NotInThisRelease(Exception):
    """The release has no element for something that the order says."""


def written_in(release: str, resource: Json) -> Json:
    """An R4 order, statement, Medication or Bundle of them in another release."""
    if release == "R4":
        return deepcopy(resource)
    if resource["resourceType"] == "Bundle":
        entries = [{**entry, "resource": written_in(release, entry["resource"])} for entry in resource["entry"]]
        return {**resource, "entry": entries}
    writers = _WRITERS[release]
    if resource["resourceType"] not in writers:
        return deepcopy(resource)
    written = writers[resource["resourceType"]](deepcopy(resource))
    if "contained" in written:
        written["contained"] = [written_in(release, one) for one in written["contained"]]
    return written


def all_releases(resource: Json) -> dict[str, Json]:
    """The resource in every release that can say it."""
    found = {}
    for release in RELEASES:
        try:
            found[release] = written_in(release, resource)
        except NotInThisRelease:
            continue
    return found


def _refuse(resource: Json, *names: str) -> None:
    for name in names:
        if name in resource:
            raise NotInThisRelease(name)


def _renamed(resource: Json, **names: str) -> None:
    for old, new in names.items():
        if old in resource:
            resource[new] = resource.pop(old)


def _allow(value: object, *allowed: str) -> None:
    if value is not None and value not in allowed:
        raise NotInThisRelease(str(value))


# ---- R5 ----


def _r5_instruction(one: Json) -> Json:
    if "asNeededBoolean" in one:
        one["asNeeded"] = one.pop("asNeededBoolean")
    if "asNeededCodeableConcept" in one:
        one["asNeededFor"] = [one.pop("asNeededCodeableConcept")]
    if isinstance(one.get("maxDosePerPeriod"), dict):
        one["maxDosePerPeriod"] = [one["maxDosePerPeriod"]]
    return one


def _r5_drug(order: Json) -> None:
    medication = {}
    if "medicationCodeableConcept" in order:
        medication["concept"] = order.pop("medicationCodeableConcept")
    if "medicationReference" in order:
        medication["reference"] = order.pop("medicationReference")
    if medication:
        order["medication"] = medication


def _r5_reasons(order: Json) -> None:
    reasons = [{"concept": one} for one in order.pop("reasonCode", [])]
    reasons += [{"reference": one} for one in order.pop("reasonReference", [])]
    if reasons:
        order["reason"] = reasons


def _r5_request(order: Json) -> Json:
    _r5_drug(order)
    _r5_reasons(order)
    order["dosageInstruction"] = [_r5_instruction(one) for one in order.get("dosageInstruction", [])]
    return order


def _r5_statement(order: Json) -> Json:
    _refuse(order, "basedOn")
    status = order.get("status")
    if status == "not-taken":
        order["status"] = "recorded"
        order["adherence"] = {"code": {"coding": [{"code": "not-taking"}]}}
    else:
        _allow(status, "active", "entered-in-error")
        order["status"] = "recorded" if status == "active" else status
    _r5_drug(order)
    _r5_reasons(order)
    order["dosage"] = [_r5_instruction(one) for one in order.get("dosage", [])]
    return order


def _r5_medication(drug: Json) -> Json:
    for one in drug.get("ingredient", []):
        one["item"] = {"concept": one.pop("itemCodeableConcept")}
        _renamed(one, strength="strengthRatio")
    return drug


# ---- STU3 ----


def _flat(one: Json) -> Json:
    """STU3 and DSTU2 state the dose in the instruction itself, once."""
    entries = one.pop("doseAndRate", [])
    if len(entries) > 1 or any("type" in entry for entry in entries):
        raise NotInThisRelease("doseAndRate.type")
    for entry in entries:
        one.update(entry)
    return one


def _stu3_request(order: Json) -> Json:
    _refuse(order, "doNotPerform", "reportedBoolean")
    _allow(order.get("intent"), "proposal", "plan", "order", "instance-order")
    if len(order.get("category", [])) > 1:
        raise NotInThisRelease("category")
    if "category" in order:
        order["category"] = order["category"][0]
    if "requester" in order:
        order["requester"] = {"agent": order["requester"]}
    order["dosageInstruction"] = [_flat(one) for one in order.get("dosageInstruction", [])]
    return order


def _stu3_statement(order: Json) -> Json:
    status = order.get("status")
    order["taken"] = "n" if status == "not-taken" else "y"
    if status == "not-taken":
        order["status"] = "active"
    _allow(order.get("status"), "active", "completed", "entered-in-error", "intended", "stopped", "on-hold")
    order["dosage"] = [_flat(one) for one in order.get("dosage", [])]
    return order


def _stu3_medication(drug: Json) -> Json:
    for one in drug.get("ingredient", []):
        _renamed(one, strength="amount")
    return drug


# ---- DSTU2 ----


def _dstu2_instruction(one: Json) -> Json:
    _refuse(one, "sequence", "patientInstruction", "maxDosePerAdministration")
    _flat(one)
    _refuse(one, "rateQuantity")
    repeat = one.get("timing", {}).get("repeat", {})
    _refuse(repeat, "timeOfDay", "dayOfWeek", "offset", "boundsRange", "countMax")
    _renamed(repeat, periodUnit="periodUnits", boundsDuration="boundsQuantity")
    if "when" in repeat:
        if len(repeat["when"]) > 1:
            raise NotInThisRelease("when")
        repeat["when"] = repeat["when"][0]
    return one


def _dstu2_request(order: Json) -> Json:
    _refuse(order, "doNotPerform", "basedOn", "reportedBoolean", "category")
    _allow(order.pop("intent", None), "order")
    _allow(order.get("status"), "active", "on-hold", "completed", "entered-in-error", "stopped", "draft")
    order["resourceType"] = "MedicationOrder"
    _renamed(order, subject="patient", authoredOn="dateWritten", requester="prescriber")
    _dstu2_reason(order, "reasonCodeableConcept")
    if "priorPrescription" in order:
        prior = order["priorPrescription"]["reference"].replace("MedicationRequest/", "MedicationOrder/")
        order["priorPrescription"] = {"reference": prior}
    order["dosageInstruction"] = [_dstu2_instruction(one) for one in order.get("dosageInstruction", [])]
    return order


def _dstu2_reason(order: Json, name: str) -> None:
    _refuse(order, "reasonReference")
    reasons = order.pop("reasonCode", [])
    if len(reasons) > 1:
        raise NotInThisRelease("reasonCode")
    if reasons:
        order[name] = reasons[0]


def _dstu2_statement(order: Json) -> Json:
    _refuse(order, "derivedFrom", "basedOn")
    if order.get("status") == "not-taken":
        order.update(status="active", wasNotTaken=True)
    _allow(order.get("status"), "active", "completed", "entered-in-error", "intended")
    _renamed(order, subject="patient")
    _dstu2_reason(order, "reasonForUseCodeableConcept")
    order["dosage"] = [_dstu2_instruction(one) for one in order.get("dosage", [])]
    for one in order["dosage"]:
        _renamed(one, doseQuantity="quantityQuantity", doseRange="quantityRange")
    return order


def _dstu2_medication(drug: Json) -> Json:
    # DSTU2 names ingredients only through Substance resources.
    _refuse(drug, "ingredient")
    return drug


_WRITERS: dict[str, dict[str, Callable[[Json], Json]]] = {
    "R5": {"MedicationRequest": _r5_request, "MedicationStatement": _r5_statement, "Medication": _r5_medication},
    "STU3": {
        "MedicationRequest": _stu3_request,
        "MedicationStatement": _stu3_statement,
        "Medication": _stu3_medication,
    },
    "DSTU2": {
        "MedicationRequest": _dstu2_request,
        "MedicationStatement": _dstu2_statement,
        "Medication": _dstu2_medication,
    },
}
