"""Where a line of plain words ends to speak of the medicine. What comes of it is the reader's affair."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.pages.order_lines import bundle_of, order_lines


@pytest.mark.parametrize(
    ("line", "medicine", "directions"),
    [
        ("oxycodone ER 40 mg tablets, 1 tablet twice a day", "oxycodone ER 40 mg tablets", "1 tablet twice a day"),
        ("oxycodone 5 mg tablets, 1-2 tabs po q4-6h prn", "oxycodone 5 mg tablets", "1-2 tabs po q4-6h prn"),
        ("OxyContin 40 mg: 1 tablet every 12 hours", "OxyContin 40 mg", "1 tablet every 12 hours"),
        ("methadone 10 mg tablets; 1 tab every 8 h", "methadone 10 mg tablets", "1 tab every 8 h"),
        ("oxycodone 5 mg tablet\t1 tablet every 6 hours", "oxycodone 5 mg tablet", "1 tablet every 6 hours"),
        ("fentanyl 25 mcg/h patch - 1 patch every 72 hours", "fentanyl 25 mcg/h patch", "1 patch every 72 hours"),
        ("oxycodone 5 mg tablets take one tablet twice a day", "oxycodone 5 mg tablets", "take one tablet twice a day"),
        (
            "oxycodone 5 mg tablets 1 tablet twice a day, 2 at night",
            "oxycodone 5 mg tablets",
            "1 tablet twice a day, 2 at night",
        ),
        ("morphine 10 mg/5 mL solution 5 mL every 4 hours", "morphine 10 mg/5 mL solution", "5 mL every 4 hours"),
        ("morphine solution 10 mg per 5 mL, 2.5 mL q4h", "morphine solution 10 mg per 5 mL", "2.5 mL q4h"),
        ("tramadol 50 mg capsules two capsules daily", "tramadol 50 mg capsules", "two capsules daily"),
        ("Percocet 5-325 1 tab q6h", "Percocet 5-325", "1 tab q6h"),
        ("Percocet 5-325 tab 1 tab q6h", "Percocet 5-325 tab", "1 tab q6h"),
        (
            "hydrocodone/acetaminophen 10/325 tablets, 1 every 6 hours",
            "hydrocodone/acetaminophen 10/325 tablets",
            "1 every 6 hours",
        ),
        (
            "oxycodone/acetaminophen 7.5/325 tablet 1-2 tablets daily",
            "oxycodone/acetaminophen 7.5/325 tablet",
            "1-2 tablets daily",
        ),
        ("ibuprofen/hydrocodone 200/7.5 tablets 1 tablet tid", "ibuprofen/hydrocodone 200/7.5 tablets", "1 tablet tid"),
        ("oxycodone 5 mg 1/2 tablet daily", "oxycodone 5 mg", "1/2 tablet daily"),
        ("oxycodone 5 mg 10-12 tablets daily", "oxycodone 5 mg", "10-12 tablets daily"),
        ("morphine 10 mg twice a day", "morphine 10 mg", "twice a day"),
        ("12 HR oxycodone hydrochloride 40 MG Extended Release Oral Tablet [OxyContin]", None, ""),
        ("lisinopril 10 mg", None, ""),
        ("- morphine 10 mg tablet", "morphine 10 mg tablet", ""),
        ("2) morphine 10 mg tablet", "morphine 10 mg tablet", ""),
        ("2.5 mg oxycodone", None, ""),
        (", 1 tablet a day", ",", "1 tablet a day"),
        ("fentanyl 25 mcg/h patch 1 q72h", "fentanyl 25 mcg/h patch", "1 q72h"),
        ("tramadol 50 mg capsule 1 daily", "tramadol 50 mg capsule", "1 daily"),
        ("tramadol 50 mg capsules 2 bid", "tramadol 50 mg capsules", "2 bid"),
        ("oxycodone 5 mg tabs 1 qam 1 qnoon 2 qhs", "oxycodone 5 mg tabs", "1 qam 1 qnoon 2 qhs"),
        ("oxycodone 5 mg tablet 1-2 every 6 hours prn", "oxycodone 5 mg tablet", "1-2 every 6 hours prn"),
        ("Tylenol 3 bid", "Tylenol 3", "bid"),
        ("Tylenol 3 x 3 bid", "Tylenol 3 x 3", "bid"),
        ("Tylenol 500 mg 3 x daily", "Tylenol 500 mg", "3 x daily"),
        ("Tylenol No. 3 tablets, 2 tablets qid", "Tylenol No. 3 tablets", "2 tablets qid"),
        ("Tylenol 3 tablets 2 tablets qid", "Tylenol 3 tablets", "2 tablets qid"),
        ("MST 30 bid", "MST 30", "bid"),
    ],
)
def test_a_line_is_divided_where_directions_begin(line, medicine, directions):
    (order,) = order_lines(line)
    assert (order.medicine, order.directions) == (line if medicine is None else medicine, directions)


def test_a_wide_gap_is_one_space_and_is_looked_at_once():
    (line,) = order_lines("  1.  oxycodone \u3000  ER" + " " * 50_000 + "40 mg" + " \u00a0" * 50_000 + "1 tablet daily")
    assert (line.medicine, line.directions) == ("oxycodone ER 40 mg", "1 tablet daily")


def test_lines_keep_their_numbers_and_empty_ones_are_none():
    assert [order.number for order in order_lines("a\n\n  \nb\n")] == [1, 4]
    assert order_lines(" \n\n") == ()


def test_a_line_becomes_an_active_order_named_by_its_number():
    (entry,) = bundle_of(order_lines("\nmorphine 10 mg tablet, 1 tablet a day"))["entry"]
    assert entry["resource"] == {
        "resourceType": "MedicationRequest",
        "id": "line-2",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "morphine 10 mg tablet"},
        "dosageInstruction": [{"text": "1 tablet a day"}],
    }


def test_without_directions_there_is_no_instruction():
    (entry,) = bundle_of(order_lines("morphine 10 mg tablet"))["entry"]
    assert "dosageInstruction" not in entry["resource"]


@given(st.text(max_size=200))
def test_no_word_of_a_line_is_lost_but_what_divides_it(text):
    lines, orders = text.splitlines(), order_lines(text)
    worded = {number for number, line in enumerate(lines, 1) if any(map(str.isalpha, line))}
    assert worded <= {order.number for order in orders}
    for order in orders:
        words = "".join(letter for letter in order.medicine + order.directions if letter.isalpha())
        assert words == "".join(letter for letter in lines[order.number - 1] if letter.isalpha())


@pytest.mark.parametrize("mark", ["1", " 1", "-", ", ", "per 1 ", "½", "one "])
def test_a_line_made_to_be_slow_is_not(mark):
    assert order_lines(mark * 20_000)
