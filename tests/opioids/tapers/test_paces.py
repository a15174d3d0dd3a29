"""Paces: which one is a guideline's own, and steps in morphine equivalents alone."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from opioids.tables import Review
from opioids.tapers.equivalents import plan_of_equivalents
from opioids.tapers.pacing import Pacing, Wish, reviews
from opioids.tapers.profiles import Basis, Help
from opioids.tapers.values import NoPlan, Obstacle, PlanNote
from tests.opioids.tapers.conftest import START

COARSE = Decimal(30)
"""So large a smallest step (MME/day) that every cut here is rounding to it, unless it is a large part of the start."""


@pytest.mark.parametrize(
    ("guideline", "days", "profile"),
    [
        ("us-cdc-2022", None, "us-long"),
        ("us-cdc-2022", 365, "us-long"),
        ("us-cdc-2022", 364, "us-short"),
        ("us-cdc-2022", 28, "us-short"),
        ("us-cdc-2022", 27, "us-acute-weeks"),
        ("us-cdc-2022", 7, "us-acute-weeks"),
        ("us-cdc-2022", 6, "us-acute-days"),
        ("us-cdc-2022", 0, "us-acute-days"),
        ("ca-2017", None, "ca"),
        ("ca-2017", 10, "ca"),
        ("au-2022", 90, "au-long"),
        ("au-2022", 89, "au-short"),
        ("au-2022", None, "au-long"),
        ("uk-nice-ng215", 400, "uk-fpm"),
        ("de-lonts-2020", 400, "review-2025"),
    ],
)
def test_length_of_therapy_chooses_a_guidelines_pace(guideline, days, profile, knowledge):
    assert knowledge.tapers.profile_for(guideline, days).id == profile


PUBLISHED = {
    # percent, at most, of which dose, days, at least
    "us-long": (10, 10, Basis.ORIGINAL_THEN_CURRENT, 28, 28),
    "us-short": (10, 10, Basis.ORIGINAL_THEN_CURRENT, 7, 7),
    "us-acute-weeks": (20, 20, Basis.ORIGINAL, 2, 2),
    "us-acute-days": (50, 50, Basis.ORIGINAL, 2, 2),
    "ca": (10, 10, Basis.ORIGINAL_THEN_CURRENT, 28, 14),
    "au-long": (10, 25, Basis.ORIGINAL_THEN_CURRENT, 28, 28),
    "au-short": (10, 25, Basis.ORIGINAL_THEN_CURRENT, 7, 7),
    "uk-fpm": (10, 10, Basis.CURRENT, 14, 14),
    "review-2025": (10, 10, Basis.ORIGINAL_THEN_CURRENT, 28, 28),
    "va-slowest": (5, 10, Basis.ORIGINAL_THEN_CURRENT, 28, 28),
    "va-slow": (10, 20, Basis.ORIGINAL_THEN_CURRENT, 28, 28),
    "va-faster": (10, 20, Basis.ORIGINAL_THEN_CURRENT, 7, 7),
    "fda-label": (10, 25, Basis.CURRENT, 28, 14),
    "hhs-2019": (10, 20, Basis.ORIGINAL_THEN_CURRENT, 28, 28),
}


def test_paces_are_as_published(knowledge):
    assert {
        name: (one.percent, one.most_percent, one.basis, one.interval_days, one.least_interval_days)
        for name, one in knowledge.tapers.profiles.items()
    } == PUBLISHED


@pytest.mark.parametrize(
    ("guideline", "days", "in_days", "profile"),
    [
        ("us-cdc-2022", 364, 1, "us-long"),
        ("us-cdc-2022", 28, 337, "us-long"),
        ("us-cdc-2022", 365, None, None),
        ("us-cdc-2022", 27, None, None),  # what is short ends before therapy is long-term
        ("au-2022", 89, 1, "au-long"),
        ("au-2022", 0, 90, "au-long"),
        ("au-2022", 90, None, None),
        ("ca-2017", 10, None, None),
        ("uk-nice-ng215", 10, None, None),
    ],
)
def test_slower_pace_holds_from_the_day_on_which_therapy_is_long_enough(guideline, days, in_days, profile, knowledge):
    found = knowledge.tapers.later_pace(knowledge.guidelines[guideline], days, START)
    if in_days is None:
        assert found is None
    else:
        assert (found.day, found.therapy_days) == (START + timedelta(days=in_days), days + in_days)
        assert found.profile.id == profile


ALSO_SLOW = "benzodiazepine-taper cognitive-impairment"


@pytest.mark.parametrize(
    ("kind", "ids"),
    [
        ("pause", "withdrawal worse-for-a-month mood-or-suicide acute-pain pregnancy"),
        ("stop", "impending-overdose verified-not-taken"),
        ("slow", "pregnant long-or-high-dose unstable-mental-health unstable-heart opioid-use-disorder " + ALSO_SLOW),
    ],
)
def test_only_overdose_and_what_is_not_taken_are_signs_to_stop_at_once(kind, ids, knowledge):
    assert [one.id for one in knowledge.tapers.signs if one.kind == kind] == ids.split()


def test_paces_are_within_their_own_limits(knowledge):
    for one in knowledge.tapers.profiles.values():
        assert 0 < one.percent <= one.most_percent <= 50
        assert 0 < one.least_interval_days <= one.interval_days


def test_every_guideline_has_a_pace_for_every_length_of_therapy(knowledge):
    for guideline in knowledge.guidelines:
        for days in (None, *range(0, 1000, 7)):
            assert knowledge.tapers.profile_for(guideline, days).guideline == guideline


@pytest.fixture
def amounts(standard):
    def made(current, profile="us-long", **wish):
        return plan_of_equivalents(Decimal(current), standard(profile), Wish(start=START, **wish))

    return made


def test_steps_go_on_to_nothing_and_say_how_the_last_ones_are_made(amounts):
    found = amounts(60, "us-short")
    assert found.steps[-1].mme == 0
    assert set(found.notes) == {PlanNote.NO_TABLETS, PlanNote.GEOMETRIC_TAIL}
    assert not found.has_tablets


def test_steps_end_where_they_are_asked_to(amounts):
    found = amounts(60, target=Decimal(20))
    assert [step.mme for step in found.steps][-2:] == [24, 20]
    assert PlanNote.GEOMETRIC_TAIL not in found.notes


def test_step_tells_its_share_of_the_start_of_what_is_left_and_of_the_step_before(amounts):
    second = amounts(100, "uk-fpm", interval_days=14).steps[2]
    assert (second.number, second.mme, second.doses) == (2, 81, ())
    assert (second.left_percent, second.cut_percent, second.cut_of_previous_percent) == (81, 9, 10)
    assert (second.start, second.days, second.end) == (START + timedelta(28), 14, START + timedelta(41))
    assert second.reviews == (START + timedelta(42),)


def test_present_dose_is_the_step_before_the_first(amounts):
    first = amounts(100, "uk-fpm").steps[0]
    assert (first.number, first.start) == (0, START)
    assert (first.left_percent, first.cut_percent, first.cut_of_previous_percent) == (100, 0, 0)


def test_number_alone_of_a_taper_that_goes_on_is_counted_from_where_it_began(amounts):
    found = amounts(50, begun_at=Decimal(100), target=Decimal(30))
    assert [(step.mme, step.left_percent, step.cut_percent) for step in found.steps] == [
        (50, 50, 0), (40, 40, 10), (30, 30, 10),
    ]  # fmt: skip
    assert PlanNote.BEGUN in found.notes
    assert amounts(50, begun_at=Decimal(49)) == NoPlan(obstacle=Obstacle.BEGUN_BELOW)


@pytest.mark.parametrize("target", [60, 61])
def test_end_that_is_not_below_is_refused(target, amounts):
    assert amounts(60, target=Decimal(target)) == NoPlan(obstacle=Obstacle.TARGET_NOT_BELOW)


def test_shares_of_the_current_dose_are_of_the_current_dose(amounts):
    assert [step.mme for step in amounts(100, "uk-fpm").steps][:3] == [100, 90, 81]


@pytest.mark.parametrize(
    ("profile", "guideline", "note"),
    [
        ("va-faster", "us-cdc-2022", PlanNote.SUPERVISED),
        ("review-2025", "de-lonts-2020", PlanNote.NO_NUMBER),
        ("uk-fpm", "uk-nice-ng215", PlanNote.NO_NUMBER),
        ("hhs-2019", "us-cdc-2022", PlanNote.PROVISIONAL),
    ],
)
def test_pace_says_where_it_comes_from(profile, guideline, note, standard):
    found = plan_of_equivalents(Decimal(60), standard(profile, guideline), Wish(start=START))
    assert note in found.notes


def test_provisional_paces_are_marked(knowledge):
    provisional = [one.id for one in knowledge.tapers.profiles.values() if one.review is Review.PROVISIONAL]
    assert provisional == ["hhs-2019"]


@pytest.mark.parametrize(
    ("country", "emergency", "crisis"),
    [
        ("US", "911", "988"),
        ("CA", "911", "988"),
        ("AU", "000", "13 11 14"),
        ("UK", "999", "116 123"),
        ("DE", "112", "0800 111 0 111"),
    ],
)
def test_every_country_of_a_guideline_has_its_own_numbers_to_call(country, emergency, crisis, knowledge):
    called = [knowledge.tapers.help_in(country, kind).number for kind in (Help.EMERGENCY, Help.CRISIS)]
    assert called == [emergency, crisis]


def test_no_number_is_told_for_a_country_that_is_not_known(knowledge):
    assert {one.jurisdiction for one in knowledge.guidelines.values()} == {"US", "CA", "AU", "UK", "DE"}
    assert knowledge.tapers.help_in("FR", Help.EMERGENCY) is None


# ---- a pace at its bounds: 10% of 100 MME/day every 28 days, rounded to 15% at most ----


@pytest.fixture
def pacing(standard):
    def made(profile="us-long", **wish):
        asked = {"percent": Decimal(10), "interval_days": 28, **wish}
        return Pacing(standard(profile), Wish(start=START, **asked), Decimal(100))

    return made


@pytest.mark.parametrize(
    ("cut", "smallest", "days"),
    # A twentieth of 100 is wanted: half of a tablet or more beyond it is no rounding, however small a part of the dose.
    [("5", "5", 28), ("7.4", "5", 28), ("7.5", "5", 42), ("7.6", "5", 49), ("10", "10.1", 28), ("10", "10", 56)],
)
def test_step_that_is_half_a_unit_beyond_a_slow_pace_lasts_longer(cut, smallest, days, pacing):
    slow = pacing(percent=Decimal(5))
    assert slow.days(Decimal(60), Decimal(cut), Decimal(smallest)) == days


@pytest.mark.parametrize(
    ("left", "cut", "days"),
    # Of 50 a tenth is wanted every two weeks, whatever it was of 100; of 30 and less every unit is a large part.
    [("50", "7.4", 14), ("50", "7.5", 21), ("50", "10", 28), ("50", "15", 42), ("30.1", "10", 49), ("30", "10", 28)],
)
def test_step_beyond_a_pace_of_the_current_dose_lasts_as_much_longer(left, cut, days, pacing):
    assert pacing("uk-fpm", interval_days=14).days(Decimal(left), Decimal(cut), smallest=Decimal(5)) == days


@pytest.mark.parametrize(("cut", "days"), [(2, 10), ("2.1", 14)])
def test_step_of_a_low_dose_that_is_as_large_as_wanted_lasts_as_long_as_asked(cut, days, pacing):
    """Only what is stretched goes up to whole weeks."""
    assert pacing(interval_days=10).days(Decimal(20), Decimal(cut), COARSE) == days


@pytest.mark.parametrize(
    ("days", "reviews_"),
    [(27, [27]), (28, [28]), (30, [30]), (31, [31]), (32, [28, 32]), (56, [28, 56]), (59, [28, 59]),
     (60, [28, 56, 60])],
)  # fmt: skip
def test_reviews_are_every_four_weeks_and_before_the_next_step_and_none_is_just_before_another(days, reviews_):
    assert list(reviews(START, days, 28)) == [START + timedelta(one) for one in reviews_]
