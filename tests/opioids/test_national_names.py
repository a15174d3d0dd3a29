"""What medicines are called in the countries of the guidelines."""

from __future__ import annotations

import pytest

from opioids.national_names import name_in
from opioids.tables import rows_of


@pytest.mark.parametrize(
    ("country", "called"),
    [
        ("US", ("acetaminophen", "meperidine", "oxycodone")),
        ("CA", ("acetaminophen", "meperidine", "oxycodone")),
        ("UK", ("paracetamol", "pethidine", "oxycodone")),
        ("AU", ("paracetamol", "pethidine", "oxycodone")),
        ("DE", ("paracetamol", "pethidine", "oxycodone")),
        ("", ("acetaminophen", "meperidine", "oxycodone")),
    ],
)
def test_medicines_are_called_as_on_the_countrys_labels(country, called):
    assert tuple(name_in(country, one) for one in ("acetaminophen", "meperidine", "oxycodone")) == called


def test_names_are_of_countries_of_guidelines_and_of_medicines_that_are_known(knowledge):
    countries = {one.jurisdiction for one in knowledge.guidelines.values()}
    known = {row["name"] for row in rows_of("formulary/partners.csv")}
    known |= {row["name"] for row in rows_of("formulary/ingredients.csv")}
    rows = list(rows_of("formulary/national_names.csv"))
    assert {row["country"] for row in rows} <= countries
    assert {row["name"] for row in rows} <= known
    assert len({(row["country"], row["name"]) for row in rows}) == len(rows)
