"""The orders that are being written: where a hook's context holds them, and which of them it asks about."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from fhir_mappings.elements import Element, Json, element, items, key_of_reference, string
from fhir_mappings.prescriptions import ORDER_TYPES, is_order
from fhir_mappings.references import Entry, entries_of
from fhir_mappings.written import canonical
from hooks.protocol import HookRequest
from opioids.values import maker, quickly_made


@quickly_made
class Asked:
    """What a hook asks about: drafts in its context, which of them are in focus, or the whole chart.

    `drafts` is None when the context holds none although the hook should bring them.
    """

    drafts: list[Entry] | None
    selected: frozenset[str] | None = None
    whole_chart: bool = False


make_asked = maker(Asked)


def drafts_of(request: HookRequest, *names: str) -> list[Entry] | None:
    """The drafts under the first of these context names that holds any, each with its path and its address.

    None when none of them is a Bundle or a list: then the drafts were not sent. An empty Bundle says that
    there are none; one of nothing but Medications lost the orders that they belong to.
    """
    empty: list[Entry] | None = None
    for name in names:
        value = request.context.get(name)
        found = bundle_entries(value, f"context.{name}")
        if found and not all(is_bare_drug(one) for one, _, _ in found):
            return found
        if not found and (isinstance(value, list) or string(element(value).get("resourceType")) == "Bundle"):
            empty = found
    return empty


def is_bare_drug(resource: Json) -> bool:
    """Whether an entry is a Medication: the drug of an order, and none itself."""
    return string(element(resource).get("resourceType")) == "Medication"


def orders_in(request: HookRequest) -> int:
    """How many orders for medicines are being written, as far as the context tells."""
    drafts = drafts_of(request, "draftOrders", "medications") or ()
    return sum(1 for resource, _, _ in drafts if is_order(resource))


_DRAFTS_AGAIN = "medicationrequestbundle"
"""Da Vinci's key (Coverage Requirements Discovery) for the orders of the context, with what they refer to."""
_SAYS_NOTHING = frozenset({"meta", "text"})


def names_the_drafts(key: str) -> bool:
    """Whether a prefetch key is known to stand for the orders being written."""
    return key.lower() == _DRAFTS_AGAIN


def repeats_the_drafts(key: str, orders: Collection[Element], context: Element) -> bool:
    """Whether what stands under a client's own prefetch key is the orders being written once more.

    Clients for prior authorization send those, and not what the patient takes: taken for the medication list they would
    say that nothing else is taken. An order of the context in other words is a version of it that the list holds.
    """
    listed = [one for one in orders if string(one.get("status")) != "draft"]
    if not listed:
        return bool(orders) or names_the_drafts(key)
    contents = (bundle_entries(context.get(name), name) for name in ("draftOrders", "medications"))
    written = {_said(element(one)) for entries in contents for one, _, _ in entries} - {None}
    return bool(written) and all(_said(one) in written for one in listed)


def _said(order: Element) -> bytes | None:
    return canonical({key: value for key, value in order.items() if key not in _SAYS_NOTHING})


def bundle_entries(value: Json, path: str) -> list[Entry]:
    """The entries of a Bundle, of a bare order, or of the bare list that older clients send."""
    if isinstance(value, list):
        return [found for index, one in enumerate(value) for found in _listed(one, f"{path}[{index}]")]
    one = element(value)
    if string(one.get("resourceType")) in ORDER_TYPES:
        return [(value, path, "")]
    return list(entries_of(one, path))


def _listed(value: Json, path: str) -> Iterable[Entry]:
    """What stands in a bare list: an order, an entry as in a Bundle, or a Bundle with entries of its own."""
    one = element(value)
    resource = one.get("resource", value)
    if string(element(resource).get("resourceType")) == "Bundle":
        return entries_of(element(resource), path)
    return ((resource, path, string(one.get("fullUrl"))),)


def selected_of(selections: Json, drafts: Iterable[Entry]) -> frozenset[str] | None:
    """The orders that `selections` names, as `Type/id`; None for all of them.

    A selection that names nothing that was sent cannot be told: silence about it would be mistaken for
    safety, so it means everything.
    """
    if not items(selections):
        return None if selections is None else frozenset()
    named = frozenset(key_of_reference(string(one)) for one in items(selections) if string(one))
    sent = [element(resource) for resource, _, _ in drafts]
    ids = {string(one.get("id")) for one in sent}
    keys = {f"{string(one.get('resourceType'))}/{string(one.get('id'))}" for one in sent}
    return named if named & (ids | keys) else None
