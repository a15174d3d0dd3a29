"""The integration sheet: what an EHR analyst types in, written from the settings and the services themselves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from cds_service.settings import Settings
from cds_service.snooze import ask_again_days
from hooks.cards import OVERRIDE_SYSTEM, override_reasons
from hooks.protocol import TOPIC_SYSTEM
from hooks.service import Service
from opioids.recommendations import Topic

EXPECTED = "142.5 MME/day"
"""What the worked case must come to, by the usual conversion table."""
UNSET_URL = "https://cds.example.org"
"""Stands in the sheet while `public_url` is not set, which the sheet says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is particular to one kind of EHR; `sources` says where that was read."""

    name: str
    title: str
    hooks: Sequence[str]
    steps: Sequence[str]
    permissions: Sequence[str]
    token: Sequence[str]
    remarks: Sequence[str]
    sources: Sequence[str]

    def offers(self, service: Service) -> bool:
        """Whether this kind of EHR calls the service's hook."""
        return not self.hooks or service.hook in self.hooks


def kinds() -> dict[str, Kind]:
    """The kinds of EHR that there is a sheet for, by name."""
    rows = json.loads(files(__package__).joinpath("site_kinds.json").read_text(encoding="utf-8"))
    return {row["name"]: Kind(**row) for row in rows}


def sheet(kind: Kind, settings: Settings, services: Sequence[Service]) -> str:
    """The whole sheet as Markdown that reads well as plain text."""
    called = [one for one in services if settings.switch(one.id).enabled and kind.offers(one)]
    parts = (
        [f"# Opioid safety: integration sheet for {kind.title}", ""],
        _address(settings),
        _section("Steps", [f"{number}. {step}" for number, step in enumerate(kind.steps, 1)]),
        _section("Services", _services(settings, called)),
        _section("Prefetch to type in", _prefetch(settings, called)),
        _section("What the EHR lets the service read", [f"- {one}" for one in kind.permissions]),
        _section("Tokens (JWT)", _tokens(kind, settings, called)),
        _section("Topics", _topics()),
        _section("Override reasons to map", _reasons(settings)),
        _section("Test request", _test(settings, called)),
        _section("Know beforehand", [f"- {one}" for one in kind.remarks]),
        _section("Where this was read", [f"- {one}" for one in kind.sources]),
    )
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return [f"## {title}", "", *lines, ""] if lines else []


def _base(settings: Settings) -> str:
    return settings.public_url or UNSET_URL


def _address(settings: Settings) -> list[str]:
    if settings.public_url:
        return [f"Service: {_base(settings)}, mode {settings.mode.value}.", ""]
    return [
        f"**`public_url` is not set: {UNSET_URL} stands in its place below. Set it and print the sheet again.**",
        "",
    ]


def _services(settings: Settings, called: Sequence[Service]) -> list[str]:
    base = _base(settings)
    lines = [f"Discovery: {base}/cds-services", ""]
    for one in called:
        shadow = " (in shadow: evaluated and counted, nothing is shown)" if settings.switch(one.id).shadow else ""
        lines += [
            f"- {one.hook}: {base}/cds-services/{one.id}{shadow}",
            f"  feedback: {base}/cds-services/{one.id}/feedback",
        ]
    return lines


def _prefetch(settings: Settings, called: Sequence[Service]) -> list[str]:
    templates: dict[str, str] = {}
    for one in called:
        templates.update(one.prefetch)
    for key in settings.discovery.leave_out:
        templates.pop(key, None)
    lines = [
        (
            "Needed: `patient`, `medications`. The others are optional: what is missing is said on the card where it "
            "matters, and never taken for a no. Keys may be renamed."
        ),
        "",
    ]
    return [*lines, *(f"- `{key}`: `{template}`" for key, template in templates.items())]


def _tokens(kind: Kind, settings: Settings, called: Sequence[Service]) -> list[str]:
    lines = ["- algorithm: RS384 or ES384; header `kid`; claims `iss`, `aud`, `exp`, `iat`, `jti`"]
    lines += [f"- {one}" for one in kind.token]
    clients = [one for one in settings.auth.clients if one.profile.value == kind.name] or list(settings.auth.clients)
    for client in clients:
        if client.audience:
            audience = client.audience
        elif called:
            audience = f"the URL that is called, such as {_base(settings)}/cds-services/{called[0].id}"
        else:
            audience = "the URL that is called"
        keys = client.jwks_url or "a file that the service holds"
        lines.append(f"- configured here: `iss` {client.issuer}; keys {keys}; `aud` {audience}")
    if not clients:
        lines += ["- no client is configured yet. Add to the settings:", "", *_client_block(kind)]
    return lines


def _client_block(kind: Kind) -> list[str]:
    return [
        "      [[auth.clients]]",
        '      issuer = "<the iss of the EHR>"',
        '      jwks_url = "<the URL of its keys>"',
        f'      profile = "{kind.name}"',
    ]


def _topics() -> list[str]:
    return [f"System `{TOPIC_SYSTEM}`; the codes never change.", "", *(f"- `{topic.value}`" for topic in Topic)]


def _reasons(settings: Settings) -> list[str]:
    lines = [f"System `{OVERRIDE_SYSTEM}`. Map each code to an acknowledgement reason; the codes never change.", ""]
    for topic, reasons in override_reasons(ask_again_days(settings)).items():
        lines += [f"- {topic.value}", *(f"  - `{code}`: {words}" for code, words in reasons.items())]
    return lines


def _test(settings: Settings, called: Sequence[Service]) -> list[str]:
    signing = next((one for one in called if one.hook == "order-sign"), None)
    if signing is None:
        return []
    request = json.dumps(worked_case(), separators=(",", ":"))
    return [
        f"Synthetic; must answer a card with {EXPECTED} (in shadow: no card, and one more evaluation in /metrics).",
        "Where tokens are required, add `-H 'Authorization: Bearer …'`.",
        "",
        f"    curl {_base(settings)}/cds-services/{signing.id} \\",
        "      -H 'Content-Type: application/json' \\",
        f"      -d '{request}'",
    ]


def worked_case() -> dict[str, Any]:
    """The worked case with a synthetic patient: extended-release oxycodone is taken, immediate-release is added."""
    taken = _order("active", "1049584", "12 HR oxycodone hydrochloride 40 MG Extended Release Oral Tablet", 2)
    added = _order("draft", "1049621", "oxycodone hydrochloride 5 MG Oral Tablet", 3)
    drafts = {"resourceType": "Bundle", "entry": [{"resource": added}]}
    return {
        "hook": "order-sign",
        "hookInstance": "00000000-0000-4000-8000-000000000001",
        "context": {"userId": "Practitioner/test", "patientId": "test", "draftOrders": drafts},
        "prefetch": {
            "patient": {"resourceType": "Patient", "id": "test", "birthDate": "1964-01-01"},
            "medications": {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": taken}]},
        },
    }


def _order(status: str, rxcui: str, name: str, times_a_day: int) -> dict[str, Any]:
    system = "http://www.nlm.nih.gov/research/umls/rxnorm"
    return {
        "resourceType": "MedicationRequest",
        "id": f"{status}-1",
        "status": status,
        "intent": "order",
        "medicationCodeableConcept": {"coding": [{"system": system, "code": rxcui, "display": name}]},
        "subject": {"reference": "Patient/test"},
        "dosageInstruction": [
            {
                "timing": {"repeat": {"frequency": times_a_day, "period": 1, "periodUnit": "d"}},
                "asNeededBoolean": status == "draft",
                "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}],
            }
        ],
    }
