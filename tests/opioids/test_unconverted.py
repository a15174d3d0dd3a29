"""The step down of an opioid that the table in use does not convert."""

from __future__ import annotations

import pytest

from opioids.later_steps import Measure
from opioids.mme import mme_total
from opioids.prescriptions import Ignored, IgnoredReason, Uncounted, UncountedReason
from opioids.products import Component, Ingredient
from opioids.quantities import Unit
from opioids.regimen import Regimen
from opioids.unconverted import fall_without_factor
from tests.opioids.build import (
    BUPRENORPHINE,
    MEPERIDINE,
    METHADONE,
    MORPHINE,
    OXYCODONE,
    TODAY,
    dose,
    often,
    patch,
    prescription,
    product,
    sig,
)


def taken(mg, of: Ingredient = METHADONE, reference="a"):
    return prescription(reference, sig(dose=dose(mg, unit=Unit.MG), frequency=often(1)), of=product(of, 5))


@pytest.fixture
def fall(knowledge):
    """What falls between two lists of orders under a table without a factor for methadone."""

    def between(before, after, table="ca-2017", tables=("ca-2017", "cdc-2016", "cdc-2022"), days=400):
        by = knowledge.tables[table]
        return fall_without_factor(
            Regimen(current=tuple(before), proposed=tuple(after), written=frozenset(), replaced=frozenset()),
            (mme_total(before, by, TODAY), mme_total(after, by, TODAY)),
            [
                Measure(table=knowledge.tables[one], shelf=knowledge.shelf_of("CA"), practice=knowledge.tapers.practice)
                for one in tables
            ],
            days,
        )

    return between


def test_share_of_its_own_dose_is_told(fall):
    found = fall([taken(60)], [taken(30)])
    assert (found.change.percent, found.day, found.therapy_days) == (50, TODAY, 400)
    assert not found.change.to_zero


def test_share_is_told_where_only_the_route_has_no_factor(fall):
    # ANZCA converts injected meperidine and no tablets; HEAL converts tablets.
    found = fall(
        [taken(400, MEPERIDINE)], [taken(300, MEPERIDINE)], table="anzca-2021", tables=("anzca-2021", "heal-2025")
    )
    assert found.change.percent == 25


def test_table_whose_factor_goes_by_the_dose_is_no_measure(fall):
    # Half of 60 mg is much less than half of its morphine equivalents by the factors of 2016.
    assert fall([taken(60)], [taken(30)], tables=("cdc-2016",)) is None


def test_without_a_table_that_converts_it_nothing_is_told(fall):
    assert fall([taken(60)], [taken(30)], tables=("ca-2017",)) is None


@pytest.mark.parametrize("mg", [60, 80])
def test_dose_that_stays_or_rises_is_no_fall(mg, fall):
    assert fall([taken(60)], [taken(mg)]) is None


def test_beside_another_opioid_that_stays_it_is_the_share_of_its_own_dose(fall):
    other = taken(20, OXYCODONE, "b")
    found = fall([taken(60), other], [taken(30), other])
    assert (found.change.percent, found.beside_others) == (50, True)
    assert not fall([taken(60)], [taken(30)]).beside_others
    assert fall([taken(60), other], [other]).change.to_zero


@pytest.mark.parametrize("mg", [10, 40])
def test_where_the_other_opioid_changes_as_well_it_may_stand_in_for_it(mg, fall):
    assert fall([taken(60), taken(20, OXYCODONE, "b")], [taken(30), taken(mg, OXYCODONE, "b")]) is None
    assert fall([taken(60)], [taken(mg, OXYCODONE, "b")]) is None


def test_where_treatment_begins_it_stands_in_for_it(fall):
    film = Ignored(reference="t", medication="t", reason=IgnoredReason.OPIOID_USE_DISORDER_TREATMENT)
    assert fall([taken(60)], [film]) is None
    assert fall([taken(60), film], [film]).beside_others


def test_opioid_that_the_table_converts_is_judged_by_its_total(fall):
    assert fall([taken(60, MORPHINE)], [taken(30, MORPHINE)]) is None


def worn(mcg_per_hour):
    strength = patch(mcg_per_hour).components[0].strength
    of = patch(mcg_per_hour, components=(Component(ingredient=BUPRENORPHINE, strength=strength),))
    return prescription("a", sig(frequency=often(1, 7)), of=of)


def test_share_of_a_patch_of_a_partial_agonist_is_told(fall):
    found = fall([worn(20)], [worn(10)], table="cdc-2022", tables=("cdc-2022", "anzca-2021"))
    assert found.change.percent == 50


def test_stop_of_the_only_opioid_is_told_where_the_length_of_therapy_is_known(fall):
    assert fall([taken(60)], []).change.to_zero
    assert fall([taken(60)], [], days=None) is None
    assert fall([taken(60)], [taken(30)], days=None).change.percent == 50


def test_dose_that_is_not_known_has_no_share(fall):
    unread = Uncounted(reference="a", medication="a", reason=UncountedReason.DOSE_UNREADABLE, detail="")
    assert fall([unread], [taken(30)]) is None
    assert fall([taken(60), unread], [taken(30), unread]) is None


def test_what_adds_nothing_does_not_matter(fall):
    tablet = Ignored(reference="c", medication="c", reason=IgnoredReason.NOT_AN_OPIOID)
    assert fall([taken(60), tablet], [taken(30), tablet]).change.percent == 50
