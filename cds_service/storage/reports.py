"""The report, counted in the database."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, Engine, distinct, func, select

from cds_service.report import Report, Tally, TopicLine, Volume
from cds_service.storage.models import activity, feedback, shown_card

Key = tuple[date | None, str, str, str]
"""Week (None for the whole time), service, hook, topic."""


@dataclass(slots=True)
class _Count:
    states: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def tally(self) -> Tally:
        return Tally(
            shown=self.states["shown"],
            shadow=self.states["shadow"],
            snoozed=self.states["snoozed"],
            accepted=self.outcomes["accepted"],
            overridden=self.outcomes["overridden"],
            reasons=dict(sorted(self.reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
        )


def report(engine: Engine, start: date, end: date) -> Report:
    """What was noted from one day to another, both included.

    Answers count on the day on which their card was shown. Raises `sqlalchemy.exc.SQLAlchemyError`.
    """
    counts: defaultdict[Key, _Count] = defaultdict(_Count)
    with engine.connect() as connection:
        for key, state, number in _cards(connection, start, end):
            counts[key].states[state] += number
        for key, outcome, reasons in _answers(connection, start, end):
            counts[key].outcomes[outcome] += 1
            counts[key].reasons.update(reasons)
        days = _volumes(connection, start, end)
        unknown = _unknown(connection, start, end)
    services = sorted({service for _, service in days} | {key[1] for key in counts})
    volumes = {service: days.get((None, service), Volume()) for service in services}
    lines = [
        TopicLine(
            week=key[0],
            service=key[1],
            hook=key[2],
            topic=key[3],
            tally=counts[key].tally(),
            volume=days.get((key[0], key[1]), Volume()),
        )
        for key in sorted(counts, key=lambda key: (key[0] or date.min, *key[1:]))
    ]
    return Report(
        start=start,
        end=end,
        volumes=volumes,
        topics=tuple(line for line in lines if line.week is None),
        weeks=tuple(line for line in lines if line.week is not None),
        unknown_cards=unknown,
    )


def _cards(connection: Connection, start: date, end: date) -> Iterator[tuple[Key, str, int]]:
    columns = (shown_card.c.day, shown_card.c.service_id, shown_card.c.hook, shown_card.c.topic, shown_card.c.state)
    query = select(*columns, func.count()).where(shown_card.c.day.between(start, end)).group_by(*columns)
    for day, service, hook, topic, state, number in connection.execute(query):
        for week in (None, _monday(day)):
            yield (week, service, hook, topic), state, number


def _answers(connection: Connection, start: date, end: date) -> Iterator[tuple[Key, str, Iterable[str]]]:
    """Each answered card once: "accepted" when it was at all, else "overridden" with all reasons given."""
    query = (
        select(*shown_card.c["card", "day", "service_id", "hook", "topic"], *feedback.c["outcome", "override_code"])
        .join(feedback, feedback.c.card == shown_card.c.card)
        .where(shown_card.c.replied, shown_card.c.day.between(start, end))
        .order_by(shown_card.c.id)
    )
    answered: dict[str, tuple[date, str, str, str]] = {}
    accepted: set[str] = set()
    reasons: defaultdict[str, set[str]] = defaultdict(set)
    for card, day, service, hook, topic, outcome, code in connection.execute(query):
        answered[card] = (day, service, hook, topic)
        if outcome == "accepted":
            accepted.add(card)
        else:
            reasons[card].add(code or "")
    for card, (day, service, hook, topic) in answered.items():
        outcome = "accepted" if card in accepted else "overridden"
        given = () if card in accepted else reasons[card] - {""} or {""}
        for week in (None, _monday(day)):
            yield (week, service, hook, topic), outcome, given


def _volumes(connection: Connection, start: date, end: date) -> Mapping[tuple[date | None, str], Volume]:
    """By week and service, and by service for the whole time (week None)."""
    who = activity.c.prescriber
    query = (
        select(
            activity.c.day,
            activity.c.service_id,
            func.sum(activity.c.calls),
            func.sum(activity.c.orders),
            func.count(distinct(func.nullif(who, ""))),
        )
        .where(activity.c.day.between(start, end))
        .group_by(activity.c.day, activity.c.service_id)
    )
    sums: defaultdict[tuple[date | None, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for day, service, *numbers in connection.execute(query):
        for week in (None, _monday(day)):
            sums[week, service] = [one + int(other) for one, other in zip(sums[week, service], numbers, strict=True)]
    return {
        key: Volume(calls=calls, orders=orders, prescriber_days=days or None)
        for key, (calls, orders, days) in sums.items()
    }


def _unknown(connection: Connection, start: date, end: date) -> int:
    """Feedback received in that time about cards that nobody noted: another installation's, or lost."""
    since = datetime.combine(start, time.min, UTC)
    until = datetime.combine(end + timedelta(days=1), time.min, UTC)
    known = select(shown_card.c.card).where(shown_card.c.card == feedback.c.card).exists()
    query = select(func.count()).where(feedback.c.received_at >= since, feedback.c.received_at < until, ~known)
    return connection.execute(query.select_from(feedback)).scalar_one()


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
