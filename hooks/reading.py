"""`HookRequest` to `Case`: the one place where prefetch keys and the hook's context meet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fhir_mappings.dispenses import rescue_supplied
from fhir_mappings.elements import Element, Json, element, items, key_of_reference, string
from fhir_mappings.patients import is_about, read_patient, recorded_within
from fhir_mappings.prescriptions import ORDER_TYPES, Reader, is_order
from fhir_mappings.references import Resources, entries_of
from hooks.benzodiazepines import Window, benzodiazepine_lowered
from hooks.beside import companions_of, is_being_written, naloxone_at_hand
from hooks.history import Chart, Totals, history_seen, is_start, read_before, supplied_opioids
from hooks.prefetch import Prefetched, State
from hooks.protocol import HookRequest
from hooks.record import in_hospital, read_record
from opioids.case import Case, Focus, Gap
from opioids.change import change_of
from opioids.conditions import ConditionGroup
from opioids.conversion import ConversionTable
from opioids.guideline import Guideline
from opioids.knowledge import Knowledge
from opioids.mme import MmeTotal, before_and_after
from opioids.prescriptions import Ignored, IgnoredReason, Order
from opioids.regimen import listed, regimen
from opioids.rules import MOST_AT_ONCE, RULES, Rule


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a hook asks about: drafts in its context, which of them are in focus, or the whole chart.

    `drafts` is None when the context holds none although the hook should bring them.
    """

    drafts: list[tuple[Json, str]] | None
    selected: frozenset[str] | None = None
    whole_chart: bool = False


def drafts_of(request: HookRequest, *names: str) -> list[tuple[Json, str]] | None:
    """The drafts under the first of these context names that holds any, each with its path.

    None when none of them is a Bundle or a list: then the drafts were not sent. An empty Bundle says that
    there are none.
    """
    empty: list[tuple[Json, str]] | None = None
    for name in names:
        value = request.context.get(name)
        found = bundle_entries(value, f"context.{name}")
        if found:
            return found
        if isinstance(value, list) or string(element(value).get("resourceType")) == "Bundle":
            empty = found
    return empty


def read_case(request: HookRequest, asked: Asked, prefetched: Prefetched, standards: Standards, today: date) -> Case:
    """Bring together what a hook says, what was prefetched and what is known."""
    drafts = [one for one in asked.drafts or () if is_order(one[0])]
    reader = reader_of(prefetched, asked, standards.knowledge, today)
    own_drafts = [one for one in drafts if is_about(element(one[0]), request.patient_id)]
    sent = [*prefetched.orders, *prefetched.history]
    own_list = [one for one in sent if is_about(one[0], request.patient_id)]
    draft_orders = [reader.read(resource, path) for resource, path in own_drafts]
    listed_orders = [(order, one) for one, path in own_list if (order := reader.read_if_it_matters(one, path))]
    active = [order for order, _ in listed_orders]
    taken = regimen(active, draft_orders, today)
    current, proposed = before_and_after(taken.current, taken.proposed, standards.table, today, taken.written)
    others = len(own_drafts) < len(drafts) or len(own_list) < len(sent)
    staying = [order for order in active if order.reference not in taken.replaced]
    written = list(filter(is_being_written, draft_orders))
    guideline, knowledge = standards.guideline, standards.knowledge
    record = read_record(prefetched, request.patient_id, knowledge.record_codes, guideline, today)
    dispenses = [one for one in prefetched.facts.get("MedicationDispense", ()) if is_about(one, request.patient_id)]
    problems = [one for one in prefetched.conditions if is_about(one, request.patient_id)]
    change = change_of(current, proposed, knowledge.shelf_of(guideline.jurisdiction))
    chart = Chart(
        orders=active,
        supplied=supplied_opioids(dispenses, reader.resources, knowledge),
        complete=history_seen(own_list),
    )
    before = read_before(chart, taken, Totals(current, proposed, change), standards)
    takes_none = prefetched.medications_state is State.SEEN and not _has_any(current)
    return Case(
        today=today,
        focus=focus_of(asked, draft_orders, active),
        patient=read_patient(
            prefetched.patient(request.patient_id),
            problems,
            recogniser=knowledge.recogniser,
            conditions_seen=prefetched.conditions_state is State.SEEN,
            on=today,
        ).with_groups(record.groups),
        current=current,
        proposed=proposed,
        change=change,
        therapy_days=before.therapy_days,
        companions=companions_of(active, staying, written),
        naloxone_at_hand=naloxone_at_hand(
            staying,
            written,
            list(rescue_supplied(dispenses, reader.resources, knowledge.recogniser)),
            lookback_days=guideline.naloxone_lookback_days,
            today=today,
        ),
        gaps=_gaps(prefetched, asked, others),
        starting=takes_none and is_start(active, written, guideline.new_therapy_days, today),
        courses=record.courses,
        benefit=record.benefit,
        goals_not_met=record.goals_not_met,
        past=before.past,
        later_falls=before.later_falls,
        benzodiazepine_lowered=bool(change.cut or before.later_falls)
        and benzodiazepine_lowered(
            listed_orders,
            zip(draft_orders, (element(one) for one, _ in own_drafts), strict=True),
            taken.replaced,
            today,
            Window(guideline.pace, knowledge.tapers.practice),
        ),
        overdosed=recorded_within(
            problems,
            ConditionGroup.OPIOID_OVERDOSE_HISTORY,
            guideline.pace.toxicity_days,
            recogniser=knowledge.recogniser,
            on=today,
        ),
        replaced=frozenset(one.reference for one in active if _is_opioid(one) and one.reference in taken.replaced),
        swaps=_swaps(written, active),
        in_hospital=in_hospital(request, prefetched, _in_focus(own_drafts, asked), knowledge.record_codes),
    )


def orders_in(request: HookRequest) -> int:
    """How many orders for medicines are being written, as far as the context tells."""
    drafts = drafts_of(request, "draftOrders", "medications") or ()
    return sum(1 for resource, _ in drafts if is_order(resource))


def bundle_entries(value: Json, path: str) -> list[tuple[Json, str]]:
    """(resource, path) of a Bundle, of a bare order, or of the bare list that older clients send."""
    if isinstance(value, list):
        return [(element(one).get("resource", one), f"{path}[{index}]") for index, one in enumerate(value)]
    one = element(value)
    if string(one.get("resourceType")) in ORDER_TYPES:
        return [(value, path)]
    return [(resource, where) for resource, where, _ in entries_of(one, path)]


def reader_of(prefetched: Prefetched, asked: Asked, knowledge: Knowledge, today: date) -> Reader:
    """The reader of a request's orders, which finds every medication that came along with them."""
    resources = Resources()
    for resource, _ in asked.drafts or ():
        resources.add(element(resource))
    for one, full_url in prefetched.resources:
        resources.add(one, full_url)
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


def focus_of(asked: Asked, orders: list[Order], active: list[Order]) -> Focus:
    """What the orders in focus are; without drafts the chart itself is looked at."""
    if asked.whole_chart or asked.drafts is None:
        return Focus.CHART
    looked_at = [order for order in orders if asked.selected is None or _is_selected(order, asked.selected)]
    taken = {order.key for order in active if not isinstance(listed(order), Ignored)}
    stops = any((order.replaces | order.fulfils | {order.key}) & taken for order in looked_at)
    stops = stops or any(order.forbidden and order.forbidden & _ingredients(active) for order in looked_at)
    if stops or not all(map(_is_harmless, looked_at)):
        return Focus.OPIOID
    return Focus.SEDATIVE if any(order.risk for order in looked_at) else Focus.NEITHER


def _ingredients(orders: list[Order]) -> frozenset[str]:
    """The opioids that are prescribed."""
    products = [order.prescription.product for order in orders if order.prescription]
    return frozenset(part.ingredient.name for product in products for part in product.components)


def _in_focus(drafts: list[tuple[Json, str]], asked: Asked) -> list[Element]:
    """The drafts that are looked at, as they were sent."""
    sent = [element(resource) for resource, _ in drafts]
    if asked.selected is None:
        return sent
    return [one for one in sent if _is_named(one, asked.selected)]


def _is_named(one: Element, selected: frozenset[str]) -> bool:
    id_ = string(one.get("id"))
    return id_ in selected or f"{string(one.get('resourceType'))}/{id_}" in selected


def _is_selected(order: Order, selected: frozenset[str]) -> bool:
    """Selections name an order as `Type/id`; some clients give the bare id, and some orders have none."""
    kind, _, id_ = order.key.partition("/")
    return kind not in ORDER_TYPES or order.key in selected or id_ in selected


def _is_harmless(order: Order) -> bool:
    content = order.content
    harmless = (IgnoredReason.NOT_AN_OPIOID, IgnoredReason.ANTAGONIST, IgnoredReason.DO_NOT_PERFORM)
    return isinstance(content, Ignored) and content.reason in harmless


def _has_any(total: MmeTotal) -> bool:
    """Whether any opioid is, or may be, taken, those that are never converted included."""
    unconverted = (IgnoredReason.PARTIAL_AGONIST, IgnoredReason.OPIOID_USE_DISORDER_TREATMENT)
    return bool(total.counted or total.uncounted) or any(one.reason in unconverted for one in total.ignored)


def _swaps(written: list[Order], active: list[Order]) -> frozenset[str] | None:
    """The opioid drafts, where each of them stands in for an active order and bears an id of its own."""
    opioids = [order for order in written if _is_opioid(order)]
    known = {order.key for order in active}
    swap = all(order.replaces & known and order.key not in known for order in opioids)
    return frozenset(order.reference for order in opioids) if swap else None


def _is_opioid(order: Order) -> bool:
    return not isinstance(order.content, Ignored)


def selected_of(selections: Json, drafts: Iterable[tuple[Json, str]]) -> frozenset[str] | None:
    """The orders that `selections` names, as `Type/id`; None for all of them.

    A selection that names nothing that was sent cannot be told: silence about it would be mistaken for
    safety, so it means everything.
    """
    if selections is None:
        return None
    named = frozenset(key_of_reference(string(one)) for one in items(selections) if string(one))
    sent = [element(resource) for resource, _ in drafts]
    ids = {string(one.get("id")) for one in sent}
    keys = {f"{string(one.get('resourceType'))}/{string(one.get('id'))}" for one in sent}
    return named if not named or named & (ids | keys) else None
