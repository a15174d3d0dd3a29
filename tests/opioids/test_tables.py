"""Knowledge files: a row without provenance, or a number that is none, is refused with its place."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from opioids import tables
from opioids.tables import KnowledgeError, check_provenance, decimal_of, document_of, rows_of

GOOD = {"source": "S", "edition": "2022", "review": "verified"}


@pytest.mark.parametrize("review", ["verified", "secondary", "provisional", "own choice"])
def test_row_with_source_edition_and_known_review_is_accepted(review):
    assert check_provenance({**GOOD, "review": review}, "file") is None


@pytest.mark.parametrize("name", ["source", "edition", "review"])
@pytest.mark.parametrize("value", ["", None])
def test_row_that_lacks_a_part_of_its_provenance_is_refused(name, value):
    with pytest.raises(KnowledgeError, match=f"file: no {name}"):
        check_provenance({**GOOD, name: value}, "file")


def test_review_state_outside_the_list_is_refused():
    with pytest.raises(KnowledgeError, match="n/a"):
        check_provenance({**GOOD, "review": "n/a"}, "file")


@pytest.mark.parametrize(("text", "value"), [("1.5", "1.5"), ("40", "40"), ("0.15", "0.15")])
def test_number_is_read_exactly(text, value):
    assert decimal_of(text, "file") == Decimal(value)


@pytest.mark.parametrize("text", ["", "abc", "0", "-2", "NaN", "Infinity", "1..5"])
def test_number_that_is_not_positive_is_refused_with_its_place(text):
    with pytest.raises(KnowledgeError, match="file, line 3"):
        decimal_of(text, "file, line 3")


def test_rows_are_refused_by_file_and_line(monkeypatch):
    monkeypatch.setattr(
        tables, "text_of", lambda path: "name,source,edition,review\na,S,2022,verified\nb,,2022,verified"
    )
    rows = rows_of("formulary/names.csv")
    assert next(rows)["name"] == "a"
    with pytest.raises(KnowledgeError, match=r"formulary/names\.csv, line 3: no source"):
        next(rows)


def test_document_without_source_is_refused(monkeypatch):
    monkeypatch.setattr(tables, "text_of", lambda path: json.dumps({"edition": "2022", "review": "verified"}))
    with pytest.raises(KnowledgeError, match=r"a\.json: no source"):
        document_of("a.json")


def test_numbers_of_a_document_are_exact(monkeypatch):
    monkeypatch.setattr(tables, "text_of", lambda path: json.dumps({**GOOD, "percent": 0.1}))
    assert document_of("a.json")["percent"] == Decimal("0.1")
