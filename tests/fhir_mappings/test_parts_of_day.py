"""When doses are taken, as FHIR's Timing names it."""

from __future__ import annotations

import pytest

from fhir_mappings.timing import read_timing
from opioids.parts_of_day import PartOfDay

MORNING, MIDDAY, EVENING, BEDTIME = PartOfDay
TWICE = {"frequency": 2, "period": 1, "periodUnit": "d"}


@pytest.mark.parametrize(
    ("repeat", "at"),
    [
        ({"when": ["MORN", "HS"]}, (MORNING, BEDTIME)),
        ({"when": ["EVE", "MORN"]}, (MORNING, EVENING)),
        ({**TWICE, "when": ["MORN", "EVE"]}, (MORNING, EVENING)),
        ({"frequency": 1, "period": 12, "periodUnit": "h", "when": ["MORN", "EVE"]}, (MORNING, EVENING)),
        ({**TWICE, "timeOfDay": ["08:00:00", "20:30:00"]}, (MORNING, EVENING)),
        ({"when": ["ACM", "PCD", "NIGHT"]}, (MORNING, MIDDAY, BEDTIME)),
        (TWICE, ()),
        ({**TWICE, "when": ["MORN"]}, ()),  # only one of two doses has a name
        ({"when": ["MORN.EARLY", "MORN.LATE"]}, ()),
        ({**TWICE, "when": ["AC"]}, ()),
        ({"timeOfDay": ["later", "25:00:00"]}, ()),
        ({"timeOfDay": ["24:30:00"]}, ()),
        ({"timeOfDay": ["23:30:00"]}, (BEDTIME,)),
    ],
)
def test_timing_that_names_each_dose_tells_when_it_is_taken(repeat, at):
    assert read_timing({"repeat": repeat}).frequency.at == at


@pytest.mark.parametrize(("code", "part"), [("AM", MORNING), ("PM", EVENING), ("HS", BEDTIME), ("NOCTE", BEDTIME)])
def test_timing_code_that_is_a_time_of_day_tells_when_it_is_taken(code, part):
    assert read_timing({"code": {"coding": [{"code": code}]}}).frequency.at == (part,)


@pytest.mark.parametrize(
    ("codes", "part"),
    [
        ("MORN MORN.EARLY MORN.LATE WAKE CM ACM PCM ICM", MORNING),
        ("NOON AFT AFT.EARLY AFT.LATE CD ACD PCD ICD", MIDDAY),
        ("EVE EVE.EARLY EVE.LATE CV ACV PCV ICV", EVENING),
        ("NIGHT PHS HS", BEDTIME),
    ],
)
def test_each_code_of_an_event_is_in_a_part_of_the_day(codes, part):
    found = {code: read_timing({"repeat": {"when": [code]}}).frequency.at for code in codes.split()}
    assert found == dict.fromkeys(codes.split(), (part,))
