"""What an EHR does with a card: it takes a suggestion into the orders and asks again, or tells that it was overridden.

Only for the page on which a service is tried. Nothing here changes a request in place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cds_service.json_bytes import JsonObject
from hooks.protocol import Action, ActionType, Card, Coding, Suggestion

_DRAFTS = {"order-sign": "draftOrders", "order-select": "draftOrders", "medication-prescribe": "medications"}
"""Where each hook's context holds the orders being written."""

_MEDICATIONS = "medications"
"""The prefetch key of the active list: a hook without drafts sees what was added once it is signed."""


def after(suggestion: Suggestion, content: Mapping[str, Any]) -> JsonObject:
    """The next call's body once all actions of the suggestion were carried out."""
    following = dict(content)
    for number, action in enumerate(suggestion.actions, start=1):
        following = _carried_out(action, following, f"suggested-{number}")
    return following


def accepted(card: Card, suggestion: Suggestion, moment: str) -> JsonObject:
    """The feedback that tells the service so."""
    item = {"card": card.uuid, "outcome": "accepted", "acceptedSuggestions": [{"id": suggestion.uuid}]}
    return {"feedback": [{**item, "outcomeTimestamp": moment}]}


def overridden(card: Card, reason: Coding | None, moment: str) -> JsonObject:
    """The feedback that tells the service that the card was closed, with the reason if one was given."""
    item: JsonObject = {"card": card.uuid, "outcome": "overridden"}
    if reason is not None:
        item["overrideReason"] = {"reason": {"code": reason.code, "system": reason.system}}
    return {"feedback": [{**item, "outcomeTimestamp": moment}]}


def _carried_out(action: Action, content: JsonObject, new_id: str) -> JsonObject:
    key = _DRAFTS.get(str(content.get("hook")))
    resource = dict(action.resource)
    if action.type is ActionType.CREATE:
        resource.setdefault("id", new_id)
    if key is None:
        prefetch = _object(content.get("prefetch"))
        active = {**resource, "status": "active"}
        return {**content, "prefetch": {**prefetch, _MEDICATIONS: _changed(prefetch.get(_MEDICATIONS), action, active)}}
    context = content.get("context")
    if isinstance(context, Sequence) and not isinstance(context, str):  # clients from before 1.0
        return {**content, "context": _changed(list(context), action, resource)}
    context = _object(context)
    return {**content, "context": {**context, key: _changed(context.get(key), action, resource)}}


def _changed(orders: Any, action: Action, resource: JsonObject) -> Any:
    """A Bundle, or the bare list of older clients, with the resource in its new state, or without it once deleted."""
    added = [] if action.type is ActionType.DELETE else [resource]
    if isinstance(orders, list):
        return [*(one for one in orders if not _is(_object(one).get("resource", one), resource)), *added]
    bundle = _object(orders) if _object(orders).get("resourceType") == "Bundle" else _bundle_of(orders)
    kept = [entry for entry in bundle.get("entry") or () if not _is(_object(entry).get("resource", entry), resource)]
    changed = {**bundle, "entry": [*kept, *({"resource": one} for one in added)]}
    if "total" in changed:
        changed["total"] = len(changed["entry"])
    return changed


def _bundle_of(single: Any) -> JsonObject:
    entries = [{"resource": single}] if _object(single).get("resourceType") else []
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _is(one: Any, other: Mapping[str, Any]) -> bool:
    mine = _object(one)
    return (mine.get("resourceType"), mine.get("id")) == (other.get("resourceType"), other.get("id"))


def _object(value: Any) -> JsonObject:
    return value if isinstance(value, dict) else {}
