"""Services that do what a test needs, and requests for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from cds_service import settings as settings_module
from hooks.protocol import (
    Action,
    ActionType,
    Card,
    Coding,
    DosePair,
    Finding,
    HookRequest,
    Indicator,
    Link,
    PreconditionFailed,
    SenselessContent,
    Source,
    Suggestion,
    Topic,
)
from hooks.service import Call, Service

HOOKS = ("medication-prescribe", "order-select", "order-sign", "patient-view")
NOW = datetime(2026, 1, 31, 12, 30, tzinfo=UTC)
SIGN = "/cds-services/opioid-order-sign"
FEEDBACK = f"{SIGN}/feedback"
CANARY = "CANARY-Jane-Doe-555-12-3456"

FINDING = Finding(
    guideline="us-cdc-2022",
    table="cdc-2022",
    current=DosePair(scheduled=Decimal(60), maximum=Decimal("90.005")),
    proposed=DosePair(scheduled=Decimal(60), maximum=Decimal("107.1428571")),
    complete=True,
)


def card(**changes: Any) -> Card:
    """A plain card, changed as asked."""
    plain: dict[str, Any] = {
        "uuid": "11111111-1111-4111-8111-111111111111",
        "summary": "107 MME/day",
        "detail": "**107** MME/day",
        "indicator": Indicator.INFO,
        "source": Source(label="CDC 2022", url="https://www.cdc.gov/x", topic=Topic.MME_TOTAL),
        "rule": "mme-total",
        "finding": FINDING,
    }
    return Card(**{**plain, **changes})


FULL_CARD = card(
    indicator=Indicator.CRITICAL,
    suggestions=(
        Suggestion(
            label="Offer naloxone",
            uuid="22222222-2222-4222-8222-222222222222",
            actions=(
                Action(
                    type=ActionType.CREATE,
                    description="Naloxone 4 mg nasal spray",
                    resource={"resourceType": "MedicationRequest", "status": "draft"},
                ),
            ),
        ),
        Suggestion(
            label="Remove the draft",
            uuid="33333333-3333-4333-8333-333333333333",
            actions=(
                Action(
                    type=ActionType.DELETE,
                    description="Remove it",
                    resource={"resourceType": "MedicationRequest", "id": "draft-1"},
                ),
            ),
        ),
    ),
    links=(Link(label="Guideline", url="https://www.cdc.gov/guideline"),),
    override_reasons=(Coding(code="benefit", system="urn:opioid-cds:override", display="Benefit outweighs risk"),),
)


def answer(request: HookRequest, call: Call) -> tuple[Card, ...]:
    """Cards, or a failure, as the patient's id asks for."""
    if request.patient_id == "breaks":
        raise ValueError(f"cannot read {CANARY}")
    if request.patient_id == "needs-more":
        raise PreconditionFailed("prefetch.medications", "no medication list")
    if request.patient_id == "senseless":
        raise SenselessContent("context.draftOrders", "no orders")
    if request.patient_id == "silent":
        return ()
    return (card(uuid=call.new_uuid()),)


def services(
    evaluate: Callable[[HookRequest, Call], tuple[Card, ...]] = answer, hooks: tuple[str, ...] = HOOKS
) -> tuple[Service, ...]:
    """One service per hook."""
    return tuple(
        Service(
            id=f"opioid-{hook}",
            hook=hook,
            title=f"Opioids at {hook}",
            description="Adds up opioids",
            usage_requirements="",
            prefetch={"patient": "Patient/{{context.patientId}}"},
            evaluate=evaluate,
        )
        for hook in hooks
    )


def settings(folder: Path, toml: str, database: str) -> settings_module.Settings:
    """Settings from TOML, with a database of the test."""
    file = folder / "settings.toml"
    file.write_text(toml, encoding="utf-8")
    return settings_module.load(file, {"OPIOID_CDS_DATABASE__URL": database})


class Seconds:
    """A clock of seconds that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def uuids() -> Callable[[], str]:
    """Uuids that can be foretold."""
    numbers = count(1)
    return lambda: f"00000000-0000-4000-8000-{next(numbers):012d}"


def hook_request(**changes: Any) -> dict[str, Any]:
    """An order-sign request, changed at the top as asked; a change to ... takes the field away."""
    plain = {
        "hook": "order-sign",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {
            "userId": "Practitioner/1",
            "patientId": "p1",
            "draftOrders": {"resourceType": "Bundle", "entry": []},
        },
    }
    return {key: value for key, value in {**plain, **changes}.items() if value is not ...}


def context(**changes: Any) -> dict[str, Any]:
    """The same with the context changed."""
    inner = {**hook_request()["context"], **changes}
    return hook_request(context={key: value for key, value in inner.items() if value is not ...})


def feedback_item(**changes: Any) -> dict[str, Any]:
    """One accepted card, changed as asked; a change to ... takes the field away."""
    plain = {
        "card": "4e0a3a1e-3283-4575-ab82-028d55fe2719",
        "outcome": "accepted",
        "acceptedSuggestions": [{"id": "e56e1945-20b3-4393-8503-a1a20fd73152"}],
        "outcomeTimestamp": "2026-01-31T12:00:00Z",
    }
    return {key: value for key, value in {**plain, **changes}.items() if value is not ...}
