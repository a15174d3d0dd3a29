"""The envelope of a hook request, checked against its JSON Schema.

The schema decides and explains. Walking it costs as much as reading twenty orders, so a request that is
plainly right is let pass before; a property test proves that nothing passes here that the schema refuses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cds_service.schemas import HOOK_REQUEST, first_faults

_ADDRESS = re.compile(r"https?://\S+")


def faults_in(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Path and reason of the first faults; none when the envelope is right."""
    if plainly_right(content):
        return []
    return first_faults(HOOK_REQUEST, content)


def plainly_right(content: Mapping[str, Any]) -> bool:
    """Whether the envelope is right beyond doubt; False only means that the schema has to look."""
    context = content.get("context")
    return (
        isinstance(context, dict)
        and _says_something(content.get("hook"))
        and _says_something(content.get("hookInstance"))
        and _says_something(context.get("patientId"))
        and _is_address_or_none(content.get("fhirServer"))
        and _is_text_or_none(context.get("userId"))
        and _is_text_or_none(context.get("encounterId"))
        and _are_texts(context.get("selections"))
        and _are_orders(context.get("draftOrders"))
        and _are_orders(context.get("medications"))
        and (content.get("prefetch") is None or isinstance(content["prefetch"], dict))
    )


def _says_something(value: Any) -> bool:
    return isinstance(value, str) and not value.isspace() and value != ""


def _is_address_or_none(value: Any) -> bool:
    return value is None or (isinstance(value, str) and _ADDRESS.fullmatch(value) is not None)


def _is_text_or_none(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _are_texts(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def _are_orders(value: Any) -> bool:
    if isinstance(value, dict):
        return value.get("entry") is None or isinstance(value["entry"], (list, dict))
    return value is None or isinstance(value, list)
