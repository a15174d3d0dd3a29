"""What scores in the record show: two on one scale, far enough apart, and how much better the last one is."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from opioids.guideline import BenefitLimits
from opioids.outcomes import Benefit, Score, benefit_of, courses_of
from opioids.record_codes import Measured

LIMITS = BenefitLimits(improvement_percent=Decimal(30), apart_days=28, recent_days=365)
DAY = date(2026, 1, 31)


def score(value, days_ago=0, scale="72514-3", kind=Measured.PAIN):
    return Score(scale=scale, kind=kind, day=DAY - timedelta(days=days_ago), value=Decimal(str(value)))


def benefit(*scores):
    return benefit_of(courses_of(scores, LIMITS, DAY), LIMITS)


@pytest.mark.parametrize(
    ("last", "found"),
    [
        ("7.01", Benefit.NOT_IMPROVED),
        ("7", Benefit.IMPROVED),
        ("6.99", Benefit.IMPROVED),
        ("0", Benefit.IMPROVED),
        ("10", Benefit.NOT_IMPROVED),
    ],
)
def test_thirty_percent_less_is_an_improvement(last, found):
    assert benefit(score(10, 28), score(last)) is found


@pytest.mark.parametrize(
    ("days", "found"), [(27, Benefit.NOT_DOCUMENTED), (28, Benefit.IMPROVED), (29, Benefit.IMPROVED)]
)
def test_scores_count_from_28_days_apart_on(days, found):
    assert benefit(score(10, days), score(1)) is found


@pytest.mark.parametrize(
    ("days", "found"), [(364, Benefit.IMPROVED), (365, Benefit.IMPROVED), (366, Benefit.NOT_DOCUMENTED)]
)
def test_a_last_score_of_more_than_a_year_ago_says_nothing_about_now(days, found):
    assert benefit(score(10, days + 60), score(1, days)) is found


def test_first_and_last_count_whatever_lies_between_and_in_whatever_order_they_come():
    found = courses_of([score(5), score(9, 60), score(1, 30)], LIMITS, DAY)
    assert [(one.first.value, one.last.value) for one in found] == [(9, 5)]


def test_one_scale_that_got_better_is_a_benefit_and_scales_are_never_mixed():
    worse = (score(4, 90), score(8))
    better = (score(8, 90, "91147-9", Measured.PAIN_AND_FUNCTION), score(4, 0, "91147-9", Measured.PAIN_AND_FUNCTION))
    assert benefit(*worse) is Benefit.NOT_IMPROVED
    assert benefit(*worse, *better) is Benefit.IMPROVED
    assert benefit(score(8, 90), score(2, 0, "38221-8")) is Benefit.NOT_DOCUMENTED
    first, second = courses_of([*worse, *better], LIMITS, DAY)
    assert (first.last.kind, second.last.kind) == (Measured.PAIN_AND_FUNCTION, Measured.PAIN)


def test_a_first_score_of_nought_could_not_get_better():
    assert benefit(score(0, 90), score(6)) is Benefit.NOT_DOCUMENTED


def test_nothing_recorded_is_nothing_documented():
    assert benefit() is Benefit.NOT_DOCUMENTED
