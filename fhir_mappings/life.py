"""An order's life: its status and intent, when it is taken, and how long its supply lasts.

Opioids and what matters beside them live alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from fhir_mappings.elements import (
    Element,
    concept_codes,
    concept_words,
    days_of_period,
    element,
    ends_before_it_begins,
    first_day,
    is_true,
    items,
    last_day,
    string,
)
from fhir_mappings.supplies import supply_ends_of
from fhir_mappings.takings import read_taking
from opioids.days import later
from opioids.prescriptions import Ignored, IgnoredReason, Sig, Standing
from opioids.steps import in_force, is_undated

_PLAN_INTENTS = frozenset({"plan", "proposal", "option", "directive"})

_LONGEST_REASON = 80

ZONES_DIFFER_DAYS = 1
"""An order of this evening may be dated tomorrow by the clock of another time zone."""

STALE_AFTER_DAYS = 30
"""Charts keep dead orders active: a supply that ended longer ago than this is not taken any more."""


@dataclass(frozen=True, slots=True)
class State:
    """Where an order stands, and in which words its record says so."""

    standing: Standing
    words: str


def _states(standings: Mapping[str, Standing]) -> Mapping[str, State]:
    return {status: State(standing, status.replace("-", " ")) for status, standing in standings.items()}


_STATES = _states({
    "active": Standing.ACTIVE, "draft": Standing.DRAFT, "on-hold": Standing.ON_HOLD,
    "stopped": Standing.WITHDRAWN, "cancelled": Standing.WITHDRAWN, "completed": Standing.ENDED,
    "ended": Standing.ENDED, "entered-in-error": Standing.IN_ERROR,
})  # fmt: skip

_STATEMENT_STATES = _states({
    "active": Standing.ACTIVE, "recorded": Standing.ACTIVE, "on-hold": Standing.ON_HOLD,
    "completed": Standing.ENDED, "intended": Standing.ENDED, "stopped": Standing.WITHDRAWN,
    "not-taken": Standing.WITHDRAWN, "entered-in-error": Standing.IN_ERROR,
})  # fmt: skip
"""A statement is no order: its draft is no order that is being written, and tells nothing yet."""

_UNSTATED = State(Standing.ACTIVE, "")


def state_of(one: Element) -> State:
    """The status of an order or statement; a missing one, which older releases allow, means active."""
    statement = one.get("resourceType") == "MedicationStatement"
    if one.get("status") is None:
        state = _UNSTATED
    else:
        status = string(one.get("status")).lower()
        known = (_STATEMENT_STATES if statement else _STATES).get(status)
        state = known or State(Standing.UNKNOWN, status.replace("-", " ")[:_LONGEST_REASON])
    if statement and state.standing is Standing.ACTIVE:
        state = _not_taken(one) or state
    if state.standing is Standing.ACTIVE or not (reason := _reason(one)):
        return state
    return State(state.standing, f"{state.words} ({reason})")


def _not_taken(statement: Element) -> State | None:
    """What a statement says, in the words of its release, of a drug that is not taken or rests."""
    if is_true(statement.get("wasNotTaken")) or is_true(statement.get("notTaken")):
        return State(Standing.WITHDRAWN, "not taken")
    if string(statement.get("taken")) == "n":
        return State(Standing.WITHDRAWN, "not taken")
    for _, code in concept_codes(element(statement.get("adherence")).get("code")):
        if code.startswith("on-hold"):
            return State(Standing.ON_HOLD, "on hold")
        if code.startswith(("not-taking", "not-taken", "stopped")):
            return State(Standing.WITHDRAWN, code.replace("-", " "))
    return None


def _reason(one: Element) -> str:
    """Why the record says that it stands so, in a few words."""
    for name in ("statusReason", "reasonEnded", "reasonNotTaken"):
        for concept in items(one.get(name)):
            for words in concept_words(concept):
                return " ".join(words.split())[:_LONGEST_REASON]
    return ""


def plan_of(one: Element, reference: str, name: str) -> Ignored | None:
    """Set when the intent says that the order is only a plan, a proposal or an option."""
    intent = string(one.get("intent")).lower()
    if intent not in _PLAN_INTENTS or one.get("resourceType") == "MedicationStatement":
        return None
    return Ignored(reference=reference, medication=name, reason=IgnoredReason.NOT_AN_ORDER, detail=intent)


def forbidden(one: Element, reference: str) -> Ignored | None:
    """Set when the order says not to give the drug."""
    if not is_true(one.get("doNotPerform")):
        return None
    return Ignored(reference=reference, medication="", reason=IgnoredReason.DO_NOT_PERFORM)


def written_on(one: Element) -> date | None:
    """The day on which the order was written or the statement made."""
    for name in ("authoredOn", "dateWritten", "dateAsserted"):
        if day := first_day(one.get(name)):
            return day
    return None


def begun(days: Sequence[date | None], written: date | None, on: date) -> Sequence[date | None]:
    """The days on which something begins; today for what begins with its order, which was written this evening.

    The clock of another time zone dates both tomorrow. What is written for later begins after it is written.
    """
    if written is None or not on < written <= later(on, ZONES_DIFFER_DAYS):
        return days
    return [on if day and on < day <= written else day for day in days]


class Life:
    """From when to when an order or statement is taken, as far as it tells, on the day `on`.

    `dated` is the day of its record, `written` the same as `begun` has it, `starts` the first day of its taking; it may
    be dispensed from `opens` on. `supply_ends` is the last day that its supply reaches. `has_a_period_turned_round`:
    its own period, or that in which it may be dispensed, ends before it begins.
    """

    def __init__(self, one: Element, on: date) -> None:
        self.on, self.taking = on, read_taking(one)
        self.dated = dated = written_on(one)
        # DSTU2 dates an order's end apart. Post-dated prescriptions are not taken before they may be dispensed.
        period = one.get("effectivePeriod") or one.get("effectiveDosePeriod")
        fillable = element(one.get("dispenseRequest")).get("validityPeriod")
        start, self.end = None, last_day(one.get("dateEnded"))
        if period and isinstance(period, dict):
            start, self.end = days_of_period(period)
        start = start or first_day(one.get("effectiveDateTime"))
        opens, until = days_of_period(fillable) if isinstance(fillable, dict) else (None, None)
        self.has_a_period_turned_round = ends_before_it_begins(period) or ends_before_it_begins(fillable)
        self.start, self.opens, self.written = begun((start, opens, dated), dated, on)
        self.starts = self.start or self.written
        self.supply_ends = supply_ends_of(until, self.taking.lasts, self.starts)

    @property
    def ended(self) -> date | None:
        """The first day after its end, where that is stated."""
        return later(self.end, 1) if self.end else None

    def sigs(self) -> tuple[Sig, ...]:
        """Its directions from its first day on."""
        sigs = self.taking.sigs_from(self.starts)
        if self.written == self.dated:
            return sigs
        starts = begun([sig.start for sig in sigs], self.dated, self.on)
        return tuple([replace(sig, start=day) for sig, day in zip(sigs, starts, strict=True)])

    def why_outside(self) -> str:
        """Why the day is outside the time for which the order was written; empty when it is not."""
        on, start, supply_ends = self.on, self.start or self.opens, self.supply_ends
        if start and start > on:
            return f"starts on {start}"
        if self.written and self.written > on:
            return f"written on {self.written}"
        if self.end and self.end < on:
            return f"ended on {self.end}"
        if supply_ends and supply_ends < on and later(supply_ends, STALE_AFTER_DAYS) < on:
            return f"last supply ended on {supply_ends}"
        return ""

    def why_not_taken(self) -> str:
        """The same of an order that comes to no number: its directions may be for other days, too."""
        why, sigs = self.why_outside(), self.sigs()
        if why or not sigs or is_undated(sigs):
            return why
        force = in_force(sigs, self.on, starts=self.starts, being_written=False, size=_of_any_size, worn=True)
        return "" if force.sigs else "no dose on this day"


def _of_any_size(_: Sig) -> Decimal:
    """Which step is the largest is not asked: some of them is in force, or none."""
    return Decimal(0)
