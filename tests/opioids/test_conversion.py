"""Conversion tables: the one factor of a drug, route, form and dose, or the reason why there is none."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from opioids import conversion_files, tables
from opioids.conversion import Band
from opioids.conversion_files import PROVISIONAL, check_bands
from opioids.mme import mme_total
from opioids.prescriptions import Refusal, UncountedReason
from opioids.products import Route
from opioids.quantities import Unit
from opioids.tables import KnowledgeError
from tests.opioids.build import (
    BUPRENORPHINE,
    FENTANYL,
    MEPERIDINE,
    METHADONE,
    MORPHINE,
    OXYCODONE,
    TODAY,
    dose,
    often,
    prescription,
    product,
    sig,
)


def band(above, up_to, factor=1) -> Band:
    return Band(above=Decimal(above), up_to=None if up_to is None else Decimal(up_to), factor=Decimal(factor))


@pytest.mark.parametrize("route", [route for route in Route if route is not Route.ORAL])
def test_oral_factor_applies_to_no_other_route(route, knowledge):
    found = knowledge.tables["cdc-2022"].find(OXYCODONE, route, "")
    assert isinstance(found, Refusal)
    assert found.reason is UncountedReason.ROUTE_NOT_CONVERTIBLE
    words = "epidural, intrathecal or local" if route is Route.REGIONAL else route
    assert found.detail == f"cdc-2022 has no factor for oxycodone by this route ({words})"


@pytest.mark.parametrize(("ingredient", "converts"), [(MORPHINE, True), (FENTANYL, True), (MEPERIDINE, False)])
def test_table_says_which_drugs_it_converts(ingredient, converts, knowledge):
    assert knowledge.tables["cdc-2022"].converts(ingredient) is converts


@pytest.mark.parametrize(
    ("route", "found"),
    [
        (Route.ORAL, True),
        (Route.TRANSDERMAL, True),
        (Route.INJECTION, True),
        (Route.REGIONAL, False),
        (Route.TOPICAL, False),
    ],
)
def test_factor_by_any_route_is_for_routes_that_reach_the_whole_body(route, found, knowledge):
    rule = knowledge.tables["de-dgs"].find(BUPRENORPHINE, route, "")
    assert isinstance(rule, Refusal) is not found


@pytest.mark.parametrize(
    ("table", "said"), [("uk-fpm-2020", "specialist only"), ("ca-2017", "not reliably established"), ("anzca-2021", "")]
)
def test_drug_that_a_table_leaves_out_on_purpose_says_why(table, said, knowledge):
    detail = knowledge.tables[table].no_factor(METHADONE).detail
    assert detail == f"{table} has no factor for methadone{f': {said}' if said else ''}"


@pytest.mark.parametrize(
    ("strength", "reason"), [(Decimal("37.5"), UncountedReason.NO_FACTOR), (None, UncountedReason.STRENGTH_UNKNOWN)]
)
def test_patch_that_is_not_listed_has_no_worth(strength, reason, knowledge):
    found = knowledge.tables["uk-fpm-2020"].find(FENTANYL, Route.TRANSDERMAL, "").of(strength)
    assert found.reason is reason
    assert "12, 25, 50, 75, 100 mcg/h" in found.detail


@pytest.mark.parametrize(
    "bands",
    [(band(0, None),), (band(0, 20), band(20, None)), (band(0, 20), band(20, 40), band(40, 60), band(60, None))],
)
def test_bands_that_meet_are_accepted(bands):
    assert check_bands(bands, "table") is None


@pytest.mark.parametrize(
    "bands",
    [(), (band(0, 20),), (band(1, None),), (band(0, 20), band(21, None)), (band(0, 20), band(19, None)),
     (band(0, None), band(20, None)), (band(0, 20), band(20, 40)), (band(20, None), band(0, 20))],
    ids=["none", "no end", "no start", "gap", "overlap", "after the open one", "no open one", "wrong order"],
)  # fmt: skip
def test_bands_that_leave_a_dose_without_exactly_one_factor_are_refused(bands):
    with pytest.raises(KnowledgeError, match="table"):
        check_bands(bands, "table")


# ---- loading ----

HEADER = "ingredient,route,factor,per,above,up_to,status,source,edition,review,note"
GOOD = "morphine,oral,1,mg,,,counted,CDC2022,2022,verified,"


@pytest.fixture
def table_of(monkeypatch):
    """Loads a table whose rows are given as text."""
    about = (
        '{"title": "T", "jurisdiction": "US", "citation": "C", "url": "https://example.org", '
        '"edition": "2022", "review": "verified", "source": "S"}'
    )

    def load(*lines, header=HEADER):
        texts = {"table.json": about, "factors.csv": "\n".join([header, *lines])}
        monkeypatch.setattr(tables, "text_of", lambda path: texts[path.rpartition("/")[2]])
        return conversion_files.load_table("test")

    return load


@pytest.mark.parametrize(
    ("table", "ingredient", "route", "unit", "scale"),
    [
        ("cdc-2022", MORPHINE, Route.ORAL, Unit.MG, 1),
        ("cdc-2022", MORPHINE, Route.ORAL, Unit.MCG_PER_HOUR, None),
        ("cdc-2022", FENTANYL, Route.TRANSDERMAL, Unit.MCG_PER_HOUR, 1),
        ("cdc-2022", FENTANYL, Route.TRANSDERMAL, Unit.MG, None),
        ("heal-2025", FENTANYL, Route.NASAL, Unit.MG, 1000),
        ("anzca-2021", FENTANYL, Route.INJECTION, Unit.MG, 1000),
        ("anzca-2021", FENTANYL, Route.INJECTION, Unit.MCG_PER_HOUR, None),
        ("de-dgs", FENTANYL, Route.TRANSDERMAL, Unit.MCG_PER_HOUR, Decimal("0.024")),
        ("de-dgs", FENTANYL, Route.INJECTION, Unit.MCG_PER_HOUR, None),
    ],
)
def test_daily_dose_is_brought_to_the_unit_of_the_factor(table, ingredient, route, unit, scale, knowledge):
    assert knowledge.tables[table].find(ingredient, route, "").scale(unit) == scale


def test_row_is_loaded_with_its_provenance(table_of):
    row = table_of(GOOD).find(MORPHINE, Route.ORAL, "")
    assert (row.source, row.review.value, row.at(Decimal(10))) == ("CDC2022", "verified", Decimal(1))


def test_row_that_is_not_counted_gives_no_factor(table_of):
    table = table_of(GOOD, "meperidine,any,,,,,not in table,CDC2022,2022,verified,")
    assert not table.converts(MEPERIDINE)


@pytest.mark.parametrize(
    "row",
    [
        "morphine,oral,1,mg,,,counted,,2022,verified,",
        "morphine,oral,1,mg,,,counted,CDC2022,,verified,",
        "morphine,oral,1,mg,,,counted,CDC2022,2022,,",
        "morphine,oral,1,mg,,,counted,CDC2022,2022,checked,",
        "meperidine,any,,,,,not in table,,2022,verified,",
    ],
    ids=["source", "edition", "review", "unknown review", "row that is not counted"],
)
def test_row_without_provenance_is_refused(row, table_of):
    with pytest.raises(KnowledgeError, match=r"factors\.csv, line 3"):
        table_of(GOOD, row)


@pytest.mark.parametrize("number", ["", "x", "0", "-1", "NaN", "Infinity", "1,5"])
def test_factor_that_is_no_positive_number_is_refused(number, table_of):
    with pytest.raises(KnowledgeError, match="morphine"):
        table_of(f'morphine,oral,"{number}",mg,,,counted,CDC2022,2022,verified,')


def test_gap_between_bands_is_refused_by_name(table_of):
    rows = ["methadone,oral,4,mg,0,20,counted,S,2016,verified,", "methadone,oral,8,mg,21,,counted,S,2016,verified,"]
    with pytest.raises(KnowledgeError, match="methadone"):
        table_of(*rows)


WIDE = "ingredient,route,form,factor,per,strength,mme,published,status,source,edition,review,note"


def test_row_of_its_own_stands_before_the_one_for_any_route(table_of):
    table = table_of(
        "fentanyl,any,,100,mg,,,,counted,S,2020,verified,",
        "fentanyl,transdermal,,2.4,mcg/h,,,,counted,S,2020,verified,",
        header=WIDE,
    )
    assert table.find(FENTANYL, Route.TRANSDERMAL, "").at(Decimal(1)) == Decimal("2.4")
    assert table.find(FENTANYL, Route.NASAL, "").at(Decimal(1)) == 100


def test_provisional_row_and_range_have_to_be_said(table_of):
    table = table_of("morphine,oral,,0.2,mg,,,0.1-0.2,counted,S,2020,provisional,", header=WIDE)
    caveats = table.find(MORPHINE, Route.ORAL, "").caveats
    assert caveats == (PROVISIONAL, "the source gives 0.1 to 0.2: 0.2 is used")


LISTED = "fentanyl,transdermal,,,mcg/h,12,30,,lookup,S,2020,verified,"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (LISTED, "listed twice"),
        ("fentanyl,transdermal,,,mcg/h,0,30,,lookup,S,2020,verified,", "not a positive number"),
        ("fentanyl,transdermal,,,mcg/h,25,,,lookup,S,2020,verified,", "is not a number"),
        ("fentanyl,transdermal,,,mcg/h,35,100,,lookup,S,2020,verified,", "no plain multiple"),
    ],
)
def test_patch_that_is_listed_twice_or_without_a_plain_worth_is_refused(row, why, table_of):
    with pytest.raises(KnowledgeError, match=why):
        table_of(LISTED, row, header=WIDE)


def test_factor_of_two_bands_depends_on_the_dose_and_one_of_one_does_not(knowledge):
    (methadone,) = knowledge.tables["cdc-2016"].rules["methadone", Route.ORAL]
    assert [replace(methadone, bands=methadone.bands[-count:]).banded for count in (1, 2)] == [False, True]


@pytest.mark.parametrize(("rate", "mme"), [(12, 30), (25, 0)])
@pytest.mark.usefixtures("knowledge")
def test_rate_of_a_bare_ingredient_counts_where_the_table_lists_a_patch_of_it(rate, mme, table_of):
    """Although the table lists no other strength."""
    table = table_of(LISTED, header=WIDE)
    worn = sig(dose=dose(rate, unit=Unit.MCG_PER_HOUR), frequency=often(1, 3), route=Route.TRANSDERMAL)
    assert mme_total([prescription("a", worn, of=product(FENTANYL, None))], table, TODAY).maximum == mme
