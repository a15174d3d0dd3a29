"""What was worked out once: the same as if it had been worked out anew, and never without bounds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from opioids.converted import Worth, worth_of
from opioids.knowledge import load
from opioids.mme import mme_total
from opioids.prescriptions import Prescription, Refusal, UncountedReason
from opioids.remembered import Remembered
from tests.opioids.build import METHADONE, TODAY, prescription, product, sig


def test_the_oldest_goes_when_there_is_no_more_room():
    remembered: Remembered[int] = Remembered(2)
    for key, value in (("a", 1), ("b", 2), ("c", 3)):
        remembered.put(key, value)
    assert [remembered.get(key) for key in "abc"] == [None, 2, 3]


@pytest.fixture(scope="module")
def tables():
    return load().tables


def alike(one: Prescription) -> list[Prescription]:
    """The same order under three references, as a reader that remembers gives them."""
    return [replace(one, reference=reference, alike=(one.product.name, one.sigs)) for reference in ("a", "b", "c")]


UNREADABLE = sig(dose=Refusal(reason=UncountedReason.DOSE_UNREADABLE, detail="as told"))
METHADONE_10 = prescription("x", sig(1, 3), of=product(METHADONE, 10))
ORDERS = {
    "counted": prescription("x", sig(1, 2)),
    "by a banded factor": METHADONE_10,
    "unreadable": prescription("x", UNREADABLE),
}


@pytest.mark.parametrize("table", ["cdc-2022", "cdc-2016", "heal-2025"])
@pytest.mark.parametrize("one", ORDERS.values(), ids=ORDERS.keys())
def test_orders_alike_come_to_what_each_comes_to_alone(tables, table, one):
    for each in alike(one):
        alone = mme_total([replace(each, alike=None)], tables[table], TODAY)
        assert mme_total([each], tables[table], TODAY) == alone
        assert [found.reference for found in (*alone.counted, *alone.uncounted)] == [each.reference]


def test_what_is_remembered_of_an_order_bears_neither_its_reference_nor_its_day(tables):
    first, second, _ = (replace(one, starts=TODAY) for one in alike(prescription("x", sig(1, 5))))
    known = worth_of(first, tables["cdc-2022"], TODAY)
    assert known is worth_of(replace(second, starts=None), tables["cdc-2022"], TODAY)
    assert isinstance(known, Worth)
    assert [line.reference for line in known.lines] == [""]
    assert repr(TODAY) not in repr(known)


def test_a_band_goes_by_the_total_of_all_orders_alike(tables):
    together = mme_total(alike(METHADONE_10), tables["cdc-2016"], TODAY)
    apart = mme_total([replace(one, alike=None) for one in alike(METHADONE_10)], tables["cdc-2016"], TODAY)
    assert together == apart
    assert together.maximum == 90 * 12


def test_one_table_never_answers_for_another(tables):
    first = alike(METHADONE_10)[0]
    by_table = [mme_total([first], tables[name], TODAY).maximum for name in ("cdc-2022", "cdc-2016", "cdc-2022")]
    assert by_table == [141, 240, 141]
