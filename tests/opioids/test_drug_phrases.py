"""What the words of drug names stand for: ingredients, synonyms, brands, and what stands beside the opioid."""

from __future__ import annotations

import pytest

from opioids.products import UsualPurpose
from tests.opioids.shipped import FORMULARY


def named(words: str):
    return FORMULARY.phrases.names[tuple(words.split())]


@pytest.mark.parametrize(
    ("words", "opioid", "is_brand"),
    [("oxycodone", "oxycodone", False), ("pethidine", "meperidine", False), ("diamorphine", "heroin", False),
     ("dilaudid", "hydromorphone", True), ("endone", "oxycodone", True), ("oxynorm", "oxycodone", True),
     ("oxycontin", "oxycodone", True), ("percocet", "oxycodone", True)],
)  # fmt: skip
def test_brand_is_told_from_ingredient_and_synonym(words, opioid, is_brand):
    found = named(words)
    assert ([one.name for one in found.opioids], found.is_brand) == ([opioid], is_brand)


@pytest.mark.parametrize(("words", "partner"), [("percocet", "acetaminophen"), ("suboxone", "naloxone")])
def test_brand_of_a_combination_says_what_stands_beside(words, partner):
    assert partner in named(words).beside


def test_brand_that_is_for_opioid_use_disorder_says_so():
    assert named("suboxone").usual_purpose is UsualPurpose.OPIOID_USE_DISORDER
    assert named("percocet").usual_purpose is UsualPurpose.NOT_TOLD


@pytest.mark.parametrize("word", ["action", "actin", "active", "norca", "norco", "ultra"])
def test_word_near_a_brand_of_few_letters_is_no_slip_of_it(word):
    assert FORMULARY.phrases.likeness.find([word]) is None
