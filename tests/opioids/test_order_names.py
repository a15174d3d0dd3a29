"""Orders that other systems know by an identifier, whatever their id."""

from __future__ import annotations

import pytest

from opioids.order_parts import by_one_name
from opioids.prescriptions import Ignored, IgnoredReason
from opioids.regimen import regimen
from tests.opioids.build import TODAY, order, prescription, sig

A, B = frozenset({"urn:example:rx|1"}), frozenset({"urn:example:rx|2"})


def request(name, count=2, **given):
    key = f"MedicationRequest/{name}"
    return order(key, prescription(key, sig(1, count)), **given)


def outcomes(active, drafts=()):
    """Keys of what counts, by their last letter, and of what is replaced."""
    proposed = regimen(active, drafts, TODAY).proposed
    counted = [one.reference[-1] for one in proposed if not isinstance(one, Ignored)]
    replaced = [one.reference[-1] for one in proposed if isinstance(one, Ignored)]
    assert all(one.reason is IgnoredReason.REPLACED for one in proposed if isinstance(one, Ignored))
    return "".join(counted), "".join(replaced)


def test_orders_without_identifiers_are_as_they_are():
    active, drafts = [request("a"), request("b")], [request("c")]
    assert by_one_name(active, drafts) == (active, drafts)


def test_identifiers_that_nobody_shares_or_names_change_nothing():
    active = [request("a", names=A), request("b", names=B, replaces=frozenset({"MedicationRequest/z"}))]
    assert by_one_name(active, [])[0] is active


def test_order_of_two_lists_with_one_identifier_counts_once():
    assert outcomes([request("a", names=A), request("b", names=A)]) == ("a", "b")


def test_orders_with_one_identifier_that_say_something_else_both_count():
    assert outcomes([request("a", names=A), request("b", 3, names=A)]) == ("ab", "")


def test_equal_orders_with_identifiers_of_their_own_both_count():
    assert outcomes([request("a", names=A), request("b", names=B)]) == ("ab", "")


def test_draft_with_the_identifier_of_an_order_is_that_order_signed_again():
    assert outcomes([request("a", names=A)], [request("b", 3, names=A)]) == ("b", "a")


@pytest.mark.parametrize("link", ["replaces", "fulfils"])
def test_draft_may_name_an_order_by_its_identifier(link):
    assert outcomes([request("a", names=A)], [request("b", 3, **{link: A})]) == ("b", "a")


def test_child_may_name_its_parent_by_its_identifier():
    assert outcomes([request("a", names=A), request("b", 3, fulfils=A)]) == ("a", "b")


def test_link_by_key_stays_beside_one_by_identifier():
    chart = [request("a", names=A), request("b", 3), request("c", 4, fulfils=A | {"MedicationRequest/b"})]
    assert outcomes(chart) == ("ab", "c")


def test_statement_with_the_identifier_of_an_order_is_another_record():
    statement = order("MedicationStatement/s", prescription("MedicationStatement/s", sig(1, 3)), names=A)
    assert outcomes([request("a", names=A), statement]) == ("as", "")


def test_order_that_names_itself_by_its_identifier_is_no_other():
    assert outcomes([request("a", names=A, fulfils=A)]) == ("a", "")
