"""Every row of the guidelines is implemented and proven, or listed with the reason; the document says so as it is."""

from __future__ import annotations

import pytest

from tests import clinical_basis
from tests.clinical_basis import document, functions, missing, register

SERIES = {
    "US-W": 3, "US-D": 3, "US-H": 13, "US-M": 1,
    "CA-W": 4, "CA-D": 3, "CA-H": 8,
    "AU-W": 6, "AU-N": 2, "AU-H": 6,
    "UK-W": 3, "UK-D": 1, "UK-H": 5,
    "DE-W": 4, "DE-D": 1, "DE-H": 4,
    "NEJM-": 1, "OIH-": 1,
}  # fmt: skip
"""How many rows each series of the evidence has."""

ROWS = register()


def test_every_row_of_the_evidence_is_in_the_register():
    wanted = {f"{series}{number}" for series, most in SERIES.items() for number in range(1, most + 1)}
    assert len(wanted) == 69
    assert wanted <= ROWS.keys()
    assert {f"NX{number:02}" for number in range(1, 26)} <= ROWS.keys()


def test_every_statement_and_criterion_of_every_guideline_is_in_the_register(knowledge):
    for guideline in knowledge.guidelines.values():
        criteria = {one.id for one in (*guideline.review_reasons, *guideline.naloxone)}
        assert guideline.statements.keys() | criteria <= ROWS.keys()


@pytest.mark.parametrize("name", ROWS)
def test_row_is_implemented_and_proven_or_says_why_not(name):
    row = ROWS[name]
    assert bool(row["does"]) == bool(row["where"]) == bool(row["tests"])
    assert row["does"] or row["reason"]
    assert list(missing(row)) == []


def test_rows_that_no_guideline_states_say_what_they_are_about(knowledge):
    stated = {name for guideline in knowledge.guidelines.values() for name in guideline.statements}
    assert [name for name, row in ROWS.items() if (name in stated) == bool(row["says"])] == []


def test_what_is_not_there_is_found():
    row = {
        **ROWS["US-W1"],
        "where": "opioids/rules/none.py",
        "tests": "tests/test_none.py::test_x|tests/test_floors.py::x",
    }
    assert list(missing(row)) == ["opioids/rules/none.py", "tests/test_none.py::test_x", "tests/test_floors.py::x"]
    assert functions("tests/test_none.py") == frozenset()


def test_document_is_written_from_the_knowledge_as_it_is_now(knowledge):
    on_disk = clinical_basis.DOCUMENT.read_text(encoding="utf-8")
    assert on_disk == document(knowledge), "run `python -m tests.clinical_basis`"


def test_document_tells_each_statement_with_its_strength_and_what_is_not_done(knowledge):
    text = document(knowledge)
    for guideline in knowledge.guidelines.values():
        for statement in guideline.statements.values():
            assert f"| {statement.id} | {statement.text}" in text
        assert all(one.text in text for one in guideline.attributes)
    for row in ROWS.values():
        assert row["reason"] in text
    assert "Nobody has signed a profile off yet" in text
