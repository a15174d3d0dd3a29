"""A taper plan in the plain words of a patient's sheet, in any language that there is a catalogue for.

Names of medicines stay as they are on the label of the bottle, so that both can be held side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from cds_service.taper_input import Planned
from fhir_mappings.step_orders import alike
from hooks.words.language import Say
from hooks.words.taper import TIMES, UNITS, changed_words, opioid_words, strength_words, time_words
from opioids.national_names import name_in
from opioids.partners import partners_of
from opioids.products import Form
from opioids.tapers.profiles import Help, HelpLine
from opioids.tapers.values import PlannedDose, PlanNote, TaperPlan, TaperStep

_LONG_OF_THEMSELVES = frozenset({"methadone", "levomethadone"})
"""Ordinary tablets that act for long without being extended-release ones (the half-life, see `PlanNote.METHADONE`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetStep:
    """One step: its number ("" for now), its days, and each medicine with how it is taken.

    `start` is "" where it is what is taken now, until a plan begins that starts later.
    """

    number: str
    start: str
    end: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the sheet shows of one plan. A line of help is None where none is known for the country.

    `acetaminophen` is what the country calls it, "" where no medicine holds any.
    """

    steps: tuple[SheetStep, ...]
    left_alone: tuple[str, ...]
    as_needed: bool
    patches: bool
    long_acting: bool
    acetaminophen: str
    goes_on: bool
    emergency: HelpLine | None
    crisis_line: HelpLine | None


def sheet_of(planned: Planned, plan: TaperPlan, say: Say, language: str, country: str) -> Sheet:
    """One of the plans for the patient: `say` gives the language, `country` whom to call and what labels say."""
    words, tapers = _Words(say, language, country), planned.tapers
    return Sheet(
        steps=tuple(words.step(step, planned.on, plan.steps[-1]) for step in plan.steps),
        left_alone=plan.left_alone,
        as_needed=PlanNote.CONFIRM_USE in plan.notes,
        patches=PlanNote.PATCHES in plan.notes,
        long_acting=any(
            dose.product.extended_release and not dose.is_worn for step in plan.steps for dose in step.doses
        ),
        acetaminophen=words.partner("acetaminophen", plan),
        goes_on=bool(plan.steps[-1].doses),
        emergency=tapers.help_in(country, Help.EMERGENCY),
        crisis_line=tapers.help_in(country, Help.CRISIS),
    )


class _Words:
    """Doses in the words of one language."""

    def __init__(self, say: Say, language: str, country: str) -> None:
        self.say, self._language, self._country = say, language, country
        self._units = {noun: (say(one), say(more)) for noun, (one, more) in UNITS.items()}
        self._units[""] = ("mL", "mL")

    def day(self, day: date) -> str:
        return str(format_date(day, "long", locale=self._language))

    def partner(self, name: str, plan: TaperPlan) -> str:
        """What labels call a partner of an opioid, "" where no medicine of the plan holds it."""
        partners = {one for step in plan.steps for dose in step.doses for one in partners_of(dose.product)}
        return name_in(self._country, name) if name in partners else ""

    def step(self, step: TaperStep, on: date, last: TaperStep) -> SheetStep:
        """One step; the last one has no end, whether anything is taken on it or not."""
        waits = step.number == 0 and step.start > on
        return SheetStep(
            number=str(step.number) if step.number else "",
            start="" if waits else self.day(step.start),
            end=self.day(step.end) if step is not last else "",
            lines=tuple(self._lines(step.doses)),
        )

    def _lines(self, doses: Iterable[PlannedDose]) -> Iterator[tuple[str, str]]:
        """Medicine and how it is taken for each product, and one for what is taken only when it is needed."""
        groups: dict[tuple[str, bool, Decimal], list[PlannedDose]] = {}
        for dose in doses:
            groups.setdefault((dose.product.name, dose.at_most is not None, dose.changed_hours), []).append(dose)
        for group in groups.values():
            yield self._medicine(group[0]), self._taken(group)

    def _medicine(self, dose: PlannedDose) -> str:
        """The name and strength on the label, with the kind of release in plain words."""
        product = dose.product
        name = f"{opioid_words(product, self._country)} {strength_words(product)}"
        if dose.is_worn or product.form is Form.LIQUID:
            return name
        if not product.extended_release and _LONG_OF_THEMSELVES & product.ingredients:
            return name
        kind = self.say("long-acting, ER") if product.extended_release else self.say("short-acting")
        return f"{name} ({kind})"

    def _taken(self, group: list[PlannedDose]) -> str:
        first = group[0]
        if first.is_worn:
            worn = self._amount(sum((one.units for one in group), Decimal(0)), first)
            said = self.say("wear %(amount)s, %(changed)s")
            return said % {"amount": worn, "changed": changed_words(first, self.say)}
        if first.at_most is not None:
            said = self.say("%(amount)s only if you need it, no more than %(most)s in one day")
            return said % {"amount": self._amount(first.units, first), "most": self._amount(first.at_most, first)}
        if first.times in TIMES:
            return ", ".join(f"{self._amount(one.units, one)} {time_words(one, self.say)}" for one in group)
        return "; ".join(self._spread(dose, count) for dose, count in alike(group))

    def _spread(self, dose: PlannedDose, count: int) -> str:
        """An amount that is taken at so many dose times of a day without names."""
        amount = self._amount(dose.units, dose)
        if count == 1:
            return f"{amount} {self.say(TIMES[1][0])}"
        return self.say("%(amount)s, %(times)s times a day, spread over the day") % {"amount": amount, "times": count}

    def _amount(self, units: Decimal, dose: PlannedDose) -> str:
        one, more = self._units.get(dose.product.noun, (dose.product.noun, dose.product.noun))
        whole, half = divmod(units, 1)
        if half == Decimal("0.5") and dose.product.form is not Form.LIQUID:
            number = f"{whole or ''}½"
        else:
            number = format_decimal(units, locale=self._language)
        return f"{number}\N{NO-BREAK SPACE}{one if units <= 1 else more}"
