"""A national guideline as data: statements, dose points, pace, reasons for a review, naloxone, exclusions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from opioids.criteria import Criterion, PointName
from opioids.drug_classes import DrugClass
from opioids.recommendations import Topic
from opioids.tables import Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is said, in our own words, with the strength that it is given, and by whom it is said.

    `by` is the guideline's short name, or that of a document which the profile takes in beside it.
    """

    id: str
    text: str
    strength: str
    by: str
    source: str
    review: Review


@dataclass(frozen=True, slots=True, kw_only=True)
class DosePoint:
    """A daily dose from which something is advised. Where `above`, only a higher dose reaches it.

    `mme_per_day` is None where the guideline speaks of a high dose without a number: then nothing
    reaches it until a site sets one. `statement` is about a dose that reaches it (`of_a_start`: of who starts
    opioids or passes it, not of who takes that much), `raise_statement` about one that is raised past it.
    `stated` is the guideline's own number where a site has set another.
    """

    name: PointName
    mme_per_day: Decimal | None
    above: bool
    statement: str
    raise_statement: str
    review: Review
    of_a_start: bool = False
    stated: Decimal | None = None
    set_by_site: bool = False

    def reached_by(self, mme_per_day: Decimal) -> bool:
        """Whether a total reaches the point."""
        if self.mme_per_day is None:
            return False
        return mme_per_day > self.mme_per_day if self.above else mme_per_day >= self.mme_per_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a dose may fall before a warning. Percentages are of the baseline: the highest dose that was kept up
    for `stable_days` within `lookback_days`, or the present one where no higher one is known.

    `most_percent` is the guideline's pace within `long_window_days` after `long_therapy_days` of
    therapy, `short_most_percent` within `short_window_days` before that; None where it names no number.
    What falls within `tier_window_days` warns above `wide_percent` and is critical above `steep_percent`, for
    therapy of at least `monthly_tiers_from_days` or of unknown length; so is a single cut by `half_percent` of
    the present dose. A change longer ago than a window of `tier_window_days` less `grace_days` is outside it.
    A cut by the smallest marketed step, or above the pace by no more than rounding to it, is let pass up to
    `rounding_percent`; the smallest step, where it is the only cut and no more than `low_dose_mme` a day,
    altogether. Two cuts within `two_cuts_days` are said. Stopping from `tail_percent` of the baseline is the end
    of a taper. A dose that was lower for `restored_after_days` is not simply taken up again. An overdose recorded
    within `toxicity_days` is a reason to stop at once.
    """

    long_therapy_days: int
    long_window_days: int
    short_window_days: int
    most_percent: Decimal | None
    short_most_percent: Decimal | None
    wide_percent: Decimal | None
    steep_percent: Decimal
    half_percent: Decimal
    rounding_percent: Decimal
    low_dose_mme: Decimal
    monthly_tiers_from_days: int
    tier_window_days: int
    grace_days: int
    two_cuts_days: int | None
    stable_days: int
    lookback_days: int
    tail_percent: Decimal
    restored_after_days: int
    toxicity_days: int
    abrupt_statement: str
    long_statement: str
    short_statement: str
    pregnancy_statement: str | None
    benzodiazepine_statement: str | None
    treatment_statement: str | None

    def is_long(self, therapy_days: int | None) -> bool:
        """Whether therapy is, or for all that is known may be, as long as that of the slower pace."""
        return therapy_days is None or therapy_days >= self.long_therapy_days

    def percent_after(self, therapy_days: int | None) -> Decimal | None:
        """The guideline's pace for this length of therapy, in percent; None where it names no number."""
        return self.most_percent if self.is_long(therapy_days) else self.short_most_percent

    def window_after(self, therapy_days: int | None) -> int:
        """The days within which that pace holds."""
        return self.long_window_days if self.is_long(therapy_days) else self.short_window_days


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitLimits:
    """When scores show a benefit: a fall by `improvement_percent` between two that are `apart_days` apart.

    The last one is no older than `recent_days`: what helped once may not help now.
    """

    improvement_percent: Decimal
    apart_days: int
    recent_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NaloxoneOrder:
    """The rescue product that a guideline's country offers, as a ready prescription."""

    rxcui: str
    display: str
    name: str
    directions: str
    indication: str
    dose_mg: Decimal
    route_snomed: str
    route_display: str
    quantity: Decimal
    quantity_unit: str
    quantity_code: str
    repeats: Decimal
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What helps people who reduce, by how much, and how certain that is: an offer, not a promise."""

    words: str
    effect: str
    certainty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookalike:
    """One of several things that more pain on opioids can be, and how it shows. Pointers, never a diagnosis."""

    name: str
    words: str
    review: Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """What those who rely on the guideline should know of it: who made it, who paid, what it rests on, its limits."""

    name: str
    text: str
    source: str
    review: Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Guideline:
    """One edition of one guideline. `dose_points` come lowest first, those without a number last.

    `basis` names for each topic the statements that its card rests on; for sedatives there is one for each
    class about which something is said. `naloxone_order` is None where
    no product to prescribe could be verified; `naloxone_supply` then may say how it is had.
    `new_therapy_days` without an opioid make the next one a start; rescue naloxone counts for
    `naloxone_lookback_days`. A rise by `rise_percent` or more of a dose that is past a dose point is a rise
    past it once more.
    """

    id: str
    title: str
    short: str
    jurisdiction: str
    url: str
    edition: str
    default_table: str
    review: Review
    statements: Mapping[str, Statement]
    basis: Mapping[Topic, tuple[str, ...]]
    sedatives: Mapping[DrugClass, str]
    dose_points: tuple[DosePoint, ...]
    long_term_days: int
    new_therapy_days: int
    benefit: BenefitLimits
    rise_percent: Decimal
    pace: Pace
    review_reasons: tuple[Criterion, ...]
    naloxone: tuple[Criterion, ...]
    naloxone_order: NaloxoneOrder | None
    naloxone_supply: str
    naloxone_lookback_days: int
    exclusions: tuple[Criterion, ...]
    support: tuple[Support, ...]
    lookalikes: tuple[Lookalike, ...]
    attributes: tuple[Attribute, ...]

    def point(self, name: PointName) -> DosePoint | None:
        """The dose point of that name, if the guideline knows it."""
        for one in self.dose_points:
            if one.name is name:
                return one
        return None

    @property
    def names_a_dose(self) -> bool:
        """Whether any dose point has a number."""
        return any(one.mme_per_day is not None for one in self.dose_points)

    def highest_reached(self, mme_per_day: Decimal) -> DosePoint | None:
        """The highest dose point that a total reaches."""
        reached = [one for one in self.dose_points if one.reached_by(mme_per_day)]
        return reached[-1] if reached else None
