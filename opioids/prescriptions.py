"""One order as the domain sees it, and the three things that can become of it.

An order is counted (a `Prescription` that yields lines), `Uncounted` (is, or may be, an opioid and
adds an unknown amount) or `Ignored` (known to add nothing). Nothing else can happen to it.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum, auto

from opioids.drug_classes import DrugClass
from opioids.products import Form, Kind, Product, Route
from opioids.quantities import Ceiling, Dose, Frequency, Unit
from opioids.values import maker, quickly_made


class UncountedReason(StrEnum):
    """Why an order that is, or may be, an opioid adds an unknown amount."""

    DOSE_MISSING = "dose-missing"
    DOSE_UNREADABLE = "dose-unreadable"
    FREQUENCY_MISSING = "frequency-missing"
    UNIT_UNKNOWN = "unit-unknown"
    STRENGTH_UNKNOWN = "strength-unknown"
    PRODUCT_UNKNOWN = "product-unknown"
    NO_FACTOR = "no-factor"
    ROUTE_NOT_CONVERTIBLE = "route-not-convertible"
    IMPLAUSIBLE_DOSE = "implausible-dose"
    RESOURCE_INVALID = "resource-invalid"
    REFERENCE_UNRESOLVED = "reference-unresolved"


WITHOUT_A_FACTOR = frozenset({UncountedReason.NO_FACTOR, UncountedReason.ROUTE_NOT_CONVERTIBLE})
"""The order says everything: the table has no factor for the drug, or none for it by this route."""


class IgnoredReason(StrEnum):
    """Why an order is known to add nothing."""

    NOT_AN_OPIOID = "not-an-opioid"
    NOT_ACTIVE = "not-active"
    NOT_AN_ORDER = "not-an-order"
    DO_NOT_PERFORM = "do-not-perform"
    REPLACED = "replaced"
    PARTIAL_AGONIST = "partial-agonist"
    ANTAGONIST = "antagonist"
    OUTSIDE_PERIOD = "outside-period"
    OPIOID_USE_DISORDER_TREATMENT = "opioid-use-disorder-treatment"
    ENTERED_IN_ERROR = "entered-in-error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncounted:
    """An order whose amount is not known. `detail` says what is missing, in words for a prescriber.

    `kind` is the opioid and the usual route of its product, where they are known.
    """

    reference: str
    medication: str
    reason: UncountedReason
    detail: str
    kind: Kind | None = None


@quickly_made
class Ignored:
    """An order that adds nothing."""

    reference: str
    medication: str
    reason: IgnoredReason
    detail: str = ""


make_ignored = maker(Ignored)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why something written cannot be read or computed; becomes an `Uncounted` when an order needs it."""

    reason: UncountedReason
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restated:
    """The dose of an instruction as it is stated once more; `of_one_kind`: neither statement comes before the other."""

    dose: Dose
    of_one_kind: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sig:
    """One dosage instruction. A part that the order does not state is None; a part that it states
    but that cannot be read is a `Refusal`.

    `days` holds the calendar days of a one-time or dated dose (empty: one time, on a day that is not
    told); `duration` is the length of a step in days, where the order gives one. `most_at_once` is a
    stated maximum of one dose: it lowers a dose and is none itself. `restated` holds the other statements of the
    dose, best first. `spoken_of` is an injection that the words speak of where no route is stated: it may be another
    drug's, or be over.
    """

    dose: Dose | Refusal | None = None
    restated: tuple[Restated, ...] = ()
    frequency: Frequency | Refusal | None = None
    as_needed: bool = False
    ceilings: tuple[Ceiling, ...] = ()
    most_at_once: Dose | None = None
    sequence: int | None = None
    start: date | None = None
    end: date | None = None
    duration: Decimal | None = None
    days: tuple[date, ...] | None = None
    route: Route | Refusal | None = None
    spoken_of: Route | None = None
    assumptions: tuple[str, ...] = ()

    def route_of(self, product: Product) -> Route | Refusal | None:
        """The stated route before the product's usual one. Words make an injection only of what can be injected."""
        injectable = product.form in (Form.LIQUID, Form.UNKNOWN)
        return self.route or (self.spoken_of if injectable else None) or product.route


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What was dispensed to last for how many days."""

    quantity: Decimal
    unit: Unit
    noun: str
    days: Decimal


class Purpose(StrEnum):
    """What the opioid is for, as far as the order says."""

    NOT_STATED = auto()
    PAIN = auto()
    OPIOID_USE_DISORDER = auto()


@quickly_made
class Prescription:
    """One order of an opioid, readable as far as it goes.

    `written` holds the reading of the written directions where the structured dosage is complete without
    them, to be compared with it. `alike` is equal for prescriptions that differ in nothing but their reference
    and dates, so that what they come to is worked out once; None where that is not known. `waits`: of orders that are
    written together it is one for a later day, though another one may bear its reference.
    """

    reference: str
    medication: str
    product: Product
    sigs: tuple[Sig, ...]
    written: tuple[Sig, ...] = ()
    supply: Supply | None = None
    purpose: Purpose = Purpose.NOT_STATED
    starts: date | None = None
    assumptions: tuple[str, ...] = ()
    alike: Hashable | None = field(default=None, compare=False, repr=False)
    waits: bool = False


make_prescription = maker(Prescription)


Content = Prescription | Uncounted | Ignored
"""What can become of an order."""


class Standing(StrEnum):
    """Where an order stands in its life, independent of the words of a FHIR release."""

    ACTIVE = auto()
    DRAFT = auto()
    ENDED = auto()
    ON_HOLD = auto()
    WITHDRAWN = auto()
    IN_ERROR = auto()
    UNKNOWN = auto()


@quickly_made
class Order:
    """An order with what decides whether it stands: status, intent, dates and the orders it names.

    `key` is unique among a patient's orders ("MedicationRequest/a"); `replaces`, `fulfils` and `same_as`
    hold keys, or `names`, of other orders (named as prior, as parent, as the same order in another list).
    `names` are the identifiers by which other systems know the order. `state` is its
    status in the words of its record. `plan` is set when the order is only a plan or a proposal, `outside`
    when the day is outside its period: neither matters to an order that is being written. `started`,
    `supply_ends` (or the first day after its directions, if that is earlier) and `ended` (the first day after its
    period) tell the length of therapy. `begins` is the day from which on it says that it is taken or may be
    dispensed, `supply_days` how long all its fills last from then on, of what is taken as needed at least: where as
    much is taken as is permitted. `forbidden` names the ingredients that the order says not to give. `risk` (class
    and ingredient) and `is_rescue_naloxone` tell what the drug is beside an opioid.
    """

    key: str
    reference: str
    medication: str
    standing: Standing
    content: Content
    state: str = ""
    plan: Ignored | None = None
    outside: Ignored | None = None
    replaces: frozenset[str] = frozenset()
    fulfils: frozenset[str] = frozenset()
    same_as: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    started: date | None = None
    begins: date | None = None
    supply_ends: date | None = None
    supply_days: int | None = None
    ended: date | None = None
    forbidden: frozenset[str] = frozenset()
    risk: tuple[DrugClass, str] | None = None
    is_rescue_naloxone: bool = False

    @property
    def prescription(self) -> Prescription | None:
        """The opioid prescription that the order holds, if it is a readable one."""
        return self.content if isinstance(self.content, Prescription) else None
