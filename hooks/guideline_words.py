"""What a guideline's numbers and lists are called in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hooks.wording import mme
from opioids.criteria import Criterion
from opioids.drug_classes import DrugClass
from opioids.guideline import DosePoint, Guideline
from opioids.quantities import shown

CLASSES = {
    DrugClass.BENZODIAZEPINE: "a benzodiazepine",
    DrugClass.GABAPENTINOID: "a gabapentinoid",
    DrugClass.Z_DRUG: "a Z-drug",
    DrugClass.MUSCLE_RELAXANT: "a muscle relaxant",
    DrugClass.BARBITURATE: "a barbiturate",
    DrugClass.OTHER_CNS_DEPRESSANT: "another medicine that sedates",
    DrugClass.BLOCKER: "a medicine that blocks opioids",
}
"""What each class of medicines beside an opioid is called in a sentence."""


def not_meant_for(exclusions: Iterable[Criterion]) -> str:
    """Exclusions one after the other."""
    return ", ".join(one.words for one in exclusions)


def dose_at(point: DosePoint) -> str:
    """A dose point in words, as the guideline counts it."""
    if point.mme_per_day is None:
        return "a dose that the guideline names without a number"
    return f"above {mme(point.mme_per_day)}" if point.above else f"{mme(point.mme_per_day)} or more"


def limits(guideline: Guideline) -> Iterator[tuple[str, str]]:
    """How fast a dose may fall before a warning, in words: for whom, and how much."""
    pace = guideline.pace
    if pace.most_percent is not None:
        yield (
            f"after {pace.long_therapy_days} days of opioids",
            f"{shown(pace.most_percent)}% in {pace.long_window_days} days",
        )
    if pace.short_most_percent is not None:
        yield "before that", f"{shown(pace.short_most_percent)}% in {pace.short_window_days} days"
    if pace.wide_percent is not None:
        yield "when the length of therapy is not known", f"{shown(pace.wide_percent)}% in one step"


def paces(guideline: Guideline) -> Iterator[tuple[str, str]]:
    """The same, with what is graver and what is let pass."""
    yield from limits(guideline)
    pace = guideline.pace
    yield (
        "critical from",
        f"more than {shown(pace.steep_percent)}% after long therapy, {shown(pace.half_percent)}% in any",
    )
    yield (
        "smallest marketed step",
        f"let pass up to {shown(pace.rounding_percent)}%, and up to {mme(pace.low_dose_mme)}",
    )
