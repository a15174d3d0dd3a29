"""The calculator's answer as a table for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from opioids.mme import MmeLine, MmeTotal
from opioids.prescriptions import Ignored, Uncounted
from opioids.quantities import shown

COLUMNS = "{:>10}  {:>10}  {}"
INDENT = " " * 24


def written(total: MmeTotal) -> str:
    """The arithmetic line by line, then what was not counted and why, then what adds nothing."""
    return "\n".join(_printable(line) for line in _lines(total))


def _lines(total: MmeTotal) -> Iterator[str]:
    yield f"MME/day on {total.as_of.isoformat()}, table {total.table}"
    yield ""
    yield COLUMNS.format("maximum", "scheduled", "order")
    for line in total.counted:
        yield from _counted(line)
    yield COLUMNS.format("-" * 10, "-" * 10, "-" * 40)
    yield COLUMNS.format(shown(total.maximum), shown(total.scheduled), _verdict(total))
    if total.uncounted:
        yield from ("", "Not counted: is or may be an opioid, and adds an unknown amount")
        yield from (_left_out(order, order.detail) for order in total.uncounted)
    if total.ignored:
        yield from ("", "Ignored: adds nothing")
        yield from (_left_out(order, order.detail) for order in total.ignored)


def _counted(line: MmeLine) -> Iterator[str]:
    name = f"{line.medication} [{line.reference}]"
    as_needed = " as needed" if line.as_needed else ""
    yield COLUMNS.format(shown(line.mme_per_day.maximum), shown(line.mme_per_day.scheduled), name)
    yield f"{INDENT}{line.ingredient.name}, {line.route.value}{as_needed}: {line.arithmetic}"
    yield from (f"{INDENT}assumed: {assumption}" for assumption in line.assumptions)


def _verdict(total: MmeTotal) -> str:
    if total.complete:
        return "total"
    return f"INCOMPLETE: {len(total.uncounted)} not counted, the true total may be higher"


def _left_out(order: Uncounted | Ignored, detail: str) -> str:
    reason = f"{order.reason.value} ({detail})" if detail else order.reason.value
    return f"  {order.medication or 'unnamed'} [{order.reference}]: {reason}"


def _printable(line: str) -> str:
    """Without control characters, which could steer a terminal."""
    return "".join(character if character.isprintable() else "?" for character in line)
