"""What is told on a card, and the pieces that every card's detail is made of."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from hooks.wording import within_brackets
from opioids.case import Case
from opioids.criteria import Criterion
from opioids.guideline import Guideline
from opioids.mme import MmeTotal
from opioids.prescriptions import IgnoredReason
from opioids.quantities import shown
from opioids.recommendations import Recommendation, Topic
from opioids.tables import Review
from opioids.tapers.values import FirstStep, TaperPlan
from opioids.values import maker, quickly_made


@quickly_made
class Told:
    """What is to be told: a recommendation, the case it is about, and the guideline behind it.

    `plans` are slower ways than a reduction that is too fast, `first_steps` how a taper could begin that a review
    may end in, where there are any. `naloxone_offered` is true where a card beside this one offers it, `tells_gaps`
    where this one also says what could not be seen or counted, because there was no room for a card of its own.
    """

    recommendation: Recommendation
    case: Case
    guideline: Guideline
    plans: tuple[TaperPlan, ...] = ()
    first_steps: tuple[FirstStep, ...] = ()
    naloxone_offered: bool = False
    tells_gaps: bool = False


make_told = maker(Told)


@quickly_made
class Text:
    """A card's words."""

    summary: str
    detail: str


make_text = maker(Text)


NO_STATEMENT = "No statement of this guideline that is held here speaks of it: the warning is the service's own."


def the_orders(case: Case) -> str:
    """What is being written, as a sentence names it."""
    return "these orders" if case.several else "this order"


def they(case: Case, do: str) -> str:
    """What is being written, with what it does: "this order lowers"."""
    return f"{the_orders(case)} {do}{'' if case.several else 's'}"


def paragraphs(*parts: str) -> str:
    """The parts that say anything, each a paragraph."""
    return "\n\n".join(filter(None, parts))


def basis(told: Told) -> str:
    """What the guideline says, each statement with its strength, and what a site has set in its place."""
    said = [told.guideline.statements[name] for name in told.recommendation.statements]
    lines = [_statement_line(one.text, one.by, one.strength, one.review) for one in said]
    return listed("Rests on:", [*lines, *_site_points(told)])


@lru_cache(maxsize=1024)
def _statement_line(text: str, by: str, strength: str, review: Review) -> str:
    return f"- {text} ({by}, {within_brackets(strength)}{_UNCHECKED.get(review, '')})"


def provisional(guideline: Guideline) -> str:
    """Said on every card of a guideline that has not been checked against its own text."""
    if guideline.review is not Review.PROVISIONAL:
        return ""
    return f"Provisional: {guideline.short} has not yet been checked against its own text here."


_SHOW_MME = frozenset({Topic.SLOWER_TAPER, Topic.DEPRESCRIBING_REVIEW, Topic.DOSE_ESCALATION})
"""Cards that speak of a dose without showing its factors; the total names them itself."""


def provisional_factors(told: Told) -> str:
    """Said where a dose in morphine equivalents rests on factors that have not been checked against their source."""
    case = told.case
    if told.recommendation.topic not in _SHOW_MME or not (case.current.provisional or case.proposed.provisional):
        return ""
    return f"Provisional: the factors of {case.proposed.table} have not yet been checked against their source."


def reasons_told(criteria: Iterable[Criterion], told: Told) -> list[str]:
    """The words of criteria that a case meets, each once, with what is history or not yet checked."""
    guideline, patient = told.guideline, told.case.patient
    by_name = {group for group, by_code in patient.conditions.items() if not by_code}  # which is weaker than a code
    lines = []
    for one in criteria:
        words = reason_words(one, guideline)
        if one.looks_for in patient.past:
            words += ", in the past"
        if one.looks_for in by_name:
            words += ", by a problem's name without a code"
        lines.append(words + _UNCHECKED.get(one.review, ""))
    return list(dict.fromkeys(lines))


def reason_words(criterion: Criterion, guideline: Guideline) -> str:
    """The words of a criterion, with the dose that it looks at."""
    point = guideline.point(criterion.point) if criterion.point else None
    if point is None or point.mme_per_day is None:
        return criterion.words
    return criterion.words.format(dose=shown(point.mme_per_day))


_UNCHECKED = {Review.PROVISIONAL: ", provisional"}


def _site_points(told: Told) -> list[str]:
    """Where the card rests on a dose point for which a site has set another dose, both are said."""
    set_by_site = [one for one in told.guideline.dose_points if one.set_by_site]
    if not set_by_site:
        return []
    rests = told.recommendation
    doses = {one.point for one in rests.reasons}
    named = {rests.rule, *rests.statements}
    lines = []
    for point in set_by_site:
        rests_on_it = point.name in doses or not named.isdisjoint((point.statement, point.raise_statement))
        if rests_on_it and point.mme_per_day is not None:
            own = "the guideline names none" if point.stated is None else f"the guideline's is {shown(point.stated)}"
            lines.append(f"- This site's dose point is {shown(point.mme_per_day)} MME/day; {own}.")
    return lines


def holds(total: MmeTotal, opioid: str) -> bool:
    """Whether an opioid is among the orders of a total, counted or not; treatment of opioid use disorder apart."""
    if opioid in [line.ingredient.name for line in total.counted]:
        return True
    if not total.uncounted and not total.holds_partial_agonist:
        return False
    partial = [one.medication for one in total.ignored if one.reason is IgnoredReason.PARTIAL_AGONIST]
    named = [*partial, *(f"{one.medication} {one.detail}" for one in total.uncounted)]
    return any(opioid in words.lower() for words in named)


def listed(heading: str, lines: list[str]) -> str:
    """A heading with its list, or nothing when the list is empty."""
    return f"{heading}\n\n" + "\n".join(lines) if lines else ""
