"""A taper plan as plain values. Remarks are codes; their words belong to whoever shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum, auto

from opioids.parts_of_day import PartOfDay
from opioids.products import Form, Product
from opioids.shelf import strength_of
from opioids.tapers.profiles import TaperProfile


class First(StrEnum):
    """Which formulation is lowered first: the patient's and the prescriber's choice, never ours."""

    EXTENDED = "er"
    """Extended-release forms and patches first."""
    IMMEDIATE = "ir"
    """Immediate-release forms first."""
    ONLY = "only"
    """There is nothing to choose."""


class StepNote(StrEnum):
    """What there is to say about one step."""

    ROUNDED = "rounded"
    """Rounded to whole units: a little more than the pace."""
    NO_SMALLER_UNIT = "no-smaller-unit"
    """More than the pace and its rounding: the product cannot go by less."""
    LONGER_STAY = "longer-stay"
    """The step is large, so that it lasts longer before the next one."""
    LOW_DOSE = "low-dose"
    """A large part of the present dose: stay longer if needed, or use a solution where there is one."""
    FIXED_TIME = "fixed-time"
    """As-needed doses become one dose at a fixed time."""
    NOW_IMMEDIATE = "now-immediate"
    """The last dose of an extended-release form becomes a smaller one of an immediate-release form."""
    LAST = "last"
    """Nothing is left: longer intervals first, and stopping when less than one dose a day is taken."""
    FROM_A_PATCH = "from-a-patch"
    """What ends is a patch, which is not worn at longer intervals: what comes after it is a question of its own."""


class PlanNote(StrEnum):
    """What there is to say about a whole plan."""

    CONFIRM_USE = "confirm-use"
    """As-needed doses are counted at their maximum: what is really taken is the true start."""
    METHADONE = "methadone"
    PATCHES = "patches"
    """Patches cannot go by 10%, and are never cut."""
    NOT_FIRST = "not-first"
    """What is to be lowered first has no step that is small enough at the start: others go down before it."""
    LEFT_ALONE = "left-alone"
    """Something that is not tapered stays as it is."""
    NO_TABLETS = "no-tablets"
    """Only morphine equivalents are known, so that no tablets can be told."""
    ENDS_ABOVE = "ends-above"
    """The end that was asked for cannot be met exactly: the plan ends just above it."""
    BEGUN = "begun"
    """The taper has begun already, at a higher dose: percentages are counted from there."""
    OTHER_COUNTRY = "other-country"
    """The strengths are those of another country than the guideline's: which of them are sold there is not known."""
    GEOMETRIC_TAIL = "geometric-tail"
    """Shares of what is left never reach nothing: near the end the steps are as small as is worth taking."""
    SUPERVISED = "supervised"
    """The pace was chosen for a supervised setting."""
    NO_NUMBER = "no-number"
    """The guideline names no pace: that of another publication is used."""
    PROVISIONAL = "provisional"
    """The source of the pace has not been checked."""
    PROVISIONAL_FACTORS = "provisional-factors"
    """Nor have the factors by which the doses are shown in MME."""


class Sort(StrEnum):
    """How a part of a regimen is taken."""

    EXTENDED = auto()
    IMMEDIATE = auto()
    AS_NEEDED = auto()
    PATCH = auto()
    LIQUID = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDose:
    """Units of one product: at dose time `time` of `times` a day, as needed up to `at_most` units a day, or worn.

    `units` are tablets, capsules, mL or patches at a time; `time` counts from 0 and is None for what is
    taken as needed or worn. `references` are the present orders of the product, `changed_hours` how long a patch
    stays on, `at` the part of the day that the orders name for the dose.
    """

    product: Product
    units: Decimal
    time: int | None
    times: int
    at_most: Decimal | None = None
    references: tuple[str, ...] = ()
    changed_hours: Decimal = Decimal(0)
    at: PartOfDay | None = None

    @property
    def per_day(self) -> Decimal:
        """Units a day; patches worn."""
        return self.units if self.at_most is None else self.at_most

    @property
    def is_worn(self) -> bool:
        """Whether it is a patch."""
        return self.product.form is Form.PATCH

    @property
    def amount(self) -> Decimal:
        """Of the opioid a day, in mg (patches: mcg/h worn)."""
        return self.per_day * strength_of(self.product)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstStep:
    """How a plan begins: what is taken a day, and what there is to say about it."""

    doses: tuple[PlannedDose, ...]
    notes: tuple[StepNote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaperStep:
    """One dose and how long it lasts. `number` 0 is the dose that is taken now.

    `left_percent` is of the dose at which the taper began; `cut_percent` of the same, and
    `cut_of_previous_percent` of the step before. `reviews` are the days on which patient and prescriber
    meet, the last of them before the next step.
    """

    number: int
    start: date
    days: int
    doses: tuple[PlannedDose, ...]
    mme: Decimal
    left_percent: Decimal
    cut_percent: Decimal
    cut_of_previous_percent: Decimal
    reviews: tuple[date, ...]
    notes: tuple[StepNote, ...] = ()

    @property
    def end(self) -> date:
        """The last day of the step."""
        return self.start + timedelta(days=self.days - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaperPlan:
    """A plan from the present dose to the end that was asked for. Each step may be held as long as needed.

    `percent` and `interval_days` are the pace that was asked for, within the profile's limits; `target` is
    an end in MME/day that a clinician asked for, `begun_at` the dose at which a taper began that goes on. `lead`
    names the drug that is lowered before the others, where there are several and that is the choice. `country` is
    the guideline's, whose labels the words follow. `left_alone` names what is not tapered, `solutions` what would
    allow smaller last steps; `spoken_of` are the numbers of the steps of which a card will speak when they are ordered.
    """

    guideline: str
    table: str
    profile: TaperProfile
    percent: Decimal
    interval_days: int
    first: First
    lead: str
    steps: tuple[TaperStep, ...]
    notes: tuple[PlanNote, ...]
    target: Decimal | None = None
    begun_at: Decimal | None = None
    left_alone: tuple[str, ...] = ()
    solutions: tuple[Product, ...] = ()
    country: str = ""
    spoken_of: tuple[int, ...] = ()

    @property
    def baseline(self) -> Decimal:
        """MME/day at the start."""
        return self.steps[0].mme

    @property
    def has_tablets(self) -> bool:
        """Whether the steps tell products; else they only tell morphine equivalents."""
        return bool(self.steps[0].doses)


class Obstacle(StrEnum):
    """Why no plan can be made."""

    NOTHING_TAKEN = "nothing-taken"
    UNCOUNTED = "uncounted"
    """A part of the dose is not known; a plan on a floor would be too fast or too slow."""
    NO_FACTOR = "no-factor"
    """The conversion table tells nothing of an opioid, or of how it is taken."""
    TREATMENT = "treatment"
    """Treatment of opioid use disorder is never tapered because of morphine equivalents."""
    ONLY_BUPRENORPHINE = "only-buprenorphine"
    PRODUCT_UNKNOWN = "product-unknown"
    FORM_NOT_TOLD = "form-not-told"
    """Tablets, capsules or a liquid: their strengths are not the same."""
    FORM = "form"
    """A form whose strengths do not stand for one another, as sprays and lozenges."""
    NOT_DAILY = "not-daily"
    """Not a whole number of times a day, or more times than a day has hours."""
    DIRECTIONS = "directions"
    """What is taken at a time cannot be told."""
    TARGET_NOT_BELOW = "target-not-below"
    """The end that was asked for is not below the present dose."""
    BEGUN_BELOW = "begun-below"
    """The dose at which the taper is said to have begun is below the present one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPlan:
    """Why there is no plan, and which medicines stand in the way: `missing` is what is not known of each of them."""

    obstacle: Obstacle
    medications: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
