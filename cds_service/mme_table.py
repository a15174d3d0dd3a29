"""The calculator's answer as a table for the terminal, readable from 64 columns on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from textwrap import wrap

from cds_service.terminal import printable, within_reason
from hooks.wording import within_brackets
from opioids.mme import MmeTotal, Supplement
from opioids.mme_lines import MmeLine
from opioids.prescriptions import Ignored, Uncounted
from opioids.quantities import shown

_GUTTER = "  "
_STEP = 4


def written(total: MmeTotal, width: int) -> str:
    """The arithmetic line by line, then what was not counted and why, then what adds nothing.

    Args:
        total: the answer.
        width: columns of the terminal; texts are folded to it, within reason.
    """
    page = _Page(within_reason(width), total)
    return "\n".join(page.lines())


class _Page:
    """One answer at one width: two columns of numbers, and words folded beside them."""

    def __init__(self, width: int, total: MmeTotal) -> None:
        self._width, self._total = width, total
        amounts = [total.maximum, total.scheduled]
        for line in total.counted:
            amounts += [line.mme_per_day.maximum, line.mme_per_day.scheduled]
        self._places = max(_places(amount) for amount in amounts)
        self._column = max(len("scheduled"), *(len(self._number(amount)) for amount in amounts))

    def lines(self) -> Iterator[str]:
        total = self._total
        provisional = " (PROVISIONAL factors)" if total.provisional else ""
        yield f"MME/day on {total.as_of.isoformat()}, table {total.table}{provisional}"
        yield ""
        yield from self._row("maximum", "scheduled", ["order"])
        for line in total.counted:
            mme = line.mme_per_day
            yield from self._row(self._number(mme.maximum), self._number(mme.scheduled), _told(line))
        yield self._rule()
        yield from self._row(self._number(total.maximum), self._number(total.scheduled), [_verdict(total)])
        if total.uncounted:
            beside = {one.uncounted: one for one in total.supplements}
            yield from ("", "Not counted: is or may be an opioid, and adds an unknown amount")
            for order in total.uncounted:
                yield from self._item(_left_out(order), _orientation(beside.get(order)))
        if total.ignored:
            yield from ("", "Ignored: adds nothing")
            for ignored in total.ignored:
                yield from self._item(_left_out(ignored), ())

    def _number(self, amount: Decimal) -> str:
        """Amounts with as many decimals as the longest has, so that their points stand below one another."""
        text = shown(amount)
        return text if not self._places else f"{Decimal(text):.{self._places}f}"

    def _row(self, maximum: str, scheduled: str, told: Iterable[str]) -> Iterator[str]:
        column = self._column
        lead = f"{maximum:>{column}}{_GUTTER}{scheduled:>{column}}{_GUTTER}"
        for text in told:
            for folded in self._folded(text, len(lead)):
                yield f"{lead}{folded}"
                lead = " " * len(lead)

    def _rule(self) -> str:
        column = self._column
        return f"{'-' * column}{_GUTTER}{'-' * column}{_GUTTER}{'-' * (self._width - 2 * column - 2 * len(_GUTTER))}"

    def _item(self, text: str, more: Iterable[str]) -> Iterator[str]:
        for folded in self._folded(text, len(_GUTTER)):
            yield f"{_GUTTER}{folded}"
        for one in more:
            for folded in self._folded(one, len(_GUTTER) + _STEP):
                yield f"{' ' * (len(_GUTTER) + _STEP)}{folded}"

    def _folded(self, text: str, indent: int) -> list[str]:
        """Text on lines that fit beside an indent; sums are never cut within a number."""
        return wrap(printable(text), self._width - indent, subsequent_indent=" " * _STEP, break_on_hyphens=False) or [
            ""
        ]


def _told(line: MmeLine) -> Iterator[str]:
    yield f"{line.medication} [{line.reference}]"
    yield f"{line.ingredient.name}, {line.route.value}{' as needed' if line.as_needed else ''}: {line.arithmetic}"
    yield from (f"assumed: {assumption}" for assumption in line.assumptions)


def _orientation(beside: Supplement | None) -> Iterator[str]:
    if beside is not None:
        yield f"for orientation, not in the total: {shown(beside.mme_per_day.maximum)} MME/day by {beside.table}"
        yield beside.arithmetic
        yield from (f"assumed: {assumption}" for assumption in beside.assumptions)


def _verdict(total: MmeTotal) -> str:
    if total.complete:
        return "total"
    return f"INCOMPLETE: {len(total.uncounted)} not counted, the true total may be higher"


def _left_out(order: Uncounted | Ignored) -> str:
    reason = f"{order.reason.value} ({within_brackets(order.detail)})" if order.detail else order.reason.value
    return f"{order.medication or 'unnamed'} [{order.reference}]: {reason}"


def _places(amount: Decimal) -> int:
    return len(shown(amount).partition(".")[2])
