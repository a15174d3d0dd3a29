"""How a list of resources came: whether it was sent, and whether all of it could be seen."""

from __future__ import annotations

from enum import StrEnum

from fhir_mappings.elements import Element, Json, element, elements, items, string, whole


class State(StrEnum):
    """Whether a list could be seen."""

    NOT_SENT = "not sent"
    FAILED = "failed"
    PARTIAL = "partial"
    SEEN = "seen"


_RANK = (State.NOT_SENT, State.FAILED, State.SEEN, State.PARTIAL)


def better(one: State, other: State) -> State:
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


def state_of(content: Json, kinds: set[str]) -> State:
    """How a list came, that holds resources of these kinds."""
    if isinstance(content, list):
        states = [state_of(unwrapped(item), kinds) for item in content]
        return next((state for state in (State.FAILED, State.PARTIAL) if state in states), State.SEEN)
    one = element(content)
    kind = string(one.get("resourceType"))
    if kind == "OperationOutcome":
        return State.FAILED
    if kind != "Bundle":
        return State.SEEN if content is None or kind else State.FAILED
    return _state_of_bundle(one, kinds)


def _state_of_bundle(bundle: Element, kinds: set[str]) -> State:
    if "OperationOutcome" in kinds:
        outcomes = _outcomes(bundle)
        if any(map(_is_failure, outcomes)):
            return State.PARTIAL if len(items(bundle.get("entry"))) > len(outcomes) else State.FAILED
    if "link" in bundle:
        if has_next(bundle):
            return State.PARTIAL
        if not bundle.get("entry") and any(map(_asks_for_nobody, elements(bundle["link"]))):
            return State.FAILED
    total = whole(bundle["total"]) if "total" in bundle else None
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
