"""What stands beside the opioid in a combination, by its name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from opioids.partners import partners_of


@pytest.mark.parametrize(
    ("code", "partners"),
    [
        ("1049621", ()),  # oxycodone hydrochloride 5 MG Oral Tablet
        ("856999", ("acetaminophen",)),  # acetaminophen 325 MG / hydrocodone bitartrate 10 MG Oral Tablet
        ("993890", ("acetaminophen",)),
    ],
)
def test_name_tells_the_partners(knowledge, code, partners):
    assert partners_of(knowledge.formulary.products[code]) == partners


@pytest.mark.parametrize(
    ("name", "partners"),
    [
        ("hydrocodone/APAP 5/325 mg tablets", ("acetaminophen",)),
        ("co-codamol: codeine 30 mg and paracetamol 500 mg", ("acetaminophen",)),
        ("aspirin 389 MG / caffeine 32.4 MG / propoxyphene hydrochloride 32 MG Oral Capsule", ("aspirin", "caffeine")),
        ("Vicodin 5/300 tab", ("acetaminophen",)),
        ("PERCOCET 10/325", ("acetaminophen",)),
        ("Percodan 4.8355/325 mg", ("aspirin",)),
        ("Lortab ASA 5 mg/500 mg tablets", ("aspirin",)),  # its words go before the brand, which is sold otherwise
        ("Co-Gesic 5-500", ("acetaminophen",)),
        ("Embeda 30/1.2 capsules", ("naltrexone",)),
        ("Fiorinal with Codeine #3", ("aspirin", "butalbital", "caffeine")),
        ("Supercocet 5/325", ()),
    ],
)
def test_words_of_a_name_tell_them_however_they_are_written(knowledge, name, partners):
    product = replace(knowledge.formulary.products["856999"], name=name)
    assert partners_of(product) == partners


def test_what_holds_the_opioid_alone_has_no_partner_whatever_its_name_says(knowledge):
    alone = replace(knowledge.formulary.products["1049621"], name="oxycodone 5 mg (not with acetaminophen)")
    assert partners_of(alone) == ()
