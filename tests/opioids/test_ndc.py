"""NDCs: each way of writing one is read as what it may mean, and nothing is guessed between two meanings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opioids.ndc import NO_NDCS, NdcBook, spellings

OXYCODONE, LISINOPRIL = "1049621", "314076"


@pytest.mark.parametrize(
    ("code", "digits"),
    [
        ("00406-0552-01", ["00406055201"]),
        ("0406-0552-01", ["00406055201"]),  # 4-4-2
        ("59011-440-10", ["59011044010"]),  # 5-3-2
        ("59011-0440-1", ["59011044001"]),  # 5-4-1
        ("59011\N{EN DASH}440\N{EN DASH}10", ["59011044010"]),
        ("59011\N{NON-BREAKING HYPHEN}440\N{NON-BREAKING HYPHEN}10", ["59011044010"]),
        ("00406055201", ["00406055201"]),
        (" 00406055201 ", ["00406055201"]),
        ("000406055201", ["00406055201"]),  # twelve digits, as some sources pad them
        ("0406055201", ["00406055201", "04060055201", "04060552001"]),  # ten: three meanings
        ("00406-0552", ["004060552"]),
        ("0406-0552", ["004060552"]),
        ("59011-440", ["590110440"]),
        ("100406055201", []),
        ("0406-552-01", []),  # 4-3-2 is no NDC
        ("406-552", []),
        ("0406-0552-01-9", []),
        ("0040605520", ["00040605520", "00406005520", "00406055200"]),
        ("004060552", []),
        ("", []),
        ("-", []),
        ("59011--10", []),
        ("5901I-440-10", []),
        ("\N{ARABIC-INDIC DIGIT ONE}" * 11, []),
    ],
)
def test_ways_to_write_an_ndc(code, digits):
    assert list(spellings(code)) == digits


@given(st.from_regex(r"[0-9]{5}-[0-9]{4}-[0-9]{2}", fullmatch=True))
def test_eleven_digits_mean_the_same_with_and_without_hyphens(code):
    assert spellings(code) == spellings(code.replace("-", "")) == (code.replace("-", ""),)


@given(st.sampled_from([(4, 4, 2), (5, 3, 2), (5, 4, 1)]), st.from_regex(r"[0-9]{10}", fullmatch=True))
def test_ten_digits_without_hyphens_may_mean_what_they_mean_with_them(lengths, digits):
    labeler, product, _ = lengths
    hyphens = f"{digits[:labeler]}-{digits[labeler : labeler + product]}-{digits[labeler + product :]}"
    assert set(spellings(hyphens)) <= set(spellings(digits))


# ---- the book ----

BOOK = NdcBook(
    {
        "00406055201": OXYCODONE,
        "00406055262": OXYCODONE,
        "00406055301": "1049683",
        "00406055305": "1049621",
        "04060990001": OXYCODONE,
        "40609090001": LISINOPRIL,
    },
    others="00093015001" + "00777310502" + "07773010502",
)


@pytest.mark.parametrize(
    ("code", "rxcui"),
    [
        ("00406055201", OXYCODONE),
        ("0406-0552-01", OXYCODONE),
        ("0406055201", OXYCODONE),  # of its three meanings one is known
        ("0406-0552", OXYCODONE),  # all packages of the product are the same
        ("00406-0553", None),  # here they are two drugs
        ("4060-9900-01", OXYCODONE),
        ("4060990001", None),  # two meanings, two drugs
        ("0093-0150-01", ""),
        ("0093-0150", ""),
        ("0777310502", ""),  # two meanings, and neither drug matters
        ("99999-9999-99", None),
        ("00000-0000-00", None),
        ("none", None),
    ],
)
def test_what_an_ndc_stands_for(code, rxcui):
    assert BOOK.find(code) == rxcui


def test_without_a_list_no_ndc_is_known():
    assert NO_NDCS.find("00406-0552-01") is None
    assert NO_NDCS.find("00406-0552") is None


@given(st.sets(st.from_regex(r"[0-9]{11}", fullmatch=True), max_size=30), st.from_regex(r"[0-9]{11}", fullmatch=True))
def test_other_drugs_are_found_in_a_long_text_as_in_a_set(others, code):
    book = NdcBook({}, others="".join(sorted(others)))
    assert all(book.find(one) == "" for one in others)
    assert (book.find(code) == "") is (code in others)
