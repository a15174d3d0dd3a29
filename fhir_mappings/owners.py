"""Whose orders a Bundle holds: two people's doses are never added up."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from fhir_mappings.elements import Element, element, elements, identifiers, key_of_reference, string
from fhir_mappings.prescriptions import ORDER_TYPES
from fhir_mappings.references import Entry
from opioids.prescriptions import Ignored, Order, Uncounted, UncountedReason

Names = Mapping[str, str]
"""What else a patient may be called (the Bundle's own address, an identifier), each with `Patient/id`."""

_NOBODY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """The patients whom the orders of a Bundle name, and which of them it is about (None: it cannot be told)."""

    named: frozenset[str]
    own: str | None
    names: Names

    def checked(self, order: Order, resource: Element) -> Order:
        """The order as it is, or with the reason why it is in no total of this Bundle."""
        if len(self.named) < 2 or isinstance(order.content, Ignored):
            return order
        patient = _patient_of(resource, self.names)
        if self.own and patient in (self.own, _NOBODY):
            return order
        fault = Uncounted(
            reference=order.reference,
            medication=order.medication,
            reason=UncountedReason.RESOURCE_INVALID,
            detail=self._why(patient),
        )
        nothing: frozenset[str] = frozenset()
        return replace(order, content=fault, replaces=nothing, fulfils=nothing, same_as=nothing)

    def _why(self, patient: str) -> str:
        if self.own:
            own = self.own if self.own.startswith("Patient/") else "the patient of the other orders"
            return f"for another patient{_in_brackets(patient)}, not added to the total of {own}"
        several = "the orders are for several patients"
        if patient:
            return f"{several}, this one{_in_brackets(patient)}: whose total is asked cannot be told"
        return f"{several}: whose this one is cannot be told"


_OF_ONE = Owners(named=frozenset(), own=None, names={})


def owners_of(entries: Sequence[Entry]) -> Owners:
    """The patients of a Bundle's orders, and the one who is meant.

    Where the orders name several, that is the only Patient that the Bundle holds, else whom more than half of the
    orders name: the others strayed in. Otherwise it cannot be told.
    """
    resources = [element(resource) for resource, _, _ in entries]
    orders = [one for one in resources if string(one.get("resourceType")) in ORDER_TYPES]
    if _are_of_one(orders):
        return _OF_ONE
    patients = [
        (one, url) for one, (_, _, url) in zip(resources, entries, strict=True) if one.get("resourceType") == "Patient"
    ]
    names = dict(_other_names(patients, orders))
    named = Counter(patient for one in orders if (patient := _patient_of(one, names)))
    of_most = next((patient for patient, count in named.items() if count > named.total() / 2), None)
    own = _key_of(patients[0][0]) if len(patients) == 1 else of_most
    return Owners(named=frozenset(named), own=own, names=names)


def _are_of_one(orders: Iterable[Element]) -> bool:
    """Whether all orders name their patient by one and the same reference, or none names any, as nearly all do."""
    subjects = [_subject(one) for one in orders]
    references = {string(one.get("reference")) for one in subjects}
    if references == {""}:
        return not any(subjects)
    return len(references) == 1 and not next(iter(references)).startswith("#")


def _other_names(patients: Iterable[tuple[Element, str]], orders: Iterable[Element]) -> Iterator[tuple[str, str]]:
    for patient, url in patients:
        if url:
            yield url, _key_of(patient)
        for identifier in identifiers(patient.get("identifier")):
            yield identifier, _key_of(patient)
    for order in orders:
        subject = _subject(order)
        if reference := string(subject.get("reference")):
            for identifier in identifiers(subject.get("identifier")):
                yield identifier, key_of_reference(reference)


def _patient_of(order: Element, names: Names) -> str:
    """The patient whom an order names, by reference or identifier, or nobody."""
    subject = _subject(order)
    reference = string(subject.get("reference"))
    if reference.startswith("#"):
        return _contained(order, reference[1:], names)
    if reference:
        return names.get(reference) or key_of_reference(reference)
    return next((names.get(one, one) for one in identifiers(subject.get("identifier"))), _NOBODY)


def _contained(order: Element, id_: str, names: Names) -> str:
    """A patient within the order: by identifier, else by all that is said of that patient."""
    for one in elements(order.get("contained")):
        if string(one.get("id")).lstrip("#") == id_:
            known = identifiers(one.get("identifier"))
            return next((names.get(each, each) for each in known), _described(one))
    return _NOBODY


def _described(patient: Element) -> str:
    try:
        return json.dumps(patient, sort_keys=True)
    except RecursionError:  # nested beyond any sense
        return _NOBODY


def _subject(order: Element) -> Element:
    return element(order.get("subject") or order.get("patient"))


def _key_of(patient: Element) -> str:
    return f"Patient/{string(patient.get('id'))}"


def _in_brackets(patient: str) -> str:
    """A reference as it was sent; identifiers and names of people are not repeated."""
    return f" ({patient})" if patient.startswith("Patient/") else ""
