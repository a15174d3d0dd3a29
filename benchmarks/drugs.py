"""The drugs of the generated orders: real RxNorm products, synthetic patients."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Drug:
    """A product and how it is usually taken: `dose` in `unit`, `times` in a `period` of hours ("h") or days ("d")."""

    rxcui: str
    name: str
    directions: str
    dose: float
    unit: str = "tablet"
    times: int = 1
    period: int = 1
    period_unit: str = "d"
    route: str = "26643006"
    route_name: str = "Oral route"
    as_needed: bool = False


OPIOIDS = (
    Drug(
        rxcui="1049621",
        name="oxycodone hydrochloride 5 MG Oral Tablet",
        directions="Take 1 tablet by mouth every 6 hours as needed for pain",
        dose=1,
        period=6,
        period_unit="h",
        as_needed=True,
    ),
    Drug(
        rxcui="245134",
        name="72 HR fentanyl 0.025 MG/HR Transdermal System",
        directions="Apply 1 patch to the skin every 72 hours",
        dose=1,
        unit="patch",
        period=72,
        period_unit="h",
        route="45890007",
        route_name="Transdermal route",
    ),
    Drug(
        rxcui="891878",
        name="12 HR morphine sulfate 15 MG Extended Release Oral Tablet",
        directions="Take 1 tablet by mouth every 12 hours",
        dose=1,
        period=12,
        period_unit="h",
    ),
    Drug(
        rxcui="857002",
        name="acetaminophen 325 MG / hydrocodone bitartrate 5 MG Oral Tablet",
        directions="Take 1 tablet by mouth every 6 hours as needed for pain",
        dose=1,
        period=6,
        period_unit="h",
        as_needed=True,
    ),
)

DRAFT = Drug(
    rxcui="1049563",
    name="12 HR oxycodone hydrochloride 20 MG Extended Release Oral Tablet",
    directions="Take 1 tablet by mouth every 12 hours",
    dose=1,
    period=12,
    period_unit="h",
)
"""The order being signed."""

OTHERS = (
    Drug(rxcui="314076", name="lisinopril 10 MG Oral Tablet", directions="Take 1 tablet by mouth daily", dose=1),
    Drug(
        rxcui="861007",
        name="metformin hydrochloride 500 MG Oral Tablet",
        directions="Take 1 tablet by mouth twice daily with meals",
        dose=1,
        times=2,
    ),
    Drug(rxcui="197361", name="amlodipine 5 MG Oral Tablet", directions="Take 1 tablet by mouth daily", dose=1),
    Drug(rxcui="617311", name="atorvastatin 40 MG Oral Tablet", directions="Take 1 tablet by mouth at bedtime", dose=1),
    Drug(
        rxcui="310965",
        name="ibuprofen 200 MG Oral Tablet",
        directions="Take 2 tablets by mouth every 8 hours as needed",
        dose=2,
        period=8,
        period_unit="h",
        as_needed=True,
    ),
    Drug(
        rxcui="310431",
        name="gabapentin 300 MG Oral Capsule",
        directions="Take 1 capsule by mouth three times daily",
        dose=1,
        unit="capsule",
        times=3,
    ),
    Drug(
        rxcui="313782",
        name="acetaminophen 325 MG Oral Tablet",
        directions="Take 2 tablets by mouth every 6 hours as needed",
        dose=2,
        period=6,
        period_unit="h",
        as_needed=True,
    ),
    Drug(
        rxcui="310798", name="hydrochlorothiazide 25 MG Oral Tablet", directions="Take 1 tablet every morning", dose=1
    ),
    Drug(rxcui="243670", name="aspirin 81 MG Oral Tablet", directions="Take 1 tablet by mouth daily", dose=1),
    Drug(rxcui="312941", name="sertraline 50 MG Oral Tablet", directions="Take 1 tablet by mouth daily", dose=1),
    Drug(
        rxcui="866924",
        name="metoprolol tartrate 25 MG Oral Tablet",
        directions="Take 1 tablet by mouth twice daily",
        dose=1,
        times=2,
    ),
)

OTHER_DRAFT = OTHERS[0]
"""The order being signed, where it is for no opioid."""
