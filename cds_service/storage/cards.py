"""Keeping which cards were shown, would have been shown or were held back, and how much there was to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, exists, select, update
from sqlalchemy.exc import SQLAlchemyError

from cds_service.storage.models import activity, feedback, shown_card
from cds_service.storage.upserts import insert_into, insert_new
from hooks.picture import Picture
from opioids.values import maker, quickly_made

COLUMNS = (
    *("card", "state", "topic", "rule", "indicator"),  # those of a `NotedCard`
    *("service_id", "hook", "day", "patient", "prescriber", "prescriber_group"),
    *("mme", "uncounted", "sedatives", "risks"),
)
LONGEST_NUMBER = 32
CLOCKS_DIFFER = timedelta(minutes=10)
"""Feedback may reach another machine than the call did, and bear the time of its clock."""
MOST_IDS = 500
"""Ids in one statement: databases take a few hundred parameters for certain."""


class State(StrEnum):
    """What became of a card."""

    SHOWN = "shown"
    SHADOW = "shadow"
    """It would have been shown, had the service not been in shadow."""
    SNOOZED = "snoozed"
    """It was held back because a prescriber had said why it does not help now."""


class NotedCard(NamedTuple):
    """One card, as its row begins; `card` is its id, None when it was held back and has none, `state` a `State`."""

    card: str | None
    state: str
    topic: str
    rule: str
    indicator: str


@quickly_made
class NotedCall:
    """One call, with pseudonyms where it names somebody. `at` is its moment, on the clock and the calendar of the place
    where the service runs; `picture` is None when there are no cards.
    """

    at: datetime
    service_id: str
    hook: str
    orders: int
    shadow: bool
    prescriber: str
    prescriber_group: str = ""
    patient: str = ""
    picture: Picture | None = None
    cards: tuple[NotedCard, ...] = ()


make_noted_call = maker(NotedCall)


class Keeper:
    """Keeps notes, and marks those cards about which feedback came before them. Used by one thread at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._unmarked: list[datetime] = []

    def keep(self, calls: Sequence[NotedCall]) -> None:
        """Keeps all of them, or none. Raises `sqlalchemy.exc.SQLAlchemyError` while the database is away.

        Where it goes away once they are kept, they are marked with the next ones: kept again they would count twice.
        """
        rows = [row for call in calls for row in _rows(call)]
        with self._engine.begin() as connection:
            if rows:
                insert_new(connection, shown_card, "card", COLUMNS, rows)
            _add_up(connection, calls)
        if rows:
            self._unmarked.append(min(call.at for call in calls))
        if self._unmarked:
            with suppress(SQLAlchemyError):
                _mark_replied_since(self._engine, min(self._unmarked))
                self._unmarked.clear()


def _mark_replied_since(engine: Engine, moment: datetime) -> None:
    """Marks the cards about which feedback came after a moment, before they were kept themselves.

    Feedback is rare: what came since is a short list, shorter than that of the cards.
    """
    lately = select(feedback.c.card).where(feedback.c.received_at >= moment - CLOCKS_DIFFER)
    with engine.begin() as connection:
        connection.execute(
            update(shown_card).where(shown_card.c.card.in_(lately), ~shown_card.c.replied).values(replied=True)
        )


def mark_replied(engine: Engine, ids: Sequence[str]) -> None:
    """Marks those of these cards about which feedback was kept.

    Called after feedback was kept, as the other way round after cards were, each time in a transaction of its own:
    whichever of the two came last sees the other.
    """
    told = exists().where(feedback.c.card == shown_card.c.card)
    with engine.begin() as connection:
        for start in range(0, len(ids), MOST_IDS):
            some = shown_card.c.card.in_(ids[start : start + MOST_IDS])
            connection.execute(update(shown_card).where(some, ~shown_card.c.replied, told).values(replied=True))


def _rows(call: NotedCall) -> Iterator[tuple[Any, ...]]:
    """The values of COLUMNS for each card."""
    if call.picture is None or not call.cards:
        return
    picture = call.picture
    who = (call.service_id, call.hook, call.at.date().isoformat(), call.patient, call.prescriber, call.prescriber_group)
    codes = (" ".join(sorted(picture.sedatives)), " ".join(sorted(picture.risks)))
    shared = (*who, f"{picture.mme:f}"[:LONGEST_NUMBER], picture.uncounted, *codes)
    for card in call.cards:
        yield (*card, *shared)


def _add_up(connection: Connection, calls: Sequence[NotedCall]) -> None:
    sums: defaultdict[tuple[date, str, str, bool], list[int]] = defaultdict(lambda: [0, 0])
    for call in calls:
        key = (call.at.date(), call.service_id, call.prescriber, call.shadow)
        sums[key][0] += 1
        sums[key][1] += call.orders
    # In one order, so that two workers never wait for each other's rows.
    names = ("day", "service_id", "prescriber", "shadow", "calls", "orders")
    rows = [dict(zip(names, (*key, *numbers), strict=True)) for key, numbers in sorted(sums.items())]
    insert = insert_into(connection, activity)
    more = {name: activity.c[name] + insert.excluded[name] for name in ("calls", "orders")}
    connection.execute(insert.on_conflict_do_update(index_elements=list(activity.primary_key), set_=more), rows)
