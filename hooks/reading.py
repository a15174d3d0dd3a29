"""`HookRequest` to `Case`: the one place where prefetch keys and the hook's context meet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from fhir_mappings.dispenses import rescue_supplied
from fhir_mappings.elements import Element, element, string
from fhir_mappings.patients import about, read_patient, recorded_within
from fhir_mappings.prescriptions import Reader, is_order, make_reader
from fhir_mappings.references import Resources
from hooks.bare_drugs import drugs_of_orders
from hooks.benzodiazepines import ReadOrder, Window, benzodiazepine_lowered, stated_again, with_raised
from hooks.beside import companions_of, naloxone_at_hand
from hooks.course import ChartToday, chart_today, course_of
from hooks.drafts import Asked, is_bare_drug
from hooks.focus import are_several, focus_of, replaced_opioids, swaps_of
from hooks.history import Before, Totals, history_seen, supplied_opioids
from hooks.list_states import State
from hooks.prefetch import Prefetched
from hooks.protocol import HookRequest
from hooks.record import read_record, setting_of
from hooks.standards import Standards
from opioids.case import Case, Focus, Gap
from opioids.conditions import ConditionGroup
from opioids.drug_classes import Companion
from opioids.episodes import Supplied
from opioids.guideline import Guideline
from opioids.knowledge import Knowledge
from opioids.pace import Fall
from opioids.patient import Patient
from opioids.regimen import Regimen
from opioids.unconverted import fall_without_factor


class _Orders(NamedTuple):
    """The patient's own orders, each as it was read and as it was sent.

    `others` is true when orders of somebody else were sent too, `finished` when the list holds finished ones.
    """

    drafts: list[ReadOrder]
    listed: list[ReadOrder]
    others: bool
    finished: bool


_NAMES_OTHERS = frozenset({"priorPrescription", "basedOn"})


def concerns_no_opioid(request: HookRequest, asked: Asked, prefetched: Prefetched, reader: Reader) -> bool:
    """Whether it is plain that nothing is to be said, because what is looked at has to do with no opioid.

    So it is with most calls of a hospital: the orders being written are for other drugs and touch none that was sent,
    or the whole list, looked at for itself, holds no opioid. What belongs to somebody else is to be said all the same.
    """
    drafts = [element(one) for one, _, _ in asked.drafts or () if is_order(one)]
    if (asked.drafts is None and not asked.whole_chart) or any(map(reader.matters, drafts)):
        return False
    listed = [one for one, _ in (*prefetched.orders, *prefetched.history)]
    if asked.whole_chart:  # there are no drafts, and the reader is the list's
        plain = prefetched.medications_state is State.SEEN and not any(map(reader.matters, listed))
    else:
        plain = not _touch(drafts, listed)
    return plain and all(map(about(request.patient_id), (*drafts, *listed)))


def _touch(drafts: list[Element], listed: list[Element]) -> bool:
    """Whether one of the drafts is an order of the list, or names one that it takes the place of."""
    ids = {string(one.get("id")) for one in drafts}
    return not all(map(_NAMES_OTHERS.isdisjoint, drafts)) or any(string(one.get("id")) in ids for one in listed)


def read_case(request: HookRequest, asked: Asked, prefetched: Prefetched, standards: Standards, reader: Reader) -> Case:
    """Bring together what a hook says, what was prefetched and what is known, on the reader's day."""
    guideline, codes, today = standards.guideline, standards.knowledge.record_codes, reader.on
    list_state = prefetched.medications_state
    list_seen = list_state is State.SEEN
    orders = _orders_of(request, asked, prefetched, reader, list_seen=list_seen)
    drafts, listed = [order for order, _ in orders.drafts], [order for order, _ in orders.listed]
    setting = setting_of(request, prefetched, asked, (orders.drafts, orders.listed), codes)
    chart = chart_today(drafts, listed, setting, standards, today)
    supplies = _supplies_of(request, prefetched, reader, standards)
    course = course_of(chart, supplies.opioids, standards, list_seen=list_seen, complete=orders.finished)
    totals, before, taken = course.totals, course.before, chart.taken
    record = read_record(prefetched, request.patient_id, codes, guideline, today)
    patient, overdosed = _patient_of(request, prefetched, standards, today)
    beside = _beside(orders, chart, supplies, guideline, today)
    return Case(
        today=today,
        focus=Focus.NEITHER if patient.died else focus_of(asked, drafts, listed, list_seen=list_seen),
        patient=patient.with_groups(record.groups),
        current=totals.current,
        proposed=totals.proposed,
        change=totals.change,
        therapy_days=before.therapy_days,
        companions=beside.companions,
        naloxone_at_hand=beside.naloxone_at_hand,
        gaps=_gaps(list_state, asked, orders.others),
        starting=course.starting,
        courses=record.courses,
        benefit=record.benefit,
        goals_not_met=record.goals_not_met,
        past=before.past,
        later_falls=before.later_falls,
        unconverted_fall=_unconverted_fall(taken, chart.begun, standards, before.therapy_days),
        benzodiazepine_lowered=_benzodiazepine_lowered(orders, taken, totals, before, standards),
        short_course_ends=before.short_course_ends,
        overdosed=overdosed,
        replaced=replaced_opioids(listed, taken.replaced),
        swaps=swaps_of(chart.written, listed),
        several=are_several(drafts),
        in_hospital=setting.in_hospital,
        stay=course.stay,
    )


class _Beside(NamedTuple):
    """What is taken or at hand beside the opioids, once the orders being written are followed."""

    companions: tuple[Companion, ...]
    naloxone_at_hand: bool


def _beside(orders: _Orders, chart: ChartToday, supplies: _Supplies, guideline: Guideline, today: date) -> _Beside:
    replaced, written = chart.taken.replaced, chart.written
    gone = replaced and replaced | stated_again(orders.listed, today)
    staying = [order for order in chart.at_home if order.reference not in gone]
    companions = companions_of(chart.at_home, staying, written)
    return _Beside(
        with_raised(companions, orders.listed, orders.drafts, replaced, today),
        naloxone_at_hand(staying, written, supplies.rescue, guideline.naloxone_lookback_days, today),
    )


def _unconverted_fall(taken: Regimen, totals: Totals, standards: Standards, therapy_days: int | None) -> Fall | None:
    """What falls of an opioid that the table does not convert, told by its share in any other."""
    if not taken.replaced:
        return None
    measures = map(standards.measure, standards.knowledge.tables.values())
    return fall_without_factor(taken, (totals.current, totals.proposed), measures, therapy_days)


def _benzodiazepine_lowered(
    orders: _Orders, taken: Regimen, totals: Totals, before: Before, standards: Standards
) -> bool:
    """Whether a benzodiazepine is lowered together with the opioid: asked only where the dose changes, now or later."""
    if not totals.change.cut and not before.later_falls:
        return False
    window = Window(standards.guideline.pace, standards.practice)
    return benzodiazepine_lowered(orders.listed, orders.drafts, taken.replaced, totals.current.as_of, window)


class _Supplies(NamedTuple):
    """What was handed over to the patient: opioids, and naloxone for rescue."""

    opioids: list[Supplied]
    rescue: list[date]


def _supplies_of(request: HookRequest, prefetched: Prefetched, reader: Reader, standards: Standards) -> _Supplies:
    dispenses = list(filter(about(request.patient_id), prefetched.facts.get("MedicationDispense", ())))
    return _Supplies(
        opioids=supplied_opioids(dispenses, reader.resources, standards),
        rescue=list(rescue_supplied(dispenses, reader.resources, standards.knowledge.recogniser)),
    )


def _patient_of(
    request: HookRequest, prefetched: Prefetched, standards: Standards, today: date
) -> tuple[Patient, bool]:
    """The patient with the problem list, and whether it tells of an overdose so short ago that a stop can be right."""
    recogniser = standards.knowledge.recogniser
    problems = list(filter(about(request.patient_id), prefetched.conditions))
    patient = read_patient(
        prefetched.patient(request.patient_id),
        problems,
        recogniser=recogniser,
        conditions_seen=prefetched.conditions_state is State.SEEN,
        on=today,
    )
    overdose = ConditionGroup.OPIOID_OVERDOSE_HISTORY
    overdosed = overdose in patient.conditions and recorded_within(
        problems, overdose, standards.guideline.pace.toxicity_days, recogniser=recogniser, on=today
    )
    return patient, overdosed


def _orders_of(
    request: HookRequest, asked: Asked, prefetched: Prefetched, reader: Reader, *, list_seen: bool
) -> _Orders:
    """Read the patient's own orders; of the list only what is, or may be, of weight."""
    is_own = about(request.patient_id)
    drafts = [(element(one), path) for one, path, _ in asked.drafts or () if is_order(one)]
    own_drafts = [one for one in drafts if is_own(one[0])]
    sent = [*prefetched.orders, *prefetched.history]
    own_list = [one for one in sent if is_own(one[0])]
    others = len(own_drafts) < len(drafts) or len(own_list) < len(sent)
    if prefetched.drugs:
        named = drugs_of_orders(prefetched, [one for one, _ in own_drafts], reader.resources)
        own_list = [one for one in own_list if one[1] not in named]
    listed = own_list
    if not list_seen:
        listed = [*own_list, *_taken_until_now(own_drafts, own_list)]
    read_listed = reader_of_list(reader, asked, prefetched).read_if_it_matters
    return _Orders(
        drafts=[(reader.read(one, path), one) for one, path in own_drafts],
        listed=[(order, one) for one, path in listed if (order := read_listed(one, path))],
        others=others,
        finished=history_seen(own_list),
    )


def _taken_until_now(
    drafts: list[tuple[Element, str]], listed: list[tuple[Element, str]]
) -> Iterator[tuple[Element, str]]:
    """What is being stopped was taken until now, although the list in which it stood could not be seen."""
    known = {(string(one.get("resourceType")), string(one.get("id"))) for one, _ in listed}
    for one, path in drafts:
        stops = string(one.get("status")) == "stopped"
        if stops and (string(one.get("resourceType")), string(one.get("id"))) not in known:
            yield {**one, "status": "active"}, path


def reader_of(prefetched: Prefetched, asked: Asked, knowledge: Knowledge, today: date) -> Reader:
    """The reader of a request's orders, which finds every medication that came along with them."""
    resources = Resources([*_sent_with(asked), *prefetched.resources])
    return make_reader(recogniser=knowledge.recogniser, resources=resources, on=today)


def reader_of_list(reader: Reader, asked: Asked, prefetched: Prefetched) -> Reader:
    """The reader of the listed orders: of Medications that bear one id, theirs is the one that came with the list."""
    if not any(is_bare_drug(one) for one, _, _ in asked.drafts or ()):
        return reader
    resources = Resources([*prefetched.resources, *_sent_with(asked)])
    return make_reader(recogniser=reader.recogniser, resources=resources, on=reader.on)


def _sent_with(asked: Asked) -> list[tuple[Element, str]]:
    return [(element(resource), full_url) for resource, _, full_url in asked.drafts or ()]


_GAPS = {
    State.NOT_SENT: Gap.MEDICATIONS_NOT_SENT,
    State.FAILED: Gap.MEDICATIONS_FAILED,
    State.PARTIAL: Gap.MEDICATIONS_PARTIAL,
}


def _gaps(list_state: State, asked: Asked, others: bool) -> tuple[Gap, ...]:
    found = []
    if asked.drafts is None and not asked.whole_chart:
        found.append(Gap.DRAFTS_NOT_SENT)
    if list_state in _GAPS:
        found.append(_GAPS[list_state])
    if others:
        found.append(Gap.OTHER_PATIENT)
    return tuple(found)
