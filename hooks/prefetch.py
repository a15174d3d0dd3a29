"""What arrived under the prefetch keys, whatever a client made of them.

A key may hold a Bundle, a single resource, a list, a pre-1.0 wrapper, null (known empty), an
OperationOutcome (known failure) or be missing (not sent). Keys are matched by name first, then by the
type of what they hold, because sites rename them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fhir_mappings.elements import NOTHING, Element, Json, element, elements, items, string
from fhir_mappings.prescriptions import ORDER_TYPES

MEDICATION_KEYS = ("medications", "medicationOrders", "statements")
CONDITIONS_KEY = "conditions"
PATIENT_KEY = "patient"


class State(StrEnum):
    """Whether a list could be seen."""

    NOT_SENT = "not sent"
    FAILED = "failed"
    PARTIAL = "partial"
    SEEN = "seen"


@dataclass(slots=True, kw_only=True)
class Prefetched:
    """The prefetched resources by what they are, and whether the lists that matter were seen."""

    resources: list[tuple[Element, str]] = field(default_factory=list)
    orders: list[tuple[Element, str]] = field(default_factory=list)
    conditions: list[Element] = field(default_factory=list)
    medications_state: State = State.NOT_SENT
    conditions_state: State = State.NOT_SENT

    def patient(self, patient_id: str) -> Element:
        """The Patient resource of this patient, or nothing."""
        for resource, _ in self.resources:
            if resource.get("resourceType") == "Patient" and string(resource.get("id")) in ("", patient_id):
                return resource
        return NOTHING


def read_prefetch(prefetch: Mapping[str, Json]) -> Prefetched:
    """Sort what was prefetched."""
    found = Prefetched()
    for key, value in prefetch.items():
        content = _unwrapped(value)
        state = _state(content)
        kinds = set()
        for path, resource, full_url in _resources(content, f"prefetch.{key}"):
            kind = resource.get("resourceType")
            kinds.add(kind)
            found.resources.append((resource, full_url))
            if kind in ORDER_TYPES or (_means_medications(key) and not isinstance(kind, str)):
                found.orders.append((resource, path))
            elif kind == "Condition":
                found.conditions.append(resource)
        if kinds & ORDER_TYPES or _means_medications(key):
            found.medications_state = _better(found.medications_state, state)
        if "Condition" in kinds or key.lower().startswith(CONDITIONS_KEY[:9]):
            found.conditions_state = _better(found.conditions_state, state)
    return found


def _means_medications(key: str) -> bool:
    return key in MEDICATION_KEYS or "medication" in key.lower()


_RANK = (State.NOT_SENT, State.FAILED, State.SEEN, State.PARTIAL)


def _better(one: State, other: State) -> State:
    """What is known of a list from two keys: one answer is enough, but a partial one stays partial."""
    return max(one, other, key=_RANK.index)


def _unwrapped(value: Json) -> Json:
    """Pre-1.0 clients wrap the resource with the status of the response that brought it."""
    one = element(value)
    if "resourceType" not in one and "resource" in one:
        return one["resource"]
    return value


def _state(content: Json) -> State:
    one = element(content)
    kind = one.get("resourceType")
    if kind == "OperationOutcome":
        return State.FAILED
    if kind != "Bundle":
        known = content is None or isinstance(content, list) or bool(kind)
        return State.SEEN if known else State.FAILED
    if any(string(link.get("relation")) == "next" for link in elements(one.get("link"))):
        return State.PARTIAL
    return State.PARTIAL if any(map(_is_failure, _outcomes(one))) else State.SEEN


def _outcomes(bundle: Element) -> Iterator[Element]:
    for entry in elements(bundle.get("entry")):
        resource = element(entry.get("resource"))
        if resource.get("resourceType") == "OperationOutcome":
            yield resource


def _is_failure(outcome: Element) -> bool:
    """A warning such as "no results" is an empty answer; an error is a missing one."""
    return any(string(issue.get("severity")) in ("error", "fatal") for issue in elements(outcome.get("issue")))


def _resources(content: Json, path: str) -> Iterator[tuple[str, Element, str]]:
    """(path, resource, fullUrl) of a Bundle's entries, a list, or a single resource."""
    one = element(content)
    if one.get("resourceType") == "Bundle":
        for index, entry in enumerate(items(one.get("entry"))):
            resource = element(element(entry).get("resource"))
            yield f"{path}.entry[{index}].resource", resource, string(element(entry).get("fullUrl"))
    elif isinstance(content, list):
        for index, item in enumerate(content):
            yield f"{path}[{index}]", element(_unwrapped(item)), ""
    elif one:
        yield path, one, ""
