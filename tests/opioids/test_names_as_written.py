"""Which drug is meant by a name as systems of a dozen countries write it.

`names_as_written.txt` says so for each name, written down before it was read: `oxycodone 5 mg` (that strength is
read, behind a comma the route where it matters), `oxycodone` (the opioid is known, its strength is not told), `named`
(it may be an opioid: never silent), `none`, `antagonist`, `rescue` (naloxone for an overdose at home), or `beside
diazepam` (no opioid, but of weight beside one). The last part has codes in the place of names.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from opioids import knowledge
from opioids.drug_codes import Code, CodeSystem
from opioids.identity import Identified
from opioids.names.strengths import alike
from opioids.prescriptions import IgnoredReason, Refusal
from opioids.products import Product, Strength, StrengthUnit
from opioids.recognition import Recognised
from opioids.value_sets import Rescue

RECOGNISER = knowledge.load().recogniser
LINES = (Path(__file__).parent / "names_as_written.txt").read_text("utf-8").splitlines()
SYSTEMS = {"RxNorm": CodeSystem.RXNORM, "ATC": CodeSystem.ATC}
NAMES = [tuple(line.split(" | ")) for line in LINES if line and not line.startswith("#")]


def strength_in(words: str) -> tuple[str, Strength | None]:
    """The opioid of "oxycodone 5 mg" and its strength; None where there is no number."""
    opioid, *amount = words.split(" ")
    if not amount:
        return opioid, None
    return opioid, Strength(value=Decimal(amount[0]), unit=StrengthUnit(amount[1]))


def is_told(product: Product, wanted: str) -> bool:
    said, _, route = wanted.partition(", ")
    opioid, strength = strength_in(said)
    found = product.components[0]
    same = alike(strength, found.strength) if strength else found.strength is None
    return same and found.ingredient.name == opioid and route in ("", product.route)


def no_opioid(known: Recognised) -> str:
    """What a drug is that is no opioid, in the words of the file."""
    if known.risk:
        return "antagonist" if known.identity is IgnoredReason.ANTAGONIST else f"beside {known.risk[1]}"
    if known.identity is IgnoredReason.ANTAGONIST:
        return "rescue" if known.rescue is Rescue.YES else "antagonist"
    return "none"


def test_names_are_many():
    assert len(NAMES) > 1000


@pytest.mark.parametrize(("wanted", "name"), NAMES, ids=[name for _, name in NAMES])
def test_name_tells_what_a_pharmacist_reads_in_it(wanted, name):
    system, _, code = name.partition(" ")
    codes = (Code(SYSTEMS[system], code),) if system in SYSTEMS else ()
    known = RECOGNISER.drug(codes, () if codes else (name,))
    if isinstance(known.identity, Identified):
        assert is_told(known.identity.product, wanted), known.identity.product
    elif isinstance(known.identity, Refusal):
        assert wanted == "named", known.identity
    else:
        assert no_opioid(known) == wanted
