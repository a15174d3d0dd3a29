"""The corpus of written directions (`directions.csv`) and the way in which a reading is written.

The parts of a sig are separated by "; ", in this order, and a part that the direction does not state is left out:

    #2               the step (sequence), in directions of several steps
    1-2 each tablet  the dose: number or range, unit (each, mg, mL, mcg/h), noun
    4..6/day         the frequency; 1/3 d is once in 3 days, 3/7 d three times in 7
    once             one time only
    prn              as needed
    max 8 each tablet/1 d   a ceiling: no more than 8 tablets in 1 day
    for 7 d          the duration
    oral             the route
    note             the reading rests on an assumption, which the sig names

Several sigs are separated by " | ". "REFUSED: words" is a refusal whose detail holds those words, "MISSING" one because
neither a dose nor a frequency is written.

The columns: `meaning` is what a pharmacist would take a refused direction to mean, where there is one answer;
`first run` is what became of a direction the first time that the grammar saw it (`exact`, `refused`, `wrong`), for
those that were written down with their meaning before.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from opioids.prescriptions import Refusal, Sig, UncountedReason
from opioids.quantities import Dose, Frequency, PerDay
from opioids.sigs.directions import read_sig

SPEC = Path(__file__).parent / "directions.csv"
VOCABULARY = Path(__file__).parent / "vocabulary.csv"

REFUSED = "REFUSED: "
MISSING = "MISSING"


@dataclass(frozen=True)
class Row:
    """One direction of the corpus."""

    direction: str
    reading: str
    meaning: str = ""
    first_run: str = ""

    @property
    def refused(self) -> bool:
        """Whether it must be refused."""
        return self.reading == MISSING or self.reading.startswith(REFUSED)

    @property
    def has_one_meaning(self) -> bool:
        """Whether a pharmacist would know what to do."""
        return not self.refused or bool(self.meaning)

    @property
    def as_expected(self) -> bool:
        """Whether the grammar says what the corpus says."""
        got = written(read_sig(self.direction))
        if self.reading.startswith(REFUSED):
            return got.startswith(REFUSED) and self.reading.removeprefix(REFUSED) in got.removeprefix(REFUSED)
        return got == self.reading

    @property
    def wrong(self) -> bool:
        """Whether numbers come out that are not those expected: far worse than a refusal."""
        return not isinstance(read_sig(self.direction), Refusal) and not self.as_expected


@cache
def corpus() -> tuple[Row, ...]:
    """All rows, in the order of the file."""
    with SPEC.open(encoding="utf-8", newline="") as rows:
        return tuple(
            Row(row["direction"], row["reading"], row["meaning"], row["first run"]) for row in csv.DictReader(rows)
        )


@dataclass(frozen=True)
class Spellings:
    """Words that all mean the same where `{}` stands in a direction: a row of `vocabulary.csv`."""

    template: str
    words: tuple[str, ...]
    reading: str

    def misread(self) -> dict[str, str]:
        """The directions that are not read as they should be, with what is read instead."""
        directions = [self.template.replace("{}", word) for word in self.words]
        readings = {each: written(read_sig(each)) for each in directions}
        return {each: got for each, got in readings.items() if not self._is_right(got)}

    def _is_right(self, got: str) -> bool:
        if self.reading == REFUSED.strip(": "):
            return got.startswith(REFUSED)
        return got == self.reading


@cache
def vocabulary() -> tuple[Spellings, ...]:
    """All rows of the vocabulary, in the order of the file."""
    with VOCABULARY.open(encoding="utf-8", newline="") as rows:
        return tuple(
            Spellings(row["template"], tuple(row["words"].split("|")), row["reading"]) for row in csv.DictReader(rows)
        )


# ---- how a reading is written ----


def written(outcome: tuple[Sig, ...] | Refusal) -> str:
    """A reading in the notation of the corpus."""
    if isinstance(outcome, Refusal):
        return MISSING if outcome.reason is UncountedReason.DOSE_MISSING else f"{REFUSED}{outcome.detail}"
    return " | ".join("; ".join(_parts(sig)) for sig in outcome)


def _parts(sig: Sig) -> Iterator[str]:
    if sig.sequence is not None:
        yield f"#{sig.sequence}"
    if isinstance(sig.dose, Dose):
        size = plain(sig.dose.low) if sig.dose.low == sig.dose.high else f"{plain(sig.dose.low)}-{plain(sig.dose.high)}"
        yield f"{size} {sig.dose.unit} {sig.dose.noun}".strip()
    if isinstance(sig.frequency, Frequency):
        yield _how_often(sig.frequency)
    if sig.days is not None:
        yield "once"
    if sig.as_needed:
        yield "prn"
    for ceiling in sig.ceilings:
        yield f"max {plain(ceiling.value)} {ceiling.unit} {ceiling.noun}".strip() + f"/{plain(ceiling.days)} d"
    if sig.duration is not None:
        yield f"for {plain(sig.duration)} d"
    if sig.route is not None:
        yield sig.route.value
    if sig.assumptions:
        yield "note"


def _how_often(frequency: Frequency) -> str:
    low, high = frequency.low, frequency.high
    if low == high:
        return _rate(low)
    return f"{plain(low.count)}..{_rate(high)}" if low.days == high.days else f"{_rate(low)}..{_rate(high)}"


def _rate(per_day: PerDay) -> str:
    return f"{plain(per_day.count)}/day" if per_day.days == 1 else f"{plain(per_day.count)}/{plain(per_day.days)} d"


def plain(value: Decimal) -> str:
    """A number without trailing zeros or exponent."""
    return f"{value.normalize():f}"
