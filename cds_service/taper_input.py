"""What `opioid-cds taper` is asked: which plan, from which regimen or number, by which pace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cds_service.mme_input import Unreadable, read_file
from cds_service.queries import YEARS, day
from cds_service.written_numbers import plain_number
from fhir_mappings.bundles import patient_of, read_orders
from fhir_mappings.calculator import not_taken_yet, taken_now
from fhir_mappings.elements import Json, UnsuitableBody
from hooks.history import Chart, tells_of_before, therapy_days
from hooks.protocol import RequestError
from hooks.words.language import Say, english, message
from hooks.words.taper_notes import later_pace_words, left_out_words, start_words
from opioids.converted import MOST_MME_OF_ONE_ORDER
from opioids.guideline import Guideline
from opioids.knowledge import Knowledge
from opioids.listed import standing_alone
from opioids.prescriptions import Order, Standing
from opioids.quantities import shown
from opioids.tapers.equivalents import plan_of_equivalents
from opioids.tapers.foretold import spoken_of
from opioids.tapers.pacing import Standard, Wish
from opioids.tapers.planning import plans
from opioids.tapers.profiles import LaterPace, TaperProfile, Tapers
from opioids.tapers.values import First, NoPlan, TaperPlan

LONGEST_INTERVAL_DAYS = 365
LONGEST_YEARS = 20
"""No plan is made for longer: nobody follows one, and far enough out a calendar has no more days."""
_DAYS_A_YEAR = 365
_ONE_OF = message("expected one of %(known)s")
_MOST_THERAPY_DAYS = 36_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The command's options as they were typed; None where they were left out."""

    file: str | None = None
    current: str | None = None
    guideline: str
    profile: str | None
    table: str | None
    first: str = "both"
    pace: str | None
    interval: int | None
    start: str | None
    target: str | None
    therapy_days: int | None = None
    begun_at: str | None
    halves: bool
    as_of: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The plans, or why there is none, by which pace, and for whom: `subject` is a reference or "".

    `left_out` names the opioids that are only being written, which the plans do without; `on` is the day of the
    orders, `later` from when on the guideline has a slower pace, where that is known.
    """

    found: tuple[TaperPlan, ...] | NoPlan
    tapers: Tapers
    profile: TaperProfile
    subject: str = ""
    left_out: tuple[str, ...] = ()
    on: date
    later: LaterPace | None = None

    def remarks(self, say: Say = english) -> list[str]:
        """What there is to say about all the plans: orders that they do without, a later start, a slower pace."""
        if isinstance(self.found, NoPlan):
            return []
        said = (
            left_out_words(self.left_out, say),
            start_words(self.found[0].steps, self.on, say),
            later_pace_words(self.found, self.later, say) if self.later else "",
        )
        return [one for one in said if one]


class WrongOption(Unreadable):
    """An option that is senseless: which one, and why, in words that can be said in other languages too."""

    def __init__(self, option: str, reason: str, **values: object) -> None:
        super().__init__(f"--{option}: {reason % values}")
        self.option = option
        self._reason, self._values = reason, values

    def reason(self, say: Say) -> str:
        """Why; names among the values are said too."""
        values = {name: say(value) if isinstance(value, str) else value for name, value in self._values.items()}
        return say(self._reason) % values


def planned(asked: Asked, today: date, known: Knowledge) -> Planned:
    """The plans that were asked for. Raises `Unreadable`."""
    on = _day(asked.as_of, "as-of", today)
    if asked.file is not None:
        body = read_file(asked.file)
        try:
            return planned_from(body, asked, known, known.guidelines, today)
        except UnsuitableBody as error:
            raise Unreadable(f"{asked.file}: {error}") from None
    wish = _wish(asked, on)
    standard = _standard(asked, known, _guideline(asked, known.guidelines), asked.therapy_days)
    current = _number(asked.current or "", "current", most=MOST_MME_OF_ONE_ORDER)
    made = plan_of_equivalents(current, standard, _within(standard.profile, wish))
    found = made if isinstance(made, NoPlan) else (made,)
    later = _later(asked, asked.therapy_days, known, standard.guideline, on)
    return Planned(found=found, tapers=known.tapers, profile=standard.profile, on=on, later=later)


def planned_from(
    body: Json, asked: Asked, known: Knowledge, guidelines: Mapping[str, Guideline], today: date
) -> Planned:
    """The plans for the orders in a body. Raises `Unreadable` or, where there are no orders in it, `UnsuitableBody`.

    `file` and `current` of what is asked are not looked at; `today` is the day of the orders where none is asked for.
    """
    on = _day(asked.as_of, "as-of", today)
    wish = _wish(asked, on)
    guideline = _guideline(asked, guidelines)
    orders = read_orders(body, known.recogniser, on)
    days = _therapy_days(orders, known, guideline, on) if asked.therapy_days is None else asked.therapy_days
    standard = _standard(asked, known, guideline, days)
    total = taken_now(orders, table=standard.table, as_of=on)
    found = plans(total, standard, _within(standard.profile, wish))
    if not isinstance(found, NoPlan):
        found = tuple(replace(plan, spoken_of=spoken_of(plan, standard, days)) for plan in found)
    return Planned(
        found=found,
        tapers=known.tapers,
        profile=standard.profile,
        subject=patient_of(body),
        left_out=not_taken_yet(orders, total, table=standard.table, as_of=on),
        on=on,
        later=_later(asked, days, known, guideline, on),
    )


def _later(asked: Asked, days: int | None, known: Knowledge, guideline: Guideline, on: date) -> LaterPace | None:
    """From when on the guideline has a slower pace; nothing where another one was asked for by its name."""
    return None if asked.profile or days is None else known.tapers.later_pace(guideline, days, on)


def _guideline(asked: Asked, guidelines: Mapping[str, Guideline]) -> Guideline:
    if asked.guideline not in guidelines:
        raise WrongOption("guideline", _ONE_OF, known=", ".join(sorted(guidelines)))
    return guidelines[asked.guideline]


def _therapy_days(orders: Sequence[Order], known: Knowledge, guideline: Guideline, on: date) -> int | None:
    told = [one for one, taken in zip(orders, standing_alone(orders, on), strict=True) if tells_of_before(one, taken)]
    chart = Chart(orders=told, complete=any(one.standing in (Standing.ENDED, Standing.WITHDRAWN) for one in orders))
    return therapy_days(chart, on, known.tapers.practice, long_days=guideline.pace.long_therapy_days)


def _standard(asked: Asked, known: Knowledge, guideline: Guideline, days: int | None) -> Standard:
    if days is not None and not 0 <= days <= _MOST_THERAPY_DAYS:
        raise WrongOption("therapy-days", message("expected 0 to %(most)s"), most=_MOST_THERAPY_DAYS)
    table = known.tables.get(asked.table or guideline.default_table)
    if table is None:
        raise WrongOption("table", _ONE_OF, known=", ".join(sorted(known.tables)))
    if asked.profile is None:
        profile = known.tapers.profile_for(guideline.id, days)
    elif (named := known.tapers.profiles.get(asked.profile)) is not None:
        profile = named
    else:
        raise WrongOption("profile", _ONE_OF, known=", ".join(known.tapers.profiles))
    return Standard(
        guideline=guideline,
        table=table,
        profile=profile,
        shelf=known.shelf_of(guideline.jurisdiction),
        practice=known.tapers.practice,
    )


def _wish(asked: Asked, on: date) -> Wish:
    return Wish(
        start=_day(asked.start, "start", on),
        percent=_number(asked.pace.removesuffix("%"), "pace", most=Decimal(100)) if asked.pace else None,
        interval_days=asked.interval,
        first=None if asked.first == "both" else First(asked.first),
        target=None if asked.target in (None, "", "0") else _number(asked.target, "to", most=MOST_MME_OF_ONE_ORDER),
        begun_at=_number(asked.begun_at, "begun-at", most=MOST_MME_OF_ONE_ORDER) if asked.begun_at else None,
        halves=asked.halves,
    )


def _within(profile: TaperProfile, wish: Wish) -> Wish:
    """Another pace is taken only where it is not faster than the profile allows."""
    if wish.percent is not None and wish.percent > profile.most_percent:
        raise WrongOption(
            "pace",
            message(
                "%(profile)s (%(label)s) goes by at most %(most)s%% a step; a slower pace can be asked for, a faster "
                "one needs another profile"
            ),
            profile=profile.id,
            label=profile.label,
            most=shown(profile.most_percent),
        )
    interval = wish.interval_days
    if interval is not None and not profile.least_interval_days <= interval <= LONGEST_INTERVAL_DAYS:
        raise WrongOption(
            "interval",
            message("%(profile)s (%(label)s) goes by steps of %(least)s to %(most)s days"),
            profile=profile.id,
            label=profile.label,
            least=profile.least_interval_days,
            most=LONGEST_INTERVAL_DAYS,
        )
    percent, days = wish.percent or profile.percent, interval or profile.interval_days
    if days * 100 > percent * LONGEST_YEARS * _DAYS_A_YEAR:
        raise WrongOption(
            "interval" if interval else "pace",
            message("so slowly a plan would go on for more than %(years)s years"),
            years=LONGEST_YEARS,
        )
    return wish


def _number(text: str, option: str, *, most: Decimal) -> Decimal:
    value = plain_number(text)
    if value is None or not 0 < value <= most:
        raise WrongOption(option, message("expected a number above 0 and up to %(most)s"), most=shown(most))
    return value


def _day(text: str | None, option: str, otherwise: date) -> date:
    if text is None:
        return otherwise
    try:
        return day(text, option)
    except RequestError:
        reason = message("expected a day as YYYY-MM-DD, from %(first)s to %(last)s")
        raise WrongOption(option, reason, first=YEARS.start, last=YEARS.stop - 1) from None
