"""A case: one patient on one day, all that a rule may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from opioids.change import Change
from opioids.drug_classes import DrugClass
from opioids.guideline import Circumstance, Criterion, Guideline, PointName
from opioids.mme import MmeTotal
from opioids.outcomes import Benefit
from opioids.prescriptions import IgnoredReason
from opioids.value_sets import ConditionGroup

ADULT_AGE = 18
OLDER_AGE = 65


class Gap(StrEnum):
    """Something that could not be seen."""

    MEDICATIONS_NOT_SENT = "medications not sent"
    MEDICATIONS_FAILED = "medications failed"
    MEDICATIONS_PARTIAL = "medications partial"
    DRAFTS_NOT_SENT = "drafts not sent"
    OTHER_PATIENT = "other patient"


class Focus(StrEnum):
    """What the prescriber is looking at."""

    CHART = "chart"
    """The whole chart: the active list speaks for itself."""
    OPIOID = "opioid"
    """An order that is or may be an opioid is being written or stopped."""
    SEDATIVE = "sedative"
    """A medicine that adds to an opioid's risk is being written."""
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Facts about the patient. `conditions` tells for each group found whether a code says so.

    `age` is in whole years, None when unknown; `conditions_seen` is false when the chart's problem
    list was not sent, so that a missing condition means nothing.
    """

    age: int | None
    conditions: Mapping[ConditionGroup, bool]
    conditions_seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Totals before (`current`) and with (`proposed`) the orders being written, and what matters beside.

    `therapy_days` is the length of opioid therapy as far as it can be told, None when it cannot.
    `starting` is true when an opioid is being written for a patient who is known to have had none.
    """

    today: date
    focus: Focus
    patient: Patient
    current: MmeTotal
    proposed: MmeTotal
    change: Change
    therapy_days: int | None
    sedatives: Mapping[DrugClass, str]
    naloxone_at_hand: bool
    gaps: tuple[Gap, ...]
    starting: bool = False
    benefit: Benefit = Benefit.NOT_DOCUMENTED
    goals_not_met: bool = False

    @property
    def complete(self) -> bool:
        """True when everything that is or may be an opioid was seen and counted."""
        unseen = set(self.gaps) - {Gap.OTHER_PATIENT}
        return self.current.complete and self.proposed.complete and not unseen

    @property
    def list_seen(self) -> bool:
        """True when the whole medication list could be seen."""
        unseen = {Gap.MEDICATIONS_NOT_SENT, Gap.MEDICATIONS_FAILED, Gap.MEDICATIONS_PARTIAL}
        return unseen.isdisjoint(self.gaps)

    @property
    def has_opioid(self) -> bool:
        """Whether an opioid for pain is, or may be, taken now or with the orders being written."""
        return any(total.counted or total.uncounted for total in (self.current, self.proposed))

    @property
    def in_treatment(self) -> bool:
        """Whether treatment of opioid use disorder is on the list or being written."""
        reason = IgnoredReason.OPIOID_USE_DISORDER_TREATMENT
        return any(one.reason is reason for one in (*self.current.ignored, *self.proposed.ignored))

    @property
    def is_taper(self) -> bool:
        """Whether the orders being written lower the dose; a rotation, or what cannot be judged, is none."""
        return self.change.cut > Decimal(0) and not self.change.rotation and self.change.judgeable

    def is_long_term(self, guideline: Guideline) -> bool:
        """Whether therapy is known to be long-term."""
        return self.therapy_days is not None and self.therapy_days >= guideline.long_term_days

    def reaches(self, guideline: Guideline, name: PointName | None = None) -> bool:
        """Whether the total with the orders being written reaches the dose point of that name (None: any)."""
        points = guideline.dose_points
        return any(one.reached_by(self.proposed.maximum) for one in points if name in (None, one.name))

    def meets(self, criterion: Criterion, guideline: Guideline) -> bool:
        """Whether the case shows what a criterion looks for."""
        if not self._is_within(criterion):
            return False
        sought = criterion.looks_for
        if isinstance(sought, ConditionGroup):
            return sought in self.patient.conditions
        if isinstance(sought, DrugClass):
            return sought in self.sedatives
        if sought is Circumstance.DOSE_POINT:
            return self.reaches(guideline, criterion.point)
        return self._shows(sought, guideline)

    def _is_within(self, criterion: Criterion) -> bool:
        """Whether therapy is known to be as long, and no longer, than the criterion asks."""
        least, most, days = criterion.from_days, criterion.to_days, self.therapy_days
        if least is None and most is None:
            return True
        return days is not None and (least is None or days >= least) and (most is None or days <= most)

    def _shows(self, sought: Circumstance, guideline: Guideline) -> bool:
        age, long_term = self.patient.age, self.is_long_term(guideline)
        return {
            Circumstance.TAPERING: self.is_taper and self.therapy_days_at_least(guideline.long_term_days),
            Circumstance.TREATMENT: self.in_treatment,
            Circumstance.AGE_65: age is not None and age >= OLDER_AGE,
            Circumstance.UNDER_18: age is not None and age < ADULT_AGE,
            Circumstance.THERAPY: True,
            Circumstance.LONG_TERM: long_term,
            Circumstance.LONG_TERM_UNPROVEN: long_term and self.benefit is not Benefit.IMPROVED,
            Circumstance.STARTING: self.starting,
            Circumstance.NOT_IMPROVED: self.benefit is Benefit.NOT_IMPROVED,
            Circumstance.GOALS_NOT_MET: self.goals_not_met,
        }[sought]

    def therapy_days_at_least(self, days: int) -> bool:
        """Whether therapy is, or for all that is known may be, at least `days` long."""
        return self.therapy_days is None or self.therapy_days >= days

    def exclusions(self, guideline: Guideline) -> tuple[Criterion, ...]:
        """Why the guideline's advice on doses and tapering is not meant for this patient."""
        return tuple(one for one in guideline.exclusions if self.meets(one, guideline))
