"""What a request leaves to be read from the client's FHIR server: which keys, and what to ask for.

Only what was not sent is read. Null is an answer ("there is none"), and an OperationOutcome says that the
client tried and failed: asking again would cost its server twice and bring nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from fhir_mappings.elements import Element, Json, element, string
from fhir_mappings.releases import Release
from hooks.history import history_seen
from hooks.list_states import State, has_next, unwrapped
from hooks.prefetch import (
    BESIDE,
    DSTU2_KEY,
    HISTORY_KEY,
    ORDERS_KEY,
    STATEMENTS_KEY,
    read_prefetch,
)
from hooks.protocol import HookRequest

_TOKEN = re.compile(r"\{\{\s*context\.(\w+)\s*\}\}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9._~=+:-]{1,255}", re.ASCII)
"""What an id is made of. More than FHIR allows, because EHRs do; nothing that is special in a URL or a search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One thing to read: the prefetch key it stands for, and paths; the first whose type the server knows is meant."""

    key: str
    paths: tuple[str, ...]

    @property
    def is_beside(self) -> bool:
        """Whether it only tells more."""
        return self.key in BESIDE


def missing(request: HookRequest, templates: Mapping[str, str], release: Release | None) -> tuple[Read, ...]:
    """The reads for those templates of which the request holds neither key nor content.

    The list of orders is one list with two names: DSTU2 servers call an order a MedicationOrder, later ones
    a MedicationRequest. `release` decides which is asked for; when it is not known, the later one first.
    """
    known = {DSTU2_KEY} if ORDERS_KEY in request.prefetch and release is not Release.DSTU2 else set()
    absent = [key for key in templates if key not in request.prefetch and key not in known]
    if not absent:
        return ()
    found = read_prefetch(request.prefetch, request.context)
    renamed = set().union(*(types for key, types in found.types.items() if key not in templates))
    reads: list[Read] = []
    for key in absent:
        kind = _type_of(templates[key])
        if kind == "Condition" and found.conditions_state is not State.NOT_SENT:
            continue
        if key == HISTORY_KEY:
            seen = history_seen(found.orders)  # under whatever key
            reads += [] if seen else _read_of(key, _history_of(templates[key], release), request)
        elif key not in (ORDERS_KEY, DSTU2_KEY) and kind not in renamed:
            reads += _read_of(key, (_of_release(key, templates[key], release),), request)
    keys = [] if found.orders_seen else [key for key in _KEYS_OF_ORDERS.get(release, (ORDERS_KEY,)) if key in absent]
    if keys:
        reads += _read_of(keys[0], tuple(templates[key] for key in keys), request)
    order = [*templates]
    return tuple(sorted(reads, key=lambda read: order.index(read.key)))  # as a client would have sent them


_KEYS_OF_ORDERS = {Release.DSTU2: (DSTU2_KEY,), None: (ORDERS_KEY, DSTU2_KEY)}
"""Those of a release, or of one that is not known; of any other the later one."""


def _history_of(template: str, release: Release | None) -> tuple[str, ...]:
    """Finished orders have one name in the templates, and the name of its release on a server."""
    of_dstu2 = template.replace("MedicationRequest?", "MedicationOrder?", 1)
    if release is Release.DSTU2:
        return (of_dstu2,)
    return (template, of_dstu2) if release is None else (_of_release(HISTORY_KEY, template, release),)


_STATUSES_OF_R5 = {
    STATEMENTS_KEY: ("&status=active", "&status=recorded"),
    HISTORY_KEY: ("&status=completed,stopped", "&status=completed,stopped,ended"),
}
"""R5 calls a statement that stands "recorded", and has another word for a finished order."""


def _of_release(key: str, template: str, release: Release | None) -> str:
    """A template with the statuses that R5 has other words for, where the server is known to be of R5."""
    if release is not Release.R5 or key not in _STATUSES_OF_R5:
        return template
    return template.replace(*_STATUSES_OF_R5[key], 1)


def _type_of(template: str) -> str:
    return template.partition("?")[0].partition("/")[0]


def unfinished(prefetch: Mapping[str, Json]) -> Iterator[tuple[str, Element]]:
    """The Bundles of which only a first page was sent, by key."""
    for key, value in prefetch.items():
        bundle = element(unwrapped(value))
        if bundle.get("resourceType") == "Bundle" and has_next(bundle):
            yield key, bundle


def _read_of(key: str, templates: tuple[str, ...], request: HookRequest) -> list[Read]:
    paths = tuple(path for template in templates if (path := resolved(template, request)))
    return [Read(key=key, paths=paths)] if paths else []


def resolved(template: str, request: HookRequest) -> str | None:
    """A template with its tokens replaced; None when the context lacks one or holds no plain id."""
    values: dict[str, str] = {}
    for name in _TOKEN.findall(template):
        value = request.patient_id if name == "patientId" else _bare_id(name, request)
        if not is_plain_id(value):
            return None
        values[name] = quote(value, safe="")
    path = _TOKEN.sub(lambda match: values[match.group(1)], template)
    return None if "{{" in path else path


def _bare_id(name: str, request: HookRequest) -> str:
    """A value of the context; of an encounter the id alone, which some clients write as `Encounter/x`."""
    value = string(request.context.get(name))
    _, typed, after = value.rpartition("Encounter/")
    return after.partition("/")[0] if name == "encounterId" and typed else value


def is_plain_id(value: str) -> bool:
    """Whether a value can stand for one id in a URL and means nothing else there."""
    return _ID.fullmatch(value) is not None and value.strip(".") != ""
