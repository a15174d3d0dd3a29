"""Directions of known clauses come to what the clauses say, in whatever words and order, or are refused."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

from hypothesis import event, given, settings
from hypothesis import strategies as st

from opioids.prescriptions import Refusal, Sig
from opioids.quantities import Dose, Frequency
from opioids.sigs.directions import read_sig


@dataclass(frozen=True)
class Clause:
    """Words, and what they mean."""

    words: str
    means: object = None


def said(*ways: str, means: object = None) -> st.SearchStrategy[Clause]:
    return st.sampled_from([Clause(words, means) for words in ways])


HALF, ONE_AND_A_HALF = Fraction(1, 2), Fraction(3, 2)

DOSES = st.one_of(
    said("1 tab", "one tablet", "1 (one) tablet", "a tablet", "1 tablet(s)", "ONE TABLET", means=(1, 1, "each")),
    said("2 tabs", "two tablets", "two (2) tablets", "ii tabs", "2 tab.", means=(2, 2, "each")),
    said("1/2 tab", "half a tablet", "½ tablet", "0.5 tab", ".5 tab", "0,5 tablet", "one-half tablet",
         means=(HALF, HALF, "each")),
    said("1.5 tabs", "1 1/2 tablets", "1½ tabs", "one and a half tablets", "1-1/2 tablets",
         means=(ONE_AND_A_HALF, ONE_AND_A_HALF, "each")),
    said("1-2 tabs", "1 to 2 tablets", "one or two tablets", "1 – 2 tab(s)", means=(1, 2, "each")),
    said("10 mg", "10mg", "2 tablets (10 mg total)", "two 5 mg tablets", "1 tablet (10 mg)", "10 mg (2 tablets)",
         "10 mg = 2 tabs", "5 mL (10 mg)", "5 mL (10 mg/5 mL)", means=(10, 10, "mg")),
    said("5-10 mg", "5 mg to 10 mg", "1-2 tablets (5-10 mg)", means=(5, 10, "mg")),
    said("5 mL", "5ml", "1 teaspoonful", "one 5 ml spoonful", "5 mL (1 teaspoon)", means=(5, 5, "mL")),
)  # fmt: skip
TIMES = st.one_of(
    said("daily", "once a day", "qd", "every day", "once daily", "q24h", means=(1, 1)),
    said(
        "bid", "twice daily", "2 times a day", "q12h", "every 12 hours", "two (2) times daily", "2x/day", means=(2, 2)
    ),
    said("tid", "three times a day", "every 8 hours", "q8 hrs", "q 8 h", "8-hourly", means=(3, 3)),
    said("qid", "4 times daily", "q6h", "every six hours", "four times a day", means=(4, 4)),
    said("q4h", "every 4 hours", "every four (4) hours", means=(6, 6)),
    said("q4-6h", "every 4 to 6 hours", "every 4-6 hours", "q 4-6 hrs", means=(4, 6)),
    said("up to 4 times a day", "up to every 6 hours", "no more often than every 6 hours", means=(1, 4)),
    said("at bedtime", "qhs", "nightly", "every evening", "with breakfast", means=(1, 1)),
    said("every other day", "qod", "every 48 hours", "on alternate days", means=(HALF, HALF)),
    said("once a week", "weekly", "on Sundays", means=(Fraction(1, 7),) * 2),
    said("on Mon, Wed and Fri", "three times a week", "MWF", means=(Fraction(3, 7),) * 2),
)
NEEDED = said(
    "prn", "as needed", "if needed for pain", "PRN severe pain (7-10)", "when required", "as needed for pain > 5"
)
ROUTES = said("by mouth", "po", "orally")
MAXIMA = said("max 8 tablets/day", "no more than 8 tablets in 24 hours", "not to exceed 8 tabs per day", means=8)
LENGTHS = said("for 5 days", "x 5 days", "x5d", "for up to 5 days", means=5)
ASIDES = said(
    "with food", "do not crush", "for chronic pain", "avoid alcohol", "as directed", "dx: G89.4", "do not drive",
    "do not exceed 3 g acetaminophen per day", "hold for sedation", "may cause drowsiness",
)  # fmt: skip
LINKS = st.sampled_from([" ", ", ", " ", "; "])


@st.composite
def directions(draw):
    """A direction of one part, and its clauses by name."""
    clauses = {"dose": draw(DOSES), "times": draw(TIMES)}
    optional = {"needed": NEEDED, "route": ROUTES, "length": LENGTHS, "aside": ASIDES}
    if clauses["dose"].means[2] == "each":
        optional["maximum"] = MAXIMA
    for name, strategy in optional.items():
        if draw(st.integers(0, 2)) == 0:
            clauses[name] = draw(strategy)
    after = draw(st.permutations([name for name in clauses if name != "dose"]))
    words = draw(st.sampled_from(["", "take ", "Take ", "sig: "])) + clauses["dose"].words
    for name in after:
        words += draw(LINKS) + clauses[name].words
    return words, clauses


def amounts(sig: Sig) -> tuple[object, ...]:
    assert isinstance(sig.dose, Dose)
    assert isinstance(sig.frequency, Frequency)
    low, high = sig.frequency.low, sig.frequency.high
    return (
        (Fraction(sig.dose.low), Fraction(sig.dose.high), sig.dose.unit.value),
        (Fraction(low.count) / Fraction(low.days), Fraction(high.count) / Fraction(high.days)),
        sig.as_needed,
    )


@settings(max_examples=300)
@given(directions())
def test_direction_of_known_clauses_comes_to_what_they_say_or_is_refused(direction):
    words, clauses = direction
    read = read_sig(words)
    event("refused" if isinstance(read, Refusal) else "read")
    if isinstance(read, Refusal):
        return
    [sig] = read
    assert amounts(sig) == (clauses["dose"].means, clauses["times"].means, "needed" in clauses), words
    assert sig.duration == (Decimal(5) if "length" in clauses else None), words
    stated = {ceiling.value / ceiling.days for ceiling in sig.ceilings}
    assert ("maximum" not in clauses) or 8 in stated, words


def test_hardly_any_direction_of_known_clauses_is_refused():
    """Refusing everything would keep the law above."""
    asked: list[str] = []

    @settings(max_examples=300)
    @given(directions())
    def ask(direction):
        asked.append(direction[0])

    ask()
    refused = [words for words in asked if isinstance(read_sig(words), Refusal)]
    assert len(refused) < 0.02 * len(asked), refused


@settings(max_examples=60)
@given(DOSES, TIMES, NEEDED, MAXIMA, LENGTHS)
def test_order_of_the_clauses_after_the_dose_does_not_matter(dose, times, needed, maximum, length):
    read = set()
    clauses = (times, needed, length, maximum) if dose.means[2] == "each" else (times, needed, length)
    for ordered in permutations(clauses):
        words = f"take {dose.words}, " + ", ".join(clause.words for clause in ordered)
        found = read_sig(words)
        if not isinstance(found, Refusal):
            read.add(found)
    assert len(read) <= 1, read


SPLIT = st.lists(st.tuples(st.sampled_from([1, 2, 3]), st.sampled_from(["in the morning", "at noon", "at bedtime"])),
                 min_size=2, max_size=3, unique_by=lambda each: each[1])  # fmt: skip


@settings(max_examples=120)
@given(SPLIT, st.sampled_from([" and ", ", ", "; ", ", and "]), st.sampled_from(["tablet", "mg"]))
def test_split_doses_add_up(split, link, unit):
    words = link.join(f"{count} {unit} {when}" for count, when in split)
    read = read_sig(words)
    assert not isinstance(read, Refusal), words
    assert [amounts(sig) for sig in read] == [
        ((count, count, "mg" if unit == "mg" else "each"), (1, 1), False) for count, _ in split
    ]


STEPS = st.lists(st.tuples(st.sampled_from([1, 2, 3]), st.sampled_from([1, 2, 3, 4]), st.sampled_from([3, 5, 7, 14])),
                 min_size=2, max_size=4)  # fmt: skip


@settings(max_examples=120)
@given(STEPS, st.sampled_from(["then", "weeks", "list"]))
def test_steps_follow_one_another(steps, how):
    if how == "weeks":
        day, parts = 1, []
        for count, a_day, days in steps:
            parts.append(f"Days {day}-{day + days - 1}: {count} tabs {a_day} times a day")
            day += days
        words = "; ".join(parts)
    else:
        link = ", then " if how == "then" else ", "
        words = link.join(f"{count} tabs {a_day} times a day for {days} days" for count, a_day, days in steps)
    read = read_sig(words)
    assert not isinstance(read, Refusal), words
    assert [(sig.sequence, sig.duration, amounts(sig)) for sig in read] == [
        (number, days, ((count, count, "each"), (a_day, a_day), False))
        for number, (count, a_day, days) in enumerate(steps, start=1)
    ]
