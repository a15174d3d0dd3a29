"""What counts before and after the orders being written: doubles, children, renewals, replacements."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

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


# ---- doubles and children ----


def test_same_order_in_two_lists_counts_once():
    assert before([order("a"), order("a")]) == [COUNTS, REPLACED]


def test_two_orders_under_one_id_that_say_different_things_both_count():
    assert before([order("a"), order("a", prescription("a", sig(2)))]) == [COUNTS, COUNTS]


def test_same_unreadable_order_in_two_lists_is_named_once():
    assert before([order("a", uncounted("a")), order("a", uncounted("a"))]) == [
        UncountedReason.PRODUCT_UNKNOWN,
        REPLACED,
    ]


def test_unreadable_order_and_readable_one_under_one_id_both_stand():
    assert before([order("a", uncounted("a")), order("a")]) == [UncountedReason.PRODUCT_UNKNOWN, COUNTS]


@pytest.mark.parametrize("link", ["fulfils", "same_as"])
def test_child_is_part_of_its_parent(link):
    assert before([order("a"), order("b", **{link: keys("a")})]) == [COUNTS, REPLACED]
    assert before([order("b", **{link: keys("a")}), order("a")]) == [REPLACED, COUNTS]


def test_child_whose_parent_is_not_listed_counts():
    assert before([order("b", fulfils=keys("a"))]) == [COUNTS]


def test_child_of_an_order_that_does_not_count_counts():
    assert before([order("a", standing=Standing.ENDED), order("b", fulfils=keys("a"))]) == [
        IgnoredReason.NOT_ACTIVE,
        COUNTS,
    ]


def test_grandchild_is_part_of_the_first():
    chain = [order("c", fulfils=keys("b")), order("b", fulfils=keys("a")), order("a")]
    assert before(chain) == [REPLACED, REPLACED, COUNTS]


def test_of_orders_that_name_each_other_the_first_counts():
    circle = [order("a", fulfils=keys("b")), order("b", fulfils=keys("a"))]
    assert before(circle) == [COUNTS, REPLACED]


def test_orders_that_name_each_other_are_part_of_the_order_above_them():
    circle = [order("b", fulfils=keys("c")), order("c", fulfils=keys("a", "b"))]
    assert before([*circle, order("a")]) == [REPLACED, REPLACED, COUNTS]
    assert before([order("a"), *circle]) == [COUNTS, REPLACED, REPLACED]


def test_order_that_names_itself_counts():
    assert before([order("a", fulfils=keys("a"))]) == [COUNTS]


# ---- renewals within the list ----


@pytest.mark.parametrize(("ends", "wanted"), [(-1, REPLACED), (0, COUNTS), (1, COUNTS)])
def test_used_up_supply_that_was_renewed_counts_once(ends, wanted):
    old = order("a", started=TODAY - 40 * DAY, supply_ends=TODAY + ends * DAY)
    new = order("b", started=TODAY - 5 * DAY)
    assert before([old, new]) == [wanted, COUNTS]


@pytest.mark.parametrize(
    "other",
    [
        order("b", started=TODAY - 60 * DAY),
        order("b", started=TODAY - 40 * DAY),
        order("b"),
        order("b", prescription("b", sig(2)), started=TODAY),
        order("b", uncounted("b"), started=TODAY),
    ],
    ids=["earlier", "same day", "undated", "another dose", "unreadable"],
)
def test_used_up_supply_that_was_not_renewed_still_counts(other):
    old = order("a", started=TODAY - 40 * DAY, supply_ends=TODAY - DAY)
    assert before([old, other])[0] == COUNTS


def test_used_up_supply_without_a_start_still_counts():
    assert before([order("a", supply_ends=TODAY - DAY), order("b", started=TODAY)]) == [COUNTS, COUNTS]


def test_statement_of_an_order_of_the_list_counts_once():
    assert before([order("MedicationStatement/s"), order("MedicationRequest/r")]) == [REPLACED, COUNTS]


def test_two_statements_are_two():
    assert before([order("MedicationStatement/s"), order("MedicationStatement/t")]) == [COUNTS, COUNTS]


@pytest.mark.parametrize(("strength", "wanted"), [(5, REPLACED), (10, COUNTS)])
def test_statement_without_directions_is_the_order_of_the_same_product(strength, wanted):
    bare = replace(prescription("s", of=product(OXYCODONE, strength)), sigs=())
    assert before([order("MedicationStatement/s", bare), order("MedicationRequest/r")]) == [wanted, COUNTS]


def test_unreadable_statement_stands_beside_the_order():
    found = before([order("MedicationStatement/s", uncounted("s")), order("MedicationRequest/r")])
    assert found == [UncountedReason.PRODUCT_UNKNOWN, COUNTS]


def test_two_orders_that_are_both_in_supply_both_count():
    assert before([order("a"), order("b")]) == [COUNTS, COUNTS]


def test_order_that_another_of_the_list_names_as_prior_is_replaced():
    assert before([order("a", prescription("a", sig(2))), order("b", replaces=keys("a"))]) == [REPLACED, COUNTS]


def test_orders_of_the_list_that_name_each_other_as_prior_both_count():
    assert before([order("a", replaces=keys("b")), order("b", replaces=keys("a"))]) == [COUNTS, COUNTS]


def test_the_last_of_several_renewals_counts():
    orders = [
        order(key, started=date(2025, month, 1), supply_ends=date(2025, month, 28))
        for key, month in (("a", 9), ("b", 10), ("c", 11))
    ]
    assert before(orders) == [REPLACED, REPLACED, COUNTS]


# ---- drafts ----


@pytest.mark.parametrize("link", ["replaces", "fulfils"])
def test_draft_replaces_the_order_it_names(link):
    assert after([order("a")], [draft("d", prescription("d", sig(2)), **{link: keys("a")})]) == [REPLACED, COUNTS]


def test_draft_replaces_the_order_whose_id_it_bears():
    assert after([order("a")], [draft("a", prescription("a", sig(2)))]) == [REPLACED, COUNTS]


def test_draft_of_another_dose_is_added():
    assert after([order("a")], [draft("d", prescription("d", sig(2)))]) == [COUNTS, COUNTS]


def test_renewal_is_counted_once():
    assert after([order("a"), order("b")], [draft("d")]) == [REPLACED, COUNTS, COUNTS]


def test_two_renewals_renew_two_orders():
    assert after([order("a"), order("b")], [draft("d"), draft("e")]) == [REPLACED, REPLACED, COUNTS, COUNTS]


def test_renewal_renews_an_order_that_no_other_draft_replaces():
    listed = [order("gone", standing=Standing.ENDED), order("a"), order("b")]
    drafts = [draft("d", prescription("d", sig(2)), replaces=keys("a")), draft("e")]
    assert after(listed, drafts) == [IgnoredReason.NOT_ACTIVE, REPLACED, REPLACED, COUNTS, COUNTS]


def test_draft_that_names_an_order_renews_no_other():
    assert after([order("a"), order("b")], [draft("d", replaces=keys("b"))]) == [COUNTS, REPLACED, COUNTS]


def test_draft_that_names_an_order_which_is_not_listed_may_be_a_renewal():
    assert after([order("a")], [draft("d", replaces=keys("elsewhere"))]) == [REPLACED, COUNTS]


def test_draft_that_replaces_a_child_replaces_its_parent():
    listed = [order("a"), order("b", fulfils=keys("a"))]
    assert after(listed, [draft("d", prescription("d", sig(2)), replaces=keys("b"))]) == [REPLACED, REPLACED, COUNTS]


def test_draft_that_replaces_one_of_a_circle_replaces_both():
    listed = [order("a", fulfils=keys("b")), order("b", fulfils=keys("a"))]
    assert after(listed, [draft("d", replaces=keys("a"))]) == [REPLACED, REPLACED, COUNTS]


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


@pytest.mark.parametrize("standing", [Standing.ACTIVE, Standing.ON_HOLD, Standing.UNKNOWN, Standing.ENDED])
def test_draft_counts_whatever_else_its_status_says(standing):
    assert after([], [draft(standing=standing)]) == [COUNTS]


def test_same_draft_twice_counts_once():
    assert after([], [draft("d"), draft("d")]) == [COUNTS, REPLACED]


def test_draft_that_fulfils_another_draft_is_part_of_it():
    assert after([], [draft("d"), draft("e", prescription("e", sig(2)), fulfils=keys("d"))]) == [COUNTS, REPLACED]


@pytest.mark.parametrize("standing", [Standing.WITHDRAWN, Standing.IN_ERROR])
def test_draft_that_goes_on_from_an_order_stopped_in_the_same_session_counts(standing):
    going_on = draft("e", prescription("e", sig(2)), fulfils=keys("a"))
    fates = after([order("a")], [going_on, draft("a", standing=standing)])
    assert fates[:2] == [REPLACED, COUNTS]


def test_renewal_of_one_of_two_orders_under_one_id_leaves_the_other():
    listed = [order("a"), order("a", prescription("a", sig(3)))]
    assert after(listed, [draft("d", prescription("d", sig(3)))]) == [COUNTS, REPLACED, COUNTS]


def test_order_of_another_opioid_fulfils_nothing():
    listed = [order("a"), order("b", prescription("b", sig(2), of=OTHER), fulfils=keys("a"))]
    assert before(listed) == [COUNTS, COUNTS]
    assert after(listed, [draft("d", replaces=keys("b"))]) == [COUNTS, REPLACED, COUNTS]


def test_unreadable_draft_is_named_and_renews_nothing():
    assert after([order("a")], [draft("d", uncounted("d"))]) == [COUNTS, UncountedReason.PRODUCT_UNKNOWN]


def test_harmless_draft_stays_harmless():
    harmless = Ignored(reference="d", medication="d", reason=IgnoredReason.NOT_AN_OPIOID)
    assert after([order("a")], [draft("d", harmless)]) == [COUNTS, IgnoredReason.NOT_AN_OPIOID]


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


def test_third_of_three_orders_under_one_id_counts_once_where_it_says_what_the_second_did():
    first, second = order("a"), order("a", prescription("a", sig(2)))
    assert before([first, second, second]) == [COUNTS, COUNTS, REPLACED]
    assert before([first, second, order("a", prescription("a", sig(3)))]) == [COUNTS, COUNTS, COUNTS]
