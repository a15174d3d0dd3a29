"""A hospital that calls the real services: patients on opioids, prescribers, and what they answer to cards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from cds_service.app import random_uuid
from cds_service.storage.models import shown_card
from tests.hooks.orders import TODAY, bundle, draft, order, problem

Json = dict[str, Any]

SIGN = "opioid-order-sign"
VIEW = "opioid-patient-view"
MORNING = datetime(TODAY.year, TODAY.month, TODAY.day, 8, tzinfo=UTC)


class Clock:
    """The hospital's clock, moved by hand."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)


def of_patient(resource: Json, patient: str) -> Json:
    return {**resource, "subject": {"reference": f"Patient/{patient}"}}


def role(user: str, department: str = "Organization/pain", code: str = "physician") -> Json:
    """What somebody does, and where."""
    return {
        "resourceType": "PractitionerRole",
        "id": f"role-of-{user.rpartition('/')[2]}",
        "practitioner": {"reference": f"https://ehr.example.org/fhir/{user}"},
        "organization": {"reference": department},
        "code": [{"coding": [{"system": "urn:roles", "code": code}]}],
    }


@dataclass(kw_only=True)
class Hospital:
    """One instance of the service and those who call it. `reply` answers as its clients do."""

    app: Flask
    clock: Clock
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def settle(self) -> None:
        """Until all that happened is noted."""
        shell = self.app.extensions["opioid_cds"]
        shell.memory.recorder.flush()
        shell.explaining.recorder.flush()

    def call(self, service: str, body: Json) -> dict[str, Json]:
        """The cards by topic."""
        answer = self.client.post(f"/cds-services/{service}", json=body)
        assert answer.status_code == 200, answer.text
        self.settle()
        return {card["source"]["topic"]["code"]: card for card in answer.json["cards"]}

    def sign(self, **changes: Any) -> dict[str, Json]:
        return self.call(SIGN, signing(**changes))

    def reply(self, card: Json, service: str = SIGN, **item: Any) -> int:
        at = self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        body = {"feedback": [{"card": card["uuid"], "outcomeTimestamp": at, **item}]}
        return self.client.post(f"/cds-services/{service}/feedback", json=body).status_code

    def override(self, card: Json, reason: str | None, **more: Any) -> int:
        why = {"overrideReason": {"reason": {"code": reason, "system": "urn:x"}}} if reason else {}
        return self.reply(card, outcome="overridden", **why, **more)

    def accept(self, card: Json) -> int:
        taken = [{"id": card["suggestions"][0]["uuid"]}] if card.get("suggestions") else [{"id": "x"}]
        return self.reply(card, outcome="accepted", acceptedSuggestions=taken)

    def metric(self, name: str) -> float:
        """The sum of a counter over its labels."""
        lines = [line for line in self.client.get("/metrics").text.splitlines() if line.startswith(name)]
        return sum(float(line.rpartition(" ")[2]) for line in lines)


def signing(
    patient: str = "p1",
    user: str | None = "Practitioner/1",
    drafts: tuple[Json, ...] = (draft("d", "oxycodone 5"),),
    taken: tuple[Json, ...] = (order("o", "oxycodone ER 40"),),
    problems: tuple[str, ...] = (),
    server: str = "https://ehr.example.org/fhir",
    **prefetch: Json,
) -> Json:
    """An order-sign request about somebody on long-term oxycodone: MmeTotal, NaloxoneOffer, DeprescribingReview."""
    own = [of_patient(one, patient) for one in taken]
    conditions = [of_patient(problem(code), patient) for code in problems]
    context: Json = {"patientId": patient, "draftOrders": bundle(*(of_patient(one, patient) for one in drafts))}
    if user:
        context["userId"] = user
    return {
        "hook": "order-sign",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "fhirServer": server,
        "context": context,
        "prefetch": {"medications": bundle(*own), "conditions": bundle(*conditions), **prefetch},
    }


def noted(engine: Engine) -> list[Any]:
    """The rows of cards, in the order in which they were noted."""
    with engine.connect() as connection:
        return list(connection.execute(select(shown_card).order_by(shown_card.c.id)))


def opened(make_app: Callable[..., Flask], toml: str = "", clock: Clock | None = None, **parts: Any) -> Hospital:
    """A hospital with the real services."""
    clock = clock or Clock()
    return Hospital(app=make_app(toml, services=None, clock=clock, new_uuid=random_uuid, **parts), clock=clock)
