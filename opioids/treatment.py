"""Whether treatment of opioid use disorder ends with the orders that are being written."""

from __future__ import annotations

from collections.abc import Iterator

from opioids.dosing import OUD_INGREDIENTS
from opioids.mme import MmeTotal
from opioids.prescriptions import IgnoredReason


def treatment_ends(current: MmeTotal, proposed: MmeTotal) -> bool:
    """Whether it is taken now and not with the orders being written, and nothing new may stand in its place.

    A new order of an opioid that treats it (methadone, buprenorphine) may be just that, although nothing says so.
    """
    if not current.holds_treatment or proposed.holds_treatment:
        return False
    known = {one.reference for total in (current.counted, current.uncounted, current.ignored) for one in total}
    return not any(reference not in known for reference in _that_may_treat(proposed))


def _that_may_treat(total: MmeTotal) -> Iterator[str]:
    """References of the orders that are of an opioid that treats the disorder, by whatever name."""
    yield from (one.reference for one in total.counted if one.ingredient.name in OUD_INGREDIENTS)
    yield from (one.reference for one in total.ignored if one.reason is IgnoredReason.PARTIAL_AGONIST)
    for one in total.uncounted:
        words = f"{one.medication} {one.detail}".lower()
        if any(name in words for name in OUD_INGREDIENTS):
            yield one.reference
