"""The models by which a resource that was put together for a request is validated before it is sent.

They are loaded with the first resource that needs one: that takes longer than a hundred requests and 8 MB, and most
workers never write such a resource.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from fhir_mappings.elements import Element
from fhir_mappings.releases import Release

_EDITIONS = {Release.R5: "", Release.R4: "R4B.", Release.STU3: "STU3."}
VALIDATED = frozenset(_EDITIONS)
"""The releases that there are models of; DSTU2 has none any more."""


def insist_on_valid(resource: Element, release: Release) -> None:
    """Raises `ValueError` for a resource that its release does not allow."""
    _model(release, resource["resourceType"]).model_validate(resource)


@cache
def _model(release: Release, kind: str) -> Any:
    """The library's metaclass hides pydantic's methods from the type checker, hence the type."""
    return getattr(import_module(f"fhir.resources.{_EDITIONS[release]}{kind.lower()}"), kind)
