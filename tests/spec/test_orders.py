"""Every row of the tables, replayed through FHIR in each release that can say it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest

from fhir_mappings.calculator import calculate
from opioids import knowledge as known
from opioids.conversion import ConversionFactor, ConversionTable, PatchLookup
from opioids.mme import MmeTotal
from opioids.mme_lines import MmeLine
from opioids.prescriptions import IgnoredReason, UncountedReason
from opioids.quantities import shown
from tests.arithmetic import redone
from tests.releases import RELEASES
from tests.spec.tables import Chart, Expected, charts_of

CHARTS = [*charts_of("orders"), *charts_of("worked_examples")]
WRITTEN = {chart.id: chart.written for chart in CHARTS}
CASES = [pytest.param(chart, release, id=f"{chart.id}-{release}") for chart in CHARTS for release in WRITTEN[chart.id]]

# Numbers in which three-sevenths stop somewhere; everything else is exact.
CLOSE = Fraction(1, 10**20)

TRAPS_OF_THE_ENGINE = {"T01", "T02", "T03", "T04", "T05", "T06", "T07", "T08", "T10", "T14", "T17", "T18"}


def total_of(chart: Chart, release: str, knowledge) -> MmeTotal:
    body = WRITTEN[chart.id][release]
    return calculate(body, knowledge=knowledge, table=knowledge.tables[chart.table], as_of=chart.as_of)


def of_key(items, key: str):
    return [one for one in items if one.reference.partition("/")[2] == key]


def outcome_of(total: MmeTotal, key: str) -> tuple[str, str]:
    if of_key(total.counted, key):
        return "counted", ""
    [other] = of_key((*total.uncounted, *total.ignored), key)
    return ("uncounted" if other in total.uncounted else "ignored"), other.reason.value


def is_close(found, wanted: Fraction) -> bool:
    return abs(Fraction(found) - wanted) <= CLOSE


def assert_redone(line: MmeLine) -> None:
    """The words of a line, worked out anew, come to the numbers of the line."""
    found, total = redone(line.arithmetic), line.mme_per_day
    assert found.maximum == Decimal(shown(total.maximum))
    if found.scheduled is not None:
        assert found.scheduled == Decimal(shown(total.scheduled))
    else:
        assert total.scheduled in (0, total.maximum)


def check_line(line: MmeLine, wanted: Expected) -> None:
    assert_redone(line)
    assert is_close(line.mme_per_day.maximum, wanted.maximum), line.arithmetic
    if wanted.scheduled is not None:
        assert is_close(line.mme_per_day.scheduled, wanted.scheduled), line.arithmetic
    if wanted.stated is not None:
        assert bool(line.assumptions) is wanted.stated, line.assumptions


@pytest.mark.parametrize(("chart", "release"), CASES)
def test_order_comes_to_what_the_table_says(chart, release, knowledge):
    total = total_of(chart, release, knowledge)
    for wanted in chart.expected:
        outcome, reason = outcome_of(total, wanted.key)
        assert outcome == wanted.outcome, (wanted.row, total)
        assert wanted.reason in ("", reason), (wanted.row, total)
        for line in of_key(total.counted, wanted.key):
            check_line(line, wanted)
    known = sum((wanted.maximum for wanted in chart.expected if wanted.maximum is not None), Fraction(0))
    assert abs(Fraction(total.maximum) - known) <= Fraction(1, 10**6)
    assert total.complete is all(wanted.outcome != "uncounted" for wanted in chart.expected)


@pytest.mark.parametrize("table", known.load().tables)
def test_arithmetic_of_every_row_can_be_redone_under_every_table(table, knowledge):
    for chart in CHARTS:
        total = calculate(chart.body, knowledge=knowledge, table=knowledge.tables[table], as_of=chart.as_of)
        for line in (*total.counted, *(line for one in total.supplements for line in one.lines)):
            assert_redone(line)


def factor_rows(table: ConversionTable) -> list[ConversionFactor]:
    rules = [rule for alternatives in table.rules.values() for rule in alternatives]
    return [row for rule in rules for row in (rule.rows.values() if isinstance(rule, PatchLookup) else [rule])]


def test_every_factor_of_every_table_is_reached_by_a_row(knowledge):
    """A row that is for any route is reached by one of them."""

    def told(table: str, row: ConversionFactor) -> tuple[object, ...]:
        return (table, row.ingredient, row.bands, row.forms, row.patch)

    reached = set()
    for chart in CHARTS:
        release = next(iter(chart.written))
        reached |= {told(chart.table, line.conversion) for line in total_of(chart, release, knowledge).counted}
    every = {told(table.id, row) for table in knowledge.tables.values() for row in factor_rows(table)}
    assert every - reached == set()


def test_every_reason_for_not_counting_stands_in_at_least_two_rows():
    found = Counter(wanted.reason for chart in CHARTS for wanted in chart.expected)
    wanted = [reason.value for reason in (*UncountedReason, *IgnoredReason)]
    assert {reason: found[reason] for reason in wanted if found[reason] < 2} == {}


def test_every_trap_that_concerns_the_engine_has_a_row():
    cases = " ".join(chart.case for chart in CHARTS)
    assert {trap for trap in TRAPS_OF_THE_ENGINE if f"({trap})" not in cases} == set()


def test_every_section_of_the_rulings_has_rows():
    sections = {chart.section[0] for chart in CHARTS if chart.section[0].isdigit()}
    assert sections == set("12345678")


def test_every_release_is_replayed():
    found = Counter(release for releases in WRITTEN.values() for release in releases)
    assert {release: found[release] for release in RELEASES if found[release] < 100} == {}


def test_numbers_of_charts_are_unique():
    numbers = Counter(chart.id for chart in CHARTS)
    assert [number for number, count in numbers.items() if count > 1] == []
