"""Which topics rest: what a prescriber's reply to an earlier card silences, for whom, how long, and until when."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Self

from cds_service.settings import Settings
from cds_service.settings_kept import Snooze
from cds_service.storage.snoozes import Reply
from hooks.cards import override_reasons
from hooks.picture import Picture
from opioids.recommendations import Topic

ACCEPTED = "accepted"
REASONS = {topic.value: frozenset(reasons) for topic, reasons in override_reasons().items()}
"""The reasons that each topic's cards offer: no other silences it."""


def ask_again_days(settings: Settings) -> int | None:
    """For how many days a reason to override silences its topic; None where nothing is silenced."""
    return settings.snooze.days if settings.snooze.enabled else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How long silence lasts, and the rise of the dose that ends it."""

    overridden: timedelta
    accepted: timedelta
    rise_percent: Decimal

    @classmethod
    def of(cls, settings: Snooze) -> Self:
        """From the settings."""
        return cls(
            overridden=timedelta(days=settings.days),
            accepted=timedelta(hours=settings.accepted_hours),
            rise_percent=Decimal(str(settings.rise_percent)),
        )

    @property
    def longest(self) -> timedelta:
        """Beyond this no reply silences anything."""
        return max(self.overridden, self.accepted)


def resting(
    replies: Iterable[Reply], *, picture: Picture, who: Collection[str], now: datetime, terms: Terms
) -> frozenset[Topic]:
    """The topics that rest for a caller, given by the pseudonyms of user and group."""
    held = {reply.topic for reply in replies if _holds(reply, picture=picture, who=who, now=now, terms=terms)}
    return frozenset(topic for topic in Topic if topic.value in held)


def _holds(reply: Reply, *, picture: Picture, who: Collection[str], now: datetime, terms: Terms) -> bool:
    """Whether a reply still silences its topic.

    A suggestion that was taken is on its way into the chart: nobody is asked again, whatever else changed.
    A reason for an override holds for the user who gave it and those who share the role (or for everybody,
    where nobody was named), until the picture is graver than the one it was given for.
    """
    if reply.outcome == ACCEPTED:
        return now < reply.at + terms.accepted
    if reply.reason not in REASONS.get(reply.topic, ()):
        return False
    if not (reply.prescriber_group == "" or reply.prescriber_group in who or reply.prescriber in who):
        return False
    return now < reply.at + terms.overridden and not picture.is_graver_than(reply.picture, terms.rise_percent)
