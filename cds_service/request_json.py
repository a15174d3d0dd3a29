"""Calls as they come: the bytes of a request, and the `HookRequest` in them.

Every fault is a `RequestError` that names the path and what was expected there, never a value.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import Any

import orjson

from cds_service import json_bytes
from cds_service.envelope import faults_in
from cds_service.errors import InvalidBody, UnsupportedContent
from cds_service.json_bytes import JsonObject
from hooks.protocol import HookRequest, make_request
from hooks.service import Service
from opioids.values import maker, quickly_made

BEARER_TOKEN = re.compile(r"[\x21-\x7e]+")
EPIC_EXTENSIONS = "com.epic.cdshooks."
FHIR_VERSION_EXTENSION = "com.epic.cdshooks.request.fhir-version"
"""Where Epic says which FHIR release its server speaks."""
LEGACY_HOOK = "medication-prescribe"


@quickly_made
class FhirAccess:
    """Where the client says its FHIR server is, and the token for it; `repr` keeps the token to itself."""

    server: str
    token: str | None = field(default=None, repr=False)


make_fhir_access = maker(FhirAccess)


@quickly_made
class Received:
    """A call as it came: the request for the service, and the FHIR access for the shell alone.

    `from_epic` tells whether the request carries extensions of Epic's.
    """

    request: HookRequest
    fhir: FhirAccess | None
    from_epic: bool = False


make_received = maker(Received)


def read_object(body: bytes, content_type: str = "", content_encoding: str = "") -> JsonObject:
    """The JSON object in a body.

    Raises `UnsupportedContent` for a wrong or compressed type (none at all is accepted) and
    `InvalidBody` for anything else than one JSON object in UTF-8.
    """
    if content_encoding.strip().lower() not in ("", "identity"):
        raise UnsupportedContent("Content-Encoding", "expected a body that is not compressed")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type and media_type not in json_bytes.MEDIA_TYPES:
        raise UnsupportedContent("Content-Type", "expected application/json or application/fhir+json")
    if not body:
        raise InvalidBody("", "the body is empty; expected a JSON object")
    try:
        content = json_bytes.loads(body)
    except orjson.JSONDecodeError as error:
        place = _place(body, error)
        raise InvalidBody("", f"the body is not JSON in UTF-8 ({place}); expected a JSON object") from None
    if not isinstance(content, dict):
        raise InvalidBody("", "the body is not a JSON object")
    return content


def _place(body: bytes, error: orjson.JSONDecodeError) -> str:
    """Where a body is wrong; what is no UTF-8 has no lines, and the error then only names the first."""
    try:
        body.decode()
    except UnicodeDecodeError as first:
        return f"byte {first.start + 1}"
    return f"line {error.lineno}, column {error.colno}"


def parse(content: JsonObject, service: Service) -> Received:
    """The call of a service. Raises `InvalidBody` where the envelope is wrong."""
    content = _modernised(content, service.hook)
    if found := faults_in(content):
        raise InvalidBody.with_all(found)
    if content["hook"] != service.hook:
        raise InvalidBody("hook", f'expected "{service.hook}", the hook of this service')
    context = content["context"]
    patient_id = _bare_id(context["patientId"])
    if not patient_id:
        raise InvalidBody("context.patientId", "expected the patient's id after Patient/")
    extension = content.get("extension")
    extension = extension if isinstance(extension, dict) else {}
    version = extension.get(FHIR_VERSION_EXTENSION)
    request = make_request(
        hook=content["hook"],
        hook_instance=content["hookInstance"],
        patient_id=patient_id,
        context={name: value for name, value in context.items() if value is not None},
        prefetch=content.get("prefetch") or {},
        fhir_version=version if isinstance(version, str) else "",
    )
    return make_received(
        request=request,
        fhir=_fhir_access(content),
        from_epic=any(name.startswith(EPIC_EXTENSIONS) for name in extension),
    )


def _modernised(content: JsonObject, hook: str) -> JsonObject:
    """Clients from before CDS Hooks 1.0 put the orders straight into `context`, and the patient beside it."""
    context = content.get("context")
    if isinstance(context, list) and hook == LEGACY_HOOK:
        context = {"medications": context}
    if not isinstance(context, dict):
        return content
    if context.get("patientId") is None:
        patient = content.get("patient")
        context = {name: value for name, value in context.items() if name != "patientId"}
        if patient is not None:
            context["patientId"] = patient
    return content if context is content["context"] else {**content, "context": context}


def _bare_id(patient: str) -> str:
    """`Patient/x` as `x`; an id without a type as it is."""
    return patient.rpartition("Patient/")[2].partition("/")[0].strip()


def _fhir_access(content: JsonObject) -> FhirAccess | None:
    server, token = content.get("fhirServer") or "", _token(content.get("fhirAuthorization"))
    if server.strip():
        return make_fhir_access(server=server, token=token)
    if token:
        raise InvalidBody(
            "fhirServer", "missing; expected the base URL of the FHIR server that fhirAuthorization is for"
        )
    return None


def _token(authorization: Any) -> str | None:
    """The access token, or None where the authorization is not what the specification asks for."""
    if not isinstance(authorization, dict):
        return None
    token, kind = authorization.get("access_token"), authorization.get("token_type", "Bearer")
    well_formed = isinstance(token, str) and BEARER_TOKEN.fullmatch(token) is not None
    return token if well_formed and isinstance(kind, str) and kind.lower() == "bearer" else None
