"""What a patient takes before and after the orders that are being written: what replaces what."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain

from opioids.listed import Seen, set_aside, standing_alone
from opioids.order_parts import by_one_name, is_of_another_drug, parents_in, parts_of_others, with_parents
from opioids.prescriptions import Content, Ignored, IgnoredReason, Order, Prescription, Standing
from opioids.signatures import Hours, hours_of, of_one, signature
from opioids.successive import one_after_another
from opioids.values import maker, quickly_made

_TAKEN_AWAY = frozenset({Standing.WITHDRAWN, Standing.IN_ERROR})
"""Where a draft stands that takes an order away instead of writing one."""


@quickly_made
class Regimen:
    """One entry per order, in the order given. `current` is before the drafts, `proposed` with them.

    `written` holds the references of the drafts that count in `proposed`; `later` those of drafts that follow
    another one on a later day; `replaced` the active orders that a draft replaces or takes away.
    """

    current: tuple[Content, ...]
    proposed: tuple[Content, ...]
    written: frozenset[str]
    replaced: frozenset[str]
    later: frozenset[str] = frozenset()


make_regimen = maker(Regimen)


def regimen(
    active: Sequence[Order], drafts: Sequence[Order], on: date, of_the_stay: frozenset[str] = frozenset()
) -> Regimen:
    """Decide which orders count before and after `drafts`.

    A draft replaces the active order that it names as its prior or basis, whose id it bears, or whose
    product, dose and timing are the same; a withdrawn draft takes its active order away. An order that
    fulfils another of the list, is the same order in another list, or whose supply is used up on the day
    `on` and was renewed, counts once. Orders whose keys are `of_the_stay` were for a stay in hospital after which the
    drafts are taken: they are part of neither.
    """
    active, drafts = by_one_name(active, drafts)
    current = standing_alone(active, on)
    if of_the_stay:
        current = [_at_home(order, one, of_the_stay) for order, one in zip(active, current, strict=True)]
    drafted = _drafted(drafts)
    replacements = _replacements(active, current, drafts, drafted)
    proposed = list(current)
    for place, why in replacements.items():
        if not _is_none(current[place]):
            proposed[place] = _replaced(active[place], why)
    adding = {place: order for place, order in enumerate(drafts) if drafted[place] is order.content}
    dated, later = one_after_another(adding, on, current)
    proposed.extend(
        dated.get(place) or _with_its_day(drafts[place], on, content) for place, content in enumerate(drafted)
    )
    written = frozenset(order.reference for order in drafts if order.standing not in _TAKEN_AWAY)
    if later:  # two unlike drafts may bear one id, of which one waits
        today = [order.reference for place, order in adding.items() if not (place in dated and dated[place].waits)]
        written -= later.difference(today)
    return make_regimen(
        current=tuple(current),
        proposed=tuple(proposed),
        written=written,
        replaced=frozenset(active[place].reference for place in replacements),
        later=later,
    )


def _at_home(order: Order, content: Content, of_the_stay: frozenset[str]) -> Content:
    if isinstance(content, Ignored) or order.key not in of_the_stay:
        return content
    return set_aside(order, IgnoredReason.OUTSIDE_PERIOD, "for the stay in hospital, and ends with it")


def _with_its_day(order: Order, on: date, content: Content) -> Content:
    """What is being ordered counts today, and says so where it is for a later day."""
    if not (order.begins and order.begins > on and isinstance(content, Prescription)):
        return content
    note = f"begins on {order.begins}: counted as what is being ordered"
    return replace(content, assumptions=(*content.assumptions, note), alike=None)


def _drafted(drafts: Sequence[Order]) -> list[Content]:
    """What each order that is being written adds; withdrawn ones and doubles add nothing."""
    seen = Seen()
    # An order that goes on from one that is stopped in the same session is no part of it.
    adding = [order for order in drafts if order.standing not in _TAKEN_AWAY]
    parts = parts_of_others([order for order in adding if not isinstance(order.content, Ignored)])
    contents: list[Content] = []
    for order in drafts:
        content = order.content
        if not isinstance(content, Ignored):
            if order.standing is Standing.WITHDRAWN:
                content = set_aside(order, IgnoredReason.NOT_ACTIVE, "stopped now")
            elif order.standing is Standing.IN_ERROR:
                content = set_aside(order, IgnoredReason.ENTERED_IN_ERROR, "")
            elif seen.before(order.key, content):
                content = set_aside(order, IgnoredReason.REPLACED, "the same order is listed twice")
            elif order.key in parts:
                content = set_aside(order, IgnoredReason.REPLACED, "part of another order being written")
        contents.append(content)
    return contents


def _replacements(
    active: Sequence[Order], current: Sequence[Content], drafts: Sequence[Order], drafted: Sequence[Content]
) -> dict[int, str]:
    """Places of the active orders that a draft replaces, each with why.

    Who names an order means all that bear its key; who renews one means that one, though another bears its key.
    What adds nothing renews nothing. What is stopped may go on in a draft that names it: that one replaces it.
    """
    by_key = _by_key(active)
    writing = sorted(zip(drafts, drafted, strict=True), key=_is_taken_away)
    naming = [_named(draft, by_key, active) for draft, _ in writing]
    parents = parents_in(active) if any(naming) else {}
    met: set[str] = set()
    forbidden: set[frozenset[str]] = {frozenset()}
    renewals: list[Prescription] = []
    found: dict[int, str] = {}
    for (draft, adds), named in zip(writing, naming, strict=True):
        stops = draft.standing in _TAKEN_AWAY
        meant: Iterable[int] = ()
        if named:
            meant = chain.from_iterable(by_key[key] for key in with_parents(named, parents, met))
        elif draft.forbidden not in forbidden:  # the next draft that forbids the same says no more
            forbidden.add(draft.forbidden)
            meant = _places_of(draft.forbidden, active)
        why = _STOPPED if stops or not named else "replaced by the order being written"
        for place in meant:
            found.setdefault(place, why)
        if not (stops or named) and isinstance(adds, Prescription):
            renewals.append(adds)
    if renewals:
        _renew(renewals, current, found)
    return found


def _named(draft: Order, by_key: Mapping[str, list[int]], active: Sequence[Order]) -> frozenset[str]:
    """The keys of orders of the list that a draft names; who stops one that is based on another drug's stops that one
    alone.
    """
    named = (draft.replaces | draft.fulfils | {draft.key}) & by_key.keys()
    if draft.standing not in _TAKEN_AWAY or named <= {draft.key}:
        return named
    based = draft.fulfils - draft.replaces
    return frozenset(key for key in named if key not in based or not is_of_another_drug(draft, active[by_key[key][0]]))


_STOPPED = "stopped now"


def _is_taken_away(draft: tuple[Order, Content]) -> bool:
    return draft[0].standing in _TAKEN_AWAY


def _renew(drafts: list[Prescription], current: Sequence[Content], found: dict[int, str]) -> None:
    """Add to what was `found` the places of the orders that drafts renew without naming them.

    What is stopped in the same session is the first to be renewed, which takes no other away.
    """
    alike = _by_signature(current, _products_of(drafts), found)
    for one in drafts if alike else ():
        same = next(filter(None, of_one(alike.get(signature(one), {}), one.product)), None)
        if same:
            found.setdefault(same.popleft(), "renewed by the order being written: counted once")


def _by_key(active: Sequence[Order]) -> dict[str, list[int]]:
    """Places of the active orders by their keys."""
    found: dict[str, list[int]] = {}
    for place, order in enumerate(active):
        found.setdefault(order.key, []).append(place)
    return found


def _places_of(ingredients: frozenset[str], active: Sequence[Order]) -> Iterator[int]:
    """Places of the prescriptions of a drug that an order says not to give."""
    for place, order in enumerate(active):
        if order.prescription and order.prescription.product.ingredients <= ingredients:
            yield place


_BySignature = dict[object, dict[Hours, deque[int]]]


def _products_of(drafts: Iterable[Prescription]) -> dict[frozenset[str], set[object]]:
    """What is being written: the components of its products by their ingredients, which are compared faster."""
    found: dict[frozenset[str], set[object]] = {}
    for one in drafts:
        found.setdefault(one.product.ingredients, set()).add(one.product.components)
    return found


def _by_signature(
    current: Sequence[Content], written: Mapping[frozenset[str], Container[object]], gone: Mapping[int, str]
) -> _BySignature:
    """Places of the active prescriptions of drugs that are being written, by what they say and for how many hours.

    Of those that are `gone` only what is stopped, and that before the others.
    """
    found: _BySignature = {}
    for place, content in enumerate(current):
        if not isinstance(content, Prescription) or gone.get(place, _STOPPED) != _STOPPED:
            continue
        product = content.product
        if product.components in written.get(product.ingredients, ()):
            said = found.setdefault(signature(content), {}).setdefault(hours_of(product), deque())
            said.appendleft(place) if place in gone else said.append(place)
    return found


def _is_none(content: Content) -> bool:
    """Whether an order is for no opioid at all: what becomes of it is nobody's dose."""
    return isinstance(content, Ignored) and content.reason is IgnoredReason.NOT_AN_OPIOID


def _replaced(order: Order, why: str) -> Content:
    held = "on hold, and " if order.standing is Standing.ON_HOLD else ""
    return set_aside(order, IgnoredReason.REPLACED, f"{held}{why}")


def split(orders: Iterable[Order]) -> tuple[list[Order], list[Order]]:
    """The active list and the drafts of one mixed list: a draft that is only a plan stays in the list."""
    active: list[Order] = []
    drafts: list[Order] = []
    for order in orders:
        if order.standing is Standing.DRAFT and order.plan is None:
            drafts.append(order)
        else:
            active.append(order)
    return active, drafts
