"""What arrived under the prefetch keys, whatever a client made of them.

A key may hold a Bundle, a single resource, a list, a pre-1.0 wrapper, null (known empty), an
OperationOutcome (known failure) or be missing (not sent). Keys are matched by name first, then by the
type of what they hold, because sites rename them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain

from fhir_mappings.elements import NOTHING, Element, Json, element, elements, items, string, whole
from fhir_mappings.medications import order_of_drug
from fhir_mappings.prescriptions import ORDER_TYPES, is_order
from fhir_mappings.references import entries_of
from hooks.drafts import names_the_drafts, repeats_the_drafts

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


class State(StrEnum):
    """Whether a list could be seen."""

    NOT_SENT = "not sent"
    FAILED = "failed"
    PARTIAL = "partial"
    SEEN = "seen"


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
    for sent, path, full_url in _resources(content, f"prefetch.{key}"):
        resource = sent if isinstance(sent, dict) else NOTHING
        kind = string(resource.get("resourceType"))
        kinds.add(kind)
        found.resources.append((resource, full_url))
        if kind in ORDER_TYPES or (medications and is_order(resource)):
            orders_here.append((resource, path))
        elif kind == "Condition":
            found.conditions.append(resource)
        elif kind in FACTS:
            found.facts.setdefault(kind, []).append(resource)
    state = _state(content, kinds)
    if "Condition" in kinds or key.lower().startswith("condition"):
        readable = "Condition" in kinds or kinds <= _NEUTRAL
        found.conditions_state = _better(found.conditions_state, state if readable else State.FAILED)
    if _is_list(key, content) or not repeats_the_drafts(key, [one for one, _ in orders_here], context):
        (found.history if key == HISTORY_KEY else found.orders).extend(orders_here)
        _add_list(found, key, content, state)
    else:
        found.repeated.extend(orders_here)


def _is_list(key: str, content: Json) -> bool:
    """Whether a key stands for a list of medicines whatever it holds: one of ours, or one that says so of several."""
    if key in _OWN_KEYS:
        return True
    several = isinstance(content, list) or string(element(content).get("resourceType")) == "Bundle"
    return several and _means_medications(key) and not names_the_drafts(key)


def _add_list(found: Prefetched, key: str, content: Json, state: State) -> None:
    """What a key tells about the lists of medicines."""
    kinds, medications = found.types[key], _means_medications(key)
    orders = kinds & ORDER_TYPES
    if kinds == _DRUGS and (key == STATEMENTS_KEY or medications):
        _add_drugs(found, key, content)
    if key == HISTORY_KEY:
        found.history_state = state
    elif key == STATEMENTS_KEY or (orders == {"MedicationStatement"} and not medications):
        found.statements_state = _better(found.statements_state, state)
    elif orders or (medications and not (kinds == _DRUGS and _is_of_one(key))):
        _add_orders_state(found, key, state if orders or kinds <= _NEUTRAL else State.FAILED, empty=not orders)


def _add_orders_state(found: Prefetched, key: str, state: State, *, empty: bool) -> None:
    """An empty answer about another release's orders never outweighs a failed one about this release's."""
    if key == DSTU2_KEY and empty:
        found.dstu2_state = state
    else:
        found.orders_state = _better(found.orders_state, state)


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
_OTHER_LISTS = ("dispense", "allerg", "administration", "statement", "knowledge")


def _means_medications(key: str) -> bool:
    """Whether a key is one of ours for orders, or a renamed one that says so."""
    lower = key.lower()
    return "medication" in lower and not any(other in lower for other in _OTHER_LISTS)


_RANK = (State.NOT_SENT, State.FAILED, State.SEEN, State.PARTIAL)


def _better(one: State, other: State) -> State:
    """What is known of a list from two keys: one answer is enough, but a partial one stays partial."""
    return max(one, other, key=_RANK.index)


def unwrapped(value: Json) -> Json:
    """Pre-1.0 clients wrap the resource with the status of the response that brought it."""
    one = element(value)
    if "resourceType" in one or not one.keys() & {"resource", "response"}:
        return value
    status = string(element(one.get("response")).get("status")) or "200"
    failed = one.get("resource") is None and ("resource" not in one or not status.startswith("2"))
    return _WRAPPED_FAILURE if failed else one["resource"]


_WRAPPED_FAILURE: Element = {"resourceType": "OperationOutcome"}


def _state(content: Json, kinds: set[str]) -> State:
    """How a list came, that holds resources of these kinds."""
    if isinstance(content, list):
        states = [_state(unwrapped(item), kinds) for item in content]
        return next((state for state in (State.FAILED, State.PARTIAL) if state in states), State.SEEN)
    one = element(content)
    kind = string(one.get("resourceType"))
    if kind == "OperationOutcome":
        return State.FAILED
    if kind != "Bundle":
        return State.SEEN if content is None or kind else State.FAILED
    return _state_of_bundle(one, kinds)


def _state_of_bundle(bundle: Element, kinds: set[str]) -> State:
    outcomes = _outcomes(bundle) if "OperationOutcome" in kinds else []
    if any(map(_is_failure, outcomes)):
        return State.PARTIAL if len(items(bundle.get("entry"))) > len(outcomes) else State.FAILED
    if has_next(bundle):
        return State.PARTIAL
    if not bundle.get("entry") and any(map(_asks_for_nobody, elements(bundle.get("link")))):
        return State.FAILED
    total = whole(bundle.get("total"))
    return State.PARTIAL if total is not None and total > _matches(bundle) else State.SEEN


def has_next(bundle: Element) -> bool:
    """Whether a Bundle says that there are further pages."""
    return any(map(leads_on, elements(bundle.get("link"))))


def _asks_for_nobody(link: Element) -> bool:
    """Whether a search was made with its token still in it: a client that fills no such token finds nothing."""
    asked = string(link.get("url")).lower().replace("%7b", "{")
    return string(link.get("relation")).lower() == "self" and "{{" in asked


def leads_on(link: Element) -> bool:
    """Whether a link of a Bundle is to its next page. Relations of links are the same in any letter case (RFC 8288)."""
    return string(link.get("relation")).lower() == "next"


def _matches(bundle: Element) -> int:
    """How many entries answer the search; what is included beside them does not count towards its total."""
    entries = items(bundle.get("entry"))
    searched = [entry["search"] for entry in entries if isinstance(entry, dict) and "search" in entry]
    return len(entries) - sum(string(element(search).get("mode")) in ("include", "outcome") for search in searched)


def _outcomes(bundle: Element) -> list[Element]:
    resources = [entry.get("resource") for entry in elements(bundle.get("entry"))]
    return [one for one in resources if isinstance(one, dict) and one.get("resourceType") == "OperationOutcome"]


def _is_failure(outcome: Element) -> bool:
    """A warning such as "no results" is an empty answer; an error is a missing one."""
    return any(string(issue.get("severity")) in ("error", "fatal") for issue in elements(outcome.get("issue")))


def _resources(content: Json, path: str) -> Iterable[tuple[Json, str, str]]:
    """(resource, path, fullUrl) of a Bundle's entries, a list, or a single resource."""
    one = element(content)
    if one.get("resourceType") == "Bundle":
        return entries_of(one, path)
    if isinstance(content, list):
        listed = [_resources(element(unwrapped(item)), f"{path}[{index}]") for index, item in enumerate(content)]
        return chain.from_iterable(listed)
    return ((one, path, ""),) if one or path.endswith("]") else ()
