"""The published paces of tapering, and the choices of practice that a plan rests on, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from opioids.guideline import Guideline
from opioids.tables import Review, Row, decimal_of, numbers_of, rows_of


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
    min_days: int
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
        longest = max(own, key=lambda one: one.min_days)
        if therapy_days is None:
            return longest
        fitting = [one for one in own if one.min_days <= therapy_days <= (one.max_days or therapy_days)]
        return fitting[0] if fitting else min(own, key=lambda one: one.min_days)


def load_tapers() -> Tapers:
    """Load `opioids/knowledge/tapers`.

    Raises:
        KnowledgeError: a row without provenance, a choice of practice that is missing or unknown, or a number
            that is none.
    """
    return Tapers(
        profiles={row["id"]: _profile(row) for row in rows_of("tapers/profiles.csv")},
        practice=numbers_of("tapers/practice.csv", Practice),
        signs=tuple(
            Sign(id=row["id"], kind=row["kind"], source=row["source"], review=Review(row["review"]))
            for row in rows_of("tapers/signs.csv")
        ),
        support=tuple(
            Support(symptom=row["symptom"], options=row["options"], source=row["source"], review=Review(row["review"]))
            for row in rows_of("tapers/withdrawal.csv")
        ),
        help_lines=tuple(
            HelpLine(
                country=row["country"],
                kind=Help(row["kind"]),
                number=row["number"],
                name=row["name"],
                source=row["source"],
                review=Review(row["review"]),
            )
            for row in rows_of("tapers/help_lines.csv")
        ),
    )


def _profile(row: Row) -> TaperProfile:
    where = f"tapers/profiles.csv, {row['id']}"
    return TaperProfile(
        id=row["id"],
        label=row["label"],
        guideline=row["guideline"],
        min_days=int(row["min_days"] or 0),
        max_days=int(row["max_days"]) if row["max_days"] else None,
        percent=decimal_of(row["percent"], where),
        most_percent=decimal_of(row["most_percent"], where),
        basis=Basis(row["basis"]),
        interval_days=int(row["interval_days"]),
        least_interval_days=int(row["least_interval_days"]),
        supervised=row["supervised"] == "yes",
        source=row["source"],
        review=Review(row["review"]),
    )
