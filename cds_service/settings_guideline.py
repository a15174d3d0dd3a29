"""Settings of what is said: which guideline, with which thresholds of the site, how much at once, and in discovery."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from cds_service.settings_values import Section, setting
from opioids.rules import MOST_AT_ONCE
from opioids.thresholds import Threshold

MOST_CARDS = 7
MOST_MME = 2000
MOST_DAYS = 3650


def _number(meaning: str, expected: str, **limits: Any) -> Any:
    return setting(None, meaning, expected, otherwise="the guideline's own", **limits)


def _dose(meaning: str) -> Any:
    return _number(meaning, f"MME a day, above 0 and at most {MOST_MME}", gt=0, le=MOST_MME)


def _days(meaning: str) -> Any:
    return _number(meaning, f"days, 1 to {MOST_DAYS}", ge=1, le=MOST_DAYS)


def _percent(meaning: str) -> Any:
    return _number(meaning, "percent, above 0 and below 100", gt=0, lt=100)


class Thresholds(Section):
    """Thresholds of the site in place of the guideline's own; `/about` shows what differs."""

    caution_mme: float | None = _dose("Dose point from which extra care is advised, where the guideline has one.")
    high_mme: float | None = _dose("Dose point of a high dose, where the guideline knows one (also without a number).")
    long_term_days: int | None = _days("Days of opioids that make therapy long-term.")
    new_therapy_days: int | None = _days("Days without an opioid after which the next one is a start.")
    improvement_percent: float | None = _percent("Fall of a score of pain or function that is an improvement.")
    rise_percent: float | None = _percent("Rise of a dose past a dose point that calls for reassessing once more.")
    naloxone_lookback_days: int | None = _days("Days for which rescue naloxone that was ordered or supplied counts.")

    def given(self) -> Mapping[Threshold, Decimal]:
        """Those that the site has set, exactly as they were written."""
        values = {threshold: getattr(self, threshold.value) for threshold in Threshold}
        return {threshold: Decimal(str(value)) for threshold, value in values.items() if value is not None}


class GuidelineChoice(Section):
    """Which guideline speaks."""

    profile: str = setting(
        "us-cdc-2022", "The guideline whose advice is given.", "the name of a guideline", min_length=1
    )
    table: str | None = setting(
        None,
        "The conversion table that doses are added up with.",
        "the name of a conversion table",
        otherwise="the guideline's own",
        min_length=1,
    )
    escalation: Literal["info", "off"] = setting(
        "info", "Whether a dose that is raised past a dose point gets a card.", '"info" or "off"'
    )
    thresholds: Thresholds = Field(default_factory=Thresholds)


class Cards(Section):
    """How much is said."""

    most: int = setting(
        MOST_AT_ONCE,
        "The most cards at once; safety decides which stay.",
        f"a number, 1 to {MOST_CARDS}",
        ge=1,
        le=MOST_CARDS,
    )


class PrefetchKey(StrEnum):
    """What discovery asks for."""

    PATIENT = "patient"
    MEDICATIONS = "medications"
    MEDICATION_ORDERS = "medicationOrders"
    STATEMENTS = "statements"
    CONDITIONS = "conditions"
    ENCOUNTER = "encounter"
    OBSERVATIONS = "observations"
    GOALS = "goals"
    DISPENSES = "dispenses"
    HISTORY = "history"


_Key = Annotated[PrefetchKey, Field(json_schema_extra={"expected": f"one of {', '.join(PrefetchKey)}"})]


class Discovery(Section):
    """What `GET /cds-services` says."""

    version: str = setting(
        "2.0.1",
        "The CDS Hooks version that is advertised.",
        'a version with three parts, such as "2.0.1"',
        pattern=r"^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?\Z",
    )
    leave_out: tuple[_Key, ...] = setting(
        (),
        "Prefetch keys that discovery and the integration sheets do not ask for. They are understood all the same.",
        "a list of prefetch keys",
    )
