"""By which codes and words a medicine is known, once more beside the files that say so.

`medicines.txt` has a line for each: what it is beside an opioid (or that it is one), its name, and then its codes,
brands and other names; and lines of words that name no opioid, no drug, or what stands beside an opioid in a
combination. A row of the knowledge that goes missing, or is given to another medicine, is seen here.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from opioids.drug_codes import Code, CodeSystem
from opioids.identity import Identified
from opioids.knowledge import Knowledge
from opioids.partners import partners_of
from opioids.prescriptions import IgnoredReason
from opioids.value_sets import load_risk_medicines

SYSTEMS = {"RxNorm": CodeSystem.RXNORM, "SNOMED CT": CodeSystem.SNOMED, "ATC": CodeSystem.ATC}
LINES = [line.split(" | ") for line in (Path(__file__).parent / "medicines.txt").read_text("utf-8").splitlines()]
MEDICINES = load_risk_medicines()
NO_OPIOIDS = {IgnoredReason.ANTAGONIST: "antagonist", IgnoredReason.NOT_AN_OPIOID: "no opioid"}
OPIOIDS = {"opioid": "", "antagonist": "antagonist", "no opioid": "no opioid", "no drug": "not known"}
"""What is expected of each kind of line, its own name where nothing else stands."""


def stated(item: str) -> tuple[tuple[Code, ...], tuple[str, ...]]:
    """A code, or a word."""
    for name, system in SYSTEMS.items():
        if item.startswith(f"{name} "):
            return (Code(system, item.removeprefix(f"{name} ")),), ()
    return (), (item,)


def opioid_of(item: str, knowledge: Knowledge) -> str:
    identity = knowledge.recogniser.identifier.identify(*stated(item))
    if isinstance(identity, Identified):
        return ", ".join(part.ingredient.name for part in identity.product.components)
    return NO_OPIOIDS.get(identity, "not known") if isinstance(identity, IgnoredReason) else "not known"


@pytest.mark.parametrize(("kind", "name", "items"), LINES, ids=[f"{kind} {name}" for kind, name, _ in LINES])
def test_medicine_is_known_by_each_of_its_codes_and_words(kind, name, items, knowledge):
    known = items.split("; ")
    if kind in OPIOIDS:
        wanted = OPIOIDS[kind] or name
        assert {item: opioid_of(item, knowledge) for item in known} == dict.fromkeys(known, wanted)
    elif kind == "partner":
        alone = replace(knowledge.formulary.products["1049621"], combination=True)
        named = {word: partners_of(replace(alone, name=f"oxycodone 5 mg and {word} tablets")) for word in known}
        assert named == dict.fromkeys(known, (name,))
    else:
        found = {item: [(one.value, other) for one, other in MEDICINES.find(*stated(item))] for item in known}
        assert {item: (kind, name) in one for item, one in found.items()} == dict.fromkeys(known, True), found
