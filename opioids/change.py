"""What the orders being written change: how much less, of what, could it be less, and does treatment end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal

from opioids.dosing import OUD_INGREDIENTS
from opioids.mme import MmeTotal
from opioids.mme_lines import MmeLine
from opioids.prescriptions import IgnoredReason
from opioids.products import Form, Product
from opioids.shelf import Shelf, strength_of
from opioids.tapers.amounts import mark_of, told_apart, worth_a_step
from opioids.tapers.profiles import Practice
from opioids.values import maker, quickly_made


@quickly_made
class Change:
    """The difference between two totals. `cut` is MME/day, `percent` of the dose before; negative rises.

    `rotation` means that one opioid takes the place of another, at once or in steps: a lower total is then no taper.
    `judgeable` is false when something new could not be counted, so that the difference means nothing.
    `only_as_needed` means that no scheduled dose falls. `step` is what the smallest step of the marketed
    strengths comes to in MME/day, None where it cannot be told; `volume_step` what the smallest step of a
    solution comes to that is worth taking, None where something else is lowered; `unit` what one tablet of what is
    taken as needed comes to, where only that falls.
    """

    cut: Decimal
    percent: Decimal
    to_zero: bool
    rotation: bool
    judgeable: bool
    only_as_needed: bool
    step: Decimal | None
    volume_step: Decimal | None = None
    unit: Decimal | None = None

    @property
    def smallest_step(self) -> bool:
        """Whether nothing smaller could have been cut."""
        return 0 < self.cut <= (self.step or self.volume_step or 0)


make_change = maker(Change)


def change_of(current: MmeTotal, proposed: MmeTotal, shelf: Shelf, practice: Practice) -> Change:
    """Compare the totals before and with the orders being written."""
    cut = current.maximum - proposed.maximum
    percent = 100 * cut / current.maximum if current.maximum else Decimal(0)
    to_zero = bool(current.counted or current.uncounted) and not proposed.counted and not proposed.uncounted
    if _nothing_goes(current, proposed):
        return make_change(
            cut=cut,
            percent=percent,
            to_zero=to_zero,
            rotation=_replaces_partial_agonist(current, proposed),
            judgeable=True,
            only_as_needed=False,
            step=None,
        )
    gone, come = _lines_only_in(current, proposed), _lines_only_in(proposed, current)
    before = {one.reference for one in current.uncounted}
    only_as_needed = current.scheduled <= proposed.scheduled
    return make_change(
        cut=cut,
        percent=percent,
        to_zero=to_zero,
        rotation=_is_rotation(current, proposed) or _is_rotation_in_steps(current, proposed, practice),
        judgeable=all(one.reference in before for one in proposed.uncounted),
        only_as_needed=only_as_needed,
        step=_step(gone, come, cut, shelf, practice),
        volume_step=_volume_step(gone, come, cut, practice),
        unit=_unit(gone, come, cut) if only_as_needed else None,
    )


def _nothing_goes(current: MmeTotal, proposed: MmeTotal) -> bool:
    """Whether all that is counted now stays as it is: then no known dose is lowered, stopped or rotated."""
    if proposed.counted[: len(current.counted)] == current.counted:
        return True  # as where an order is only added
    staying = {(line.reference, line.ingredient.name): line.mme_per_day.maximum for line in proposed.counted}
    return all(
        staying.get((line.reference, line.ingredient.name)) == line.mme_per_day.maximum for line in current.counted
    )


def _lines_only_in(one: MmeTotal, other: MmeTotal) -> list[MmeLine]:
    """The lines that have no like in the other total: a renewed order is no change."""
    known = Counter(map(_taken, other.counted))
    only = []
    for line in one.counted:
        if known[_taken(line)]:
            known[_taken(line)] -= 1
        else:
            only.append(line)
    return only


def _taken(line: MmeLine) -> tuple[object, ...]:
    return line.product.components, line.dose_per_day


def _is_rotation(current: MmeTotal, proposed: MmeTotal) -> bool:
    before, after = _ingredients(current.counted), _ingredients(proposed.counted)
    known = {one.reference for one in current.ignored}
    substitutes = (IgnoredReason.PARTIAL_AGONIST, IgnoredReason.OPIOID_USE_DISORDER_TREATMENT)
    if any(one.reason in substitutes and one.reference not in known for one in proposed.ignored):
        return True
    return (bool(before - after) and bool(after - before)) or _replaces_partial_agonist(current, proposed)


def _replaces_partial_agonist(current: MmeTotal, proposed: MmeTotal) -> bool:
    """Whether buprenorphine for pain goes that the table does not convert, and another opioid comes."""
    gone = current.holds_partial_agonist and not proposed.holds_partial_agonist
    return gone and bool(_ingredients(proposed.counted) - _ingredients(current.counted))


def _is_rotation_in_steps(current: MmeTotal, proposed: MmeTotal, practice: Practice) -> bool:
    """Whether one opioid falls and others take over a good part of it: so a rotation looks that is made in steps.

    Not where the total rises: more of everything is a rise, whatever falls beside it.
    """
    before, after = _by_ingredient(current.counted), _by_ingredient(proposed.counted)
    changes = [after.get(one, Decimal(0)) - before.get(one, Decimal(0)) for one in before | after]
    risen, fallen = sum(one for one in changes if one > 0), -sum(one for one in changes if one < 0)
    return fallen >= risen > 0 and 100 * risen >= practice.rotated_percent * fallen


def _by_ingredient(lines: Iterable[MmeLine]) -> dict[str, Decimal]:
    """MME/day of each opioid, at most."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        name = line.ingredient.name
        sums[name] = sums.get(name, Decimal(0)) + line.mme_per_day.maximum
    return sums


def _ingredients(lines: Iterable[MmeLine]) -> set[str]:
    return {line.ingredient.name for line in lines}


def _step(gone: list[MmeLine], come: list[MmeLine], cut: Decimal, shelf: Shelf, practice: Practice) -> Decimal | None:
    """The smallest step of one opioid's marketed strengths in MME/day; of several opioids none can be told."""
    if len(_ingredients(gone) | _ingredients(come)) != 1:
        return None
    amount = _amount(gone) - _amount(come)
    steps = [step for line in gone if (step := smallest_step(line.product, shelf, practice)) is not None]
    return min(steps) * cut / amount if steps and amount > 0 else None


def _unit(gone: list[MmeLine], come: list[MmeLine], cut: Decimal) -> Decimal | None:
    """What the smallest unit taken of one opioid comes to in MME/day: as needed nobody mixes strengths."""
    lines, amount = [*gone, *come], _amount(gone) - _amount(come)
    if amount <= 0 or len(_ingredients(lines)) != 1 or any(one.product.form is not Form.SOLID for one in lines):
        return None
    return min(strength_of(one.product) for one in lines) * cut / amount


def _volume_step(gone: list[MmeLine], come: list[MmeLine], cut: Decimal, practice: Practice) -> Decimal | None:
    """The smallest step of one solution in MME/day, as our own plans take it; of anything else there is none."""
    amount = _amount(gone) - _amount(come)
    if amount <= 0 or len({line.product.components for line in (*gone, *come)}) != 1:
        return None
    product, worth = gone[0].product, cut / amount
    if product.form is not Form.LIQUID or not strength_of(product):
        return None
    return worth_a_step(mark_of(product, practice), worth, practice) * worth


def _amount(lines: Iterable[MmeLine]) -> Decimal:
    return sum((line.dose_per_day.maximum for line in lines), Decimal(0))


def smallest_step(product: Product, shelf: Shelf, practice: Practice) -> Decimal | None:
    """From this strength to the next lower one that is marketed (or to nothing), in the strength's unit.

    Strengths that are nearly alike do not follow one another, as in our own plans: from 5 mg of a combination nobody
    goes to the 4.84 mg of another maker.
    None where the strength is not known, or where the product is no unit: a solution goes by any volume.
    """
    if product.components[0].strength is None or product.form not in (Form.SOLID, Form.PATCH):
        return None
    value = strength_of(product)
    lower = [one for one in told_apart(shelf.line_of(product), product, practice).strengths if one < value]
    return value - max(lower, default=Decimal(0))


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
