"""The grammar of written directions, replayed from `tests/spec/directions.csv`, and the laws that it keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from opioids.prescriptions import Refusal, Sig, UncountedReason
from opioids.quantities import Dose, Frequency, steadily, times
from opioids.sigs.directions import LONGEST_DIRECTION, only_advises, read_frequency, read_sig
from tests.spec.directions import Row, Spellings, corpus, vocabulary, written
from tests.spec.directions_report import report

CORPUS = corpus()
READABLE = [row.direction for row in CORPUS if not row.refused]


# ---- the corpus ----


@pytest.mark.parametrize("row", CORPUS, ids=lambda row: row.direction)
def test_direction_is_read_as_the_specification_says(row: Row):
    assert row.as_expected, written(read_sig(row.direction))


UNKNOWN_WORDS = ["frob", "unless", "except", "units", "not", "if", "%", "ß", "§", "taper", "hold", "minus"]
PLACES_APART = 6


@pytest.mark.parametrize("first", range(PLACES_APART))
def test_an_unknown_word_at_any_place_is_never_passed_over(first: int):
    """In each direction at every sixth place, because all of them take a minute."""
    swallowed = [
        text
        for number, direction in enumerate(READABLE[first::PLACES_APART])
        for words in [direction.split()]
        for place in range(number % PLACES_APART, len(words) + 1, PLACES_APART)
        for unknown in [UNKNOWN_WORDS[(number // PLACES_APART + place) % len(UNKNOWN_WORDS)]]
        for text in [" ".join([*words[:place], unknown, *words[place:]])]
        if not isinstance(read_sig(text), Refusal)
    ]
    assert not swallowed


@pytest.mark.parametrize("row", vocabulary(), ids=lambda row: f"{row.template} ({row.words[0]})")
def test_words_that_mean_the_same_are_read_alike(row: Spellings):
    assert row.misread() == {}


@pytest.mark.parametrize("row", vocabulary(), ids=lambda row: f"{row.template} ({row.words[0]})")
def test_word_too_many_is_never_swallowed(row: Spellings):
    longer = [row.template.replace("{}", f"{word} frob") for word in row.words]
    assert [each for each in longer if not isinstance(read_sig(each), Refusal)] == []


@pytest.mark.parametrize("words", ["Take with food.", "Swallow whole; do not crush or chew", "(with food)"])
def test_words_that_only_advise(words):
    assert only_advises(words)


@pytest.mark.parametrize(
    "words",
    ["", "take", "as needed", "by mouth", "for pain", "take 1 with food", "with food twice daily", "with food frob",
     "with food. " * LONGEST_DIRECTION, "max 3 a day", "for 7 days", "and with food", "then with food"],
)  # fmt: skip
def test_words_that_say_more_than_advice(words):
    assert not only_advises(words)


NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "twenty-five": 25, "thirty": 30, "thirty-five": 35, "forty": 40,
    "forty-five": 45, "fifty": 50, "fifty-five": 55, "sixty": 60, "sixty-five": 65, "seventy": 70, "seventy-five": 75,
    "eighty": 80, "eighty-five": 85, "ninety": 90, "ninety-five": 95,
}  # fmt: skip


@pytest.mark.parametrize(("word", "value"), NUMBER_WORDS.items())
def test_numbers_in_words(word, value):
    assert written(read_sig(f"take {word} mg twice a day")) == f"{value} mg; 2/day"
    assert written(read_sig(f"take {word.replace('-', ' ')} mg twice a day")) == f"{value} mg; 2/day"
    assert written(read_sig(f"take {word.upper()} ({value}) mg twice a day")) == f"{value} mg; 2/day"


def test_no_direction_of_the_corpus_is_read_wrongly():
    assert not [row.direction for row in CORPUS if row.wrong]


def test_more_than_nine_in_ten_directions_with_one_meaning_are_read():
    clear = [row for row in CORPUS if row.has_one_meaning]
    assert sum(not row.refused for row in clear) > 0.9 * len(clear)


def test_corpus_is_large_and_full_of_traps_and_holds_each_direction_once():
    assert len(CORPUS) >= 900
    assert sum(row.refused for row in CORPUS) >= 300
    assert sum(bool(row.first_run) for row in CORPUS) >= 200
    assert len({row.direction for row in CORPUS}) == len(CORPUS)


def test_what_is_read_needs_no_other_meaning_and_first_runs_have_three_outcomes():
    assert not [row for row in CORPUS if row.meaning and not row.refused]
    assert {row.first_run for row in CORPUS} == {"", "exact", "refused", "wrong"}


def test_report_states_the_rates():
    rows = [
        Row("1 tab bid", "1 each tablet; 2/day"),
        Row("1 tab tid", "1 each tablet; 2/day", first_run="exact"),
        Row("take 4 hourly", "REFUSED: 4", "6/day", "refused"),
        Row("take 1 frob", "REFUSED: frob"),
    ]
    assert report(rows) == [
        "4 directions, 2 read, 2 refused",
        "3 have one meaning: 1 of 3 (33.3%) read exactly",
        "1 have none or several: all refused",
        "wrong readings: 1",
        (
            "unseen, 2 directions written with their meaning before the grammar saw them: of 2 with one meaning, 1 of "
            "2 (50.0%) were read exactly at first, 1 refused, 0 wrong; 1 of 2 (50.0%) are read today; of 0 without, 0 "
            "were refused at first"
        ),
    ]


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
    longest = "x" * 78  # with its quotation marks 80 characters
    assert refusal(longest).detail == f"could not read: '{longest}'"
    assert refusal(longest + "x").detail == f"could not read: '{longest}x…"


def test_advice_of_the_greatest_length_is_read_and_longer_advice_is_not():
    longest = "take with food".ljust(LONGEST_DIRECTION)
    assert only_advises(longest)
    assert not only_advises(longest + " ")


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
        ("take 2 tablets (10 mg total) bid", "10 mg is read as the whole dose, also written as 2 tablets"),
        ("take 10 mg (1/2 tablet) bid", "10 mg is read as the whole dose, also written as 0.5 tablets"),
        ("take 1-2 tablets (5-10 mg) bid", "5-10 mg is read as the whole dose, also written as 1-2 tablets"),
        ("take two 5 mg tablets bid", "10 mg is 2 tablets of 5 mg each"),
        ("take 1-2 tablets (5 mg each) bid", "5-10 mg is 1-2 tablets of 5 mg each"),
        ("2 mL monthly", "a month is counted as 30 days"),
        ("10 mg/day", "the amount is a day's: in how many doses it is taken is not written"),
        (
            "2 tabs bid x 7 days, 1 tab bid x 7 days",
            "each part for its own days: read as steps that follow one another",
        ),
    ],
)
def test_assumption_is_named(direction: str, assumption: str):
    read = read_sig(direction)
    assert not isinstance(read, Refusal)
    assert assumption in read[-1].assumptions


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
    ["", "prn", "once", "OD", "every 4", "1 tab bid", "bid po", "bid for 7 days", "bid, max 8 tablets/day",
     "bid for 7 days, then daily", "as directed"],
)  # fmt: skip
def test_text_that_says_more_or_less_than_a_frequency_is_none(text: str):
    assert read_frequency(text) is None


# ---- laws ----

GRAMMAR_WORDS = sorted({word for row in CORPUS for word in row.direction.split()} | set("()-/.,;:#+&@½x"))
SHUFFLED = st.lists(st.sampled_from(GRAMMAR_WORDS), max_size=25).map(" ".join)


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
    """What is written of a second dose is never swallowed: both are there, or the whole is refused.

    A number of tablets with refills is a dose alone, and what is handed out behind one.
    """
    assume("refill" not in other)
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
