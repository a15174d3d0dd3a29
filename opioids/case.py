"""A case: one patient on one day, all that a rule may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum, auto

from opioids.beside import Companion
from opioids.change import Change
from opioids.conditions import ConditionGroup
from opioids.criteria import Circumstance, Criterion, PointName
from opioids.drug_classes import DrugClass
from opioids.guideline import Guideline
from opioids.mme import MmeTotal
from opioids.outcomes import Benefit, Course
from opioids.pace import Fall
from opioids.past_doses import NOTHING_KNOWN, PastDoses
from opioids.patient import Patient
from opioids.prescriptions import IgnoredReason, UncountedReason
from opioids.values import quickly_made

ADULT_AGE = 18
OLDER_AGE = 65


class Gap(StrEnum):
    """Something that could not be seen."""

    MEDICATIONS_NOT_SENT = auto()
    MEDICATIONS_FAILED = auto()
    MEDICATIONS_PARTIAL = auto()
    DRAFTS_NOT_SENT = auto()
    OTHER_PATIENT = auto()


class Focus(StrEnum):
    """What the prescriber is looking at."""

    CHART = auto()
    """The whole chart: the active list speaks for itself."""
    OPIOID = auto()
    """An order that is or may be an opioid is being written or stopped."""
    SEDATIVE = auto()
    """A medicine that adds to an opioid's risk is being written."""
    NEITHER = auto()
    """None of these; or the patient has died, and there is nothing to advise."""


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Totals before (`current`) and with (`proposed`) the orders being written, and what matters beside.

    `therapy_days` is the length of opioid therapy as far as it can be told, None when it cannot.
    `starting` is true when an opioid is being written for a patient who is known to have had none.
    `courses` are the scores that the `benefit` was told from. `in_hospital` is true during an inpatient,
    emergency or perioperative encounter, unless the orders in focus are for the time after it. `past` is what was
    taken before, `later_falls` the steps down that the orders being written hold for later days, `unconverted_fall`
    the one of an opioid without a factor, told by its share alone: its numbers are no MME of this table.
    `benzodiazepine_lowered` is true when one is stopped or lowered at the same time, `overdosed` when an overdose
    has just been recorded. `replaced` holds the opioid orders that the drafts take away or stand in for, `swaps`
    the opioid drafts that only do that and can be taken away again; None where others are among them.
    """

    today: date
    focus: Focus
    patient: Patient
    current: MmeTotal
    proposed: MmeTotal
    change: Change
    therapy_days: int | None
    companions: tuple[Companion, ...]
    naloxone_at_hand: bool
    gaps: tuple[Gap, ...]
    starting: bool = False
    courses: tuple[Course, ...] = ()
    benefit: Benefit = Benefit.NOT_DOCUMENTED
    goals_not_met: bool = False
    in_hospital: bool = False
    past: PastDoses = NOTHING_KNOWN
    later_falls: tuple[Fall, ...] = ()
    unconverted_fall: Fall | None = None
    benzodiazepine_lowered: bool = False
    overdosed: bool = False
    replaced: frozenset[str] = frozenset()
    swaps: frozenset[str] | None = None
    _excluded: dict[str, tuple[Criterion, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """The exclusions of each guideline that was asked about: most rules and cards ask, of one guideline."""

    @property
    def complete(self) -> bool:
        """True when everything that is or may be an opioid was seen and counted."""
        unseen = self.gaps and set(self.gaps) - {Gap.OTHER_PATIENT}
        return self.current.complete and self.proposed.complete and not unseen

    @property
    def list_seen(self) -> bool:
        """True when the whole medication list could be seen."""
        unseen = {Gap.MEDICATIONS_NOT_SENT, Gap.MEDICATIONS_FAILED, Gap.MEDICATIONS_PARTIAL}
        return unseen.isdisjoint(self.gaps)

    @property
    def has_opioid(self) -> bool:
        """Whether an opioid for pain is, or may be, taken now or with the orders being written."""
        current, proposed = self.current, self.proposed
        return bool(current.counted or proposed.counted or current.uncounted or proposed.uncounted)

    @property
    def in_treatment(self) -> bool:
        """Whether treatment of opioid use disorder is on the list or being written."""
        return _holds(self.current, _TREATMENT) or _holds(self.proposed, _TREATMENT)

    @property
    def takes_any_opioid(self) -> bool:
        """Whether any opioid is, or may be, taken now, those that are never converted included."""
        return _has_any(self.current)

    @property
    def would_take_any_opioid(self) -> bool:
        """The same with the orders being written."""
        return _has_any(self.proposed)

    @property
    def is_taper(self) -> bool:
        """Whether the orders being written lower the dose; a rotation, or what cannot be judged, is none."""
        return self.change.cut > Decimal(0) and not self.change.rotation and self.change.judgeable

    @property
    def stops_unknown(self) -> bool:
        """Whether an opioid of unknown dose is stopped, and no other one stays or takes its place."""
        if not self.change.to_zero or self.would_take_any_opioid:
            return False
        return any(one.reason not in _MAY_BE_NONE for one in self.current.uncounted)

    @property
    def is_raised(self) -> bool:
        """Whether the orders being written raise the dose; a rotation, or what cannot be judged, is no rise."""
        return self.change.cut < Decimal(0) and not self.change.rotation and self.change.judgeable

    def lost_tolerance(self, guideline: Guideline) -> bool:
        """Whether a dose was lowered, and has been lower for so long that tolerance to it may be lost.

        After a time without any opioid only the earlier dose, or more, counts as taken up again: less is a start.
        """
        pace = guideline.pace
        earlier = self.past.given_up(
            self.today,
            least_days=pace.restored_after_days,
            stable_days=pace.stable_days,
            back_days=pace.lookback_days,
        )
        if earlier is None or earlier <= self.current.maximum:
            return False
        if self.current.counted:
            return True
        return self.list_seen and not self.takes_any_opioid and self.proposed.maximum >= earlier

    def is_long_term(self, guideline: Guideline) -> bool:
        """Whether therapy is known to be long-term."""
        return self.therapy_days is not None and self.therapy_days >= guideline.long_term_days

    def reaches(self, guideline: Guideline, name: PointName | None = None) -> bool:
        """Whether the total with the orders being written reaches the dose point of that name (None: any)."""
        reached = [one.name for one in guideline.dose_points if one.reached_by(self.proposed.maximum)]
        return bool(reached) if name is None else name in reached

    def meets(self, criterion: Criterion, guideline: Guideline) -> bool:
        """Whether the case shows what a criterion looks for."""
        sought = criterion.looks_for
        if not (criterion.from_days is None and criterion.to_days is None) and not self._is_within(criterion):
            return False
        if isinstance(sought, ConditionGroup):
            return sought in self.patient.conditions and not (criterion.present and sought in self.patient.past)
        if isinstance(sought, DrugClass):
            return any(one.drug_class is sought for one in self.companions)
        if criterion.point is not None:
            from_the_start = sought is Circumstance.START_DOSE
            return self.reaches(guideline, criterion.point) and (self.starting or not from_the_start)
        return _SHOWN[sought](self, guideline)

    def met(self, criteria: Iterable[Criterion], guideline: Guideline) -> tuple[Criterion, ...]:
        """Those of some criteria that are met.

        Most look for a condition, and most patients have few: nothing is asked about the others.
        """
        shown = self.patient.conditions
        may_be = [one for one in criteria if type(one.looks_for) is not ConditionGroup or one.looks_for in shown]
        return tuple([one for one in may_be if self.meets(one, guideline)])

    def suffices(self, criterion: Criterion, guideline: Guideline) -> bool:
        """Whether a criterion that is met suffices alone."""
        return criterion.explicit and (not criterion.long_term or self.is_long_term(guideline))

    def _is_within(self, criterion: Criterion) -> bool:
        """Whether therapy is known to be as long, and no longer, than the criterion asks."""
        least, most, days = criterion.from_days, criterion.to_days, self.therapy_days
        return days is not None and (least is None or days >= least) and (most is None or days <= most)

    def therapy_days_at_least(self, days: int) -> bool:
        """Whether therapy is, or for all that is known may be, at least `days` long."""
        return self.therapy_days is None or self.therapy_days >= days

    def exclusions(self, guideline: Guideline) -> tuple[Criterion, ...]:
        """Why the guideline's advice on doses and tapering is not meant for this patient; a suspicion is no reason."""
        if guideline.id not in self._excluded:
            suspected = self.patient.suspected
            met = self.met(guideline.exclusions, guideline)
            self._excluded[guideline.id] = tuple([one for one in met if one.looks_for not in suspected])
        return self._excluded[guideline.id]

    @property
    def speaks_against_a_schedule(self) -> bool:
        """Whether only the conversation, and no schedule, is for this patient now: it needs other expertise first."""
        return not _NO_SCHEDULE.isdisjoint(set(self.patient.conditions) - self.patient.past)


_TREATMENT = frozenset({IgnoredReason.OPIOID_USE_DISORDER_TREATMENT})
_UNCONVERTED = _TREATMENT | {IgnoredReason.PARTIAL_AGONIST}


_MAY_BE_NONE = frozenset(
    {UncountedReason.PRODUCT_UNKNOWN, UncountedReason.RESOURCE_INVALID, UncountedReason.REFERENCE_UNRESOLVED}
)
"""Why an order was not counted that may be for no opioid at all."""


def _has_any(total: MmeTotal) -> bool:
    return bool(total.counted or total.uncounted) or _holds(total, _UNCONVERTED)


def _holds(total: MmeTotal, reasons: frozenset[IgnoredReason]) -> bool:
    return not reasons.isdisjoint([one.reason for one in total.ignored])


_NO_SCHEDULE = frozenset({ConditionGroup.PREGNANCY, ConditionGroup.SUICIDALITY, ConditionGroup.UNSTABLE_MENTAL_HEALTH})


def _is_tapering(case: Case, guideline: Guideline) -> bool:
    lowered = case.is_taper or case.stops_unknown or case.unconverted_fall is not None
    return lowered and case.therapy_days_at_least(guideline.long_term_days)


def _is_unproven(case: Case, guideline: Guideline) -> bool:
    return case.is_long_term(guideline) and case.benefit is not Benefit.IMPROVED


def _is_at_risk(case: Case, guideline: Guideline) -> bool:
    return bool(case.met([one for one in guideline.naloxone if not one.explicit], guideline))


def _is_aged(case: Case, guideline: Guideline) -> bool:
    del guideline
    return case.patient.age is not None and case.patient.age >= OLDER_AGE


def _is_child(case: Case, guideline: Guideline) -> bool:
    del guideline
    return case.patient.age is not None and case.patient.age < ADULT_AGE


_SHOWN: dict[Circumstance, Callable[[Case, Guideline], bool]] = {
    Circumstance.TAPERING: _is_tapering,
    Circumstance.RESTORED: lambda case, guideline: case.is_raised and case.lost_tolerance(guideline),
    Circumstance.TREATMENT: lambda case, _: case.in_treatment,
    Circumstance.AGE_65: _is_aged,
    Circumstance.UNDER_18: _is_child,
    Circumstance.THERAPY: lambda *_: True,
    Circumstance.LONG_TERM: Case.is_long_term,
    Circumstance.LONG_TERM_UNPROVEN: _is_unproven,
    Circumstance.STARTING: lambda case, _: case.starting,
    Circumstance.NOT_IMPROVED: lambda case, _: case.benefit is Benefit.NOT_IMPROVED,
    Circumstance.GOALS_NOT_MET: lambda case, _: case.goals_not_met,
    Circumstance.HOSPITAL: lambda case, _: case.in_hospital,
    Circumstance.AT_RISK: _is_at_risk,
}
"""Whether a case shows a circumstance; criteria about the dose are told by their point."""
