"""The naive calculator's regimens (specification, chapter 8): several orders, and the drafts that stand over them."""

from __future__ import annotations

from datetime import date

from tests.oracle.drugs import Drug, drug_of
from tests.oracle.orders import PLANS, judge
from tests.oracle.verdicts import Json, Verdict, ignored

WITHDRAWN = {"stopped": "not-active", "cancelled": "not-active", "entered-in-error": "entered-in-error"}


def judge_all(orders: list[Json], today: date, table: str = "cdc-2022") -> list[Verdict]:
    """Each order of one mixed list: those with status `draft` stand over the others, unless they are only plans."""
    drafts = [one for one in orders if one.get("status") == "draft" and one.get("intent") not in PLANS]
    others = [one for one in orders if one not in drafts]
    proposed = judge_proposed(others, drafts, today, table)
    return [proposed[others.index(one) if one in others else len(others) + drafts.index(one)] for one in orders]


def judge_current(active: list[Json], today: date, table: str = "cdc-2022") -> list[Verdict]:
    """The active list by itself: a child that is based on an order of the list fulfils it and is no second one."""
    verdicts = [judge(one, today, table) for one in active]
    counting = {one["id"] for one, verdict in zip(active, verdicts, strict=True) if _may_count(verdict)}
    for index, order in enumerate(active):
        # Morphine that is based on an order of oxycodone does not fulfil it.
        alike = {one["id"] for one in active if _is_same_drug(one, order)}
        named = _named_in(order, "basedOn") & alike - {order["id"]}
        if named & counting or (named and not _may_count(verdicts[index])):
            verdicts[index] = _besides(verdicts[index]) | ignored("replaced")
    return verdicts


def judge_proposed(active: list[Json], drafts: list[Json], today: date, table: str = "cdc-2022") -> list[Verdict]:
    """The active list and the drafts after it, with what the drafts replace or take away."""
    verdicts = judge_current(active, today, table)
    for draft in drafts:
        stops = draft.get("status") in WITHDRAWN
        named = {one["id"] for one in active if _names(draft, one)}
        # Who replaces a part means the whole.
        parts = [one for one in active if one["id"] in named]
        wholes = [(one, part) for one in active for part in parts if one["id"] in _named_in(part, "basedOn")]
        named |= {whole["id"] for whole, part in wholes if _is_same_drug(whole, part)}
        named_by_parts = {whole["id"] for whole, _ in wholes}
        for index, order in enumerate(active):
            renewed = not stops and not named and _is_renewal_of(draft, order)
            counts = any(one.kind == "counted" for one in verdicts[index])
            if order["id"] in named or (renewed and counts):
                verdicts[index] = _besides(verdicts[index]) | ignored("replaced")
            elif order["id"] in named_by_parts and not _may_count(verdicts[index]):
                verdicts[index] |= ignored("replaced")
            elif renewed or (not stops and not named and _may_be_renewal_of(draft, order, today, table)):
                # Of what cannot be counted, or is the same in other words, the specification leaves it open.
                verdicts[index] |= ignored("replaced")
    written = [judge_draft(one, today, table) for one in drafts]
    for index, draft in enumerate(drafts):
        adding = [
            one
            for one in drafts
            if one.get("status") not in WITHDRAWN and not one.get("doNotPerform") and one is not draft
        ]
        if any(one["id"] in _named_in(draft, "basedOn") and _is_same_drug(one, draft) for one in adding):
            written[index] = _besides(written[index]) | ignored("replaced")
    return [*verdicts, *written]


def judge_draft(order: Json, today: date, table: str = "cdc-2022") -> Verdict:
    """What is being ordered counts whatever its status or intent, unless it takes an order away."""
    aside = ignored(WITHDRAWN[order["status"]]) if order.get("status") in WITHDRAWN else frozenset()
    written = judge({**order, "status": "draft", "intent": "order"}, today, table)
    return aside | _besides(written) if aside else written


def _is_same_drug(one: Json, other: Json) -> bool:
    first, second = drug_of(one), drug_of(other)
    return isinstance(first, Drug) and isinstance(second, Drug) and first.ingredient == second.ingredient


def _besides(verdict: Verdict) -> Verdict:
    """What adds nothing anyway may be named by either reason."""
    return frozenset(one for one in verdict if one.kind == "ignored")


def _may_count(verdict: Verdict) -> bool:
    return any(one.kind != "ignored" for one in verdict)


def _named_in(order: Json, name: str) -> set[str]:
    found = order.get(name, [])
    return {one["reference"].rpartition("/")[2] for one in (found if isinstance(found, list) else [found])}


def _names(draft: Json, order: Json) -> bool:
    return order["id"] in {draft["id"]} | _named_in(draft, "priorPrescription") | _named_in(draft, "basedOn")


def _is_renewal_of(draft: Json, order: Json) -> bool:
    """Product, dose and timing are the same."""
    same = ("medicationCodeableConcept", "dosageInstruction")
    return all(draft.get(name) == order.get(name) for name in same)


def _may_be_renewal_of(draft: Json, order: Json, today: date, table: str) -> bool:
    """The same medicine, which comes to the same: perhaps the same dose and timing, written otherwise."""
    alike = draft.get("medicationCodeableConcept") == order.get("medicationCodeableConcept")
    return alike and judge(draft, today, table) == judge({**order, "status": "draft", "intent": "order"}, today, table)
