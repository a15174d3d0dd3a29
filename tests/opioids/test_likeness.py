"""A misspelled opioid is not harmless, and the name of another drug is no misspelling."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opioids import knowledge
from opioids.drug_codes import Code, CodeSystem
from opioids.names.likeness import Likeness, slips
from opioids.names.words import words_of
from opioids.prescriptions import IgnoredReason, Refusal, UncountedReason
from tests.opioids.shipped import FORMULARY, IDENTIFIER
from tests.oracle_of_slips import naive_slips

HERE = Path(__file__).parent
KNOWLEDGE = Path(knowledge.__file__).parent
LOCAL = Code(CodeSystem.OTHER, "4711")
MISSPELLED = [one for one in (HERE / "misspelled.txt").read_text("utf-8").splitlines() if not one.startswith("#")]


@pytest.mark.parametrize("name", MISSPELLED)
@pytest.mark.parametrize("codes", [[], [LOCAL], [Code(CodeSystem.RXNORM, "314076")]], ids=["none", "local", "RxNorm"])
def test_misspelled_opioid_is_uncounted_and_said(name, codes):
    found = IDENTIFIER.identify(codes, [name])
    assert isinstance(found, Refusal)
    assert found.reason is UncountedReason.PRODUCT_UNKNOWN
    assert "may be meant for" in found.detail


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("oxycodne 5 mg tablet", '"oxycodne" may be meant for oxycodone'),  # as close to "oxycodon"
        ("pethadine", '"pethadine" may be meant for pethidine (meperidine)'),
        ("percocett", '"percocett" may be meant for percocet'),
    ],
)
def test_what_may_be_meant_is_called_as_the_reader_knows_it(name, detail):
    assert IDENTIFIER.identify([], [name]).detail == detail


@pytest.mark.parametrize("codes", [[], [LOCAL]])
def test_a_misspelling_counts_wherever_it_stands(codes):
    found = IDENTIFIER.identify(codes, ["pain tablet", "special mixture with oxycodne"])
    assert isinstance(found, Refusal)


def test_a_code_of_an_opioid_needs_no_spelling():
    found = IDENTIFIER.identify([Code(CodeSystem.RXNORM, "1049621")], ["oxycodne"])
    assert found.product.rxcui == "1049621"


# ---- no false alarms ----


def names_of(path):
    return path.read_text(encoding="utf-8").splitlines()


def column(path, name):
    with (KNOWLEDGE / path).open(encoding="utf-8", newline="") as file:
        return [row[name] for row in csv.DictReader(file) if row[name]]


ORDINARY = names_of(HERE / "no_opioids.txt")
NEAR = names_of(HERE / "near_names.txt")
"""Words of public drug names (FDA, WHO ATC, Health Canada) that are three letters or fewer from an opioid's."""
KNOWN = [
    *column("value_sets/medications.csv", "ingredient"),
    *(word for words in column("formulary/partners.csv", "words") for word in words.split("|")),
    *column("formulary/look_alikes.csv", "word"),
]


@pytest.mark.parametrize("lines", [ORDINARY, NEAR, KNOWN], ids=["charts", "near names", "knowledge"])
def test_no_other_drug_is_taken_for_a_misspelled_opioid(lines):
    assert [line for line in lines if FORMULARY.phrases.likeness.find(words_of(line))] == []


def test_there_are_enough_other_drugs_to_prove_it():
    assert (len(ORDINARY), len(set(NEAR))) == (409, 1306)


@pytest.mark.parametrize("word", column("formulary/look_alikes.csv", "word"))
def test_look_alike_is_listed_for_a_reason(word):
    compared = Likeness(
        ingredients=FORMULARY.phrases.likeness._ingredients,
        marketed=(),
        brands=FORMULARY.phrases.likeness._names,
        others=(),
    )
    assert compared.find([word])
    assert IDENTIFIER.identify([], [f"{word} 10 mg"]) is IgnoredReason.NOT_AN_OPIOID


@pytest.mark.parametrize(
    ("name", "opioid"),
    [
        ("acetaminophen-code", "codeine"),
        ("carisoprodol-aspirin-code", "codeine"),
        ("promethazine-code", "codeine"),
        ("acetaminophen-hydro", "hydrocodone"),
        ("ibuprofen-hydro", "hydrocodone"),
        ("acetaminophen-oxy", "oxycodone"),
    ],
)
def test_combination_that_is_cut_off_within_its_opioid_speaks_of_it(name, opioid):
    assert IDENTIFIER.identify([LOCAL], [name]).detail == f"speaks of {opioid}, but the product cannot be told"


@pytest.mark.parametrize("name", ["hydrocodonebitartrat", "kodeinfosfat", "metadonhydroklorid", "morphinsulfat"])
def test_whole_salt_in_one_word_with_a_name_is_read(name):
    assert "speaks of" in IDENTIFIER.identify([LOCAL], [name]).detail


# ---- boundaries ----


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["codeine"], None),  # itself is known, and not like itself
        (["codein"], ("codein", "codeine")),  # one slip in seven letters
        (["cadein"], None),  # two slips in seven letters
        (["fentinal"], ("fentinal", "fentanyl")),  # two in eight
        (["fintinal"], None),  # three in eight
        (["fent"], None),  # shorter than any word that is compared
        (["hydromo"], None),  # six letters are missing
        (["hydromorp"], ("hydromorp", "hydromorphone")),  # four are
        (["meperidi"], ("meperidi", "meperidine")),
        (["meperid"], ("meperid", "meperidine")),  # three are missing, too many for slips of the pen
        (["meperi"], None),  # a start of six letters
        (["x" * 41 + "codeine"], None),
        (["oxy", "codone"], None),
        (["code", "ine"], ("code ine", "codeine")),
        (["zzz", "codein"], ("codein", "codeine")),
        (["norcos"], None),  # the brand has five letters
        (["roxycet"], ("roxycet", "roxicet")),
        (["raxycet"], None),
        (["supeudals"], ("supeudals", "supeudols")),
        (["sapeudals"], None),  # a brand that is not known by code: one slip, however long
        (["roxicadane"], ("roxicadane", "roxicodone")),
        (["morphcit"], ("morphcit", "morph")),  # a short name of an ingredient and a part of a salt
        (["morphci"], ("morphci", "morph")),  # of which two letters are enough
        (["morphcu"], None),
        (["morphhexa"], ("morphhexa", "morph")),  # a maker, of which more letters are needed
        (["morphhex"], None),
        (["morpholine"], None),  # no salt begins with "oline"
        (["fentanylxyz"], ("fentanylxyz", "fentanyl")),  # no other drug begins with a whole name
        (["roxicetcitr"], ("roxicetcitr", "roxicet")),  # four letters behind a brand
        (["supeudolscit"], None),  # three, and three slips
        (["norcocitrate"], None),  # a brand of five letters
    ],
)
def test_how_close_is_close(words, found):
    likeness = Likeness(
        joined={"citrate": 2, "hexal": 4},
        ingredients=["codeine", "fentanyl", "hydromorphone", "meperidine", "morph"],
        marketed=["norco", "roxicet", "roxicodone"],
        brands=["supeudols", "roxicets"],
        others={"codeine"},
    )
    assert likeness.find(words) == found


WORDS = st.text("abcd", max_size=8)


@given(WORDS, WORDS)
def test_slips_are_those_of_a_naive_count(one, other):
    exact = naive_slips(one, other)
    assert slips(one, other, 99) == exact
    for most in (1, 2):
        assert (slips(one, other, most) <= most) is (exact <= most)


@given(WORDS, WORDS)
def test_slips_are_the_same_both_ways(one, other):
    assert slips(one, other, 99) == slips(other, one, 99)


@pytest.mark.parametrize(
    ("start", "meant"),
    [
        ("levorph", "levorphanol"),
        ("butorph", "butorphanol"),
        # Fewer than seven letters begin other names as well.
        ("levorp", None),
        ("butorp", None),
    ],
)
def test_start_of_a_name_stands_for_it_from_seven_letters_on(start, meant):
    found = FORMULARY.phrases.likeness.find([start])
    assert (found and found[1]) == meant


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("oxicontyn", "oxycontin"),
        ("panadiene", "panadeine"),
        ("penadiene", None),
        ("roxicadane", "roxicodone"),
        ("oxycadane", "oxycodone"),
    ],
    ids=["marketed, two slips", "other, one slip", "other, two slips", "marketed", "ingredient"],
)
def test_only_brands_that_are_marketed_may_be_two_slips_away(word, meant):
    found = FORMULARY.phrases.likeness.find([word])
    assert (found and found[1]) == meant


@pytest.mark.parametrize(
    ("one", "other", "most", "within"),
    [("abcdef", "abcdfe", 1, True), ("ba", "ab", 1, True), ("xbay", "xaby", 1, True), ("abcd", "badc", 2, True),
     ("abcd", "badc", 1, False), ("abxcdy", "baxdcy", 2, True), ("kitten", "sitting", 3, True),
     ("kitten", "sitting", 2, False)],
)  # fmt: skip
def test_word_is_within_so_many_slips_or_it_is_not(one, other, most, within):
    """A swap may lie in the row before the last: a row that is too far away is not the end."""
    assert (slips(one, other, most) <= most) is within
