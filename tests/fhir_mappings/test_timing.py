"""Timings of every release into how often, from when to when, and on which days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from fhir_mappings.lengths import length_in_days
from fhir_mappings.timing import read_timing
from opioids.prescriptions import Refusal, UncountedReason
from opioids.quantities import Frequency

R = UncountedReason


def rates(timing):
    """(fewest, most) times a day, or the reason why not, or None."""
    frequency = read_timing(timing).frequency
    if isinstance(frequency, Refusal):
        assert frequency.detail
        return frequency.reason
    return None if frequency is None else (frequency.low.rate, frequency.high.rate)


def repeat(**given):
    return {"repeat": given}


def every(period, unit="h", often=1, **given):
    return repeat(frequency=often, period=period, periodUnit=unit, **given)


DAY, WEEK = Decimal(1), Decimal(7)


@pytest.mark.parametrize(
    ("timing", "low", "high"),
    [
        (every(1, "d", 3), 3, 3),
        (every(8), 3, 3),
        (every(7), Decimal(24) / 7, Decimal(24) / 7),
        (every(72), DAY / 3, DAY / 3),
        (every(90, "min"), 16, 16),
        (every(43200, "s"), 2, 2),
        (every(1, "wk", 3), 3 / WEEK, 3 / WEEK),
        (every(1, "mo"), 1 / Decimal("30.4375"), 1 / Decimal("30.4375")),
        (every(1, "a"), 1 / Decimal("365.25"), 1 / Decimal("365.25")),
        (every(1, "days", 2), 2, 2),
        (every(4, "Hours"), 6, 6),
        (every(4, "H"), 6, 6),
        (every(4, "hrs"), 6, 6),
        (every(1, "{Day(s)}", 2), 2, 2),
        (every(1, "wks", 7), 1, 1),
        (every(4, periodMax=6), 4, 6),
        (every(1, "d", 1, frequencyMax=2), 1, 2),
        (every(4, "h", 1, frequencyMax=2, periodMax=6), 4, 12),
        (repeat(frequencyMax=4, period=1, periodUnit="d"), 4, 4),
        (repeat(frequency=2, period=1, periodUnits="d"), 2, 2),
        (repeat(frequency=2, period=1, units="d"), 2, 2),
        (repeat(frequency="2", period="1", periodUnit="d"), 2, 2),
        (every(0.5, "d"), 2, 2),
    ],
)
def test_frequency_per_period(timing, low, high):
    assert rates(timing) == (low, high)


@pytest.mark.parametrize(
    ("timing", "times"),
    [
        (repeat(timeOfDay=["08:00:00", "20:00:00"]), 2),
        (repeat(timeOfDay="08:00:00"), 1),
        (repeat(timeOfDay=["08:00:00", "08:00:00"]), 1),
        (repeat(timeOfDay=["08:00:00", None, None]), 3),  # each null is a time whose hour is not told
        (repeat(when=["MORN", "HS"]), 2),
        (repeat(when="HS"), 1),
        (repeat(when=["hs"]), 1),
        (repeat(when=["C"]), 3),
        (repeat(when=["AC", "HS"]), 4),
        (repeat(when=["ACM", "ACV"]), 2),
        (repeat(dayOfWeek=["mon", "wed", "fri"]), 3 / WEEK),
        (repeat(dayOfWeek=["mon"], timeOfDay=["08:00", "20:00"]), 2 / WEEK),
        (repeat(dayOfWeek=["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), 1),
        (every(1, "d", 2, dayOfWeek=["mon", "thu"]), 4 / WEEK),
        (every(1, "wk", 2, dayOfWeek=["mon", "thu"]), 2 / WEEK),
        (every(1, "d", 2, timeOfDay=["08:00", "20:00"]), 2),
        (every(8, timeOfDay=["06:00", "14:00", "22:00"]), 3),
        (every(1, "d", 3, when=["C"]), 3),
        (every(1, "d", 2, when=["PC"]), 2),
        (repeat(period=1, periodUnit="d", timeOfDay=["08:00", "20:00"]), 2),
        (repeat(frequency=2, when=["MORN", "EVE"]), 2),
    ],
)
def test_events_are_counted_and_said_once(timing, times):
    assert rates(timing) == (times, times)


@pytest.mark.parametrize(
    ("timing", "low", "high"),
    [
        (every(1, "d", 1, timeOfDay=["08:00", "20:00"]), 1, 2),
        (every(1, "d", 3, when=["MORN", "HS"]), 2, 3),
        (every(1, "wk", 1, dayOfWeek=["mon", "wed", "fri"]), 1 / WEEK, 3 / WEEK),
        (every(2, "d", 1, frequencyMax=2, timeOfDay=["08:00"]), DAY / 2, 1),
        (every(10, "d", 1, dayOfWeek=["mon"]), DAY / 10, 1 / WEEK),
        (repeat(period=2, periodUnit="wk", dayOfWeek=["mon", "thu"], timeOfDay=["08:00", "20:00"]), 2 / WEEK, 4 / WEEK),
        (every(1, "d", 2, when=["AC"], timeOfDay=["08:00", "12:00", "18:00"]), 2, 3),
    ],
)
def test_times_that_differ_count_both_ends_and_say_so(timing, low, high):
    assert rates(timing) == (low, high)
    assert read_timing(timing).assumptions


@pytest.mark.parametrize("timing", [repeat(when=["MORN", None]), every(1, "d", 1, dayOfWeek=["mon", None])])
def test_a_null_among_named_times_is_one_that_is_not_known(timing):
    assert rates(timing) is R.FREQUENCY_MISSING


@pytest.mark.parametrize(
    ("timing", "why"),
    [
        (repeat(frequency=2), R.FREQUENCY_MISSING),
        (repeat(period=8, periodUnit="h"), R.FREQUENCY_MISSING),
        (repeat(frequency=2, period=1), R.FREQUENCY_MISSING),
        (repeat(frequency=2, period=1, periodUnit="fortnight"), R.FREQUENCY_MISSING),
        (repeat(when=["XYZ"]), R.FREQUENCY_MISSING),
        (repeat(when=["MORN", "IMD"]), R.FREQUENCY_MISSING),
        (every(1, "d", 0), R.IMPLAUSIBLE_DOSE),
        (every(1, "d", -1), R.IMPLAUSIBLE_DOSE),
        (every(0), R.IMPLAUSIBLE_DOSE),
        (every(-8), R.IMPLAUSIBLE_DOSE),
        (every(1, "d", "often"), R.DOSE_UNREADABLE),
        (every("a day", "d"), R.DOSE_UNREADABLE),
    ],
)
def test_frequency_that_makes_no_sense_is_refused(timing, why):
    assert rates(timing) is why


def test_unknown_time_of_day_leaves_a_frequency_as_it_is():
    assert rates(every(12, when=["XYZ"])) == (2, 2)


@pytest.mark.parametrize(
    "timing",
    [
        *(None, {}, [], "BID", {"repeat": {}}, {"repeat": []}, {"code": {}}, {"code": {"text": "see label"}}),
        *(repeat(**{name: [None]}) for name in ("timeOfDay", "when", "dayOfWeek")),
    ],
)
def test_timing_that_says_nothing_is_none(timing):
    assert rates(timing) is None


# ---- codes ----


def code(value=None, text=None):
    concept = {"coding": [{"code": value}]} if value else {}
    return {"code": {**concept, **({"text": text} if text else {})}}


@pytest.mark.parametrize(
    ("word", "times"),
    [
        ("QD", 1), ("DAILY", 1), ("BID", 2), ("TID", 3), ("QID", 4), ("QOD", DAY / 2), ("AM", 1), ("PM", 1), ("BED", 1),
        ("HS", 1), ("WK", 1 / WEEK), ("MO", 1 / Decimal("30.4375")), ("Q1H", 24), ("Q2H", 12), ("Q3H", 8), ("Q4H", 6),
        ("Q6H", 4), ("Q8H", 3), ("Q12H", 2), ("Q24H", 1), ("Q48H", DAY / 2), ("Q72H", DAY / 3), ("bid", 2),
    ],
)  # fmt: skip
def test_timing_code_is_known_as_code_and_as_word(word, times):
    assert rates(code(word)) == (times, times)
    assert rates(code(text=word)) == (times, times)


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("229797004", 1, 1), ("229799001", 2, 2), ("307439001", 4, 4), ("225756002", 6, 6), ("396139000", 3, 4),
        ("225752000", 6, 12), ("396109005", 1, 4), ("396131002", Decimal(1) / 2, Decimal(1) / 2),
        ("396143001", Decimal(1) / 3, Decimal(1) / 3), ("396126004", Decimal(2) / 3, Decimal(2) / 3),
    ],
)  # fmt: skip
def test_frequency_of_snomed_is_known_by_its_code(value, low, high):
    assert rates(code(value)) == (low, high)


def test_name_of_a_frequency_of_snomed_is_read_without_its_kind():
    assert rates(code("local-17", "Every six hours (qualifier value)")) == (4, 4)


def test_senseless_repeat_is_not_mended_by_a_code():
    assert rates({**code("BID"), **every(1, "d", 0)}) is R.IMPLAUSIBLE_DOSE


MOST = {"frequencyMax": 4, "period": 1, "periodUnit": "d"}


def test_code_may_say_as_needed_beside_a_timing():
    assert read_timing({**code(text="every 4 hours as needed"), **every(4)}).as_needed


@pytest.mark.parametrize(
    ("value", "words", "times"),
    [
        ("NIGHT", "nightly prn", 1),
        ("Q5H", "every 5 hours as needed", Decimal(24) / 5),
        ("Q6H", "every 6 hours as needed", 4),
        ("BED", "at bedtime as needed", 1),
    ],
)
def test_words_beside_a_code_may_be_all_that_says_as_needed(value, words, times):
    for timing in (code(value, words), code(value, text=words)):
        assert rates(timing) == (times, times)
        assert read_timing(timing).as_needed


def test_a_dose_now_and_then_every_six_hours_is_no_single_dose():
    for codes in (["STAT", "Q6H"], ["Q6H", "STAT"]):
        timing = {"code": {"coding": [{"code": one} for one in codes]}}
        assert rates(timing) == (4, 4)
        assert not read_timing(timing).once


# ---- periods and days ----


@pytest.mark.parametrize(("value", "low", "high"), [("BID", 2, 3), ("QID", 3, 4)])
def test_timing_and_code_that_differ_count_both_ends_and_say_so(value, low, high):
    timing = {**code(value), **every(1, "d", 3)}
    assert rates(timing) == (low, high)
    assert read_timing(timing).assumptions == ("the timing and its code differ: the larger counts as the maximum",)


@pytest.mark.parametrize("word", ["Once", "ONE TIME", "x1", "STAT", "one time dose", "Single dose"])
def test_code_of_a_single_dose(word):
    assert read_timing(code(text=word)).once
    assert read_timing(code(word)).once
    assert not read_timing({**code(text=word), **every(4)}).once


@pytest.mark.parametrize(
    ("timing", "length"),
    [
        (every(1, "d", 2, count=10), 5),
        (every(1, "d", 2, count=10, countMax=20), 10),
        (every(1, "d", 2, frequencyMax=4, count=10), 5),
        (every(1, "d", 2, count=1), None),
        (every(1, "d", 2, count="many"), None),
        (repeat(count=10), None),
        (every(1, "d", 0, count=10), None),
        (every(1, "d", 2, count=10, boundsDuration={"value": 3, "code": "d"}), 3),
    ],
)
def test_number_of_doses_gives_the_length_of_a_course(timing, length):
    assert read_timing(timing).duration == length


@pytest.mark.parametrize("name", ["boundsPeriod", "bounds"])
def test_bounds_are_days(name):
    read = read_timing(repeat(**{name: {"start": "2026-01-05T08:00:00Z", "end": "2026-02"}}))
    assert (read.start, read.end) == (date(2026, 1, 5), date(2026, 2, 28))


@pytest.mark.parametrize(
    ("given", "days"),
    [
        ({"boundsDuration": {"value": 7, "code": "d"}}, 7),
        ({"boundsQuantity": {"value": 2, "unit": "weeks"}}, 14),
        ({"boundsRange": {"low": {"value": 3, "code": "d"}, "high": {"value": 5, "code": "d"}}}, 5),
        ({"boundsDuration": {"value": 7}}, None),
        ({"boundsDuration": {"value": 7, "code": "moon"}}, None),
        ({}, None),
    ],
)
def test_length_of_a_step(given, days):
    assert read_timing(repeat(**given)).duration == days


@pytest.mark.parametrize(
    ("quantity", "days"),
    [
        ({"value": 30, "unit": "days"}, 30),
        ({"value": 48, "code": "h"}, 2),
        ({"value": 1, "unit": "yr"}, Decimal("365.25")),
        ({"value": 2, "code": "wk", "unit": "days"}, 14),  # the code decides
        ({"value": 1, "unit": "month"}, Decimal("30.4375")),
    ],
)
def test_duration_in_days(quantity, days):
    assert length_in_days(quantity) == days


def test_dates_beside_a_frequency_do_not_replace_it():
    read = read_timing({"event": ["2026-01-31"], **every(1, "d", 2)})
    assert read.days is None
    assert isinstance(read.frequency, Frequency)
