"""The statements of a direction sorted into steps ("then") and parts taken together ("and")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from opioids.products import Route
from opioids.quantities import Dose, Unit
from opioids.sig_doses import WrittenDose
from opioids.sig_frequency import Contradiction
from opioids.sig_limits import Length, Maximum
from opioids.sig_phrases import AsNeeded, Content, Dispensing, Reason, Statement
from opioids.sig_remarks import Mark
from opioids.sig_times import Often


@dataclass(slots=True, kw_only=True)
class Part:
    """One dose with what is said of it. `link`: how it hangs on the part before it."""

    link: Mark = Mark.SEPARATOR
    dose: WrittenDose | None = None
    often: list[Often] = field(default_factory=list)
    as_needed: bool = False
    needed_before_dose: bool = False
    needed_after_length: bool = False
    reason: bool = False
    permitted: bool = False
    regularly: bool = False
    length: Length | None = None
    maxima: list[Maximum] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing was said yet that a dose of another part could not follow."""
        return self.dose is None and not self.often and not self.as_needed and self.length is None


@dataclass(slots=True, kw_only=True)
class Outline:
    """A direction in steps, each of parts. `stops`: "then stop" stands at its end."""

    steps: list[list[Part]] = field(default_factory=lambda: [[Part()]])
    routes: set[Route] = field(default_factory=set)
    stops: bool = False


def outline(stated: Iterable[Statement]) -> Outline:
    """`stated` in steps and parts.

    Raises:
        Contradiction: when a statement may belong to either of two parts, or to none.
    """
    builder = _Builder()
    for each in stated:
        builder.add(each)
    if builder.link is Mark.AND or builder.permitted:
        raise Contradiction("it ends in the middle")
    return builder.outline


@dataclass(slots=True)
class _Builder:
    outline: Outline = field(default_factory=Outline)
    link: Mark | None = None
    permitted: bool = False
    dispensed: bool = False

    @property
    def part(self) -> Part:
        return self.outline.steps[-1][-1]

    def add(self, stated: Statement) -> None:
        if self.dispensed or self.outline.stops:
            self._only_asides(stated)
        if isinstance(stated, Mark):
            self._mark(stated)
            return
        if isinstance(stated, WrittenDose):
            self._make_room_for_dose()
        elif self.link is Mark.AND and not isinstance(stated, Maximum):
            # "and as needed", "and by mouth", "and every 4 hours": nobody can tell what is added.
            raise Contradiction("'and' without a second dose")
        self.part.permitted |= self.permitted
        self.permitted, self.link = False, None
        self._say(stated)

    def _only_asides(self, stated: Statement) -> None:
        if stated not in (Mark.SEPARATOR, Mark.BRACKET, Mark.ADVICE) and not isinstance(stated, Dispensing):
            raise Contradiction("directions after what ends them")

    def _mark(self, mark: Mark) -> None:
        match mark:
            case Mark.SEPARATOR:
                self.link = self.link or mark
            case Mark.BRACKET:
                # What stands in brackets explains: "1 tab in the morning (2 tabs at night)" joins nothing.
                self.link = self.link if self.link is Mark.AND else None
            case Mark.AND:
                self.link = mark
            case Mark.THEN:
                self._next_step()
            case Mark.STOP:
                self.outline.stops = True
            case Mark.PERMISSION:
                self.permitted = True
            case Mark.THEREAFTER:
                self._thereafter()
            case Mark.REGULARLY:
                self.part.regularly = True
            case Mark.ADVICE:
                self.link = None
            case _:
                # A verb: "and take 2 tablets" still joins.
                pass

    def _next_step(self) -> None:
        if self.part.empty:
            raise Contradiction("'then' without a step before it")
        self.outline.steps.append([Part()])
        self.link = None

    def _thereafter(self) -> None:
        if len(self.outline.steps) == 1 or self.part.length is not None:
            raise Contradiction("'thereafter' without a step before it")

    def _make_room_for_dose(self) -> None:
        if self.part.dose is None:
            if self.link is Mark.AND:
                raise Contradiction("'and' without a first dose")
            return
        if self.link is None:
            raise Contradiction("two doses side by side")
        self.outline.steps[-1].append(Part(link=self.link))

    def _say(self, stated: Content) -> None:
        match stated:
            case WrittenDose():
                self.part.dose = _with_noun(stated, self._dose_before())
            case AsNeeded():
                self.part.as_needed = True
                self.part.reason |= stated.reason
                self.part.needed_before_dose |= self.part.dose is None
                self.part.needed_after_length = self.part.length is not None
            case Reason():
                self.part.reason = True
            case Maximum():
                self.part.maxima.append(stated)
            case Length():
                self._length(stated)
            case Dispensing():
                self.dispensed = True
            case Route():
                self.outline.routes.add(stated)
            case _:
                self.part.often.append(stated)

    def _length(self, length: Length) -> None:
        if self.part.length is not None:
            raise Contradiction("two durations")
        self.part.length = length

    def _dose_before(self) -> Dose | None:
        doses = [part.dose.dose for step in self.outline.steps for part in step if part.dose is not None]
        return doses[-1] if doses else None


def _with_noun(written: WrittenDose, before: Dose | None) -> WrittenDose:
    """In "1 tab in the morning and 2 at bedtime", a number alone counts what was counted before it."""
    if written.counted or before is None:
        return written
    if before.unit is not Unit.EACH:
        raise Contradiction("a number without a unit")
    return replace(written, dose=replace(written.dose, noun=before.noun))
