from __future__ import annotations

from decimal import Decimal

import pytest

from opioids import conversion, tables
from opioids.conversion import Band, check_bands
from opioids.prescriptions import Refusal, UncountedReason
from opioids.products import Route
from opioids.quantities import Unit
from opioids.tables import KnowledgeError
from tests.opioids.build import FENTANYL, MEPERIDINE, METHADONE, MORPHINE, OXYCODONE


def band(above, up_to, factor=1) -> Band:
    return Band(above=Decimal(above), up_to=None if up_to is None else Decimal(up_to), factor=Decimal(factor))


@pytest.mark.parametrize(
    ("dose", "factor"),
    [
        ("0.5", 4),
        ("19.99", 4),
        ("20", 4),
        ("20.01", 8),
        ("20.5", 8),
        ("40", 8),
        ("40.01", 10),
        ("60", 10),
        ("60.01", 12),
        ("900", 12),
    ],
)
def test_methadone_of_2016_takes_the_band_that_the_daily_dose_falls_into(dose, factor, knowledge):
    row = knowledge.tables["cdc-2016"].find(METHADONE, Route.ORAL)
    assert row.at(Decimal(dose)) == factor


@pytest.mark.parametrize("dose", ["0.01", "20", "20.5", "1000"])
def test_methadone_of_2022_has_one_factor(dose, knowledge):
    assert knowledge.tables["cdc-2022"].find(METHADONE, Route.ORAL).at(Decimal(dose)) == Decimal("4.7")


def test_factor_of_a_patch_is_per_mcg_an_hour(knowledge):
    row = knowledge.tables["cdc-2022"].find(FENTANYL, Route.TRANSDERMAL)
    assert (row.unit, row.at(Decimal(75))) == (Unit.MCG_PER_HOUR, Decimal("2.4"))


@pytest.mark.parametrize("route", [route for route in Route if route is not Route.ORAL])
def test_oral_factor_applies_to_no_other_route(route, knowledge):
    found = knowledge.tables["cdc-2022"].find(OXYCODONE, route)
    assert isinstance(found, Refusal)
    assert found.reason is UncountedReason.ROUTE_NOT_CONVERTIBLE


@pytest.mark.parametrize("route", Route)
def test_drug_without_any_row_has_no_factor_by_any_route(route, knowledge):
    found = knowledge.tables["cdc-2022"].find(MEPERIDINE, route)
    assert isinstance(found, Refusal)
    assert found.reason is UncountedReason.NO_FACTOR


@pytest.mark.parametrize(("ingredient", "converts"), [(MORPHINE, True), (FENTANYL, True), (MEPERIDINE, False)])
def test_table_says_which_drugs_it_converts(ingredient, converts, knowledge):
    assert knowledge.tables["cdc-2022"].converts(ingredient) is converts


@pytest.mark.parametrize(
    "bands",
    [
        (band(0, None),),
        (band(0, 20), band(20, None)),
        (band(0, 20), band(20, 40), band(40, 60), band(60, None)),
    ],
)
def test_bands_that_meet_are_accepted(bands):
    assert check_bands(bands, "table") is None


@pytest.mark.parametrize(
    "bands",
    [
        (),
        (band(0, 20),),
        (band(1, None),),
        (band(0, 20), band(21, None)),
        (band(0, 20), band(19, None)),
        (band(0, None), band(20, None)),
        (band(0, 20), band(20, 40)),
        (band(20, None), band(0, 20)),
    ],
    ids=["none", "no end", "no start", "gap", "overlap", "after the open one", "no open one", "wrong order"],
)
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

    def load(*lines):
        texts = {"table.json": about, "factors.csv": "\n".join([HEADER, *lines])}
        monkeypatch.setattr(tables, "text_of", lambda path: texts[path.rpartition("/")[2]])
        return conversion.load_table("test")

    return load


def test_row_is_loaded_with_its_provenance(table_of):
    row = table_of(GOOD).find(MORPHINE, Route.ORAL)
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
