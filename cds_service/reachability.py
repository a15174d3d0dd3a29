"""What only other machines can tell of settings: whether the servers that they name are there and answer."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from sqlalchemy.exc import SQLAlchemyError

from cds_service.errands import Deadline, Errand
from cds_service.keys import fault_in_keys
from cds_service.log_lines import kind_of
from cds_service.network import to_anywhere, to_servers
from cds_service.outbound import Answer, Outbound, Unanswered
from cds_service.settings import Settings
from cds_service.settings_check import Mistake
from cds_service.storage import database

SECONDS = 5.0
MOST_BYTES = 2**24
FHIR = {"Accept": "application/fhir+json, application/json;q=0.9"}
CONFORMANCE = ("CapabilityStatement", "Conformance")
PROTECTED = (401, 403)
"""A server that wants a token is there; with which rights it answers shows in the first call."""


def unreachable(settings: Settings) -> Iterator[Mistake]:
    """Key sets, FHIR servers and a database that cannot be had from this machine now."""
    anywhere, servers = to_anywhere(settings.fhir), to_servers(settings.fhir)
    for index, client in enumerate(settings.auth.clients):
        if client.jwks_url and (fault := _fault_in_keys_at(anywhere, client.jwks_url, production=settings.production)):
            yield Mistake(path=("auth", "clients", index, "jwks_url"), message=fault)
    for index, server in enumerate(settings.fhir.allowed_servers):
        if fault := _fault_in_server(servers, server):
            yield Mistake(path=("fhir", "allowed_servers", index), message=fault)
    if fault := _fault_in_database(settings):
        yield Mistake(path=("database", "url"), message=fault)


def _fault_in_keys_at(outbound: Outbound, url: str, *, production: bool) -> str | None:
    answer = _answer(outbound, url, {"Accept": "application/json"})
    if isinstance(answer, str):
        return answer
    if answer.status != 200:
        return f"expected a key set; the answer has status {answer.status}"
    return fault_in_keys(answer.body, production=production)


def _fault_in_server(outbound: Outbound, base: str) -> str | None:
    answer = _answer(outbound, f"{base}/metadata", FHIR)
    if isinstance(answer, str):
        return answer
    if answer.status in PROTECTED:
        return None
    if answer.status != 200:
        return f"expected a FHIR server; its /metadata has status {answer.status}"
    try:
        kind = orjson.loads(answer.body)["resourceType"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        kind = None
    return None if kind in CONFORMANCE else "expected a FHIR server; its /metadata is no CapabilityStatement in JSON"


def _answer(outbound: Outbound, url: str, headers: dict[str, str]) -> Answer | str:
    try:
        return outbound.get(url, Errand(Deadline.after(SECONDS)), headers=headers, most_bytes=MOST_BYTES)
    except Unanswered as unanswered:
        return f"expected a server that answers ({unanswered.fault.value})"


def _fault_in_database(settings: Settings) -> str | None:
    if not database.file_exists(settings.database.url):
        return None  # the service makes it when it starts
    engine = database.connect(settings.database.url)
    try:
        current = database.is_current(engine)
    except SQLAlchemyError as error:
        return f"expected a database that can be reached ({kind_of(error)})"
    finally:
        engine.dispose()
    if not current and not settings.database.migrate_at_start:
        return "expected the tables of this version, as database.migrate_at_start is false"
    return None
