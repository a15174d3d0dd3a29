"""A case: one patient on one day, all that a rule may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum, auto

from opioids.change import Change, treatment_ends
from opioids.conditions import ConditionGroup
from opioids.criteria import PointName
from opioids.drug_classes import Companion, DrugClass
from opioids.guideline import Guideline
from opioids.mme import MmeTotal
from opioids.outcomes import Benefit, Course
from opioids.pace import Fall
from opioids.past_doses import NOTHING_KNOWN, PastDoses
from opioids.patient import Patient
from opioids.prescriptions import UncountedReason
from opioids.values import quickly_made


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
    RESCUE = auto()
    """Rescue naloxone of the list is being taken away."""
    NEITHER = auto()
    """None of these; or the patient has died, and there is nothing to advise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """What is taken in hospital until a stay ends, with the medicines from home, and how long opioids have been."""

    total: MmeTotal
    therapy_days: int | None


_OF_THE_LIST = frozenset({Gap.MEDICATIONS_NOT_SENT, Gap.MEDICATIONS_FAILED, Gap.MEDICATIONS_PARTIAL})


@quickly_made
class Case:
    """Totals before (`current`) and with (`proposed`) the orders being written, and what matters beside.

    `therapy_days` is the length of opioid therapy as far as it can be told, None when it cannot.
    `starting` is true when an opioid is being written for a patient who is known to have had none.
    `courses` are the scores that the `benefit` was told from. `in_hospital` is true during an inpatient,
    emergency or perioperative encounter, unless the orders in focus are for the time after it; `stay` is what was given
    in it, where they are. `past` is what was taken before, `later_falls` the steps down that
    the orders being written hold for later days, `unconverted_fall` the one of an opioid without a factor, told by
    its share alone: its numbers are no MME of this table.
    `short_course_ends` is true where no more falls than a short course had added to a dose that stays.
    `benzodiazepine_lowered` is true when one is stopped or lowered at the same time, `overdosed` when an overdose
    has just been recorded. `replaced` holds the opioid orders that the drafts take away or stand in for, `swaps`
    the opioid drafts that only do that and can be taken away again; None where others are among them. `several` is
    true where more than one of the orders being written is, or may be, for an opioid, or takes one away.
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
    stay: Stay | None = None
    past: PastDoses = NOTHING_KNOWN
    later_falls: tuple[Fall, ...] = ()
    short_course_ends: bool = False
    unconverted_fall: Fall | None = None
    benzodiazepine_lowered: bool = False
    overdosed: bool = False
    replaced: frozenset[str] = frozenset()
    swaps: frozenset[str] | None = None
    several: bool = False

    @property
    def complete(self) -> bool:
        """True when everything that is or may be an opioid was seen and counted."""
        return self.current.complete and self.proposed_complete

    @property
    def proposed_complete(self) -> bool:
        """True when that holds of what would be taken with the orders being written."""
        unseen = self.gaps and set(self.gaps) - {Gap.OTHER_PATIENT}
        return self.proposed.complete and not unseen

    @property
    def until_now(self) -> tuple[MmeTotal, int | None]:
        """What is taken until now, in hospital as well, and for how many days opioids have been."""
        return (self.stay.total, self.stay.therapy_days) if self.stay else (self.current, self.therapy_days)

    @property
    def list_seen(self) -> bool:
        """True when the whole medication list could be seen."""
        return not self.gaps or _OF_THE_LIST.isdisjoint(self.gaps)

    @property
    def has_opioid(self) -> bool:
        """Whether an opioid for pain is, or may be, taken now or with the orders being written."""
        current, proposed = self.current, self.proposed
        return bool(current.counted or proposed.counted or current.uncounted or proposed.uncounted)

    @property
    def in_treatment(self) -> bool:
        """Whether treatment of opioid use disorder is on the list, a ward's included, or being written."""
        on_a_ward = self.stay is not None and self.stay.total.holds_treatment
        return on_a_ward or self.current.holds_treatment or self.proposed.holds_treatment

    @property
    def takes_any_opioid(self) -> bool:
        """Whether any opioid is, or may be, taken now, those that are never converted included."""
        return self.current.holds_any_opioid

    @property
    def would_take_any_opioid(self) -> bool:
        """The same with the orders being written."""
        return self.proposed.holds_any_opioid

    @property
    def is_taper(self) -> bool:
        """Whether the orders being written lower the dose; a rotation, the end of a short course beside a dose that
        stays, or what cannot be judged, is none.
        """
        lowers = self.change.cut > 0 and not self.change.rotation and self.change.judgeable
        return lowers and not self.short_course_ends

    @property
    def stops_unknown(self) -> bool:
        """Whether an opioid of unknown dose is stopped, and no other one stays or takes its place."""
        if self.would_take_any_opioid:
            return False
        if self.current.holds_partial_agonist:
            return True
        return self.change.to_zero and any(one.reason not in MAY_BE_NONE for one in self.current.uncounted)

    @property
    def stops_treatment(self) -> bool:
        """Whether treatment of opioid use disorder ends, and nothing takes its place; a blocker is for the same."""
        if not treatment_ends(self.current, self.proposed):
            return False
        return not any(one.drug_class is DrugClass.BLOCKER and one.is_new for one in self.companions)

    @property
    def is_raised(self) -> bool:
        """Whether the orders being written raise the dose; a rotation, or what cannot be judged, is no rise."""
        return self.change.cut < 0 and not self.change.rotation and self.change.judgeable

    def lost_tolerance(self, guideline: Guideline) -> bool:
        """Whether a dose was lowered, and has been lower for so long that tolerance to it may be lost.

        After a time without any opioid only the earlier dose, or more, counts as taken up again: less is a start. Where
        a taper was broken off, the earlier dose is that of its last step.
        """
        earlier = self._given_up(guideline)
        if earlier is None or earlier <= self.current.maximum:
            return False
        if self.current.counted:
            return True
        last = self.past.before_last_fall or earlier
        broken_off = 100 * last > guideline.pace.tail_percent * earlier
        least = min(last, earlier) if broken_off else earlier
        return self.list_seen and not self.takes_any_opioid and self.proposed.maximum >= least

    def goes_back_one_step(self, guideline: Guideline) -> bool:
        """Whether a dose that was lowered rises to no more than the one before its last fall, by a step of a taper."""
        pace, earlier, before = guideline.pace, self._given_up(guideline), self.past.before_last_fall
        if not self.current.counted or earlier is None or before is None or self.proposed.maximum > before:
            return False
        most = max(pace.rounding_percent, pace.most_percent or Decimal(0))
        return 100 * (self.proposed.maximum - self.current.maximum) <= most * earlier

    def _given_up(self, guideline: Guideline) -> Decimal | None:
        """The steady dose that was lowered long enough ago, where there is one."""
        pace = guideline.pace
        return self.past.given_up(
            self.today, least_days=pace.restored_after_days, stable_days=pace.stable_days, back_days=pace.lookback_days
        )

    def is_long_term(self, guideline: Guideline) -> bool:
        """Whether therapy is known to be long-term."""
        return self.therapy_days is not None and self.therapy_days >= guideline.long_term_days

    def reaches(self, guideline: Guideline, name: PointName) -> bool:
        """Whether the total with the orders being written reaches the dose point of that name."""
        point = guideline.point(name)
        return point is not None and point.reached_by(self.proposed.maximum)

    def therapy_days_at_least(self, days: int) -> bool:
        """Whether therapy is, or for all that is known may be, at least `days` long."""
        return self.therapy_days is None or self.therapy_days >= days

    @property
    def speaks_against_a_schedule(self) -> bool:
        """Whether only the conversation, and no schedule, is for this patient now: it needs other expertise first."""
        return not _NO_SCHEDULE.isdisjoint(self.patient.present)


MAY_BE_NONE = frozenset(
    {UncountedReason.PRODUCT_UNKNOWN, UncountedReason.RESOURCE_INVALID, UncountedReason.REFERENCE_UNRESOLVED}
)
"""Why an order was not counted that may be for no opioid at all."""

_NO_SCHEDULE = frozenset({ConditionGroup.PREGNANCY, ConditionGroup.SUICIDALITY, ConditionGroup.UNSTABLE_MENTAL_HEALTH})
