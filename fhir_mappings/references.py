"""Finding the resources that an order refers to: contained, in the same Bundle, or prefetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fhir_mappings.elements import NOTHING, Element, Json, element, elements, identifiers, key_of_reference, string

Entry = tuple[Json, str, str]
"""A resource of a Bundle, its path and its fullUrl."""

_REFERRED_TO = ("Medication", "Substance", "Condition")
"""What an order's drug, its ingredients and reasons can be; no other resource is ever looked up."""


class Resources:
    """Resources by every name under which a reference can mean them: `Type/id`, fullUrl.

    The index is made when the first reference is followed; most requests follow none.
    """

    def __init__(self, added: Iterable[tuple[Element, str]] = ()) -> None:
        """Make resources known, each with its address within a Bundle, if it has one; the first under a name stays."""
        self._added: list[tuple[Element, str]] = list(added)
        self._by_name: dict[str, Element] = {}
        self._keys: dict[str, str] = {}
        self._urls: dict[str, str] = {}
        self._medications: list[Element] = []
        self._by_identifier: dict[str, Element | None] = {}
        self._contained: dict[int, tuple[Element, dict[str, Element]]] = {}

    def find(self, reference: str, owner: Element) -> Element | None:
        """The resource that `reference` means within `owner`, or None."""
        if reference.startswith("#"):
            return self._within(owner).get(reference[1:])
        if self._added:
            self._index()
        if known := self._by_name.get(reference):
            return known
        key = key_of_reference(reference)
        return self._by_name.get(key) if self._may_be_at(reference, key) else None

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
        if not wanted:
            return None
        self._index()
        for medication in self._medications:
            for name in identifiers(medication.get("identifier")):
                if self._by_identifier.setdefault(name, medication) != medication:
                    self._by_identifier[name] = None
        self._medications.clear()
        return self._by_identifier.get(wanted[0])

    def _may_be_at(self, reference: str, key: str) -> bool:
        """Whether the resource of that type and id can be meant: one of another server bears its id by chance."""
        asked = _server(reference)
        known = _server(self._urls.get(key, "")) if asked else ""
        return not asked or not known or asked == known

    def key_of(self, reference: str) -> str:
        """`Type/id` of the resource that a reference means, also when it names the address within a Bundle."""
        if reference.startswith("urn:"):
            self._index()
            return self._keys.get(reference, reference)
        return key_of_reference(reference)

    def _index(self) -> None:
        for resource, full_url in self._added:
            kind = resource.get("resourceType")
            referred_to, has_urn = kind in _REFERRED_TO, full_url.startswith("urn:")
            if not (referred_to or has_urn):
                continue
            id_ = string(resource.get("id"))
            key = f"{kind}/{id_}" if id_ else ""
            if has_urn and key:
                self._keys.setdefault(full_url, key)
            if not referred_to:
                continue
            if kind == "Medication":
                self._medications.append(resource)
            if key:
                self._name(key, resource, full_url)
            if full_url:
                self._by_name.setdefault(full_url, resource)
                if not (key and full_url.endswith(f"/{key}")):
                    self._name(key_of_reference(full_url), resource, full_url)
        self._added.clear()

    def _name(self, key: str, resource: Element, full_url: str) -> None:
        if self._by_name.setdefault(key, resource) is resource:
            self._urls[key] = full_url


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
    for index, entry in enumerate(entries):
        one = entry if isinstance(entry, dict) else NOTHING
        resource, where = one.get("resource"), f"{path}.entry[{index}].resource"
        if "request" in one:
            resource = _taken_away(one) or resource
        if resource is None and "resourceType" in one:
            resource, where = one, f"{path}.entry[{index}]"
        if resource is None and _carries_none(one):
            continue
        if isinstance(resource, dict) and resource.get("resourceType") == "Bundle":
            if depth < DEEPEST_BUNDLE:
                yield from entries_of(resource, where, depth + 1)
            else:
                yield None, where, ""
        else:
            url = one.get("fullUrl")
            yield resource, where, url.strip() if isinstance(url, str) else ""
