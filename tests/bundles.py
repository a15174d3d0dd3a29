"""Resources as they are sent together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def bundle(resources: Iterable[Any]) -> dict[str, Any]:
    """A Bundle of these resources."""
    return {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}
