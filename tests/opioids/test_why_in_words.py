"""Why an order is not counted, or adds nothing, in the words that a prescriber reads beside it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from opioids.daily_dose import daily_dose
from opioids.drug_codes import Code, CodeSystem
from opioids.identity import Identified
from opioids.mme import mme_total
from opioids.prescriptions import Ignored, IgnoredReason, Standing
from opioids.products import Form, Route, StrengthUnit
from opioids.quantities import Frequency, Unit, times
from opioids.regimen import regimen
from opioids.sigs.directions import read_sig
from tests.opioids.build import (
    FENTANYL,
    TODAY,
    ceiling,
    dose,
    draft,
    often,
    order,
    patch,
    prescription,
    product,
    sig,
    solution,
)
from tests.opioids.identities import rx
from tests.opioids.shipped import IDENTIFIER

# ---- which drug ----


@pytest.mark.parametrize(
    ("codes", "names", "why"),
    [
        ([], [" "], "no medication is named"),
        (rx("1049621", "1049683"), [], "the codes of the order stand for different products"),
        (rx("7804", "7052"), [], "the codes of the order stand for different opioids"),
        ([Code(CodeSystem.ATC, "N02AA99")], ["analgesic"], "its ATC code is an opioid's, but which one is not known"),
        *(
            ([], [words], "its words do not say which drug it is")
            for words in ("see order", "opioid PCA", "strong opioid, patient unsure of name", "Schedule II pain pill")
        ),
        ([Code(CodeSystem.NDC, "99999999999")], [], "only an NDC is given, and it is not known here"),
        ([Code(CodeSystem.NONE, "1049621")], [], "its code is one of an opioid, but the code's system is not stated"),
        ([], ["MS 15 mg tab"], "its words may mean an opioid or another drug"),
        ([Code(CodeSystem.OTHER, "1")], ["pain pill", "oxy 5 mg"], "its words may mean an opioid or another drug"),
        ([], ["oxycodone and morphine"], "speaks of oxycodone and morphine, but the product cannot be told"),
    ],
)
def test_why_the_drug_cannot_be_told(codes, names, why):
    assert IDENTIFIER.identify(codes, names).detail == why


@pytest.mark.parametrize(
    ("codes", "name", "assumed"),
    [
        (rx("7804"), "oxycodone 5 mg tablet", "strength read from the name"),
        ([], "oxycodone 5 mg tablet", "the product was read from its name"),
        ([], "oxycodone", "only the ingredient was read from the name"),
    ],
)
def test_what_was_read_from_a_name_is_said(codes, name, assumed):
    found = IDENTIFIER.identify(codes, [name])
    assert isinstance(found, Identified)
    assert found.assumptions == (assumed,)


# ---- how much ----


def mg(amount):
    return dose(amount, unit=Unit.MG)


def an_hour(amount):
    return dose(amount, unit=Unit.MCG_PER_HOUR)


@pytest.mark.parametrize(
    ("one", "of", "why"),
    [
        (sig(dose=dose(-1)), product(), "the dose is negative, absurdly large or a range turned round"),
        (sig(dose=dose(2, 1)), product(), "the dose is negative, absurdly large or a range turned round"),
        (sig(dose=dose(0)), product(), "the dose is zero"),
        (sig(frequency=often(0)), product(), "the frequency is zero, negative or absurdly high"),
        (sig(frequency=Frequency(low=times(3), high=times(2))), product(), "the frequency is a range turned round"),
        (sig(ceilings=(ceiling(0),)), product(), "the stated maximum is zero, negative or absurdly large"),
        (sig(most_at_once=mg(0)), product(), "the stated maximum at one time is zero, negative or absurdly large"),
        (sig(1), product(strength=None), "the strength of the product is not stated"),
        (sig(dose=mg("0.025")), patch(), "a patch is ordered by its rate (mcg/h), not by mass"),
        (
            sig(dose=mg(5)),
            product(strength=5, unit=StrengthUnit.MG_PER_ACTUATION, combination=True),
            "a dose in mg of a product with several ingredients can mean any of them",
        ),
        (sig(dose=an_hour(2)), product(), "a dose per hour is an infusion, not a daily dose"),
        (
            sig(dose=an_hour(25)),
            product(form=Form.UNKNOWN, noun=""),
            "this product does not give its drug at a rate per hour",
        ),
        (sig(dose=None, frequency=often(1, 3)), patch(), "how many patches are worn is not told"),
        (sig("0.5", frequency=often(1, 3)), patch(), "part of a patch: patches are not cut"),
        (sig(dose=dose(5, unit=Unit.ML)), product(), "a dose in mL does not fit this product (tablet)"),
        (sig(1), solution(), "a dose by number without a unit does not fit this product (liquid)"),
        (
            sig(dose=dose(5, unit=Unit.ML)),
            product(form=Form.UNKNOWN, noun=""),
            "a dose in mL does not fit this product (form not known)",
        ),
    ],
)
def test_why_a_dose_cannot_be_counted(one, of, why):
    assert daily_dose(one, of, of.components[0]).detail == why


@pytest.mark.parametrize(
    ("contents", "why"),
    [
        (prescription("a", sig(end=TODAY - timedelta(days=1))), "no dose on this day"),
        (prescription("a", sig(route=Route.ORAL), sig(route=Route.RECTAL)), "the order names several routes"),
        (
            prescription("a", sig(dose=mg("0.1")), of=product(FENTANYL, None)),
            "neither the order nor the product tells the route",
        ),
    ],
)
def test_why_an_order_cannot_be_counted(contents, why, knowledge):
    found = mme_total([contents], knowledge.tables["cdc-2022"], TODAY)
    [one] = (*found.uncounted, *found.ignored)
    assert one.detail == why


@pytest.mark.parametrize(
    ("direction", "why"),
    [
        ("by mouth", "no dose and no frequency are written"),
        (
            "1 tab q6h prn, max 10 mL per day",
            "could not read as one direction: a maximum in another unit than the dose",
        ),
    ],
)
def test_why_a_direction_cannot_be_read(direction, why):
    assert read_sig(direction).detail == why


def test_amount_of_a_whole_day_is_said():
    [read] = read_sig("60 mg a day")
    assert read.assumptions == ("the amount is a day's: in how many doses it is taken is not written",)


# ---- beside which other order ----


def keys(*names):
    return frozenset(names)


EARLIER = {"started": TODAY - timedelta(days=40), "supply_ends": TODAY - timedelta(days=1)}
ANOTHER = prescription("b", sig(2))


@pytest.mark.parametrize(
    ("active", "drafts", "why"),
    [
        ([order("a"), order("a")], [], "the same order is listed twice"),
        ([order("a"), order("b", fulfils=keys("a"))], [], "part of another order of the list"),
        ([order("a"), order("b", ANOTHER, replaces=keys("a"))], [], "replaced by another order of the list"),
        (
            [order("MedicationStatement/s"), order("MedicationRequest/r")],
            [],
            "the same as an order of the list: counted once",
        ),
        ([order("a", **EARLIER), order("b", started=TODAY)], [], "used up and renewed: counted once"),
        ([order("a")], [draft("d", ANOTHER, replaces=keys("a"))], "replaced by the order being written"),
        ([order("a")], [draft("d")], "renewed by the order being written: counted once"),
        ([order("a")], [draft("a", standing=Standing.WITHDRAWN)], "stopped now"),
        ([], [draft("d"), draft("d")], "the same order is listed twice"),
        ([], [draft("d"), draft("e", ANOTHER, fulfils=keys("d"))], "part of another order being written"),
    ],
)
def test_why_an_order_adds_nothing_beside_another(active, drafts, why):
    said = {one.detail for one in regimen(active, drafts, TODAY).proposed if isinstance(one, Ignored)}
    assert said == {why}


@pytest.mark.parametrize(
    ("codes", "names"),
    [([Code(CodeSystem.RXNORM, "314076")], ["MS"]), ([], ["Oxy 10 wash"]), ([], ["magnesium sulfate", "MS"])],
)
def test_a_code_or_another_word_tells_what_an_abbreviation_stands_for(codes, names):
    assert IDENTIFIER.identify(codes, names) is IgnoredReason.NOT_AN_OPIOID
