"""`HookRequest` to `Case`: the one place where prefetch keys and the hook's context meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from fhir_mappings.dispenses import rescue_supplied
from fhir_mappings.elements import Element, element, string
from fhir_mappings.patients import is_about, read_patient, recorded_within
from fhir_mappings.prescriptions import Reader, is_order
from fhir_mappings.references import Resources
from hooks.benzodiazepines import ReadOrder, Window, benzodiazepine_lowered
from hooks.beside import companions_of, is_being_written, naloxone_at_hand
from hooks.drafts import Asked
from hooks.focus import focus_of, in_focus, replaced_opioids, swaps_of
from hooks.history import Chart, Totals, history_seen, is_start, read_before, supplied_opioids
from hooks.prefetch import Prefetched, State
from hooks.protocol import HookRequest
from hooks.record import in_hospital, read_record
from opioids.case import Case, Focus, Gap
from opioids.change import change_of
from opioids.conditions import ConditionGroup
from opioids.conversion import ConversionTable
from opioids.episodes import Supplied
from opioids.guideline import Guideline
from opioids.knowledge import Knowledge
from opioids.later_falls import Measure
from opioids.later_rises import at_its_highest
from opioids.mme import MmeTotal, before_and_after
from opioids.pace import Fall
from opioids.patient import Patient
from opioids.regimen import Regimen, regimen
from opioids.rules import MOST_AT_ONCE, RULES, Rule
from opioids.unconverted import fall_without_factor


@dataclass(frozen=True, slots=True, kw_only=True)
class Standards:
    """By what a service judges: the knowledge, one guideline, one conversion table; and how much it says.

    `about` is the page that cards link to as their basis, empty where the service does not know its address;
    `ask_again_days` is for how long a reason to override silences a topic, None where it does not.
    """

    knowledge: Knowledge
    guideline: Guideline
    table: ConversionTable
    rules: tuple[Rule, ...] = RULES
    most_at_once: int = MOST_AT_ONCE
    about: str = ""
    ask_again_days: int | None = None


class _Orders(NamedTuple):
    """The patient's own orders, each as it was read and as it was sent.

    `others` is true when orders of somebody else were sent too, `finished` when the list holds finished ones.
    """

    drafts: list[ReadOrder]
    listed: list[ReadOrder]
    others: bool
    finished: bool


def read_case(request: HookRequest, asked: Asked, prefetched: Prefetched, standards: Standards, today: date) -> Case:
    """Bring together what a hook says, what was prefetched and what is known."""
    guideline, knowledge = standards.guideline, standards.knowledge
    reader = reader_of(prefetched, asked, knowledge, today)
    orders = _orders_of(request, asked, prefetched, reader)
    drafts, active = [order for order, _ in orders.drafts], [order for order, _ in orders.listed]
    taken = regimen(active, drafts, today)
    current, begun = before_and_after(taken.current, taken.proposed, standards.table, today, taken.written)
    shelf, practice = knowledge.shelf_of(guideline.jurisdiction), knowledge.tapers.practice
    change = change_of(current, begun, shelf, practice)
    staying = [order for order in active if order.reference not in taken.replaced]
    written = list(filter(is_being_written, drafts))
    record = read_record(prefetched, request.patient_id, knowledge.record_codes, guideline, today)
    supplies = _supplies_of(request, prefetched, reader, knowledge)
    chart = Chart(orders=active, supplied=supplies.opioids, complete=orders.finished)
    before = read_before(chart, taken, Totals(current, begun, change), standards)
    unconverted_fall = _unconverted_fall(taken, (current, begun), standards, before.therapy_days)
    # What falls today is judged as it falls, whatever rises later.
    proposed = begun if change.cut else at_its_highest(taken, begun, standards.table)
    if proposed is not begun:
        change = change_of(current, proposed, shelf, practice)
    patient, overdosed = _patient_of(request, prefetched, standards, today)
    list_seen = prefetched.medications_state is State.SEEN
    takes_none = list_seen and not current.holds_any_opioid
    lowers = bool(change.cut or before.later_falls)
    window = Window(guideline.pace, knowledge.tapers.practice)
    return Case(
        today=today,
        focus=Focus.NEITHER if patient.died else focus_of(asked, drafts, active, list_seen=list_seen),
        patient=patient.with_groups(record.groups),
        current=current,
        proposed=proposed,
        change=change,
        therapy_days=before.therapy_days,
        companions=companions_of(active, staying, written),
        naloxone_at_hand=naloxone_at_hand(
            staying, written, supplies.rescue, lookback_days=guideline.naloxone_lookback_days, today=today
        ),
        gaps=_gaps(prefetched, asked, orders.others),
        starting=takes_none and is_start(active, written, guideline.new_therapy_days, today),
        courses=record.courses,
        benefit=record.benefit,
        goals_not_met=record.goals_not_met,
        past=before.past,
        later_falls=before.later_falls,
        unconverted_fall=unconverted_fall,
        benzodiazepine_lowered=lowers
        and benzodiazepine_lowered(orders.listed, orders.drafts, taken.replaced, today, window),
        overdosed=overdosed,
        replaced=replaced_opioids(active, taken.replaced),
        swaps=swaps_of(written, active),
        in_hospital=in_hospital(
            request, prefetched, in_focus([one for _, one in orders.drafts], asked), knowledge.record_codes
        ),
    )


def _unconverted_fall(
    taken: Regimen, totals: tuple[MmeTotal, MmeTotal], standards: Standards, therapy_days: int | None
) -> Fall | None:
    """What falls of an opioid that the table does not convert, told by its share in any other."""
    if not taken.replaced:
        return None
    knowledge = standards.knowledge
    shelf, practice = knowledge.shelf_of(standards.guideline.jurisdiction), knowledge.tapers.practice
    measures = (Measure(table=one, shelf=shelf, practice=practice) for one in knowledge.tables.values())
    return fall_without_factor(taken, totals, measures, therapy_days)


class _Supplies(NamedTuple):
    """What was handed over to the patient: opioids, and naloxone for rescue."""

    opioids: list[Supplied]
    rescue: list[date]


def _supplies_of(request: HookRequest, prefetched: Prefetched, reader: Reader, knowledge: Knowledge) -> _Supplies:
    dispenses = [one for one in prefetched.facts.get("MedicationDispense", ()) if is_about(one, request.patient_id)]
    return _Supplies(
        opioids=supplied_opioids(dispenses, reader.resources, knowledge),
        rescue=list(rescue_supplied(dispenses, reader.resources, knowledge.recogniser)),
    )


def _patient_of(
    request: HookRequest, prefetched: Prefetched, standards: Standards, today: date
) -> tuple[Patient, bool]:
    """The patient with the problem list, and whether it tells of an overdose so short ago that a stop can be right."""
    recogniser = standards.knowledge.recogniser
    problems = [one for one in prefetched.conditions if is_about(one, request.patient_id)]
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


def _orders_of(request: HookRequest, asked: Asked, prefetched: Prefetched, reader: Reader) -> _Orders:
    """Read the patient's own orders; of the list only what is, or may be, of weight."""
    patient_id = request.patient_id
    drafts = [(element(one), path) for one, path, _ in asked.drafts or () if is_order(one)]
    own_drafts = [one for one in drafts if is_about(one[0], patient_id)]
    sent = [*prefetched.orders, *prefetched.history]
    own_list = [one for one in sent if is_about(one[0], patient_id)]
    listed = own_list
    if prefetched.medications_state is not State.SEEN:
        listed = [*own_list, *_taken_until_now(own_drafts, own_list)]
    return _Orders(
        drafts=[(reader.read(one, path), one) for one, path in own_drafts],
        listed=[(order, one) for one, path in listed if (order := reader.read_if_it_matters(one, path))],
        others=len(own_drafts) < len(drafts) or len(own_list) < len(sent),
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
    drafts = [(element(resource), full_url) for resource, _, full_url in asked.drafts or ()]
    resources = Resources([*drafts, *prefetched.resources])
    return Reader(recogniser=knowledge.recogniser, resources=resources, on=today)


def _gaps(prefetched: Prefetched, asked: Asked, others: bool) -> tuple[Gap, ...]:
    found = []
    if asked.drafts is None and not asked.whole_chart:
        found.append(Gap.DRAFTS_NOT_SENT)
    state = prefetched.medications_state
    if state is State.NOT_SENT:
        found.append(Gap.MEDICATIONS_NOT_SENT)
    elif state is State.FAILED:
        found.append(Gap.MEDICATIONS_FAILED)
    elif state is State.PARTIAL:
        found.append(Gap.MEDICATIONS_PARTIAL)
    if others:
        found.append(Gap.OTHER_PATIENT)
    return tuple(found)
