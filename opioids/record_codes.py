"""Codes by which a record tells scores, laboratory values, goals and the place of care."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, auto

from opioids.names.words import words_of
from opioids.tables import Row, rows_of


class Measured(StrEnum):
    """What an observation tells."""

    PAIN = "pain"
    PAIN_AND_FUNCTION = "pain and function"
    PREGNANCY = "pregnancy"
    KIDNEY = "kidney"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationCode:
    """What one LOINC code measures, between which values it makes sense, and when it is a warning.

    `below`: a lower value is one. `lasts_days`: an older value tells nothing about today.
    """

    kind: Measured
    lowest: Decimal | None
    highest: Decimal | None
    below: Decimal | None
    lasts_days: int | None


class Place(StrEnum):
    """Where care takes place, as far as guidelines for outpatients depend on it."""

    HOSPITAL = "hospital"
    """Inpatient, emergency, perioperative."""
    OUTSIDE = "outside"
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalWords:
    """Which goals are about pain, function or opioids, and which states say that they are not being met."""

    terms: re.Pattern[str]
    unless: re.Pattern[str]
    unmet: frozenset[str]

    def is_relevant(self, text: str) -> bool:
        """Whether a goal's words speak of pain, function or opioids."""
        plain = " ".join(words_of(text))
        return bool(self.terms.search(plain)) and not self.unless.search(plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCodes:
    """All of them, by code."""

    observations: Mapping[str, ObservationCode]
    places: Mapping[str, Place]
    goals: GoalWords


def load_record_codes() -> RecordCodes:
    """Load `value_sets/observations.csv`, `places.csv` and `goals.csv`."""
    (goals,) = rows_of("value_sets/goals.csv")
    return RecordCodes(
        observations={row["loinc"]: _observation(row) for row in rows_of("value_sets/observations.csv")},
        places={row["code"].lower(): Place(row["place"]) for row in rows_of("value_sets/places.csv")},
        goals=GoalWords(
            terms=re.compile(rf"\b(?:{goals['terms']})\b"),
            unless=re.compile(rf"\b(?:{goals['unless']})\b"),
            unmet=frozenset(goals["unmet"].split("|")),
        ),
    )


def _observation(row: Row) -> ObservationCode:
    return ObservationCode(
        kind=Measured(row["kind"]),
        lowest=_number(row["lowest"]),
        highest=_number(row["highest"]),
        below=_number(row["below"]),
        lasts_days=int(row["lasts_days"]) if row["lasts_days"] else None,
    )


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None
