"""Finding the resources that an order refers to: contained, in the same Bundle, or prefetched."""

from __future__ import annotations

from collections.abc import Iterable

from fhir_mappings.elements import Element, Json, element, elements, key_of_reference, string


class Resources:
    """Resources by every name under which a reference can mean them: `Type/id`, fullUrl.

    The index is made when the first reference is followed; most requests follow none.
    """

    def __init__(self) -> None:
        self._added: list[tuple[Element, str]] = []
        self._by_name: dict[str, Element] = {}

    def add(self, resource: Element, full_url: str = "") -> None:
        """Make a resource known; the first one under a name stays."""
        self._added.append((resource, full_url))

    def find(self, reference: str, owner: Element) -> Element | None:
        """The resource that `reference` means within `owner`, or None."""
        if reference.startswith("#"):
            contained = {string(one.get("id")).lstrip("#"): one for one in elements(owner.get("contained"))}
            return contained.get(reference[1:])
        self._index()
        return self._by_name.get(reference) or self._by_name.get(key_of_reference(reference))

    def _index(self) -> None:
        for resource, full_url in self._added:
            kind, id_ = string(resource.get("resourceType")), string(resource.get("id"))
            if kind and id_:
                self._by_name.setdefault(f"{kind}/{id_}", resource)
            if full_url:
                self._by_name.setdefault(full_url, resource)
                self._by_name.setdefault(key_of_reference(full_url), resource)
        self._added.clear()


def bundle_resources(bundle: Json) -> Iterable[tuple[int, Element, str]]:
    """(index, resource, fullUrl) of each entry that holds a resource."""
    for index, entry in enumerate(elements_or_broken(element(bundle).get("entry"))):
        resource = entry.get("resource")
        if isinstance(resource, dict):
            yield index, resource, string(entry.get("fullUrl"))


def elements_or_broken(entries: Json) -> list[Element]:
    """The entries of a Bundle with their positions kept: one that is no object stands as an empty one."""
    return [element(entry) for entry in entries] if isinstance(entries, list) else []
