"""Numbers as they are shown, and frequencies that stay exact."""

from __future__ import annotations

from decimal import Decimal

import pytest

from opioids.quantities import Frequency, round_half_up, shown, steadily, times


@pytest.mark.parametrize(
    ("value", "text"),
    [("142.5", "142.5"), ("120", "120"), ("100", "100"), ("0", "0"), ("28.800", "28.8"), ("0.004", "0"),
     ("1E+3", "1000")],
)  # fmt: skip
def test_number_is_shown_without_trailing_zeros_or_exponent(value, text):
    assert shown(Decimal(value)) == text


@pytest.mark.parametrize(
    ("value", "text"), [("2.674", "2.67"), ("2.675", "2.68"), ("2.665", "2.67"), ("-2.675", "-2.68")]
)
def test_number_is_rounded_as_by_hand(value, text):
    assert shown(Decimal(value)) == text


def test_number_of_places_can_be_chosen():
    assert shown(Decimal("0.12345"), 4) == "0.1235"
    assert round_half_up(Decimal("3.2142857"), 6) == Decimal("3.214286")


def test_three_in_seven_days_stays_two_exact_numbers():
    rate = times(3, 7)
    assert (rate.count, rate.days) == (Decimal(3), Decimal(7))
    assert rate.rate * 7 == pytest.approx(Decimal(3))


def test_steady_frequency_has_no_range():
    assert steadily(times(2)) == Frequency(low=times(2), high=times(2))
