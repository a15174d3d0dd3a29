"""The statements of a direction sorted into steps ("then") and parts taken together ("and")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from opioids.products import Route
from opioids.quantities import Dose, Unit
from opioids.sigs.dispensing import Dispensing
from opioids.sigs.frequency import Contradiction
from opioids.sigs.intervals import Rate
from opioids.sigs.limits import Length, Maximum, Stage, Sum
from opioids.sigs.reasons import AsNeeded, Reason
from opioids.sigs.remarks import Mark
from opioids.sigs.statements import Content, Statement
from opioids.sigs.strengths import WrittenDose
from opioids.sigs.times import Often


@dataclass(slots=True, kw_only=True)
class Part:
    """One dose with what is said of it. `link`: how it hangs on the part before it, None where nothing stands between.

    `needed_before_dose` and `needed_after_length` tell where "as needed" stands, `severity` whether its reason says
    how bad the pain is. `shares`: its frequency is the next part's.
    """

    link: Mark | None = Mark.SEPARATOR
    dose: WrittenDose | None = None
    often: list[Often] = field(default_factory=list)
    as_needed: bool = False
    needed_before_dose: bool = False
    needed_after_length: bool = False
    reason: bool = False
    severity: bool = False
    permitted: bool = False
    regularly: bool = False
    shares: bool = False
    length: Length | None = None
    maxima: list[Maximum] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing was said yet that a dose of another part could not follow."""
        return self.dose is None and not self.often and not self.as_needed and self.length is None

    @property
    def extra(self) -> bool:
        """Whether it is taken beside the others, by its own words ("1 additional tablet")."""
        return self.dose is not None and self.dose.extra


@dataclass(slots=True, kw_only=True)
class Outline:
    """A direction in steps, each of parts. `stops`: "then stop" stands at its end; `directed`: "as directed" in it.

    `sums` are what the direction says that it comes to; `dated`: it names days from which or until which it holds.
    """

    steps: list[list[Part]] = field(default_factory=lambda: [[Part()]])
    routes: set[Route] = field(default_factory=set)
    sums: list[Sum] = field(default_factory=list)
    stops: bool = False
    directed: bool = False
    dated: bool = False


def outline(stated: Iterable[Statement]) -> Outline:
    """`stated` in steps and parts.

    Raises:
        Contradiction: when a statement may belong to either of two parts, or to none.
    """
    builder = _Builder()
    for each in stated:
        builder.add(each)
    if builder.link in (Mark.AND, Mark.OR) or builder.permitted:
        raise Contradiction("it ends in the middle")
    builder.end_stages()
    return builder.outline


@dataclass(slots=True)
class _Builder:
    outline: Outline = field(default_factory=Outline)
    stages: list[Stage] = field(default_factory=list)
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
            self._make_room_for_dose(stated)
        elif isinstance(stated, Rate) and self.link is Mark.SEPARATOR and self.part.length and self.part.often:
            # "Every 6 hours for 2 days, every 8 hours for 2 days": the next step, of the same dose.
            self.outline.steps[-1].append(Part(link=self.link))
        elif not (self.link is Mark.AND and isinstance(stated, Maximum)):
            self._check_link(stated)
        self.part.permitted |= self.permitted
        self.permitted, self.link = False, None
        self._say(stated)

    def _check_link(self, stated: Statement) -> None:
        if self.link in (Mark.AND, Mark.OR):
            if isinstance(stated, Route) and self.outline.routes - {stated}:
                raise Contradiction("two different routes")  # of different worth
            # "and as needed", "and by mouth", "or every 4 hours": nobody can tell what is added.
            raise Contradiction(f"'{self.link}' without a second dose")

    def _only_asides(self, stated: Statement) -> None:
        asides = (Dispensing,) if self.outline.stops else (Dispensing, Reason, Length, Maximum)
        if stated not in (Mark.SEPARATOR, Mark.BRACKET, Mark.ADVICE) and not isinstance(stated, asides):
            raise Contradiction("directions after what ends them")

    def _mark(self, mark: Mark) -> None:
        match mark:
            case Mark.SEPARATOR:
                self.link = self.link or mark
            case Mark.BRACKET | Mark.AND | Mark.OR:
                # What stands in brackets explains: "1 tab in the morning (2 tabs at night)" joins nothing.
                joined = mark is Mark.BRACKET and self.link in (Mark.AND, Mark.OR)
                self.link = self.link if joined else mark
            case Mark.THEN:
                self._next_step()
            case Mark.STOP:
                self.outline.stops = True
            case Mark.PERMISSION:
                self.permitted = True
            case Mark.THEREAFTER if len(self.outline.steps) == 1 or self.part.length is not None:
                raise Contradiction("'thereafter' without a step before it")
            case Mark.REGULARLY:
                self.part.regularly = True
            case Mark.ADVICE:
                self.link = self.link if self.link is Mark.OR else None
            case Mark.AS_DIRECTED:
                self._check_link(mark)
                self.outline.directed = True
            case _:
                # A verb: "and take 2 tablets" still joins.
                pass

    # ---- steps ----

    def _next_step(self) -> None:
        if self.part.empty:
            raise Contradiction("'then' without a step before it")
        self.outline.steps.append([Part()])
        self.link = None

    def _next_stage(self, stage: Stage) -> None:
        """A step that is headed by its days: they must go on where those of the step before ended."""
        if not self.part.empty:
            self.outline.steps.append([Part()])
        expected = self.stages[-1].last + 1 if self.stages else 1
        if len(self.outline.steps) != len(self.stages) + 1 or stage.first != expected:
            raise Contradiction("steps whose days do not follow one another")
        self.stages.append(stage)

    def end_stages(self) -> None:
        """Gives each step that is headed by its days their number."""
        if not self.stages:
            return
        if len(self.stages) != len(self.outline.steps):
            raise Contradiction("a step without a duration")
        for stage, step in zip(self.stages, self.outline.steps, strict=True):
            days = Decimal(stage.last - stage.first + 1)
            if any(part.length is not None and part.length.days != days for part in step):
                raise Contradiction("two durations")
            for part in step:
                part.length = None
            step[-1].length = Length(days=days)

    # ---- parts ----

    def _make_room_for_dose(self, written: WrittenDose) -> None:
        if self.part.dose is None:
            if written.extra:
                raise Contradiction("an additional dose without a first")
            if self.link in (Mark.AND, Mark.OR):
                raise Contradiction(f"'{self.link}' without a first dose")
            return
        if self.link is Mark.BRACKET:
            raise Contradiction("two doses side by side")
        if written.extra:
            self.link = Mark.AND
        self.outline.steps[-1].append(Part(link=self.link))

    def _say(self, stated: Content) -> None:
        match stated:
            case WrittenDose():
                self.part.dose = _with_noun(stated, self._dose_before())
            case AsNeeded():
                self.part.as_needed = True
                self._reason(stated.reason)
                self.part.needed_before_dose |= self.part.dose is None
                self.part.needed_after_length = self.part.length is not None
            case Reason():
                self._reason(stated)
            case Maximum():
                self.part.maxima.append(stated)
            case Length():
                self._length(stated)
            case Stage():
                self._next_stage(stated)
            case Sum():
                self._sum(stated)
            case Dispensing():
                self.dispensed = True
                self.outline.dated |= stated.dated
            case Route():
                self.outline.routes.add(stated)
            case _:
                self.part.often.append(stated)

    def _reason(self, reason: Reason | None) -> None:
        self.part.reason |= reason is not None
        self.part.severity |= reason is not None and reason.severity

    def _length(self, length: Length) -> None:
        if self.part.length is not None:
            raise Contradiction("two durations")
        self.part.length = length

    def _sum(self, stated: Sum) -> None:
        if self.part.dose is None or not self.part.often or len(self.outline.steps) > 1:
            raise Contradiction("a sum of which doses")
        self.outline.sums.append(stated)

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
