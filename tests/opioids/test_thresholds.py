"""Thresholds of a site in place of a guideline's own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from opioids.criteria import PointName
from opioids.thresholds import Override, Threshold, UnsuitableThreshold, thresholds_of, with_thresholds

T = Threshold


@pytest.fixture
def changed(knowledge):
    def change(name, **values):
        given = {Threshold(key): Decimal(str(value)) for key, value in values.items()}
        return with_thresholds(knowledge.guidelines[name], given)

    return change


def test_nothing_set_is_the_guideline_itself(knowledge, changed):
    assert changed("us-cdc-2022") == (knowledge.guidelines["us-cdc-2022"], ())
    own = {name: value for name, value in thresholds_of(knowledge.guidelines["ca-2017"]).items() if value is not None}
    same = changed("ca-2017", **{name.value: value for name, value in own.items()})
    assert same == (knowledge.guidelines["ca-2017"], ())


def test_every_threshold_can_be_set_and_is_used(changed):
    values = {
        T.CAUTION_MME: 40, T.HIGH_MME: 80, T.LONG_TERM_DAYS: 60, T.NEW_THERAPY_DAYS: 30, T.IMPROVEMENT_PERCENT: 20,
        T.RISE_PERCENT: 10, T.NALOXONE_LOOKBACK_DAYS: 700,
    }  # fmt: skip
    assert set(values) == set(T)
    guideline, overrides = changed("ca-2017", **{name.value: value for name, value in values.items()})
    assert dict(thresholds_of(guideline)) == values
    assert {one.threshold: one.value for one in overrides} == values
    caution = guideline.point(PointName.CAUTION)
    assert (caution.mme_per_day, caution.stated, caution.set_by_site) == (40, 50, True)


def test_a_high_dose_without_a_number_gets_one(changed):
    guideline, overrides = changed("au-2022", high_mme=100)
    assert overrides == (Override(threshold=T.HIGH_MME, stated=None, value=Decimal(100)),)
    assert guideline.names_a_dose
    assert [guideline.highest_reached(Decimal(dose)) is not None for dose in ("99.99", "100", "100.01")] == [
        False, True, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "values", "threshold"),
    [
        ("us-cdc-2022", {"high_mme": 90}, T.HIGH_MME),
        ("uk-nice-ng215", {"caution_mme": 50}, T.CAUTION_MME),
        ("ca-2017", {"caution_mme": "90.01"}, T.CAUTION_MME),
        ("ca-2017", {"high_mme": "49.99"}, T.HIGH_MME),
    ],
)
def test_a_threshold_that_does_not_fit_is_refused(name, values, threshold, changed):
    with pytest.raises(UnsuitableThreshold) as refused:
        changed(name, **values)
    assert refused.value.threshold is threshold


def test_dose_points_may_meet(changed):
    assert changed("ca-2017", caution_mme=90)[1] == changed("ca-2017", caution_mme="90.00")[1]
