"""Finding the resources that an order refers to: contained, in the same Bundle, or prefetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from fhir_mappings.elements import Element, Json, element, elements, identifiers, key_of_reference, string

Entry = tuple[Json, str, str]
"""A resource of a Bundle, its path and its fullUrl."""

_REFERRED_TO = ("Medication", "Substance", "Condition")
"""What an order's drug, its ingredients and reasons can be; no other resource is ever looked up."""


class Resources:
    """Resources by every name under which a reference can mean them: `Type/id`, fullUrl.

    Each index is made when the first reference asks for it; most requests follow none, or only such as `Type/id`.
    """

    def __init__(self, added: Iterable[tuple[Element, str]] = ()) -> None:
        """Make resources known, each with its address within a Bundle, if it has one; the first under a name stays."""
        self._added: list[tuple[Element, str]] = list(added)
        self._contained: dict[int, tuple[Element, dict[str, Element]]] = {}

    def find(self, reference: str, owner: Element) -> Element | None:
        """The resource that `reference` means within `owner`, or None."""
        if reference.startswith("#"):
            return self._within(owner).get(reference[1:])
        if ":" in reference and (at_address := self._by_address.get(reference)):
            return at_address
        known = self._by_key.get(reference) or self._by_key.get(key_of_reference(reference))
        return known[0] if known and _may_be_at(reference, known[1]) else None

    def _within(self, owner: Element) -> dict[str, Element]:
        """What a resource contains, by id: looked through once, however much refers to it."""
        known = self._contained.get(id(owner))
        if known is None:
            contained = {string(one.get("id")).lstrip("#"): one for one in elements(owner.get("contained"))}
            # The owner is kept, too: while it lives, no other has its identity.
            known = self._contained[id(owner)] = owner, contained
        return known[1]

    def medication_with(self, identifier: Json) -> Element | None:
        """The one Medication that bears a business identifier; None where none does, or two that are unlike."""
        wanted = identifiers(identifier)
        return self._by_identifier.get(wanted[0]) if wanted else None

    def key_of(self, reference: str) -> str:
        """`Type/id` of the resource that a reference means, also when it names the address within a Bundle."""
        return self._keys.get(reference, reference) if reference.startswith("urn:") else key_of_reference(reference)

    def _referred_to(self) -> list[tuple[Element, str]]:
        return [one for one in self._added if one[0].get("resourceType") in _REFERRED_TO]

    @cached_property
    def _by_key(self) -> dict[str, tuple[Element, str]]:
        """Resources with their addresses by `Type/id`, their own or that in which the address ends."""
        found: dict[str, tuple[Element, str]] = {}
        for one in self._referred_to():
            resource, full_url = one
            key = _key_of(resource)
            if key:
                found.setdefault(key, one)
            if full_url and not (key and full_url.endswith(f"/{key}")):
                found.setdefault(key_of_reference(full_url), one)
        return found

    @cached_property
    def _by_address(self) -> dict[str, Element]:
        found: dict[str, Element] = {}
        for resource, full_url in self._referred_to():
            found.setdefault(full_url, resource)
        return found

    @cached_property
    def _keys(self) -> dict[str, str]:
        """`Type/id` by the address within a Bundle, of whatever type a resource is."""
        found: dict[str, str] = {}
        for resource, full_url in self._added:
            if full_url.startswith("urn:") and (key := _key_of(resource)):
                found.setdefault(full_url, key)
        return found

    @cached_property
    def _by_identifier(self) -> dict[str, Element | None]:
        found: dict[str, Element | None] = {}
        for medication, _ in self._added:
            if medication.get("resourceType") == "Medication":
                for name in identifiers(medication.get("identifier")):
                    if found.setdefault(name, medication) != medication:
                        found[name] = None
        return found


def _key_of(resource: Element) -> str:
    """`Type/id` of a resource; empty where it has no id."""
    id_ = string(resource.get("id"))
    return f"{resource.get('resourceType')}/{id_}" if id_ else ""


def _may_be_at(reference: str, address: str) -> bool:
    """Whether the resource at an address can be meant: one of another server bears its type and id by chance."""
    if "://" not in reference:
        return True
    asked, known = _server(reference), _server(address)
    return not asked or not known or asked == known


def _server(address: str) -> str:
    """The server and base path of an absolute address; empty for others."""
    written = address.partition("/_history/")[0].partition("://")[2].lower()
    return written.removesuffix(key_of_reference(written)) if written else ""


DEEPEST_BUNDLE = 3
"""Batch answers hold Bundles within a Bundle; nothing sensible nests deeper."""


def _taken_away(entry: Element) -> Json:
    """Of an entry that asks to delete a resource: that resource, cancelled. Others are as they were sent."""
    request = element(entry.get("request"))
    if string(request.get("method")).upper() != "DELETE":
        return None
    kind, _, id_ = key_of_reference(string(request.get("url"))).partition("/")
    return {"resourceType": kind, "id": id_, **element(entry.get("resource")), "status": "cancelled"} if id_ else None


_AROUND = frozenset({"id", "extension", "fullUrl", "link", "request", "response"})


def _carries_none(entry: Element) -> bool:
    """Whether an entry is known to stand for no order: an address, a question or an answer, without a resource.

    Not so where an order may be behind it all the same: at its address, in a request that writes, in a failed answer.
    """
    if not entry or not entry.keys() <= _AROUND:
        return False
    if "response" in entry:
        return string(element(entry["response"]).get("status")).startswith(("1", "2", "3"))
    kind = key_of_reference(string(entry.get("fullUrl"))).partition("/")[0]
    method = string(element(entry.get("request")).get("method")).upper()
    return method in ("", "GET", "HEAD") and not (kind.startswith("Medication") and kind != "Medication")


def entries_of(bundle: Element, path: str, depth: int = 0) -> Iterator[Entry]:
    """Every entry of a Bundle and of the Bundles within it.

    An entry that is no object, or holds no resource, is given as it is: dropping it would hide an order (one that is
    an address or an answer alone is none). So would dropping entries that are no list, or a Bundle that nests too deep:
    None stands for what may be in them. A single entry is read where the list belongs, and a resource where its entry
    belongs.
    """
    entries = bundle.get("entry")
    if isinstance(entries, dict):
        entries = [entries]
    if not isinstance(entries, list):
        if entries is not None:
            yield None, f"{path}.entry", ""
        return
    entry: Any
    for index, entry in enumerate(entries):
        try:  # what nearly all entries are: looking before each step would cost as much again
            resource, url = entry["resource"], entry.get("fullUrl", "").strip()
            plain = resource["resourceType"] != "Bundle" and "request" not in entry
        except (AttributeError, KeyError, TypeError):
            resource, url, plain = None, "", False
        if plain:
            yield resource, f"{path}.entry[{index}].resource", url
        else:
            yield from _of_entry(element(entry), f"{path}.entry[{index}]", depth)


def _of_entry(one: Element, path: str, depth: int) -> Iterator[Entry]:
    """What an entry stands for that does not just hold a resource."""
    resource, where = one.get("resource"), f"{path}.resource"
    if "request" in one:
        resource = _taken_away(one) or resource
    if resource is None and "resourceType" in one:
        resource, where = one, path
    if resource is None and _carries_none(one):
        return
    if not isinstance(resource, dict) or resource.get("resourceType") != "Bundle":
        yield resource, where, string(one.get("fullUrl"))
    elif depth < DEEPEST_BUNDLE:
        yield from entries_of(resource, where, depth + 1)
    else:
        yield None, where, ""
