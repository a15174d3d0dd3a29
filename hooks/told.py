"""What is told on a card, and the pieces that every card's detail is made of."""

from __future__ import annotations

from dataclasses import dataclass

from opioids.case import Case
from opioids.guideline import Criterion, Guideline
from opioids.quantities import shown
from opioids.recommendations import Recommendation


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is to be told: a recommendation, the case it is about, and the guideline behind it."""

    recommendation: Recommendation
    case: Case
    guideline: Guideline


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A card's words."""

    summary: str
    detail: str


def paragraphs(*parts: str) -> str:
    """The parts that say anything, each a paragraph."""
    return "\n\n".join(part for part in parts if part)


def basis(told: Told) -> str:
    """What the guideline says, each statement with its strength."""
    said = [told.guideline.statements[name] for name in told.recommendation.statements]
    return "\n".join(f"- {one.text} ({one.by}, {one.strength})" for one in said)


def reason_words(criterion: Criterion, guideline: Guideline) -> str:
    """The words of a criterion, with the dose that it looks at."""
    point = guideline.point(criterion.point) if criterion.point else None
    if point is None or point.mme_per_day is None:
        return criterion.words
    return criterion.words.format(dose=shown(point.mme_per_day))


def listed(heading: str, lines: list[str]) -> str:
    """A heading with its list, or nothing when the list is empty."""
    return f"{heading}\n\n" + "\n".join(lines) if lines else ""
