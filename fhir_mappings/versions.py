"""Bundles of type `history` hold several versions of one order: the newest of them is the order."""

from __future__ import annotations

from collections.abc import Sequence

from fhir_mappings.elements import Element, element, string, whole
from fhir_mappings.references import Entry
from opioids.prescriptions import Ignored, IgnoredReason, Order, Standing


def earlier_versions(bundle: Element, entries: Sequence[Entry]) -> frozenset[str]:
    """The paths of entries of a history that another version of the same resource stands over.

    The newest is told by the numbers of the versions, else by their time; a history begins with the newest.
    """
    if string(bundle.get("type")) != "history":
        return frozenset()
    newest: dict[str, tuple[Element, str]] = {}
    earlier: set[str] = set()
    for resource, path, _ in entries:
        one = element(resource)
        key = f"{string(one.get('resourceType'))}/{string(one.get('id'))}"
        if key.startswith("/") or key.endswith("/"):
            continue
        standing = newest.get(key)
        if standing is None:
            newest[key] = one, path
        elif _is_newer(one, standing[0]):
            earlier.add(standing[1])
            newest[key] = one, path
        else:
            earlier.add(path)
    return frozenset(earlier)


def _is_newer(one: Element, other: Element) -> bool:
    meta, beside = element(one.get("meta")), element(other.get("meta"))
    version, its = whole(meta.get("versionId")), whole(beside.get("versionId"))
    if version is not None and its is not None:
        return version > its
    updated, then = string(meta.get("lastUpdated")), string(beside.get("lastUpdated"))
    return bool(updated and then) and updated > then


def as_earlier_version(order: Order, path: str) -> Order:
    """An earlier version of an order: it adds nothing, and replaces and fulfils nothing."""
    content = order.content
    if not isinstance(content, Ignored):
        why = "an earlier version of this order"
        content = Ignored(
            reference=order.reference, medication=order.medication, reason=IgnoredReason.REPLACED, detail=why
        )
    return Order(
        key=f"{order.key} {path}",
        reference=order.reference,
        medication=order.medication,
        standing=Standing.ACTIVE,
        content=content,
    )
