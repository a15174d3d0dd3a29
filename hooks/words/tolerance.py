"""The words of the card about a product that is only for people who are used to opioids."""

from __future__ import annotations

from collections.abc import Iterable

from hooks.told import Text, Told, listed, make_text, paragraphs
from hooks.wording import counted_line, summary
from opioids.national_names import name_in
from opioids.products import Route
from opioids.quantities import shown
from opioids.tables import Review
from opioids.tolerance import Enough, begun_without, is_enough

_ASK = "- Ask what is really taken every day, also from elsewhere: if that is enough by the label, go on."
_PATCH, _FAST = "A fentanyl patch", "Fast-acting fentanyl"
_IF_NOT = {
    _PATCH: "- If it is not, begin another way; a patch can follow later.",
    _FAST: "- If it is not, choose another medicine: this one is for pain that breaks through a regular opioid.",
}


def without_tolerance_text(told: Told) -> Text:
    """What the label asks for, and what the chart shows."""
    case, country = told.case, told.guideline.jurisdiction
    taken, therapy_days = case.until_now
    asked = begun_without(taken, case.proposed, therapy_days)
    begun = _PATCH if asked[0].begun[1] is Route.TRANSDERMAL else _FAST
    days = therapy_days if is_enough(asked, taken.counted) else None
    counted = "1 day" if days == 1 else f"{days} days"
    long = f" for {counted}" if days else ""
    if days is not None:
        chart = f"the chart shows only {counted} of them" if days else "by the chart they began today"
    else:
        chart = "less is on the chart" if taken.counted else "none is on the chart"
    return make_text(
        summary=summary(f"{begun} is for people used to opioids, and {chart}: breathing can slow. Check first."),
        detail=paragraphs(
            f"{_label(asked, country)}{_unchecked(asked)}",
            listed(f"On the chart now{long}:", list(map(counted_line, taken.counted)) or ["- no opioid"]),
            listed("To consider:", [_ASK, _IF_NOT[begun]]),
            "This follows from the product's label, not from a guideline's statement.",
        ),
    )


def _label(asked: tuple[Enough, ...], country: str) -> str:
    """The doses that the label names, by mouth first."""
    by_mouth = [_amount(one, country) for one in asked if one.kind[1] is Route.ORAL]
    others = [f"{_amount(one, country)} through the skin" for one in asked if one.kind[1] is not Route.ORAL]
    days = min(one.least_days for one in asked)
    return (
        f"By its US label it is for those who have taken opioids every day for {days} days or more. Enough is, a day: "
        f"{', '.join(by_mouth[:-1])} or {by_mouth[-1]} by mouth, {', '.join(others)}, or as much of another."
    )


def _amount(one: Enough, country: str) -> str:
    return f"{shown(one.least_per_day)} {one.unit} {name_in(country, one.kind[0])}"


def _unchecked(asked: Iterable[Enough]) -> str:
    return "" if all(one.review is Review.VERIFIED for one in asked) else " Read from a copy of the label."
