"""What arrived under the prefetch keys, whatever a client made of them.

A key may hold a Bundle, a single resource, a list, a pre-1.0 wrapper, null (known empty), an
OperationOutcome (known failure) or be missing (not sent). Keys are matched by name first, then by the
type of what they hold, because sites rename them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from fhir_mappings.elements import NOTHING, Element, Json, element, string
from fhir_mappings.medications import order_of_drug
from fhir_mappings.prescriptions import ORDER_TYPES, is_order
from fhir_mappings.references import entries_of
from hooks.drafts import names_the_drafts, repeats_the_drafts
from hooks.list_states import State, better, state_of, unwrapped

ORDERS_KEY = "medications"
DSTU2_KEY = "medicationOrders"
STATEMENTS_KEY = "statements"
HISTORY_KEY = "history"
"""Finished orders: they tell of earlier opioids and of naloxone, and are no part of what is taken now."""
OBSERVATIONS_KEY = "observations"
GOALS_KEY = "goals"
ENCOUNTER_KEY = "encounter"
SUPPLIES_KEY = "dispenses"

BESIDE = frozenset({HISTORY_KEY, OBSERVATIONS_KEY, GOALS_KEY, SUPPLIES_KEY})
"""Lists that tell more and are never added up. What cannot be had of them in a short time was not sent, and nothing
is said of it: a prescriber does not wait for them."""

FACTS = frozenset({"Observation", "Goal", "Encounter", "MedicationDispense"})


@dataclass(slots=True, kw_only=True)
class Prefetched:
    """The prefetched resources by what they are, and whether the lists that matter were seen.

    `orders_state` is that of the list of orders, `statements_state` that of what patients report beside
    it: the latter adds, but cannot stand for the former.
    """

    resources: list[tuple[Element, str]] = field(default_factory=list)
    orders: list[tuple[Element, str]] = field(default_factory=list)
    history: list[tuple[Element, str]] = field(default_factory=list)
    drugs: dict[str, Element] = field(default_factory=dict)
    """By their paths, the Medications that came where a list of orders belongs; each is among the orders, too."""
    repeated: list[tuple[Element, str]] = field(default_factory=list)
    """Orders being written that a client sent once more, under a key of its own."""
    conditions: list[Element] = field(default_factory=list)
    facts: dict[str, list[Element]] = field(default_factory=dict)
    """Resources of the types that tell more about the patient, by type; a list that is missing tells nothing."""
    orders_state: State = State.NOT_SENT
    statements_state: State = State.NOT_SENT
    conditions_state: State = State.NOT_SENT
    history_state: State = State.NOT_SENT
    dstu2_state: State = State.NOT_SENT
    """That of an empty list of DSTU2 orders, which only a DSTU2 server can have looked for."""
    types: dict[str, set[str]] = field(default_factory=dict)
    """The types of what stands under each key, OperationOutcomes included."""

    @property
    def orders_seen(self) -> bool:
        """Whether at least a part of the list of orders was seen, under whatever key and in whatever release."""
        return bool({self.orders_state, self.dstu2_state} & {State.SEEN, State.PARTIAL})

    @property
    def medications_state(self) -> State:
        """Whether the medication list was seen; statements alone are a part of it."""
        if self.orders_state is State.NOT_SENT and not self.orders:
            return self.dstu2_state
        if self.orders_state in (State.NOT_SENT, State.FAILED) and self.orders:
            return State.PARTIAL
        if State.PARTIAL in (self.orders_state, self.statements_state):
            return State.PARTIAL
        return self.orders_state

    def patient(self, patient_id: str) -> Element:
        """The Patient resource of this patient, or nothing."""
        for resource, _ in self.resources:
            if resource.get("resourceType") == "Patient" and string(resource.get("id")) in ("", patient_id):
                return resource
        return NOTHING


def read_prefetch(prefetch: Mapping[str, Json], context: Element = NOTHING) -> Prefetched:
    """Sort what was prefetched; the context tells which of it only repeats the orders being written."""
    found = Prefetched()
    for key, value in prefetch.items():
        _add(found, key, unwrapped(value), context)
    return found


def _add(found: Prefetched, key: str, content: Json, context: Element) -> None:
    kinds: set[str] = set()
    found.types[key] = kinds
    medications = _means_medications(key)
    orders_here: list[tuple[Element, str]] = []
    sent: Any
    for sent, path, full_url in _resources(content, f"prefetch.{key}"):
        try:  # as nearly all that is sent
            resource, kind = sent, sent["resourceType"].strip()
        except (AttributeError, KeyError, TypeError):
            resource, kind = element(sent), ""
        kinds.add(kind)
        found.resources.append((resource, full_url))
        if kind in ORDER_TYPES or (medications and kind != "Medication" and is_order(resource)):
            orders_here.append((resource, path))
        elif kind == "Condition":
            found.conditions.append(resource)
        elif kind in FACTS:
            found.facts.setdefault(kind, []).append(resource)
    of_conditions = "Condition" in kinds or key.lower().startswith("condition")
    of_medicines = orders_here or medications or key in _OWN_KEYS
    if not of_conditions and not of_medicines:
        return  # of other things no list has to be seen
    state = state_of(content, kinds)
    if of_conditions:
        readable = "Condition" in kinds or kinds <= _NEUTRAL
        found.conditions_state = better(found.conditions_state, state if readable else State.FAILED)
    if not of_medicines:
        return
    known = key in _OWN_KEYS or (medications and _is_list(key, content))
    if known or not repeats_the_drafts(key, [one for one, _ in orders_here], context):
        (found.history if key == HISTORY_KEY else found.orders).extend(orders_here)
        _add_list(found, key, content, state, medications=medications)
    else:
        found.repeated.extend(orders_here)


def _is_list(key: str, content: Json) -> bool:
    """Whether a key that says it holds medicines stands for a list of them, whatever their status: it holds several."""
    several = isinstance(content, list) or string(element(content).get("resourceType")) == "Bundle"
    return several and not names_the_drafts(key)


def _add_list(found: Prefetched, key: str, content: Json, state: State, *, medications: bool) -> None:
    """What a key tells about the lists of medicines."""
    kinds = found.types[key]
    orders = kinds & ORDER_TYPES
    if kinds == _DRUGS and (key == STATEMENTS_KEY or medications):
        _add_drugs(found, key, content)
    if key == HISTORY_KEY:
        found.history_state = state
    elif key == STATEMENTS_KEY or (orders == {"MedicationStatement"} and not medications):
        found.statements_state = better(found.statements_state, state)
    elif orders or (medications and not (kinds == _DRUGS and _is_of_one(key))):
        _add_orders_state(found, key, state if orders or kinds <= _NEUTRAL else State.FAILED, empty=not orders)


def _add_orders_state(found: Prefetched, key: str, state: State, *, empty: bool) -> None:
    """An empty answer about another release's orders never outweighs a failed one about this release's."""
    if key == DSTU2_KEY and empty:
        found.dstu2_state = state
    else:
        found.orders_state = better(found.orders_state, state)


def _add_drugs(found: Prefetched, key: str, content: Json) -> None:
    """Medications without any order, under the key of a list: what the patient takes, without a word of how."""
    if _is_of_one(key):
        return  # that of the order being written
    for sent, path, _ in _resources(content, f"prefetch.{key}"):
        found.drugs[path] = element(sent)
        found.orders.append((order_of_drug(element(sent)), path))


def _is_of_one(key: str) -> bool:
    """Whether a key speaks of one medication, which is no list."""
    return key.lower().endswith("medication")


_DRUGS = frozenset({"Medication"})
_OWN_KEYS = frozenset({ORDERS_KEY, DSTU2_KEY, STATEMENTS_KEY, HISTORY_KEY})
_NEUTRAL = frozenset({"OperationOutcome", ""})
_OTHER_LISTS = re.compile("dispense|allerg|administration|statement|knowledge")


def _means_medications(key: str) -> bool:
    """Whether a key is one of ours for orders, or a renamed one that says so."""
    lower = key.lower()
    return "medication" in lower and not _OTHER_LISTS.search(lower)


def _resources(content: Json, path: str) -> Iterable[tuple[Json, str, str]]:
    """(resource, path, fullUrl) of a Bundle's entries, a list, or a single resource."""
    one = element(content)
    if one.get("resourceType") == "Bundle":
        return entries_of(one, path)
    if isinstance(content, list):
        listed = [_resources(element(unwrapped(item)), f"{path}[{index}]") for index, item in enumerate(content)]
        return chain.from_iterable(listed)
    return ((one, path, ""),) if one or path.endswith("]") else ()
