"""Paces: which one is a guideline's own, and steps in morphine equivalents alone."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from opioids.tables import Review
from opioids.tapers.equivalents import plan_of_equivalents
from opioids.tapers.pacing import Pacing, Wish
from opioids.tapers.profiles import Basis, Help
from opioids.tapers.values import NoPlan, Obstacle, PlanNote
from tests.opioids.tapers.conftest import START


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


@pytest.mark.parametrize(
    ("current", "least"),
    [("60", 1), ("10.1", 1), ("10", 1), ("9.9", Decimal("0.99")), ("0.5", Decimal("0.05"))],
)
def test_no_step_but_the_last_is_smaller_than_is_worth_taking_or_than_the_first(current, least, amounts):
    doses = [step.mme for step in amounts(current).steps]
    cuts = [before - after for before, after in pairwise(doses)]
    assert min(cuts[:-1]) == least
    assert max(cuts) == cuts[0] == Decimal(current) / 10
    assert doses[-1] == 0


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


def test_last_small_step_to_the_end_is_taken(amounts):
    assert [step.mme for step in amounts(5, target=Decimal("4.8")).steps] == [5, Decimal("4.8")]


@pytest.mark.parametrize("target", [60, 61])
def test_end_that_is_not_below_is_refused(target, amounts):
    assert amounts(60, target=Decimal(target)) == NoPlan(obstacle=Obstacle.TARGET_NOT_BELOW)


def test_shares_of_the_original_dose_come_to_nothing(amounts):
    found = amounts(30, "us-acute-days")
    assert found.profile.basis is Basis.ORIGINAL
    assert [step.mme for step in found.steps] == [30, 15, 0]


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
    ("cut", "days"),
    # A tenth of 20 is wanted each week: a step of one and a half times that lasts as much longer, in whole weeks.
    [(2, 7), (3, 14), (4, 14), (5, 21), (6, 21), (7, 28), (8, 28), (9, 28), (14, 28)],
)
def test_weekly_step_of_a_low_dose_lasts_as_much_longer_as_it_is_beyond_the_pace(cut, days, standard):
    pacing = Pacing(standard("us-long"), Wish(start=START, percent=Decimal(10), interval_days=7), Decimal(100))
    assert pacing.is_low(Decimal(20))
    assert pacing.days(Decimal(20), Decimal(cut)) == days


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
