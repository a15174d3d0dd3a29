"""The published paces of tapering, and the choices of practice that a plan rests on, as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from opioids.guideline import Guideline
from opioids.tables import Review, numbers_of, record, rows_of

T = TypeVar("T")


class Basis(StrEnum):
    """Of which dose a step's percentage is."""

    ORIGINAL = "original"
    ORIGINAL_THEN_CURRENT = "original-then-current"
    """Of the dose at the start until little of it is left, then of the present one."""
    CURRENT = "current"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaperProfile:
    """One published pace: `percent` every `interval_days`, unless another one is asked for.

    Faster than `most_percent` or `least_interval_days` is not this profile; slower always is. `guideline`
    is the profile that uses it of itself after `min_days` to `max_days` of therapy.
    """

    id: str
    label: str
    guideline: str
    min_days: int | None
    max_days: int | None
    percent: Decimal
    most_percent: Decimal
    basis: Basis
    interval_days: int
    least_interval_days: int
    supervised: bool
    source: str
    review: Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """Choices that plans, and the reading of what was taken before, rest on.

    What each means stands beside it in `knowledge/tapers/practice.csv`.
    """

    until_percent: Decimal
    rounding_percent: Decimal
    half_percent: Decimal
    review_days: int
    most_units: int
    most_mixed_units: int
    apart_percent: Decimal
    lopsided_times: Decimal
    liquid_step_ml: Decimal
    strong_liquid_step_ml: Decimal
    strong_liquid_mg_per_ml: Decimal
    least_mme_step: Decimal
    greatest_gap_days: int
    coverage_percent: Decimal
    renewed_within_days: int
    short_course_days: int
    rotated_percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Something to watch for: a reason to `pause` a taper, to `stop` at once, or to go `slow`."""

    id: str
    kind: str
    source: str
    review: Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What is used against a symptom of withdrawal, for information only."""

    symptom: str
    options: str
    source: str
    review: Review


class Help(StrEnum):
    """What somebody calls for."""

    EMERGENCY = "emergency"
    CRISIS = "crisis"
    """Thoughts of suicide, at any hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpLine:
    """Whom patients call, in one country: a number as it is dialled there."""

    country: str
    kind: Help
    number: str
    name: str
    source: str
    review: Review


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterPace:
    """From which day on therapy is so long, in days, that a guideline's slower pace holds."""

    day: date
    therapy_days: int
    profile: TaperProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Tapers:
    """All that is known about tapering beside the guidelines."""

    profiles: Mapping[str, TaperProfile]
    practice: Practice
    signs: tuple[Sign, ...]
    support: tuple[Support, ...]
    help_lines: tuple[HelpLine, ...]

    def help_in(self, country: str, kind: Help) -> HelpLine | None:
        """Whom to call in a country; None where that is not known."""
        return next((one for one in self.help_lines if (one.country, one.kind) == (country, kind)), None)

    def later_pace(self, guideline: Guideline, therapy_days: int, on: date) -> LaterPace | None:
        """From when on another pace of a guideline holds for long-term therapy, where it does not hold on a day."""
        present = self.profile_for(guideline.id, therapy_days)
        if present.max_days is None or present.max_days + 1 < guideline.long_term_days:
            return None
        then = max(present.max_days + 1, guideline.long_term_days)
        day = on + timedelta(days=then - therapy_days)
        return LaterPace(day=day, therapy_days=then, profile=self.profile_for(guideline.id, then))

    def profile_for(self, guideline: str, therapy_days: int | None) -> TaperProfile:
        """A guideline's own pace for a length of therapy; the slowest one where the length is not known.

        What is taken for less than the shortest length that a guideline speaks of needs no taper of its
        own; it gets the pace for the shortest.
        """
        own = [one for one in self.profiles.values() if one.guideline == guideline]
        own.sort(key=lambda one: one.min_days or 0)
        if therapy_days is None:
            return own[-1]
        return next((one for one in reversed(own) if (one.min_days or 0) <= therapy_days), own[0])


def load_tapers() -> Tapers:
    """Load `opioids/knowledge/tapers`.

    Raises:
        KnowledgeError: a row without provenance, a choice of practice that is missing or unknown, or a number
            that is none.
    """
    return Tapers(
        profiles={one.id: one for one in _records("profiles.csv", TaperProfile)},
        practice=numbers_of("tapers/practice.csv", Practice),
        signs=tuple(_records("signs.csv", Sign)),
        support=tuple(_records("withdrawal.csv", Support)),
        help_lines=tuple(_records("help_lines.csv", HelpLine)),
    )


def _records(name: str, kind: type[T]) -> Iterator[T]:
    path = f"tapers/{name}"
    return (record(kind, row, path) for row in rows_of(path))
