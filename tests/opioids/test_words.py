"""The sums of scheduled amounts in words, where they differ from the maximum and where they do not."""

from __future__ import annotations

from decimal import Decimal

from opioids.cross_checks import SuppliedDose
from opioids.daily_dose import WornDose
from opioids.measures import Measure
from opioids.prescriptions import Supply
from opioids.quantities import Dose, Unit


def test_scheduled_sum_of_patches_is_the_rate_worn_at_least():
    patches = Dose(low=Decimal(1), high=Decimal(2), unit=Unit.EACH, noun="patch")
    worn = WornDose(
        scheduled=Decimal(25),
        maximum=Decimal(50),
        unit=Unit.MCG_PER_HOUR,
        as_needed=False,
        dose=patches,
        measure=Measure(each=Decimal(25), words="25 mcg/h"),
    )
    assert worn.maximum_words == "2 patches x 25 mcg/h = 50 mcg/h"
    assert worn.scheduled_words == "25 mcg/h"


def test_scheduled_sum_of_a_supply_is_its_only_sum():
    supply = Supply(quantity=Decimal(60), unit=Unit.EACH, noun="tablet", days=Decimal(30))
    supplied = SuppliedDose(scheduled=Decimal(20), maximum=Decimal(20), unit=Unit.MG, as_needed=False, supply=supply)
    assert supplied.scheduled_words == supplied.maximum_words == "60 dispensed for 30 days = 20 mg/day"
