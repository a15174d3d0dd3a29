"""`PractitionerRole` to a role: what somebody does, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fhir_mappings.elements import Element, Json, element, elements, key_of_reference, string

ROLE = "PractitionerRole"
MOST_ENTRIES = 5
"""Entries of a Bundle that are looked at: a search for one person's roles brings few."""


def role_of(user: str, resources: Iterable[Json]) -> str:
    """The role of a user (`Practitioner/x` or `PractitionerRole/x`) by what was sent about them; "" when untold.

    The organisation with the codes of role and specialty, always in one order, so that colleagues with the
    same role in the same department come to the same text.
    """
    for role in _roles(resources):
        own = f"{ROLE}/{string(role.get('id'))}"
        practitioner = key_of_reference(string(element(role.get("practitioner")).get("reference")))
        if user and user in (own, practitioner):
            codes = sorted({*_codes(role.get("code")), *_codes(role.get("specialty"))})
            organization = key_of_reference(string(element(role.get("organization")).get("reference")))
            return " ".join((organization, *codes)) if codes else ""
    return ""


def _roles(resources: Iterable[Json]) -> Iterator[Element]:
    for value in resources:
        one = element(value)
        kind = one.get("resourceType")
        if kind == ROLE:
            yield one
        elif kind == "Bundle":
            entries = one.get("entry")
            for entry in entries[:MOST_ENTRIES] if isinstance(entries, list) else ():
                resource = entry.get("resource") if isinstance(entry, dict) else None
                if isinstance(resource, dict) and resource.get("resourceType") == ROLE:
                    yield resource


def _codes(concepts: Json) -> Iterator[str]:
    for concept in elements(concepts):
        for coding in elements(concept.get("coding")):
            if code := string(coding.get("code")):
                yield f"{string(coding.get('system'))}|{code}"
