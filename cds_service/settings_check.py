"""What can be wrong with settings: their shape, and what production refuses."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from cds_service.base_urls import BaseUrl
from cds_service.schemas import FaultPath, faults, written
from cds_service.settings_guideline import PrefetchKey
from cds_service.settings_hosts import hosts_of_examples, reaches_the_machine_itself, senseless_hosts

if TYPE_CHECKING:
    from cds_service.settings import Settings
    from cds_service.settings_sections import Client

KeyPath = FaultPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One wrong setting: its key, what is expected, and where it was written. Holds no value."""

    path: KeyPath
    message: str
    source: str = ""
    line: int | None = None

    @property
    def key(self) -> str:
        """The key as it is written in TOML, such as `cors.origins[0]`."""
        return written(self.path)

    def __str__(self) -> str:
        place = f"{self.source}:{self.line}" if self.line else self.source
        return ": ".join(part for part in (place, self.key, self.message) if part)


class InvalidSettings(Exception):
    """The settings were read and are wrong; `mistakes` says where and why, without values.

    `rest` are the same settings where each is right in itself, and only not beside the others.
    """

    def __init__(self, mistakes: tuple[Mistake, ...], rest: Settings | None = None) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes
        self.rest = rest


def schema_mistakes(schema: Draft202012Validator, tree: Mapping[str, Any]) -> tuple[Mistake, ...]:
    """Unknown keys and values of the wrong kind."""
    # What breaks two rules of one key, as a number in place of a name does, is said once.
    mistakes = [Mistake(path=path, message=reason) for path, reason in dict.fromkeys(faults(schema, tree))]
    named = {mistake.path for mistake in mistakes}
    unfit = (Mistake(path=path, message=reason) for path, reason in _beyond_any_schema(tree, ()) if path not in named)
    return (*mistakes, *unfit)


def warnings(settings: Settings) -> tuple[Mistake, ...]:
    """What is allowed and should be known before going live."""
    return tuple(Mistake(path=path, message=f"warning: {message}") for path, message in _doubtful(settings))


def _doubtful(settings: Settings) -> Iterator[tuple[KeyPath, str]]:
    if settings.feedback.comments:
        yield ("feedback", "comments"), "comments are kept as written, and can hold patient data"
    if settings.explain.store:
        yield (
            ("explain", "store"),
            "whoever gets hold of a card's link while it is good sees the card's medicines and doses, without a name",
        )
    if PrefetchKey.MEDICATIONS in settings.discovery.leave_out and not settings.fhir.allowed_servers:
        yield (
            ("discovery", "leave_out", settings.discovery.leave_out.index(PrefetchKey.MEDICATIONS)),
            "the medication list: no client is asked for it, and no server may be read (fhir.allowed_servers)",
        )
    if settings.production:
        yield from _doubtful_in_production(settings)


def _doubtful_in_production(settings: Settings) -> Iterator[tuple[KeyPath, str]]:
    for index, network in enumerate(settings.fhir.private_networks):
        if reaches_the_machine_itself(network):
            yield (
                ("fhir", "private_networks", index),
                "holds loopback or link-local addresses: a name of an allowed server may lead to this machine itself",
            )
    if not settings.auth.required:
        yield ("auth", "clients"), "none: anybody who reaches this service may call it"
    if settings.notes.enabled and not settings.site.has_key:
        yield ("site", "key"), "missing: nothing is snoozed, and the report cannot tell prescribers apart"
    if settings.pages.enabled:
        yield ("pages", "enabled"), "pages to try and to calculate ask for no token: synthetic data only"
    for path in hosts_of_examples(settings):
        yield path, "the address of an example: replace it"


def unsafe(settings: Settings) -> tuple[Mistake, ...]:
    """Settings that contradict each other, and in production those that open a door."""
    found = [*_contradictions(settings)]
    if settings.production:
        found += _refused_in_production(settings)
    return tuple(Mistake(path=path, message=message) for path, message in found)


def _contradictions(settings: Settings) -> Iterator[tuple[KeyPath, str]]:
    yield from senseless_hosts(settings)
    yield from _contradictions_of_servers(settings)
    if settings.auth.required and not settings.auth.clients:
        yield ("auth", "required"), "true, but no client is configured: nobody could call"
    issuers = Counter(client.issuer for client in settings.auth.clients)
    for index, client in enumerate(settings.auth.clients):
        path: KeyPath = ("auth", "clients", index)
        if (client.jwks_url is None) == (client.jwks_file is None):
            yield path, "expected exactly one of jwks_url and jwks_file"
        if settings.auth.required and not client.audience and settings.public_url is None:
            yield path, "expected an audience, or public_url: tokens are made for a URL"
        if issuers[client.issuer] > 1:
            yield (*path, "issuer"), "expected an issuer that no other client has"
    yield from _kept(settings)
    for name, message in settings.reports.mistakes(production=settings.production):
        yield ("reports", name), message


def _kept(settings: Settings) -> Iterator[tuple[KeyPath, str]]:
    if settings.site.key is not None and settings.site.key_file is not None:
        yield ("site",), "expected at most one of key and key_file"
    if settings.snooze.enabled and not settings.notes.enabled:
        yield ("snooze", "enabled"), "expected false, as notes.enabled is false: a snooze rests on noted cards"
    if settings.explain.store and not settings.explain.enabled:
        yield ("explain", "store"), "expected false, as explain.enabled is false: there is no link to keep anything for"
    for name in ("feedback_days", "card_days"):
        if settings.snooze.enabled and getattr(settings.retention, name) < settings.snooze.days:
            yield ("retention", name), "expected at least snooze.days: a snooze rests on what is kept"


def _contradictions_of_servers(settings: Settings) -> Iterator[tuple[KeyPath, str]]:
    for index, server in enumerate(settings.fhir.allowed_servers):
        if server.startswith("http://") and not settings.fhir.allow_http:
            yield ("fhir", "allowed_servers", index), "expected https, as fhir.allow_http is false"
        elif BaseUrl.of(server) is None:
            yield ("fhir", "allowed_servers", index), "expected a plain URL: no dot segments, no hidden characters"
    for index, network in enumerate(settings.fhir.private_networks):
        try:
            ip_network(network)
        except ValueError:
            yield ("fhir", "private_networks", index), "expected a network whose address ends where its mask does"


def _refused_in_production(settings: Settings) -> Iterator[tuple[KeyPath, str]]:
    if settings.public_url is None:
        yield ("public_url",), 'missing; expected the https URL that callers use, as mode is "production"'
    elif not settings.public_url.startswith("https://"):
        yield ("public_url",), "expected https in production"
    if settings.database.url == "sqlite://":
        yield ("database", "url"), "expected a file or a server in production: feedback in memory is lost"
    for index, origin in enumerate(settings.cors.origins):
        if origin == "*":
            yield ("cors", "origins", index), "expected named origins in production, not every origin"
    if settings.fhir.allow_http:
        yield ("fhir", "allow_http"), "expected false in production: patient data needs https"
    if not settings.site.has_key:
        yield from _in_need_of_a_key(settings)
    if settings.auth.clients and not settings.auth.required:
        yield ("auth", "required"), "expected true in production, as clients are configured"
    for index, client in enumerate(settings.auth.clients):
        yield from _refused_client(client, ("auth", "clients", index))


def _in_need_of_a_key(settings: Settings) -> Iterator[tuple[KeyPath, str]]:
    for name in ("snooze", "explain"):
        if getattr(settings, name).enabled:
            yield (name, "enabled"), "expected a site key beside it in production (site.key or site.key_file)"


def _refused_client(client: Client, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if client.jwks_url and not client.jwks_url.startswith("https://"):
        yield (*path, "jwks_url"), "expected https in production"
    addresses = (client.issuer, client.jwks_url or "", *client.key_addresses)
    if client.profile == "sandbox" or any("sandbox.cds-hooks.org" in one.lower() for one in addresses):
        yield path, "expected no sandbox in production: its private key is public"


def _beyond_any_schema(tree: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(tree, float) and not math.isfinite(tree):
        yield path, "expected a finite number"
    elif isinstance(tree, str) and "\0" in tree:
        yield path, "expected text without a zero byte"
    elif isinstance(tree, Mapping):
        for key, value in tree.items():
            yield from _beyond_any_schema(value, (*path, key))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from _beyond_any_schema(value, (*path, index))
