"""What a pharmacy has: strengths of one formulation, in one country."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from opioids.products import Form
from opioids.shelf import ShelfLine
from tests.opioids.build import MEPERIDINE, OXYCODONE, product


@pytest.fixture(scope="module")
def shelf(knowledge):
    return knowledge.shelf_of("US")


@pytest.mark.parametrize(
    ("rxcui", "strengths"),
    [
        ("1049584", "10 15 20 30 40 60 80"),  # 12 HR oxycodone
        ("1860137", "10 15 20 30 40 60 80"),  # abuse-deterrent
        ("1049586", "10 15 20 30 40 60 80"),  # a brand finds the generic strengths
        ("1049557", "160"),  # retired: what is taken, and nothing else that is written so
        ("1049621", "5 7.5 10 15 20 30"),
        ("892582", "15 30"),  # labels list no other strength
        ("897702", "2 4 8"),
        ("891888", "15 30 60 100 200"),
        ("892342", "30 45 60 75 90 120"),  # for 24 hours
        ("892345", "10 20 30 40 50 60 80 100 200"),  # pellets
        ("245135", "12 25 37.5 50 62.5 75 87.5 100"),
        ("856999", "2.5 5 7.5 10"),  # with 325 mg of acetaminophen
        ("864706", "5 10"),
    ],
)
def test_strengths_of_one_formulation(rxcui, strengths, shelf, knowledge):
    line = shelf.line_of(knowledge.formulary.products[rxcui])
    expected = tuple(map(Decimal, strengths.split()))
    if rxcui == "1049557":
        assert line.strengths[-1] == 160
    else:
        assert line.strengths == expected


def test_unverified_strength_is_left_out_in_one_country_only(knowledge):
    five = knowledge.formulary.products["1049727"]
    others = [knowledge.shelf_of(country).line_of(five).strengths for country in ("AU", "")]
    assert others == [(5,), (5,)]
    # It is written unlike every other strength, so that nobody is ever moved to it.
    assert 5 not in knowledge.shelf_of("AU").line_of(knowledge.formulary.products["1049502"]).strengths


def test_patches_of_one_country_are_not_those_of_another(knowledge):
    patch = knowledge.formulary.products["245135"]
    assert knowledge.shelf_of("AU").line_of(patch).strengths == (12, 25, 50, 75, 100)


@pytest.mark.parametrize(
    ("rxcui", "strengths"),
    [
        ("1049621", {"AU": "5 10 20", "CA": "5 10 20", "UK": "5 10 20", "DE": "5 10 20"}),  # oxycodone tablets
        ("897702", {"AU": "2 4 8", "CA": "1 2 4 8", "UK": "2 4 8", "DE": "2 4 8"}),  # hydromorphone tablets
        ("835603", {"AU": "50 100", "CA": "50 100", "UK": "50 100", "DE": "50 100"}),  # tramadol tablets
        ("891888", {"AU": "5 15 30 60 100 200", "UK": "5 15 30 60 100 200", "CA": "15 30 60 100 200"}),  # morphine ER
        ("1236182", {"UK": "30 40", "DE": "10 30 40"}),  # dihydrocodeine tablets
        ("245135", {"UK": "12 25 37.5 50 75 100", "CA": "12 25 37.5 50 75 100"}),  # fentanyl patches
    ],
)
def test_tablets_that_only_the_united_states_sell_are_in_no_other_countrys_plans(rxcui, strengths, knowledge):
    product = knowledge.formulary.products[rxcui]
    for country, sold in strengths.items():
        assert knowledge.shelf_of(country).line_of(product).strengths == tuple(map(Decimal, sold.split())), country


def test_product_known_by_name_is_found_by_its_description(shelf):
    named = product(OXYCODONE, 40, name="OxyContin forty", extended_release=True)
    assert shelf.line_of(named).strengths == (10, 15, 20, 30, 40, 60, 80)


def test_product_like_no_other_stands_alone(shelf):
    own = product(MEPERIDINE, 33)
    assert shelf.line_of(own) == ShelfLine(products=(own,))
    assert shelf.line_of(product(OXYCODONE, 11)).strengths == (11,)


def test_product_without_a_strength_has_no_line(shelf):
    assert shelf.line_of(product(OXYCODONE, None)).products == ()


def test_oral_solutions_are_weakest_first(shelf, knowledge):
    oxycodone = knowledge.formulary.by_rxcui["7804"]
    assert [one.components[0].strength.value for one in shelf.solutions_of(oxycodone)] == [1, 10, 20]
    assert shelf.solutions_of(knowledge.formulary.by_rxcui["4337"]) == ()


def test_solutions_that_only_have_a_code_are_not_named(shelf, knowledge):
    morphine = knowledge.formulary.by_rxcui["7052"]
    assert [one.components[0].strength.value for one in shelf.solutions_of(morphine)] == [2, 4, 20]


def test_immediate_release_tablets_are_without_partners(shelf, knowledge):
    oxycodone = knowledge.formulary.by_rxcui["7804"]
    line = shelf.immediate_of(oxycodone)
    assert line.strengths == (5, Decimal("7.5"), 10, 15, 20, 30)
    assert all(one.form is Form.SOLID and not one.combination for one in line.products)


def test_brand_never_stands_on_the_shelf_for_others(shelf, knowledge):
    generic = knowledge.formulary.products["1049621"]
    assert all("[" not in one.name for one in shelf.line_of(replace(generic, name="x")).products)


def test_shelf_limited_to_some_products_shows_no_others(shelf, knowledge):
    limited = shelf.limited_to(lambda one: one.components[0].strength.value != 15)
    oxycodone = knowledge.formulary.by_rxcui["7804"]
    assert limited.line_of(knowledge.formulary.products["1049621"]).strengths == (5, Decimal("7.5"), 10, 20, 30)
    assert limited.immediate_of(oxycodone).strengths == (5, Decimal("7.5"), 10, 20, 30)
    assert limited.line_of(product(OXYCODONE, 40, name="OxyContin forty", extended_release=True)).strengths[1] == 20
    nothing = shelf.limited_to(lambda one: False)
    assert nothing.solutions_of(oxycodone) == ()
    assert nothing.immediate_of(oxycodone) is None
    # What the patient takes is never taken off it.
    assert nothing.line_of(knowledge.formulary.products["1049621"]).strengths == (5,)
