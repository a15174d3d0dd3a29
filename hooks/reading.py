"""`HookRequest` to `Case`: the one place where prefetch keys and the hook's context meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from fhir_mappings.codes import codes_of
from fhir_mappings.elements import Element, Json, concept_words, element, elements, items, key_of_reference, string
from fhir_mappings.medications import medication_concepts
from fhir_mappings.patients import is_about, read_patient
from fhir_mappings.prescriptions import ORDER_TYPES, Reader
from fhir_mappings.references import Resources
from hooks.prefetch import Prefetched, State
from hooks.protocol import HookRequest
from opioids.case import Case, Focus, Gap
from opioids.change import change_of
from opioids.conversion import ConversionTable
from opioids.guideline import Guideline
from opioids.knowledge import Knowledge
from opioids.mme import mme_total
from opioids.prescriptions import Ignored, IgnoredReason, Order, Standing
from opioids.regimen import listed, regimen
from opioids.value_sets import DrugClass

GREATEST_GAP = timedelta(days=30)
"""Two supplies further apart than this are two episodes of therapy, not one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standards:
    """By what a service judges: the knowledge, one guideline, one conversion table."""

    knowledge: Knowledge
    guideline: Guideline
    table: ConversionTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a hook asks about: drafts in its context, which of them are in focus, or the whole chart.

    `drafts` is None when the context holds none although the hook should bring them.
    """

    drafts: list[tuple[Json, str]] | None
    selected: frozenset[str] | None = None
    whole_chart: bool = False


def drafts_of(request: HookRequest, *names: str) -> list[tuple[Json, str]] | None:
    """The drafts under the first of these context names that is present, each with its path."""
    for name in names:
        found = bundle_entries(request.context.get(name), f"context.{name}")
        if found is not None:
            return found
    return None


def read_case(request: HookRequest, asked: Asked, prefetched: Prefetched, standards: Standards, today: date) -> Case:
    """Bring together what a hook says, what was prefetched and what is known."""
    knowledge, table = standards.knowledge, standards.table
    drafts = [one for one in asked.drafts or () if _is_order(one[0])]
    reader = _reader(prefetched, asked, knowledge, today)
    own_drafts = [one for one in drafts if is_about(element(one[0]), request.patient_id)]
    own_list = [one for one in prefetched.orders if is_about(one[0], request.patient_id)]
    draft_orders = [reader.read(resource, path) for resource, path in own_drafts]
    active = [reader.read(resource, path) for resource, path in own_list]
    taken = regimen(active, draft_orders)
    current = mme_total(taken.current, table, today)
    proposed = mme_total(taken.proposed, table, today, being_written=taken.written)
    gaps = _gaps(prefetched, asked, len(own_drafts) < len(drafts) or len(own_list) < len(prefetched.orders))
    listed_now = [(one, order) for (one, _), order in zip(own_list, active, strict=True) if _is_taken(order, one)]
    written = [one for one, _ in own_drafts]
    return Case(
        today=today,
        focus=_focus(asked, own_drafts, draft_orders, knowledge),
        patient=read_patient(
            prefetched.patient(request.patient_id),
            (one for one in prefetched.conditions if is_about(one, request.patient_id)),
            conditions=knowledge.conditions,
            conditions_seen=prefetched.conditions_state is State.SEEN,
            on=today,
        ),
        current=current,
        proposed=proposed,
        change=change_of(current, proposed, knowledge.formulary),
        therapy_days=therapy_days(active, today),
        sedatives=_sedatives([*(one for one, _ in listed_now), *map(element, written)], reader, knowledge),
        naloxone_at_hand=any(
            _is_rescue_naloxone(one, reader, knowledge)
            for one in [*(one for one, _ in listed_now), *map(element, written)]
        ),
        gaps=gaps,
    )


def bundle_entries(value: Json, path: str) -> list[tuple[Json, str]] | None:
    """(resource, path) of a Bundle or of the bare list that older clients send; None when absent."""
    if value is None:
        return None
    if isinstance(value, list):
        return [(element(one).get("resource", one), f"{path}[{index}]") for index, one in enumerate(value)]
    entries = items(element(value).get("entry"))
    return [(element(one).get("resource"), f"{path}.entry[{index}].resource") for index, one in enumerate(entries)]


def _is_order(resource: Json) -> bool:
    """Orders, and whatever is too broken to tell; other resources of the Bundle are not ours to judge."""
    kind = element(resource).get("resourceType")
    return kind in ORDER_TYPES or not isinstance(kind, str)


def _reader(prefetched: Prefetched, asked: Asked, knowledge: Knowledge, today: date) -> Reader:
    resources = Resources()
    for resource, _ in asked.drafts or ():
        resources.add(element(resource))
    for one, full_url in prefetched.resources:
        resources.add(one, full_url)
    return Reader(identifier=knowledge.identifier, conditions=knowledge.conditions, resources=resources, on=today)


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


def _focus(asked: Asked, drafts: list[tuple[Json, str]], orders: list[Order], knowledge: Knowledge) -> Focus:
    """What the orders in focus are; without drafts the chart itself is looked at."""
    if asked.whole_chart or asked.drafts is None:
        return Focus.CHART
    focus = Focus.NEITHER
    for (resource, _), order in zip(drafts, orders, strict=True):
        if asked.selected is not None and not _is_selected(order, element(resource), asked.selected):
            continue
        if not _is_harmless(order):
            return Focus.OPIOID
        if _drug_class(element(resource), None, knowledge) is not None:
            focus = Focus.SEDATIVE
    return focus


def _is_selected(order: Order, resource: Element, selected: frozenset[str]) -> bool:
    id_ = string(resource.get("id"))
    return not id_ or order.key in selected or id_ in selected


def _is_harmless(order: Order) -> bool:
    content = order.content
    harmless = (IgnoredReason.NOT_AN_OPIOID, IgnoredReason.ANTAGONIST, IgnoredReason.DO_NOT_PERFORM)
    return isinstance(content, Ignored) and content.reason in harmless


def _is_taken(order: Order, resource: Element) -> bool:
    """Whether a listed order, opioid or not, is being taken: by its status, for those not read further."""
    content = listed(order)
    if isinstance(content, Ignored) and content.reason in (IgnoredReason.NOT_AN_OPIOID, IgnoredReason.ANTAGONIST):
        return string(resource.get("status")).lower() in ("", "active", "recorded", "completed")
    return not isinstance(content, Ignored)


def _sedatives(resources: Iterable[Element], reader: Reader, knowledge: Knowledge) -> Mapping[DrugClass, str]:
    found: dict[DrugClass, str] = {}
    for resource in resources:
        status = string(resource.get("status")).lower()
        if status in ("stopped", "cancelled", "entered-in-error", "completed"):
            continue
        if entry := _drug_class(resource, reader, knowledge):
            found.setdefault(*entry)
    return found


_SEDATING = frozenset(DrugClass) - {DrugClass.ANTAGONIST, DrugClass.WITHDRAWAL_SUPPORT}


def _drug_class(resource: Element, reader: Reader | None, knowledge: Knowledge) -> tuple[DrugClass, str] | None:
    concepts = medication_concepts(resource, reader.resources if reader else None)
    entry = knowledge.risk_medicines.find(codes_of(concepts), [word for one in concepts for word in concept_words(one)])
    return entry if entry and entry[0] in _SEDATING else None


def _is_rescue_naloxone(resource: Element, reader: Reader, knowledge: Knowledge) -> bool:
    if string(resource.get("status")).lower() in ("stopped", "cancelled", "entered-in-error", "on-hold"):
        return False
    concepts = medication_concepts(resource, reader.resources)
    words = [word for one in concepts for word in concept_words(one)]
    categories = {code for one in items(resource.get("category")) for _, code in _category_codes(one)}
    outpatient = bool(categories & {"community", "outpatient", "discharge"})
    return knowledge.rescue_naloxone.is_rescue(codes_of(concepts), words, outpatient=outpatient)


def _category_codes(category: Json) -> Iterator[tuple[str, str]]:
    if isinstance(category, str):
        yield "", category
    for coding in elements(element(category).get("coding")):
        yield string(coding.get("system")), string(coding.get("code"))


def therapy_days(orders: Iterable[Order], today: date) -> int | None:
    """Length of the present opioid therapy in days, from the dates of its orders; None when untold.

    Earlier, finished orders lengthen it where their supply reaches the next one; an order that names
    a prior one which was not sent leaves the length open.
    """
    opioids = [order for order in orders if not isinstance(order.content, Ignored)]
    active = [order for order in opioids if order.standing is Standing.ACTIVE and not order.outside and not order.plan]
    if not active or any(order.started is None for order in active):
        return None
    known = {order.key for order in opioids}
    if any((order.replaces | order.fulfils) - known for order in active):
        return None
    start = min(order.started for order in active if order.started)
    earlier = sorted(
        (one for one in opioids if one not in active and one.started), key=lambda one: one.started or today
    )
    for order in reversed(earlier):
        if order.started and order.supply_ends and order.supply_ends + GREATEST_GAP >= start:
            start = min(start, order.started)
    return max(0, (today - start).days)


def selected_keys(selections: Json) -> frozenset[str]:
    """The orders that `selections` names, as `Type/id`."""
    return frozenset(key_of_reference(string(one)) for one in items(selections) if string(one))
