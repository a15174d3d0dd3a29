"""What the lists of a guideline look for in a case."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from opioids.conditions import ConditionGroup
from opioids.drug_classes import DrugClass
from opioids.tables import Review


class Circumstance(StrEnum):
    """Things about a case that are neither a condition nor a medicine."""

    DOSE_POINT = "dose-point"
    """The total reaches the dose point that the criterion names."""
    TAPERING = "tapering"
    RESTORED = "restored"
    """The dose is raised again after it was lowered for so long that tolerance may be lost."""
    TREATMENT = "treatment"
    """Opioid use disorder is being treated."""
    AGE_65 = "age-65"
    UNDER_18 = "age-under-18"
    THERAPY = "therapy"
    """Opioids have been taken for as long as the criterion's days say."""
    LONG_TERM = "long-term"
    LONG_TERM_UNPROVEN = "long-term-unproven"
    """Long-term, and nothing in the record shows that pain or function got better."""
    START_DOSE = "start-dose"
    """An opioid is being started at a dose that reaches the dose point that the criterion names."""
    STARTING = "starting"
    """An opioid is being started after a time without any."""
    NOT_IMPROVED = "not-improved"
    """Scores in the record show that pain or function did not get better."""
    GOALS_NOT_MET = "goals-not-met"
    HOSPITAL = "hospital"
    """An inpatient, emergency or perioperative encounter, and no order for the time after it."""
    AT_RISK = "at-risk"
    """Any of the supporting criteria for naloxone is met."""


class PointName(StrEnum):
    """The dose points that a guideline may know."""

    CAUTION = "caution"
    """Pause and think, take extra care."""
    HIGH = "high"
    """A dose that the guideline calls high."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion of a list: what it looks for, and the words it is given on a card.

    `explicit` is true when it suffices alone; others only support. `point` names the dose point that a
    criterion about the dose looks at. It holds only while therapy is known to be at least `from_days`
    and at most `to_days` long, where these are given. Where `present`, the history of a condition does not
    meet it; where `long_term`, it suffices alone only in long-term therapy. A `mild` one is for
    information, not a warning.
    """

    id: str
    looks_for: Circumstance | ConditionGroup | DrugClass
    words: str
    explicit: bool
    source: str
    review: Review
    point: PointName | None
    present: bool
    mild: bool
    long_term: bool
    from_days: int | None
    to_days: int | None
