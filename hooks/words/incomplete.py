"""The words of the card about what could not be seen or counted."""

from __future__ import annotations

from hooks.told import Text, Told, listed, make_text, paragraphs, the_orders
from hooks.wording import summary, uncounted_item, uncounted_line
from opioids.case import Case, Gap
from opioids.prescriptions import Uncounted

GAPS = {
    Gap.MEDICATIONS_NOT_SENT: "the medication list was not sent",
    Gap.MEDICATIONS_FAILED: "the medication list could not be read from the EHR",
    Gap.MEDICATIONS_PARTIAL: "only part of the medication list could be seen",
    Gap.DRAFTS_NOT_SENT: "the orders being written were not sent",
    Gap.OTHER_PATIENT: "an order for another patient was left out",
}
"""What could not be seen, in words."""


def incomplete_text(told: Told) -> Text:
    """What is missing, and what that means for the totals."""
    case = told.case
    others = Gap.OTHER_PATIENT in case.gaps
    gaps = [GAPS[gap] for gap in case.gaps if gap is not Gap.OTHER_PATIENT]
    uncounted = uncounted_of(case)
    unseen = [GAPS[Gap.OTHER_PATIENT]] if others else []
    unseen += gaps
    before_only = case.proposed_complete and bool(uncounted)
    head, items = "Incomplete, not counted: ", list(map(uncounted_item, uncounted))
    if before_only:
        head = f"The dose before {the_orders(case)} is incomplete, not counted: "
    if unseen:
        head = "Incomplete: " if gaps or uncounted else "Check the chart: "
        items = [*unseen, *(f"not counted: {item}" for item in items)]
    line = summary(head, items)
    return make_text(
        summary=line,
        detail=paragraphs(
            "Check that the right chart is open." if others else "",
            listed("What could not be seen:", [f"- {gap}" for gap in gaps if gap not in line]),
            listed("What could not be counted:", list(map(uncounted_line, uncounted))),
            f"With {the_orders(case)} all that is taken was counted. Only the dose before may have been higher."
            if before_only
            else "Totals cover only what was seen and counted, so the true dose may be higher."
            if gaps or uncounted
            else "",
        ),
    )


def uncounted_of(case: Case) -> list[Uncounted]:
    """What could not be counted, before or with the orders being written, each order once for each reason.

    An order that takes the place of one of the same medicine says the same once more: it is told once.
    """
    proposed = {(one.reference, one.reason): one for one in case.proposed.uncounted}
    said = {_said(one) for one in proposed.values()}
    found = (*proposed.values(), *(one for one in case.current.uncounted if _said(one) not in said))
    return list({(one.reference, one.reason): one for one in found}.values())


def _said(one: Uncounted) -> tuple[str, str, str]:
    return one.medication, one.reason, one.detail
