"""Laws that hold for every plan: it never rises, keeps to its pace, ends where asked, and a pharmacy can fill it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from hooks.words.taper import doses_words
from opioids import knowledge
from opioids.mme import mme_total
from opioids.prescriptions import Prescription, Sig
from opioids.products import Form
from opioids.quantities import Dose, Unit, steadily, times
from opioids.shelf import strength_of
from opioids.tapers.pacing import Standard, Wish
from opioids.tapers.planning import plans
from opioids.tapers.values import First, NoPlan, PlannedDose, StepNote, TaperPlan

START = date(2026, 2, 2)

EXTENDED = ["1049584", "1049563", "1049599", "891888", "891893", "1148800", "1860491", "1790527", "902729", "833711"]
IMMEDIATE = ["1049621", "1049683", "892582", "897702", "835603", "864706", "856999", "825411", "997285", "977942"]
PATCHES = ["577057", "245134", "245135", "197696", "245136"]
LIQUIDS = ["892589", "1049604", "892625"]


@cache
def known():
    return knowledge.load()


@cache
def standard(profile: str, guideline: str) -> Standard:
    loaded = known().guidelines[guideline]
    return Standard(
        guideline=loaded,
        table=known().tables[loaded.default_table],
        profile=known().tapers.profiles[profile],
        shelf=known().shelf_of(loaded.jurisdiction),
        practice=known().tapers.practice,
    )


@st.composite
def orders(draw: DrawFn) -> list[Prescription]:
    """One to three opioids for pain, as they are prescribed: long-acting ones by the clock, others also as needed."""
    made = []
    for index in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["immediate", "extended", "patch", "liquid"]))
        codes = {"immediate": IMMEDIATE, "extended": EXTENDED, "patch": PATCHES, "liquid": LIQUIDS}[kind]
        again = [one.product.rxcui for one in made if one.product and one.product.rxcui in codes]
        codes = again if again and draw(st.booleans()) else codes
        product = known().formulary.products[draw(st.sampled_from(codes))]
        liquid = product.form is Form.LIQUID
        amount = (
            Decimal(draw(st.sampled_from(["2.5", "5", "7.5", "10"]))) if liquid else Decimal(draw(st.integers(1, 3)))
        )
        frequency = times(1, 3) if kind == "patch" else times(draw(st.integers(1, 2 if kind == "extended" else 6)))
        sig = Sig(
            dose=Dose(low=amount, high=amount, unit=Unit.ML if liquid else Unit.EACH),
            frequency=steadily(frequency),
            as_needed=kind in ("immediate", "liquid") and draw(st.booleans()),
        )
        made.append(Prescription(reference=str(index), medication=product.name, product=product, sigs=(sig,)))
    return made


@st.composite
def tapers(draw: DrawFn) -> TaperPlan:
    guideline, profile = draw(
        st.sampled_from(
            [
                ("us-cdc-2022", "us-long"), ("us-cdc-2022", "us-short"), ("us-cdc-2022", "us-acute-weeks"),
                ("au-2022", "au-long"), ("uk-nice-ng215", "uk-fpm"), ("ca-2017", "ca"), ("us-cdc-2022", "fda-label"),
                ("de-lonts-2020", "review-2025"),
            ]
        )
    )  # fmt: skip
    by = standard(profile, guideline)
    total = mme_total(draw(orders()), by.table, START)
    assume(not total.uncounted and total.maximum > 0)
    target = total.maximum * draw(st.sampled_from([0, 0, 0, 25, 50, 90])) / 100
    wish = Wish(
        start=START,
        percent=by.profile.most_percent * draw(st.sampled_from([1, 1, Decimal("0.5")])),
        first=draw(st.sampled_from([None, First.EXTENDED, First.IMMEDIATE])),
        target=target or None,
        begun_at=draw(st.sampled_from([None, None, total.maximum * Decimal("1.5"), total.maximum * 4])),
        halves=draw(st.booleans()),
    )
    made = plans(total, by, wish)
    assert not isinstance(made, NoPlan)
    return draw(st.sampled_from(made))


def ingredient(dose: PlannedDose) -> str:
    return dose.product.components[0].ingredient.name


def as_an_order(dose: PlannedDose) -> Prescription:
    unit = Unit.ML if dose.product.form is Form.LIQUID else Unit.EACH
    amount = Dose(low=dose.per_day, high=dose.per_day, unit=unit)
    sig = Sig(dose=amount, frequency=steadily(times(1)))
    return Prescription(reference="", medication="", product=dose.product, sigs=(sig,))


@settings(max_examples=30)
@given(tapers())
def test_plan_never_rises(plan):
    doses = [step.mme for step in plan.steps]
    assert all(later < before for before, later in pairwise(doses))


@settings(max_examples=30)
@given(tapers())
def test_what_is_taken_is_counted_in_full_at_every_step(plan):
    table = known().tables[plan.table]
    for step in plan.steps:
        total = mme_total([as_an_order(dose) for dose in step.doses], table, START)
        assert total.complete
        assert len(total.counted) == len(step.doses)
        assert total.maximum == step.mme


@settings(max_examples=30)
@given(tapers())
def test_no_formulation_rises_unless_it_takes_the_place_of_an_extended_release_dose(plan):
    for before, later in pairwise(plan.steps):
        for name in {ingredient(dose) for dose in later.doses}:
            amount = [sum(dose.amount for dose in step.doses if ingredient(dose) == name) for step in (before, later)]
            assert amount[1] <= amount[0]
        if StepNote.NOW_IMMEDIATE not in later.notes:
            for released in (True, False):
                slow = [
                    sum(dose.amount for dose in step.doses if dose.product.extended_release is released)
                    for step in (before, later)
                ]
                assert slow[1] <= slow[0]


@settings(max_examples=30)
@given(tapers())
def test_plan_ends_where_it_was_asked_to(plan):
    end, target = plan.steps[-1], plan.target
    if target is None:
        assert end.doses == ()
        assert end.mme == 0
        assert StepNote.LAST in end.notes
    else:
        assert end.mme >= target or abs(end.mme - target) < Decimal("0.001")


@settings(max_examples=30)
@given(tapers())
def test_plan_keeps_to_its_pace_over_time_beyond_the_rounding_to_whole_units(plan):
    practice = known().tapers.practice
    for step in plan.steps[1:-1]:
        if step.cut_percent > max(practice.rounding_percent, plan.percent):
            # What cannot go by less lasts longer, so that the pace is kept over time.
            assert StepNote.NO_SMALLER_UNIT in step.notes or StepNote.LOW_DOSE in step.notes
            assert step.cut_percent / step.days <= plan.percent / plan.interval_days
            assert step.days > plan.interval_days
        assert step.cut_percent <= plan.percent or step.notes


@settings(max_examples=30)
@given(tapers())
def test_only_what_a_pharmacy_has_is_asked_for_and_nothing_is_split_that_must_not_be(plan):
    taken_now = {dose.product.name for dose in plan.steps[0].doses}
    sold = {product.name for product in known().formulary.products.values()}
    for step in plan.steps[1:]:
        for dose in step.doses:
            assert dose.product.name in sold
            assert "[" not in dose.product.name or dose.product.name in taken_now
            whole = dose.units == int(dose.units)
            if dose.product.form is Form.PATCH:
                assert dose.is_worn
                assert whole
            elif dose.product.form is Form.SOLID:
                halved = dose.units * 2 == int(dose.units * 2)
                assert whole or (halved and not dose.product.extended_release)


@settings(max_examples=30)
@given(tapers())
def test_dates_follow_one_another_and_reviews_are_at_least_monthly(plan):
    for step, later in pairwise(plan.steps):
        assert later.start == step.start + timedelta(days=step.days)
        days = [step.start, *step.reviews]
        assert all((one - before).days <= 31 for before, one in pairwise(days))
        assert step.reviews[-1] == later.start


SAID = re.compile(
    r"(?P<amount>(?:[\d.]+ x )?[\d.]+ mg|[\d.]+ mL \([\d.]+ mg\))"
    r"(?: as needed, at most (?P<most>[\d.]+)(?:(?P<volume> mL)| tablets?| capsules?) a day"
    r"| (?P<often>once|twice|three times|four times|[\d]+ times) a day"
    r"| at (?P<some>\d+) of \d+ doses a day"
    r"|(?P<one> (?:in the (?:morning|evening)|at (?:midday|bedtime)))"
    r"|(?P<beside>(?= and )))"
)
OFTEN = {"once": 1, "twice": 2, "three times": 3, "four times": 4}


def mg_said(words: str) -> Decimal:
    """What the words of a step add up to in mg a day, patches left out; all that is no amount is names."""
    total = beside = Decimal(0)
    for one in SAID.finditer(words):
        *units, mg = (Decimal(number) for number in re.findall(r"[\d.]+", one["amount"]))
        each = mg if one["volume"] or "mL" in one["amount"] else mg * (units[0] if units else 1)
        if one["beside"] is not None:
            beside += each
        elif one["most"]:
            total += Decimal(one["most"]) * mg / (units[0] if one["volume"] else 1)
        else:
            count = one["some"] or (one["often"] or "once").removesuffix(" times")
            total += (each + beside) * (OFTEN.get(one["often"] or count) or int(count))
            beside = Decimal(0)
    return total


@settings(max_examples=60)
@given(tapers())
def test_words_of_a_step_add_up_to_what_is_taken(plan):
    for step in plan.steps:
        swallowed = [dose for dose in step.doses if not dose.is_worn]
        taken = sum((dose.per_day * strength_of(dose.product) for dose in swallowed), Decimal(0))
        words = doses_words(step.doses)
        assert mg_said(words) == taken, words
