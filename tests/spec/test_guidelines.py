"""The table of one request under five guidelines."""

from __future__ import annotations

import pytest

from tests.spec.by_guideline import GUIDELINES, SILENT, answer, offered
from tests.spec.notation import Unreadable
from tests.spec.tables import tables_of

[TABLE] = tables_of("guidelines")


@pytest.fixture(scope="module")
def services(knowledge):
    return offered(knowledge)


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in TABLE.rows])
def test_every_guideline_answers_as_the_table_says(row, services):
    assert {column: answer(row, services[column]) for column in GUIDELINES} == {name: row[name] for name in GUIDELINES}


def test_the_table_tells_the_guidelines_apart():
    """For each pair of guidelines there is a row that they answer differently, silence and speech included."""
    answers = {column: [row[column] for row in TABLE.rows] for column in GUIDELINES}
    assert len({tuple(one) for one in answers.values()}) == len(GUIDELINES)
    assert all(SILENT in one for one in answers.values())


def test_a_fact_outside_the_notation_is_refused(services):
    with pytest.raises(Unreadable):
        answer({**TABLE.rows[0], "beside": "goal:maybe"}, services["US"])
