"""What docs/interface.md promises to callers: its example is answered so, and its tables hold every code there is."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from cds_service import mme_answer
from cds_service.errors import ISSUE_CODES
from fhir_mappings import calculator
from hooks.cards import override_reasons
from opioids.prescriptions import IgnoredReason, UncountedReason
from opioids.recommendations import Topic

TEXT = (Path(__file__).resolve().parents[1] / "docs" / "interface.md").read_text(encoding="utf-8")
_, REQUEST, ANSWER = re.findall(r"^```json\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def rows(heading: str) -> list[list[str]]:
    """The cells of the table whose first heading this is."""
    table = re.search(rf"^\| {re.escape(heading)} \|.*\n\|[-|]+\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    assert table, heading
    return [[cell.strip() for cell in line.strip("|").split(" |")] for line in table[1].splitlines()]


def codes(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_the_example_is_answered_as_it_says(knowledge):
    asked = {"knowledge": knowledge, "table": knowledge.tables["cdc-2022"], "as_of": date(2026, 1, 31)}
    assert mme_answer.answer(calculator.calculate(json.loads(REQUEST), **asked)) == json.loads(ANSWER)


@pytest.mark.parametrize(
    ("heading", "reasons"), [("`uncounted[].reason`", UncountedReason), ("`ignored[].reason`", IgnoredReason)]
)
def test_every_reason_is_told_once(heading, reasons):
    told = [code for first, _ in rows(heading) for code in codes(first)]
    assert sorted(told) == sorted(reasons)


def test_every_topic_is_told_with_its_override_reasons():
    told = {Topic(*codes(topic)): codes(reasons) for topic, _, reasons in rows("Topic")}
    offered = override_reasons()
    assert told == {topic: list(offered.get(topic, ())) for topic in Topic}


def test_every_status_is_told_with_its_code():
    told: dict[int, str] = {}
    for statuses, issue_codes, _ in rows("Status"):
        numbers = [int(number) for number in re.findall(r"[0-9]+", statuses)]
        told.update(zip(numbers, codes(issue_codes), strict=True))
    assert told == {**{status: ISSUE_CODES[status] for status in told if status != 500}, 500: "exception"}
    assert {400, 401, 404, 405, 412, 413, 415, 422, 429, 503} <= told.keys()
