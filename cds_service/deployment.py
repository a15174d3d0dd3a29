"""What only the installed system can tell of settings: whether what they name exists here."""

from __future__ import annotations

import os
import re
import ssl
import zoneinfo
from collections.abc import Iterable, Iterator
from pathlib import Path

from cds_service.keys import fault_in_keys
from cds_service.pseudonyms import configured_key
from cds_service.settings import Settings
from cds_service.settings_check import InvalidSettings, Mistake
from cds_service.settings_sections import REPOSITORY_CONVERSATIONS
from cds_service.storage import database
from hooks.cards import override_reasons
from opioids.knowledge import Knowledge
from opioids.thresholds import UnsuitableThreshold, with_thresholds

_NO_ZONE_NAME = re.compile(r"|/.*|([A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)[+-]?\d[\d:A-Za-z<>+,./-]*")
"""What `TZ` may be besides a name: nothing, a file, or a rule such as `EST5EDT4,M3.2.0,M11.1.0`."""


def mistakes(settings: Settings, knowledge: Knowledge) -> Iterator[Mistake]:
    """Names that nothing here bears and files that cannot be used."""
    yield from unknown_zone(os.environ.get("TZ", ""))
    yield from unknown_names(settings, knowledge)
    yield from unreadable_files(settings)
    yield from unknown_reasons(settings)


def unknown_zone(zone: str) -> Iterator[Mistake]:
    """A zone that this machine does not carry: the system takes it for UTC, and orders end on another day."""
    name = zone.removeprefix(":")
    if _NO_ZONE_NAME.fullmatch(name) or name.endswith(("UTC", "GMT")):
        return
    if not any(Path(folder, name).is_file() for folder in zoneinfo.TZPATH):
        yield Mistake(path=(), message="expected a time zone of this machine, such as America/Chicago", source="TZ")


def unknown_names(settings: Settings, knowledge: Knowledge) -> Iterator[Mistake]:
    """A guideline or a conversion table that this version does not carry, a threshold that does not fit it."""
    choice = settings.guideline
    if choice.profile not in knowledge.guidelines:
        yield _unknown("profile", knowledge.guidelines)
    elif choice.table is None and knowledge.guidelines[choice.profile].default_table not in knowledge.tables:
        yield Mistake(path=("guideline", "table"), message="expected one, as the guideline's own is not carried here")
    if choice.table is not None and choice.table not in knowledge.tables:
        yield _unknown("table", knowledge.tables)
    if choice.profile in knowledge.guidelines:
        try:
            with_thresholds(knowledge.guidelines[choice.profile], choice.thresholds.given())
        except UnsuitableThreshold as error:
            yield Mistake(path=("guideline", "thresholds", error.threshold.value), message=error.reason)


def unreadable_files(settings: Settings) -> Iterator[Mistake]:
    """Files and folders that the settings name and that cannot be used."""
    if settings.fhir.ca_file and (fault := _fault_in_certificates(settings.fhir.ca_file)):
        yield Mistake(path=("fhir", "ca_file"), message=fault)
    folder = settings.server.metrics_directory
    if folder and not (os.path.isdir(folder) and os.access(folder, os.W_OK)):  # noqa: PTH112 - Path raises for odd names
        yield Mistake(
            path=("server", "metrics_directory"), message="expected a folder that exists and can be written to"
        )
    pages = settings.pages
    if pages.enabled and pages.conversations != REPOSITORY_CONVERSATIONS and not pages.conversations.is_dir():
        yield Mistake(path=("pages", "conversations"), message="expected a folder that exists")
    for index, client in enumerate(settings.auth.clients):
        if client.jwks_file and (fault := _fault_in_key_file(client.jwks_file, production=settings.production)):
            yield Mistake(path=("auth", "clients", index, "jwks_file"), message=fault)
    try:
        configured_key(settings.site)
    except InvalidSettings as error:
        yield from error.mistakes


def unknown_reasons(settings: Settings) -> Iterator[Mistake]:
    """Reasons of the EHR that are said to mean something that no card offers."""
    known = sorted({code for reasons in override_reasons().values() for code in reasons})
    for name, code in settings.feedback.reasons.items():
        if code not in known:
            yield Mistake(path=("feedback", "reasons", name), message=f"unknown; known here: {', '.join(known)}")


def _fault_in_key_file(file: str, *, production: bool) -> str | None:
    try:
        return fault_in_keys(Path(file).read_bytes(), production=production)
    except OSError:
        return "expected a file that can be read"


def _fault_in_certificates(file: str) -> str | None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=file)
    except ssl.SSLError:
        return "expected certificates in PEM, such as -----BEGIN CERTIFICATE-----"
    except OSError:
        return "expected a file that can be read"
    return None


def unfit_database(settings: Settings) -> Iterator[Mistake]:
    """A database that cannot be reached from this machine by its URL, so far as can be told without opening it."""
    if fault := database.fault_in(settings.database.url):
        yield Mistake(path=("database", "url"), message=fault)


def _unknown(key: str, known: Iterable[str]) -> Mistake:
    return Mistake(path=("guideline", key), message=f"unknown; known here: {', '.join(sorted(known))}")
