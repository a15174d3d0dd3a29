"""Reading JSON that may have any shape."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from fhir_mappings.elements import (
    concept_codes,
    concept_words,
    decimal,
    element,
    elements,
    first_day,
    items,
    key_of_reference,
    last_day,
    string,
    whole,
)

SHAPES = [None, True, False, 0, 1.5, "", "x", [], [1], {}, {"a": 1}, [[{}]]]


@pytest.mark.parametrize("value", SHAPES)
def test_anything_can_be_asked_for_an_object_a_list_a_text_or_a_number(value):
    assert isinstance(element(value), dict)
    assert all(isinstance(one, dict) for one in elements(value))
    assert isinstance(string(value), str)
    assert decimal(value) is None or isinstance(decimal(value), Decimal)
    assert whole(value) is None or isinstance(whole(value), int)
    assert (first_day(value), concept_codes(value)) == (None, [])
    assert len(items(value)) >= len(elements(value))


def test_single_object_stands_for_a_list_of_one():
    assert elements({"a": 1}) == [{"a": 1}]
    assert list(items("x")) == ["x"]
    assert list(items(None)) == []


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, "5"), (0.1, "0.1"), (-2.5, "-2.5"), ("40", "40"), (" 2.5 ", "2.5"), ("-1", "-1"), (1e-30, "0"),
        (1e3, "1000"),
    ],
)  # fmt: skip
def test_number_is_exact_as_written(value, number):
    assert decimal(value) == Decimal(number)


@pytest.mark.parametrize(
    "value", [True, "1e5", "1,5", "NaN", "½", "٣", "", "5 mg", float("inf"), float("nan"), 10**30, [5]]
)
def test_what_is_no_plain_number_is_none(value):
    assert decimal(value) is None


@pytest.mark.parametrize(("value", "number"), [(3, 3), (3.0, 3), ("3", 3), (3.5, None), ("x", None)])
def test_whole_number(value, number):
    assert whole(value) == number


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-01-31", date(2026, 1, 31), date(2026, 1, 31)),
        ("2026-01-31T23:59:00-05:00", date(2026, 1, 31), date(2026, 1, 31)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_partial_date_is_its_first_or_last_day(text, first, last):
    assert (first_day(text), last_day(text)) == (first, last)


@pytest.mark.parametrize(
    "text",
    ["2026-13-01", "2026-02-30", "2026-W05-1", "2026-01-31 09:00", "0000-01-01", "0000", "26-01-01", "yesterday", "",
     None, 2026, "2026-1-1"],
)  # fmt: skip
def test_what_is_no_date_is_none(text):
    assert (first_day(text), last_day(text)) == (None, None)


def test_concept_is_read_from_text_displays_and_codes():
    concept = {
        "text": " oxycodone ",
        "coding": [{"system": "s", "code": "1", "display": "Oxy"}, {"code": " 2 "}, {"system": "s"}, "x"],
    }
    assert concept_words(concept) == ["oxycodone", "Oxy"]
    assert concept_codes(concept) == [("s", "1"), ("", "2")]
    assert concept_words("oxycodone") == ["oxycodone"]
    assert concept_words(" ") == []


def test_endless_words_are_cut():
    assert len(concept_words({"text": "x" * 10**6})[0]) <= 1000


@pytest.mark.parametrize(
    ("reference", "key"),
    [
        ("MedicationRequest/a", "MedicationRequest/a"),
        ("https://ehr.example.org/fhir/MedicationRequest/a", "MedicationRequest/a"),
        ("MedicationRequest/a/_history/3", "MedicationRequest/a"),
        ("urn:uuid:1", "urn:uuid:1"),
        ("", ""),
    ],
)
def test_reference_is_known_by_type_and_id(reference, key):
    assert key_of_reference(reference) == key
