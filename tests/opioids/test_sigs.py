"""The grammar of written directions, replayed from `tests/spec/directions.csv`, and the laws that it keeps.

How a reading is written in that file. The parts of a sig are separated by "; ", in this order, and a part that the
direction does not state is left out:

    #2               the step (sequence), in directions of several steps
    1-2 each tablet  the dose: number or range, unit (each, mg, mL, mcg/h), noun
    4..6/day         the frequency; 1/3 d is once in 3 days, 3/7 d three times in 7
    prn              as needed
    max 8 each tablet/1 d   a ceiling: no more than 8 tablets in 1 day
    for 7 d          the duration
    oral             the route
    note             the reading rests on an assumption, which the sig names

Several sigs are separated by " | ". "REFUSED: words" is a refusal whose detail holds those words, "MISSING" one because
neither a dose nor a frequency is written.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from opioids.prescriptions import Refusal, Sig, UncountedReason
from opioids.quantities import Dose, Frequency, PerDay, steadily, times
from opioids.sigs import LONGEST_DIRECTION, read_frequency, read_sig

SPEC = Path(__file__).parents[1] / "spec" / "directions.csv"


def directions() -> list[tuple[str, str]]:
    with SPEC.open(encoding="utf-8", newline="") as rows:
        return [(row["direction"], row["reading"]) for row in csv.DictReader(rows)]


CORPUS = directions()
REFUSED = [(direction, reading) for direction, reading in CORPUS if reading.startswith(("REFUSED: ", "MISSING"))]
READABLE = [direction for direction, reading in CORPUS if (direction, reading) not in REFUSED]


# ---- how a reading is written ----


def written(outcome: tuple[Sig, ...] | Refusal) -> str:
    if isinstance(outcome, Refusal):
        return "MISSING" if outcome.reason is UncountedReason.DOSE_MISSING else f"REFUSED: {outcome.detail}"
    return " | ".join("; ".join(parts(sig)) for sig in outcome)


def parts(sig: Sig) -> Iterator[str]:
    if sig.sequence is not None:
        yield f"#{sig.sequence}"
    if isinstance(sig.dose, Dose):
        size = plain(sig.dose.low) if sig.dose.low == sig.dose.high else f"{plain(sig.dose.low)}-{plain(sig.dose.high)}"
        yield f"{size} {sig.dose.unit} {sig.dose.noun}".strip()
    if isinstance(sig.frequency, Frequency):
        yield how_often(sig.frequency)
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


def how_often(frequency: Frequency) -> str:
    low, high = frequency.low, frequency.high
    if low == high:
        return rate(low)
    return f"{plain(low.count)}..{rate(high)}" if low.days == high.days else f"{rate(low)}..{rate(high)}"


def rate(per_day: PerDay) -> str:
    return f"{plain(per_day.count)}/day" if per_day.days == 1 else f"{plain(per_day.count)}/{plain(per_day.days)} d"


def plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


# ---- the corpus ----


def is_as_expected(direction: str, reading: str) -> bool:
    got = written(read_sig(direction))
    if reading.startswith("REFUSED: "):
        return got.startswith("REFUSED: ") and reading.removeprefix("REFUSED: ") in got.removeprefix("REFUSED: ")
    return got == reading


def is_wrong(direction: str, reading: str) -> bool:
    """Whether numbers come out that are not those expected: far worse than a refusal."""
    return not isinstance(read_sig(direction), Refusal) and not is_as_expected(direction, reading)


@pytest.mark.parametrize(("direction", "reading"), CORPUS)
def test_direction_is_read_as_the_specification_says(direction: str, reading: str):
    assert is_as_expected(direction, reading), written(read_sig(direction))


def test_no_direction_of_the_corpus_is_read_wrongly_and_each_is_matched(record_property):
    wrong = [direction for direction, reading in CORPUS if is_wrong(direction, reading)]
    exact = sum(is_as_expected(direction, reading) for direction, reading in CORPUS)
    record_property("directions", len(CORPUS))
    record_property("exact-match rate", exact / len(CORPUS))
    record_property("wrong-reading rate", len(wrong) / len(CORPUS))
    assert not wrong
    assert exact == len(CORPUS)


def test_corpus_is_large_and_full_of_traps():
    assert len(CORPUS) >= 260
    assert len(REFUSED) >= 70
    assert len(dict(CORPUS)) == len(CORPUS)


# ---- what the notation of the corpus does not show ----


def only(direction: str) -> Sig:
    (sig,) = read_sig(direction)
    assert isinstance(sig, Sig)
    return sig


def refusal(direction: str) -> Refusal:
    outcome = read_sig(direction)
    assert isinstance(outcome, Refusal)
    return outcome


@pytest.mark.parametrize("empty", ["", " ", "\n\t", " . , "])
def test_empty_direction_lacks_its_dose(empty: str):
    assert refusal(empty).reason is UncountedReason.DOSE_MISSING


def test_refusal_names_the_words_that_could_not_be_read():
    assert refusal("take 1 frob tablet xyz daily") == Refusal(
        reason=UncountedReason.DOSE_UNREADABLE, detail="could not read: '1 frob tablet xyz'"
    )


def test_refusal_quotes_no_more_than_fits_on_a_card():
    assert len(refusal(" ".join(["blah"] * 90)).detail) < 110


def test_direction_of_the_greatest_length_is_read_and_a_longer_one_refused():
    longest = "1 tab bid".ljust(LONGEST_DIRECTION)
    assert only(longest).frequency == steadily(times(2))
    assert "longer than 500" in refusal(longest + " ").detail


def test_masses_are_converted_to_milligrams_exactly():
    for direction, milligrams in (("200 mcg qid", "0.2"), ("12.5 ug bid", "0.0125"), ("0.5 g tid", "500")):
        dose = only(direction).dose
        assert isinstance(dose, Dose)
        assert dose.low == dose.high == Decimal(milligrams)


def test_frequency_is_kept_as_the_smallest_whole_numbers():
    assert only("1 tab q4h").frequency == steadily(times(6))
    assert only("1 tab q72h").frequency == steadily(times(1, 3))
    assert only("1 tab q5h").frequency == steadily(times(24, 5))


@pytest.mark.parametrize(
    ("direction", "assumption"),
    [
        ("take 2 tablets (10 mg total) bid", "10 mg is read as the whole dose, also written as 2 tablet"),
        ("take 10 mg (1/2 tablet) bid", "10 mg is read as the whole dose, also written as 0.5 tablet"),
        ("take 1-2 tablets (5-10 mg) bid", "5-10 mg is read as the whole dose, also written as 1-2 tablet"),
        ("take two 5 mg tablets bid", "10 mg is 2 tablet of 5 mg each"),
        ("take 1-2 tablets (5 mg each) bid", "5-10 mg is 1-2 tablet of 5 mg each"),
        ("2 mL monthly", "a month is counted as 30 days"),
    ],
)
def test_assumption_is_named(direction: str, assumption: str):
    assert only(direction).assumptions == (assumption,)


def test_dose_carried_into_the_next_step_is_named():
    first, second = read_sig("1 tab tid for 7 days, then bid")
    assert first.assumptions == ()
    assert second.assumptions == ("the dose of the step before goes on",)
    assert second.dose == first.dose


def test_parts_taken_together_bear_no_sequence_and_steps_count_from_one():
    assert [sig.sequence for sig in read_sig("1 tab qam and 2 tabs qhs")] == [None, None]
    assert [sig.sequence for sig in read_sig("1 tab qam and 2 tabs qhs x 7 days, then 1 tab bid")] == [1, 1, 2]


# ---- frequencies alone ----


@pytest.mark.parametrize(
    ("text", "frequency", "as_needed"),
    [
        ("every 4 hours", steadily(times(6)), False),
        ("BID", steadily(times(2)), False),
        ("Twice Daily", steadily(times(2)), False),
        ("q4-6h prn", Frequency(low=times(4), high=times(6)), True),
        ("Every 6 hours PRN", steadily(times(4)), True),
        ("2 times daily before meals", steadily(times(2)), False),
        ("Nightly", steadily(times(1)), False),
        ("at bedtime as needed for pain", steadily(times(1)), True),
        ("every 72 hours", steadily(times(1, 3)), False),
    ],
)
def test_frequency_alone_is_read(text: str, frequency: Frequency, as_needed: bool):
    assert read_frequency(text) == (frequency, as_needed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "prn",
        "once",
        "OD",
        "every 4",
        "1 tab bid",
        "bid po",
        "bid for 7 days",
        "bid, max 8 tablets/day",
        "bid for 7 days, then daily",
        "as directed",
    ],
)
def test_text_that_says_more_or_less_than_a_frequency_is_none(text: str):
    assert read_frequency(text) is None


# ---- laws ----

GRAMMAR_WORDS = sorted({word for direction, _ in CORPUS for word in direction.split()} | set("()-/.,;:#+&@½x"))
SHUFFLED = st.lists(st.sampled_from(GRAMMAR_WORDS), max_size=25).map(" ".join)
UNKNOWN_WORDS = st.sampled_from(
    ["frob", "extra", "except", "units", "not", "if", "%", "ß", "§", "taper", "hold", "minus"]
)


@given(st.one_of(st.text(max_size=LONGEST_DIRECTION + 5), SHUFFLED, st.sampled_from(READABLE)))
@settings(max_examples=600, deadline=None)
@example("٣ tablets")
@example("0 tablets daily")
@example("1 tablet every 0 hours")
@example("1 tablet daily, max 0 per day")
@example("1 tablet daily for 0 days")
@example("1 tab at 99:99")
@example("(" * 500)
@example("1-" * 250)
@example("q4-" * 160)
@example("pain or " * 60)
def test_any_text_is_read_with_sensible_numbers_or_refused(text: str):
    outcome = read_sig(text)
    if isinstance(outcome, Refusal):
        assert outcome.reason in (UncountedReason.DOSE_UNREADABLE, UncountedReason.DOSE_MISSING)
        assert outcome.detail
        return
    assert outcome
    for sig in outcome:
        assert_sensible(sig)


def assert_sensible(sig: Sig) -> None:
    assert sig.dose is None or isinstance(sig.dose, Dose)
    assert sig.frequency is None or isinstance(sig.frequency, Frequency)
    if sig.dose is not None:
        assert 0 < sig.dose.low <= sig.dose.high
    if sig.frequency is not None:
        for end in (sig.frequency.low, sig.frequency.high):
            assert end.count > 0
            assert end.days > 0
        low, high = sig.frequency.low, sig.frequency.high
        assert low.count * high.days <= high.count * low.days
    for ceiling in sig.ceilings:
        assert ceiling.value > 0
        assert ceiling.days > 0
    assert sig.duration is None or sig.duration > 0


@given(st.sampled_from(READABLE), st.data(), UNKNOWN_WORDS)
@settings(max_examples=400, deadline=None)
def test_unknown_word_refuses_a_readable_direction(direction: str, data: st.DataObject, word: str):
    words = direction.split()
    at = data.draw(st.integers(0, len(words)))
    assert isinstance(read_sig(" ".join([*words[:at], word, *words[at:]])), Refusal)


@given(st.sampled_from(READABLE), st.sampled_from([str.upper, str.lower, str.title, str.swapcase]))
@settings(max_examples=300, deadline=None)
def test_case_does_not_matter(direction: str, cased: Callable[[str], str]):
    assume(cased(direction).lower() == direction.lower() or "µ" in direction)
    assert read_sig(cased(direction)) == read_sig(direction)


@given(st.sampled_from(READABLE), st.sampled_from(["  ", "\n", "\t", "\u00a0", " \r\n "]))
@settings(max_examples=300, deadline=None)
def test_kind_of_white_space_does_not_matter(direction: str, space: str):
    assert read_sig(space + space.join(direction.split()) + space) == read_sig(direction)


@given(st.integers(1, 40), st.integers(1, 12), st.sampled_from(["tablet", "mg", "mL", "capsules"]))
@settings(max_examples=200, deadline=None)
def test_numbers_come_out_as_they_were_written(amount: int, count: int, unit: str):
    sig = only(f"take {amount} {unit} {count} times a day")
    assert isinstance(sig.dose, Dose)
    assert sig.dose.low == sig.dose.high == amount
    assert sig.frequency == steadily(times(count))


@given(st.sampled_from(["mg", "tablets", "mL"]), st.integers(1, 500), st.integers(1, 500))
@settings(max_examples=200, deadline=None)
def test_range_is_read_ascending_and_never_wide_enough_to_be_two_strengths(unit: str, low: int, high: int):
    outcome = read_sig(f"take {low}-{high} {unit} daily")
    if low < high <= 4 * low:
        assert written(outcome) == f"{low}-{high} {written(read_sig(f'1 {unit} daily')).removeprefix('1 ')}"
    else:
        assert isinstance(outcome, Refusal)


@given(st.sampled_from(READABLE))
@settings(max_examples=200, deadline=None)
def test_frequency_alone_agrees_with_the_direction(direction: str):
    alone = read_frequency(direction)
    if alone is not None:
        assert (only(direction).frequency, only(direction).as_needed) == alone


@given(st.sampled_from(READABLE), st.sampled_from(READABLE))
@settings(max_examples=300, deadline=None)
def test_two_directions_in_one_are_never_fewer_doses_than_both(one: str, other: str):
    """What is written of a second dose is never swallowed: both are there, or the whole is refused."""
    outcome = read_sig(f"{one}. {other}")
    if not isinstance(outcome, Refusal):
        apart = [size for direction in (one, other) for size in written_sizes(read_sig(direction))]
        assert list(written_sizes(outcome)) == apart


def written_sizes(sigs: tuple[Sig, ...] | Refusal) -> Iterator[tuple[Decimal, Decimal]]:
    """The doses that are written: not those which a step takes over from the one before it."""
    assert not isinstance(sigs, Refusal)
    for sig in sigs:
        if isinstance(sig.dose, Dose) and "the dose of the step before goes on" not in sig.assumptions:
            yield sig.dose.low, sig.dose.high
