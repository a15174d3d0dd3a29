"""What the form of the taper's page holds, and the plans that it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from cds_service.taper_input import Asked, Planned, planned_from
from cds_service.written_numbers import whole_number
from opioids.guideline import Guideline
from opioids.knowledge import Knowledge
from opioids.quantities import shown
from opioids.tapers.profiles import TaperProfile
from opioids.tapers.values import TaperPlan

STOPS = 10
"""Places of the slider of paces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The fields as they were written; "" where they were left open.

    `day` is that of the orders. `paced` is the profile for which the pace was chosen: when another profile is
    chosen, its own pace is taken, because the old one need not lie within its limits.
    """

    orders: str = ""
    day: str = ""
    guideline: str = ""
    profile: str = ""
    table: str = ""
    pace: str = ""
    interval: str = ""
    start: str = ""
    to: str = ""
    begun: str = ""
    halves: bool = False
    paced: str = ""

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> Form:
        """The fields of a form that was sent."""
        texts = {name: sent.get(name, "").strip() for name in cls.__slots__ if name not in ("orders", "halves")}
        return cls(orders=sent.get("orders", ""), halves=bool(sent.get("halves")), **texts)

    def asked(self) -> Asked:
        """As the command is asked. Raises `ValueError` when the interval is no whole number."""
        interval = whole_number(self.interval) if self.interval else None
        if self.interval and interval is None:
            raise ValueError(self.interval)
        return Asked(
            guideline=self.guideline,
            profile=self.profile or None,
            table=self.table or None,
            pace=self.pace or None,
            interval=interval,
            start=self.start or None,
            target=self.to or None,
            begun_at=self.begun or None,
            halves=self.halves,
            as_of=self.day or None,
        )


def plans_for(
    form: Form, body: dict[str, Any], known: Knowledge, guidelines: Mapping[str, Guideline], today: date
) -> Planned:
    """The plans that the form asks for. Raises what `planned_from` does, and `ValueError` as `Form.asked`."""
    ask = form.asked()
    free = planned_from(body, replace(ask, pace=None, interval=None), known, guidelines, today)
    if (ask.pace, ask.interval) == (None, None) or form.paced not in ("", free.profile.id):
        return free
    return planned_from(body, ask, known, guidelines, today)


def profile_of(form: Form, known: Knowledge, guidelines: Mapping[str, Guideline]) -> TaperProfile:
    """The profile whose limits the form shows while nothing is planned."""
    named = known.tapers.profiles.get(form.profile)
    fallback = next(iter(guidelines))
    guideline = form.guideline if form.guideline in guidelines else fallback
    return named or known.tapers.profile_for(guideline, None)


def stops(profile: TaperProfile) -> tuple[str, ...]:
    """The paces that can be chosen, slowest first: equal parts of the fastest that the profile allows."""
    return tuple(shown(profile.most_percent * part / STOPS) for part in range(1, STOPS + 1))


def key_of(plan: TaperPlan) -> str:
    """What tells one plan from the others that were made with it."""
    return f"{plan.first.value}:{plan.lead}"
