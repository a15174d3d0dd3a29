"""Regimens as plans see them, from products of the real formulary."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from opioids.mme import MmeTotal, mme_total
from opioids.prescriptions import Prescription, Sig
from opioids.quantities import Dose, Unit, steadily, times
from opioids.tapers.pacing import Standard, Wish
from opioids.tapers.planning import plans

START = date(2026, 2, 2)


def taken(product, units=1, count=2, days=1, **given) -> Prescription:
    """An order of so many units of a product, so many times a day."""
    unit = given.pop("unit", Unit.EACH)
    made = {
        "dose": Dose(low=Decimal(str(units)), high=Decimal(str(units)), unit=unit, noun=given.pop("noun", "")),
        "frequency": steadily(times(str(count), str(days))),
    }
    reference = given.pop("reference", product.rxcui)
    return Prescription(reference=reference, medication=product.name, product=product, sigs=(Sig(**{**made, **given}),))


@pytest.fixture(scope="session")
def products(knowledge):
    return knowledge.formulary.products


@pytest.fixture(scope="session")
def total(knowledge):
    def add(*contents, table="cdc-2022") -> MmeTotal:
        return mme_total(contents, knowledge.tables[table], START)

    return add


@pytest.fixture(scope="session")
def standard(knowledge):
    def made(profile="us-long", guideline="us-cdc-2022", table="cdc-2022") -> Standard:
        loaded = knowledge.guidelines[guideline]
        return Standard(
            guideline=loaded,
            table=knowledge.tables[table],
            profile=knowledge.tapers.profiles[profile],
            shelf=knowledge.shelf_of(loaded.jurisdiction),
            practice=knowledge.tapers.practice,
        )

    return made


@pytest.fixture(scope="session")
def plan(total, standard):
    """The plans for some orders; of a choice of orders the first."""

    def made(*contents, most_steps=None, **wish):
        table = wish.pop("table", "cdc-2022")
        return plans(
            total(*contents, table=table), standard(table=table), Wish(start=START, **wish), most_steps=most_steps
        )

    return made
