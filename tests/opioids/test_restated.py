"""What is said of a dose that an order states several times, beside what was said of it before."""

from __future__ import annotations

import pytest

from opioids.prescriptions import Refusal, Restated
from opioids.quantities import Unit
from opioids.restated import stated_once
from tests.opioids.build import dose, patch, product, sig

TABLETS = product()
BEFORE = ("as told",)


def other(amount, unit=Unit.MG):
    return Restated(dose=dose(amount, unit=unit), of_one_kind=False)


def test_dose_that_is_read_from_another_statement_is_said_so_and_is_the_first_of_them():
    bare = product(strength=None)
    told = sig(restated=(other(10), other(30)), assumptions=BEFORE)
    found = stated_once(told, bare, bare.components[0])
    assert not isinstance(found, Refusal)
    assert (found.dose, found.restated) == (dose(10, unit=Unit.MG), ())
    assert found.assumptions == (*BEFORE, "the dose was read from where it is stated as 10 mg")


@pytest.mark.parametrize(
    ("patches", "rate", "said"),
    [
        (2, 50, ()),
        (2, 25, ("the dose is stated as 2 patches and as 25 mcg/h, which is what each of them gives",)),
        (3, 25, ("the dose is stated as 3 patches and as 25 mcg/h, which is what each of them gives",)),
        (3, 50, None),
        (2, 75, None),
        (1, 75, None),
    ],
)
def test_rate_beside_patches_is_that_of_all_or_what_each_of_them_gives(patches, rate, said):
    """By its label a patch gives 25 mcg/h; any other rate says that a number or a strength is mistaken."""
    worn = patch()
    its = Restated(dose=dose(rate, unit=Unit.MCG_PER_HOUR), of_one_kind=True)
    found = stated_once(sig(patches, restated=(its,)), worn, worn.components[0])
    if said is None:
        assert isinstance(found, Refusal)
    else:
        assert (found.dose, found.assumptions) == (dose(patches), said)
