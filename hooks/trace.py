"""How an answer came about: what became of every order, which rules spoke or held back, what was prefetched.

For people who want to see inside. It is worked out beside an answer, by the same functions, and never on the
way to one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from fhir_mappings.elements import element, string
from fhir_mappings.links import reference_of
from fhir_mappings.patients import is_about
from fhir_mappings.prescriptions import Reader, is_order
from hooks.bare_drugs import drugs_of_orders
from hooks.drafts import Asked, drafts_of
from hooks.evaluation import PREFETCH, AskedOf, rests_of
from hooks.list_states import State
from hooks.prefetch import Prefetched, read_prefetch
from hooks.protocol import HookRequest
from hooks.reading import read_case, reader_of, reader_of_list
from hooks.service import Call
from hooks.standards import Standards
from opioids.case import Case
from opioids.guideline import Guideline
from opioids.mme import MmeTotal
from opioids.mme_lines import MmeLine
from opioids.prescriptions import Ignored, Uncounted
from opioids.rules import Verdict, verdicts

Outcome = MmeLine | Uncounted | Ignored


class Aside(StrEnum):
    """Why an order was not looked at, so that it is in no total."""

    OTHER_PATIENT = "other-patient"
    NO_DRUG_YET = "no-drug-yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedOrder:
    """What became of the orders under one reference; `paths` says where they stand in the request.

    `before` is what they come to without the orders being written, `after` with them: one outcome for each
    opioid in an order, more where one reference names several orders. Both are empty for an order set aside.
    """

    reference: str
    medication: str
    paths: tuple[str, ...]
    being_written: bool
    before: tuple[Outcome, ...] = ()
    after: tuple[Outcome, ...] = ()
    aside: Aside | None = None


class Use(StrEnum):
    """What the content of a prefetch key was used for."""

    MEDICATIONS = "medication list"
    PROBLEMS = "problem list"
    PATIENT = "patient"
    REFERENCES = "medications that orders refer to"
    HISTORY = "finished orders"
    RECORD = "scores, goals, supplies and place of care"


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedKey:
    """One prefetch key: whether discovery asks for it, how it came, and how many of which resources it held."""

    key: str
    asked_for: bool
    state: State
    holds: Mapping[str, int]
    used_for: tuple[Use, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """All that can be told of one evaluation."""

    case: Case
    guideline: Guideline
    orders: tuple[TracedOrder, ...]
    verdicts: tuple[Verdict, ...]
    prefetch: tuple[TracedKey, ...]


def tracer(asked_of: AskedOf, standards: Standards) -> Callable[[HookRequest, Call], Trace]:
    """The function that tells how one service's answers come about."""

    def trace(request: HookRequest, call: Call) -> Trace:
        prefetched = read_prefetch(request.prefetch, request.context)
        asked = asked_of(request, prefetched)
        reader = reader_of(prefetched, asked, standards.knowledge, call.today)
        case = read_case(request, asked, prefetched, standards, reader)
        return Trace(
            case=case,
            guideline=standards.guideline,
            orders=tuple(_orders(request, asked, prefetched, reader, case)),
            verdicts=verdicts(case, standards.guideline, standards.rules, rests_of(case, call), standards.most_at_once),
            prefetch=tuple(_keys(request)),
        )

    return trace


def _orders(
    request: HookRequest, asked: Asked, prefetched: Prefetched, reader: Reader, case: Case
) -> Iterator[TracedOrder]:
    """Every order that was sent, once for each reference, those being written first."""
    chosen = {path for _, path, _ in asked.drafts or ()}
    written = () if asked.whole_chart else drafts_of(request, "draftOrders", "medications") or ()
    before, after = _by_reference(case.current), _by_reference(case.proposed)
    drafts = {path for _, path, _ in written}
    together: dict[tuple[str, Aside | None], list[TracedOrder]] = {}
    listed = (*prefetched.orders, *prefetched.history, *prefetched.repeated)
    of_list = reader_of_list(reader, asked, prefetched)
    named = drugs_of_orders(prefetched, [element(one) for one, _, _ in asked.drafts or ()], reader.resources)
    for resource, path in (*((one, path) for one, path, _ in written), *listed):
        if not is_order(resource) or path in named:
            continue
        aside = _aside(is_about(element(resource), request.patient_id), path in drafts and path not in chosen)
        reference = reference_of(element(resource), path)
        read = (reader if path in drafts else of_list).read(resource, path)
        # A drug that is of no weight beside an opioid is left out of the totals altogether.
        unlisted = (read.content,) if isinstance(read.content, Ignored) else ()
        one = TracedOrder(
            reference=reference,
            medication=read.medication,
            paths=(path,),
            being_written=path in drafts,
            before=() if aside else before.get(reference, () if path in drafts else unlisted),
            after=() if aside else after.get(reference, unlisted),
            aside=aside,
        )
        together.setdefault((reference, aside), []).append(one)
    yield from map(_as_one, together.values())


def _aside(own: bool, without_drug: bool) -> Aside | None:
    if not own:
        return Aside.OTHER_PATIENT
    return Aside.NO_DRUG_YET if without_drug else None


def _as_one(orders: list[TracedOrder]) -> TracedOrder:
    """Orders that bear one reference, whose outcomes cannot be told apart by it."""
    first = orders[0]
    return TracedOrder(
        reference=first.reference,
        medication=first.medication,
        paths=tuple(path for one in orders for path in one.paths),
        being_written=first.being_written,
        before=next((one.before for one in orders if one.before), ()),
        after=next((one.after for one in orders if one.after), ()),
        aside=first.aside,
    )


def _by_reference(total: MmeTotal) -> dict[str, tuple[Outcome, ...]]:
    found: dict[str, tuple[Outcome, ...]] = {}
    outcomes: tuple[Outcome, ...] = (*total.counted, *total.uncounted, *total.ignored)
    for one in outcomes:
        found[one.reference] = (*found.get(one.reference, ()), one)
    return found


def _keys(request: HookRequest) -> Iterator[TracedKey]:
    for key in dict.fromkeys((*PREFETCH, *request.prefetch)):
        sent = key in request.prefetch
        alone = read_prefetch({key: request.prefetch[key]} if sent else {}, request.context)
        yield TracedKey(
            key=key,
            asked_for=key in PREFETCH,
            state=_state(alone) if sent else State.NOT_SENT,
            holds=Counter(string(resource.get("resourceType")) or "?" for resource, _ in alone.resources),
            used_for=tuple(_uses(alone, request.patient_id)),
        )


def _state(alone: Prefetched) -> State:
    """How a key that was sent came; one that only brings other resources along was seen."""
    states = (
        alone.orders_state,
        alone.statements_state,
        alone.conditions_state,
        alone.dstu2_state,
        alone.history_state,
    )
    return next((state for state in states if state is not State.NOT_SENT), State.SEEN)


def _uses(alone: Prefetched, patient_id: str) -> Iterator[Use]:
    kinds = {string(resource.get("resourceType")) for resource, _ in alone.resources}
    if alone.orders:
        yield Use.MEDICATIONS
    if alone.history:
        yield Use.HISTORY
    if alone.conditions:
        yield Use.PROBLEMS
    if alone.facts:
        yield Use.RECORD
    if alone.patient(patient_id):
        yield Use.PATIENT
    if "Medication" in kinds:
        yield Use.REFERENCES
