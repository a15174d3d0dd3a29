"""What counts before and after the orders being written: doubles, children, renewals, replacements."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from opioids.drug_classes import DrugClass
from opioids.prescriptions import Ignored, IgnoredReason, Standing, Uncounted, UncountedReason
from opioids.products import Route
from opioids.quantities import Frequency, Unit
from opioids.regimen import regimen, split
from opioids.signatures import signature
from tests.opioids.build import (
    FENTANYL,
    OXYCODONE,
    TODAY,
    ceiling,
    dose,
    draft,
    often,
    order,
    patch,
    per_day,
    prescription,
    product,
    sig,
)

DAY = timedelta(days=1)
COUNTS = "counts"
REPLACED = IgnoredReason.REPLACED

OTHER = product(FENTANYL, 1)


def fate(content):
    if isinstance(content, Ignored | Uncounted):
        return content.reason
    return COUNTS


def before(active):
    return [fate(one) for one in regimen(active, [], TODAY).current]


def after(active, drafts):
    return [fate(one) for one in regimen(active, drafts, TODAY).proposed]


def uncounted(key):
    return Uncounted(reference=key, medication=key, reason=UncountedReason.PRODUCT_UNKNOWN, detail="x")


def keys(*names):
    return frozenset(names)


# ---- one order of the active list ----


@pytest.mark.parametrize(
    ("standing", "wanted"),
    [
        (Standing.ACTIVE, COUNTS),
        (Standing.ON_HOLD, IgnoredReason.NOT_ACTIVE),
        (Standing.ENDED, IgnoredReason.NOT_ACTIVE),
        (Standing.WITHDRAWN, IgnoredReason.NOT_ACTIVE),
        (Standing.DRAFT, IgnoredReason.NOT_ACTIVE),
        (Standing.IN_ERROR, IgnoredReason.ENTERED_IN_ERROR),
        (Standing.UNKNOWN, UncountedReason.RESOURCE_INVALID),
    ],
)
def test_standing_decides_whether_a_listed_order_counts(standing, wanted):
    assert before([order(standing=standing)]) == [wanted]


@pytest.mark.parametrize(("state", "said"), [("", "status does not tell"), ("odd", "status (odd) does not tell")])
def test_status_that_does_not_tell_is_quoted_where_there_is_one(state, said):
    [found] = regimen([order(standing=Standing.UNKNOWN, **({"state": state} if state else {}))], [], TODAY).current
    assert said in found.detail


def test_plan_and_order_outside_its_period_do_not_count():
    plan = Ignored(reference="a", medication="a", reason=IgnoredReason.NOT_AN_ORDER)
    outside = Ignored(reference="a", medication="a", reason=IgnoredReason.OUTSIDE_PERIOD)
    assert before([order(plan=plan, outside=outside), order("b", outside=outside)]) == [
        IgnoredReason.NOT_AN_ORDER,
        IgnoredReason.OUTSIDE_PERIOD,
    ]


def test_what_adds_nothing_stays_so_whatever_its_status():
    harmless = Ignored(reference="a", medication="a", reason=IgnoredReason.NOT_AN_OPIOID)
    assert before([order(content=harmless, standing=Standing.UNKNOWN)]) == [IgnoredReason.NOT_AN_OPIOID]


# ---- doubles, children and renewals; and drafts ----

A, B, SECOND = order("a"), order("b"), order("a", prescription("a", sig(2)))
UNREAD, UNKNOWN = order("a", uncounted("a")), UncountedReason.PRODUCT_UNKNOWN
STATEMENT, REQUEST = order("MedicationStatement/s"), order("MedicationRequest/r")


def bare(strength):
    return order("MedicationStatement/s", replace(prescription("s", of=product(OXYCODONE, strength)), sigs=()))


def used_up(ends=-1, started=40):
    return order("a", started=started and TODAY - started * DAY, supply_ends=TODAY + ends * DAY)


def twice(key, **given):
    """An order of two tablets at a time, where the others are of one."""
    return order(key, prescription(key, sig(2)), **given)


def begun(key, days_ago, **given):
    return order(key, started=TODAY - days_ago * DAY, **given)


A_IN_B, B_IN_A = order("a", fulfils=keys("b")), order("b", fulfils=keys("a"))
FOREIGN = order("b", prescription("b", sig(2), of=OTHER), fulfils=keys("a"))
CIRCLE = [order("b", fulfils=keys("c")), order("c", fulfils=keys("a", "b"))]
LISTED = {
    "the same order in two lists": [(A, COUNTS), (A, REPLACED)],
    "two orders under one id": [(A, COUNTS), (SECOND, COUNTS)],
    "a third that says what the second did": [(A, COUNTS), (SECOND, COUNTS), (SECOND, REPLACED)],
    "a third that does not": [(A, COUNTS), (SECOND, COUNTS), (order("a", prescription("a", sig(3))), COUNTS)],
    "the same unreadable order twice": [(UNREAD, UNKNOWN), (UNREAD, REPLACED)],
    "an unreadable and a readable one under one id": [(UNREAD, UNKNOWN), (A, COUNTS)],
    "a child and its parent": [(A, COUNTS), (B_IN_A, REPLACED)],
    "a child before its parent": [(B_IN_A, REPLACED), (A, COUNTS)],
    "the same as another": [(A, COUNTS), (order("b", same_as=keys("a")), REPLACED)],
    "the same as a later one": [(order("b", same_as=keys("a")), REPLACED), (A, COUNTS)],
    "a child without its parent": [(B_IN_A, COUNTS)],
    "a child of what is over": [(order("a", standing=Standing.ENDED), IgnoredReason.NOT_ACTIVE), (B_IN_A, COUNTS)],
    "a grandchild": [(order("c", fulfils=keys("b")), REPLACED), (B_IN_A, REPLACED), (A, COUNTS)],
    "two that name each other": [(A_IN_B, COUNTS), (B_IN_A, REPLACED)],
    "a circle below an order": [*((one, REPLACED) for one in CIRCLE), (A, COUNTS)],
    "an order above a circle": [(A, COUNTS), *((one, REPLACED) for one in CIRCLE)],
    "an order that names itself": [(order("a", fulfils=keys("a")), COUNTS)],
    "another opioid fulfils nothing": [(A, COUNTS), (FOREIGN, COUNTS)],
    "used up yesterday, renewed": [(used_up(-1), REPLACED), (begun("b", 5), COUNTS)],
    "used up today, renewed": [(used_up(0), COUNTS), (begun("b", 5), COUNTS)],
    "used up tomorrow, renewed": [(used_up(1), COUNTS), (begun("b", 5), COUNTS)],
    "used up, an earlier one": [(used_up(), COUNTS), (begun("b", 60), COUNTS)],
    "used up, one of the same day": [(used_up(), COUNTS), (begun("b", 40), COUNTS)],
    "used up, an undated one": [(used_up(), COUNTS), (B, COUNTS)],
    "used up, another dose": [(used_up(), COUNTS), (twice("b", started=TODAY), COUNTS)],
    "used up, an unreadable one": [(used_up(), COUNTS), (order("b", uncounted("b"), started=TODAY), UNKNOWN)],
    "used up, begun nobody knows when": [(used_up(started=None), COUNTS), (begun("b", 0), COUNTS)],
    "the last of several renewals": [
        (begun("a", 150, supply_ends=TODAY - 122 * DAY), REPLACED),
        (begun("b", 120, supply_ends=TODAY - 92 * DAY), REPLACED),
        (begun("c", 90, supply_ends=TODAY - 62 * DAY), COUNTS),
    ],
    "two that are in supply": [(A, COUNTS), (B, COUNTS)],
    "a statement of an order": [(STATEMENT, REPLACED), (REQUEST, COUNTS)],
    "two statements": [(STATEMENT, COUNTS), (order("MedicationStatement/t"), COUNTS)],
    "a statement without directions": [(bare(5), REPLACED), (REQUEST, COUNTS)],
    "a statement of another strength": [(bare(10), COUNTS), (REQUEST, COUNTS)],
    "an unreadable statement": [(order("MedicationStatement/s", uncounted("s")), UNKNOWN), (REQUEST, COUNTS)],
    "the prior one of another": [(twice("a"), REPLACED), (order("b", replaces=keys("a")), COUNTS)],
    "each the other's prior one": [
        (order("a", replaces=keys("b")), COUNTS), (order("b", replaces=keys("a")), COUNTS),
    ],
}  # fmt: skip
HARMLESS = Ignored(reference="d", medication="d", reason=IgnoredReason.NOT_AN_OPIOID)
SEDATIVE = DrugClass.BENZODIAZEPINE, "lorazepam"
THRICE = prescription("d", sig(3))


def two(key="d", **given):
    return draft(key, prescription(key, sig(2)), **given)


DRAFTED = {
    # case: (listed, drafts, what becomes of each)
    "names the order": ([A], [two(replaces=keys("a"))], [REPLACED, COUNTS]),
    "fulfils the order": ([A], [two(fulfils=keys("a"))], [REPLACED, COUNTS]),
    "bears its id": ([A], [two("a")], [REPLACED, COUNTS]),
    "of another dose": ([A], [two()], [COUNTS, COUNTS]),
    "a renewal": ([A, B], [draft("d")], [REPLACED, COUNTS, COUNTS]),
    "two renewals": ([A, B], [draft("d"), draft("e")], [REPLACED, REPLACED, COUNTS, COUNTS]),
    "a renewal of what no other replaces": (
        [order("gone", standing=Standing.ENDED), A, B], [two(replaces=keys("a")), draft("e")],
        [IgnoredReason.NOT_ACTIVE, REPLACED, REPLACED, COUNTS, COUNTS],
    ),
    "names one of two": ([A, B], [draft("d", replaces=keys("b"))], [COUNTS, REPLACED, COUNTS]),
    "names one that is not listed": ([A], [draft("d", replaces=keys("elsewhere"))], [REPLACED, COUNTS]),
    "names a child": ([A, B_IN_A], [two(replaces=keys("b"))], [REPLACED, REPLACED, COUNTS]),
    "names one of a circle": ([A_IN_B, B_IN_A], [draft("d", replaces=keys("a"))], [REPLACED, REPLACED, COUNTS]),
    "names what another opioid claims to fulfil": (
        [A, FOREIGN], [draft("d", replaces=keys("b"))],
        [COUNTS, REPLACED, COUNTS],
    ),
    "renews one of two under one id": (
        [A, order("a", prescription("a", sig(3)))], [draft("d", THRICE)], [COUNTS, REPLACED, COUNTS],
    ),
    **{
        f"of status {standing}": ([], [draft(standing=standing)], [COUNTS])
        for standing in (Standing.ACTIVE, Standing.ON_HOLD, Standing.UNKNOWN, Standing.ENDED)
    },
    "twice the same": ([], [draft("d"), draft("d")], [COUNTS, REPLACED]),
    "renews one of two that are alike, and the next names one": (
        [A, B], [draft("d"), draft("e", replaces=keys("a"))], [REPLACED, REPLACED, COUNTS, COUNTS],
    ),
    "renews one of two that are alike, and the next is one": (
        [A, B], [draft("d"), draft("a")], [REPLACED, REPLACED, COUNTS, COUNTS],
    ),
    "is part of another draft and renews nothing": (
        [A], [two(), draft("e", fulfils=keys("d"))], [COUNTS, COUNTS, REPLACED],
    ),
    "renews the other where what is stopped goes on in a draft that names it": (
        [A, B], [draft("a", standing=Standing.WITHDRAWN), draft("d"), draft("e", replaces=keys("a"))],
        [REPLACED, REPLACED, IgnoredReason.NOT_ACTIVE, COUNTS, COUNTS],
    ),
    "renews what the next stops, and nothing that is like it": (
        [B, A], [draft("d"), draft("a", standing=Standing.WITHDRAWN)],
        [COUNTS, REPLACED, COUNTS, IgnoredReason.NOT_ACTIVE],
    ),
    "twice the same beside two alike": ([A, B], [draft("d"), draft("d")], [REPLACED, COUNTS, COUNTS, REPLACED]),
    "fulfils another draft": ([], [draft("d"), two("e", fulfils=keys("d"))], [COUNTS, REPLACED]),
    "stops a part of the order": (
        [A], [draft("d", fulfils=keys("a"), standing=Standing.WITHDRAWN)], [REPLACED, IgnoredReason.NOT_ACTIVE],
    ),
    "stops another opioid that is based on the order": (
        [A], [replace(FOREIGN, standing=Standing.WITHDRAWN)], [COUNTS, IgnoredReason.NOT_ACTIVE],
    ),
    "stops a sedative that is based on the order": (
        [A], [draft("d", HARMLESS, fulfils=keys("a"), standing=Standing.WITHDRAWN, risk=SEDATIVE)],
        [COUNTS, IgnoredReason.NOT_AN_OPIOID],
    ),
    "unreadable": ([A], [draft("d", uncounted("d"))], [COUNTS, UNKNOWN]),
    "harmless": ([A], [draft("d", HARMLESS)], [COUNTS, IgnoredReason.NOT_AN_OPIOID]),
}  # fmt: skip


@pytest.mark.parametrize("orders", LISTED.values(), ids=LISTED)
def test_of_the_list_each_counts_once(orders):
    assert before([one for one, _ in orders]) == [wanted for _, wanted in orders]


@pytest.mark.parametrize(("listed", "drafts", "wanted"), DRAFTED.values(), ids=DRAFTED)
def test_a_draft_replaces_what_it_goes_on_from(listed, drafts, wanted):
    assert after(listed, drafts) == wanted


@pytest.mark.parametrize(
    ("standing", "wanted"),
    [(Standing.WITHDRAWN, IgnoredReason.NOT_ACTIVE), (Standing.IN_ERROR, IgnoredReason.ENTERED_IN_ERROR)],
)
def test_withdrawn_draft_takes_its_order_away_and_renews_nothing(standing, wanted):
    taken = regimen([order("a"), order("b")], [draft("a", standing=standing)], TODAY)
    assert [fate(one) for one in taken.proposed] == [REPLACED, COUNTS, wanted]
    assert taken.written == frozenset()


def test_what_was_on_hold_before_it_was_replaced_is_said():
    held = order("a", standing=Standing.ON_HOLD)
    taken = regimen([held], [draft("d", replaces=keys("a"))], TODAY)
    assert taken.proposed[0].detail == "on hold, and replaced by the order being written"
    assert regimen([order("a")], [draft("d", replaces=keys("a"))], TODAY).proposed[0].detail.startswith("replaced")


def test_orders_of_a_stay_are_no_part_of_what_is_taken_at_home():
    over = order("c", standing=Standing.ENDED)
    taken = regimen([order("a"), order("b"), over], [draft("d", prescription("d", sig(3)))], TODAY, keys("a", "c"))
    assert [fate(one) for one in taken.current] == [IgnoredReason.OUTSIDE_PERIOD, COUNTS, IgnoredReason.NOT_ACTIVE]
    assert [fate(one) for one in taken.proposed][:2] == [IgnoredReason.OUTSIDE_PERIOD, COUNTS]
    assert taken.proposed[0].detail == "for the stay in hospital, and ends with it"


@pytest.mark.parametrize("standing", [Standing.WITHDRAWN, Standing.IN_ERROR])
def test_draft_that_goes_on_from_an_order_stopped_in_the_same_session_counts(standing):
    going_on = draft("e", prescription("e", sig(2)), fulfils=keys("a"))
    fates = after([order("a")], [going_on, draft("a", standing=standing)])
    assert fates[:2] == [REPLACED, COUNTS]


def test_regimen_names_what_is_written_and_what_is_replaced():
    taken = regimen([order("a"), order("b", prescription("b", sig(3)))], [draft("d")], TODAY)
    assert (taken.written, taken.replaced) == (keys("d"), keys("a"))
    assert [fate(one) for one in taken.current] == [COUNTS, COUNTS]


# ---- what is the same ----


@pytest.mark.parametrize(
    "other",
    [
        prescription("b"),
        prescription("b", sig(start=TODAY, end=TODAY + DAY)),
        prescription("b", sig(sequence=1)),
        prescription("b", sig(dose=dose(5, unit=Unit.MG))),
        prescription("b", sig(frequency=often(14, 7))),
        prescription("b", sig(route=Route.ORAL)),
        prescription("b", of=product(name="another name", rxcui="1")),
    ],
    ids=["itself", "period", "sequence", "in mg", "per week", "usual route", "name"],
)
def test_same_product_dose_and_timing_are_one_prescription(other):
    assert signature(prescription("a")) == signature(other)


@pytest.mark.parametrize(
    "other",
    [
        prescription("b", sig(2)),
        prescription("b", sig(count=3)),
        prescription("b", sig(as_needed=True)),
        prescription("b", sig(route=Route.RECTAL)),
        prescription("b", sig(ceilings=(ceiling(5),))),
        prescription("b", sig(most_at_once=dose(1))),
        prescription("b", sig(), sig(3)),
        prescription("b", sig(), sig()),
        prescription("b", of=product(OXYCODONE, 10)),
        prescription("b", of=product(extended_release=True)),
        prescription("b", of=product(combination=True)),
        prescription("b", of=OTHER),
        prescription("b", sig(dose=dose(1, noun="patch"))),
        prescription("b", sig(frequency=None)),
        prescription("b", sig(frequency=Frequency(low=per_day(2), high=per_day(2, 0)))),
    ],
    ids=[
        "dose",
        "frequency",
        "as needed",
        "route",
        "a maximum a day",
        "a maximum at one time",
        "one more",
        "one more of the same",
        "strength",
        "release",
        "a combination",
        "drug",
        "misfit",
        "none",
        "senseless",
    ],
)
def test_any_other_product_dose_or_timing_is_another_prescription(other):
    assert signature(prescription("a")) != signature(other)


def test_patches_of_one_rate_are_the_same_by_count_and_by_rate():
    by_count = prescription("a", sig(dose=dose(1, noun="patch"), frequency=often(1, 3)), of=patch(25))
    by_rate = prescription("b", sig(dose=dose(25, unit=Unit.MCG_PER_HOUR), frequency=often(1, 3)), of=patch(25))
    assert signature(by_count) == signature(by_rate)


# ---- one mixed list ----


def test_draft_of_a_mixed_list_stands_over_the_rest_unless_it_is_only_a_plan():
    plan = Ignored(reference="c", medication="c", reason=IgnoredReason.NOT_AN_ORDER)
    active, drafts = split([order("a"), draft("b"), draft("c", plan=plan), order("d", standing=Standing.WITHDRAWN)])
    assert ([one.key for one in active], [one.key for one in drafts]) == (["a", "c", "d"], ["b"])


# ---- what an order says not to give ----


def test_drug_that_is_not_to_be_given_takes_its_active_orders_away():
    """Those of its ingredients alone: a product that holds another opioid as well is not the one that is meant."""
    both = product(OXYCODONE, 5)
    both = replace(both, components=(*both.components, *OTHER.components))
    active = [
        order("a", prescription("a")),
        order("b", prescription("b", of=OTHER)),
        order("c", prescription("c", of=both)),
        order("u", uncounted("u")),
    ]
    forbids = draft(
        content=Ignored(reference="d", medication="oxycodone", reason=IgnoredReason.DO_NOT_PERFORM),
        forbidden=frozenset({"oxycodone"}),
    )
    fates = after(active, [forbids])
    assert fates[:4] == [REPLACED, COUNTS, COUNTS, UncountedReason.PRODUCT_UNKNOWN]


def test_order_not_to_give_a_drug_that_names_one_order_takes_only_that_away():
    active = [order("a", prescription("a")), order("b", prescription("b", of=product(OXYCODONE, 10)))]
    forbids = draft(
        content=Ignored(reference="d", medication="oxycodone", reason=IgnoredReason.DO_NOT_PERFORM),
        forbidden=frozenset({"oxycodone"}),
        replaces=frozenset({"a"}),
    )
    assert after(active, [forbids])[:2] == [REPLACED, COUNTS]
