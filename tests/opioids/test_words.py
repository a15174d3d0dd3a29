"""The sums of scheduled amounts in words, where they differ from the maximum and where they do not."""

from __future__ import annotations

from decimal import Decimal

from opioids.cross_checks import SuppliedDose
from opioids.dose_sums import WornDose
from opioids.measures import Measure, exact
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
    assert worn.scheduled_words == "1 patch x 25 mcg/h = 25 mcg/h"


def test_scheduled_sum_of_a_supply_is_its_only_sum():
    supply = Supply(quantity=Decimal(60), unit=Unit.EACH, noun="tablet", days=Decimal(30))
    supplied = SuppliedDose(
        scheduled=Decimal(10),
        maximum=Decimal(10),
        unit=Unit.MG,
        as_needed=False,
        supply=supply,
        measure=Measure(each=Decimal(5), words="5 mg"),
        noun="tablet",
    )
    assert supplied.scheduled_words == supplied.maximum_words == "60 tablets x 5 mg / 30 days = 10 mg/day"


def test_strength_is_written_to_six_places():
    assert exact(Decimal("0.0123456")) == "0.012346"
    assert exact(Decimal("0.012345")) == "0.012345"
