"""The calculator's answer at the terminal: nothing lost, nothing too wide, the same words as elsewhere."""

from __future__ import annotations

from textwrap import dedent

import pytest

from cds_service.mme_answer import answer
from cds_service.mme_table import written
from cds_service.terminal import NARROWEST, WIDEST
from opioids.mme import mme_total
from tests.opioids.build import LOZENGE, TODAY, often, patch, prescription, product, sig

ER_40 = product(
    name="12 HR oxycodone hydrochloride 40 MG Extended Release Oral Tablet [OxyContin]",
    strength=40,
    extended_release=True,
)


@pytest.fixture
def total(knowledge):
    def add_up(*contents, table="cdc-2022"):
        return mme_total(contents, knowledge.tables[table], TODAY)

    return add_up


def er_40(reference="MedicationRequest/mr"):
    return prescription(reference, sig(frequency=often(2)), of=ER_40)


def lozenge():
    return prescription("MedicationRequest/b", sig(frequency=often(4), as_needed=True), of=LOZENGE)


def test_table_at_80_columns(total):
    needed = prescription("MedicationRequest/ir", sig(frequency=often(3), as_needed=True))
    assert written(total(er_40(), needed, lozenge()), 80) == dedent("""\
        MME/day on 2026-01-31, table cdc-2022

          maximum  scheduled  order
            120.0      120.0  12 HR oxycodone hydrochloride 40 MG Extended Release Oral
                                  Tablet [OxyContin] [MedicationRequest/mr]
                              oxycodone, oral: 1 tablet x 40 mg x 2/day = 80 mg/day; x
                                  1.5 = 120 MME/day
             22.5        0.0  oxycodone product [MedicationRequest/ir]
                              oxycodone, oral as needed: 1 tablet x 5 mg x 3/day as
                                  needed = 15 mg/day; x 1.5 = 22.5 MME/day
        ---------  ---------  ----------------------------------------------------------
            142.5      120.0  INCOMPLETE: 1 not counted, the true total may be higher

        Not counted: is or may be an opioid, and adds an unknown amount
          fentanyl product [MedicationRequest/b]: route-not-convertible (cdc-2022 has no
              factor for fentanyl by this route [transmucosal])
              for orientation, not in the total: 208 MME/day by heal-2025
              1 lozenge x 0.4 mg x 4/day as needed = 1.6 mg/day = 1600 mcg/day; x 0.13 =
                  208 MME/day""")


@pytest.mark.parametrize(("asked", "widest"), [(10, NARROWEST), (64, 64), (80, 80), (120, 120), (500, WIDEST)])
@pytest.mark.parametrize("table", ["cdc-2022", "de-dgs"])
def test_no_line_is_wider_than_the_terminal_and_no_word_is_lost(asked, widest, table, total):
    found = total(er_40(), lozenge(), prescription("MedicationRequest/c", sig(), of=patch(12)), table=table)
    page = written(found, asked)
    assert max(map(len, page.splitlines())) <= widest
    words = " ".join(page.split())
    for line in answer(found)["counted"]:
        assert line["arithmetic"] in words
        assert line["medication"] in words
        assert all(f"assumed: {note}" in words for note in line["assumptions"])


def test_numbers_stand_below_one_another(total):
    rows = written(total(er_40(), prescription("b", sig(frequency=often(3)))), 80).splitlines()
    [wide, narrow] = [row for row in rows if row.strip().startswith(("120.0", "22.5"))]
    assert wide.index(".") == narrow.index(".")


def test_whole_numbers_have_no_decimals(total):
    assert "    120        120  12 HR" in written(total(er_40()), 80)


def test_provisional_factors_are_said_at_the_top(total):
    assert written(total(er_40(), table="ca-2017"), 80).splitlines()[0].endswith("table ca-2017 (PROVISIONAL factors)")


def test_name_of_nothing_but_control_characters_is_shown_as_such(total):
    named = prescription("r\x1b", sig(), of=product(name="\x1b[2J"))
    assert "?[2J [r?]" in written(total(named), 80)
