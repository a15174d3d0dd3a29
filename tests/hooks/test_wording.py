"""Words that come with a request are shown, and do nothing else."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hooks import services as offered
from hooks.protocol import SUMMARY_LIMIT
from hooks.wording import left_out_lines, mme, months, plain, safe, summary, uncounted_item, uncounted_line
from opioids.prescriptions import Ignored, IgnoredReason, Uncounted, UncountedReason
from tests.hooks.orders import RXNORM, bundle, draft, order, request

EVIL = "<img src=x onerror=alert(1)>"
ATTEMPTS = [
    EVIL,
    "<script>alert(1)</script>",
    "<!-- hidden",
    "[a link](https://evil.example)",
    "[a link](javascript:alert(1))",
    "[a link] (javascript:alert(1))",
    "[a link][1]",
    "[a link] [1]",
    "[1]: https://evil.example",
    "![a picture](https://evil.example/x.png)",
    "https://evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "www.evil.example",
    "WwW.evil.example",
    "mailto:a@evil.example",
    "a@evil.example",
    "&lt;b&gt;",
    "**bold**",
    "__bold__",
    "~~struck~~",
    "`code`",
    "# heading",
    "a | b",
    "two\nlines\r\nor more",
    "- item",
    "1. item",
    "\x00\x07\x1b[31m",
    "\u202egnihtemos",
    "x" * 5000,
]
MARKUP = re.compile(
    r"<|>|://|www\.|mailto:|\]\(|\]\[|(?<!\\)\]\s*[(\[]|^\s*\[[^]]*\]:|\S@\S|(?<!\\)[*_`~#|]|&(?!amp;|lt;|gt;)",
    re.IGNORECASE,
)
"""HTML, links, and marks that are not escaped."""


# ---- one line ----


@pytest.mark.parametrize(
    ("text", "line"),
    [("oxycodone 5 mg", "oxycodone 5 mg"), ("  two \n lines\t", "two lines"), ("a\x00b\x1bc", "a b c"),
     ("a\u202eb\u2028c", "a b c"), ("", ""), ("\n", "")],
)  # fmt: skip
def test_plain_words_stand_on_one_line(text, line):
    assert plain(text) == line


@pytest.mark.parametrize(("length", "shown"), [(10, 10), (11, 10), (500, 10)])
def test_plain_words_are_cut_at_the_limit_and_say_so(length, shown):
    cut = plain("x" * length, 10)
    assert len(cut) == shown
    assert cut.endswith("…") == (length > 10)


@given(st.text())
def test_plain_words_are_printable_and_short_whatever_comes(text):
    line = plain(text)
    assert line == line.strip()
    assert line.isprintable()
    assert len(line) <= 120


# ---- no markup ----


@pytest.mark.parametrize("text", ATTEMPTS)
def test_no_markup_from_a_request_works(text):
    assert not MARKUP.search(safe(text))


@given(st.text() | st.text(alphabet="<>&*_`~#|\\[]()!:/@.w-+1 \n") | st.sampled_from(ATTEMPTS))
def test_no_markup_works_whatever_comes(text):
    words = safe(text)
    assert not MARKUP.search(words.replace("\\\\", ""))
    assert len(words.splitlines()) <= 1


@pytest.mark.parametrize("text", ["- item", "+ item", "1. item", "12) item"])
def test_a_name_does_not_begin_a_list(text):
    assert not re.match(r"\s*([-+]|\d+[.)])\s", safe(text))


@pytest.mark.parametrize(
    "name",
    [
        "oxycodone hydrochloride 5 MG Oral Tablet",
        "morphine 10 mg/5 mL",
        "acetaminophen 325 MG / oxycodone 5 MG (generic)",
    ],
)
def test_an_honest_name_is_left_as_it_is(name):
    assert safe(name) == name


# ---- summaries ----

MANY = [f"a medicine with quite a long name, number {number}" for number in range(20)]


def test_a_summary_names_as_many_items_as_fit_and_counts_the_rest():
    line = summary("Not counted: ", MANY)
    assert line.startswith("Not counted: a medicine with quite a long name, number 0; ")
    assert line.endswith("(+18 more).")
    assert len(line) <= SUMMARY_LIMIT


def test_a_summary_names_all_items_when_they_fit():
    assert summary("Offer naloxone: ", ["one reason", "another"]) == "Offer naloxone: one reason; another."
    assert summary("Not counted: ", ["<b>x</b>"]) == "Not counted: (b)x(/b).", "some read a summary as HTML"


def test_a_summary_of_a_sentence_alone_ends_once():
    assert summary("Nothing more.") == "Nothing more."
    assert summary("Nothing more") == "Nothing more."
    assert summary("Is that all?") == "Is that all?"


@given(
    st.sampled_from(["Incomplete: ", "At least 1142.25 MME/day on the active list (1120.5 scheduled); not counted: "]),
    st.lists(st.text(min_size=1), max_size=20),
)
def test_a_summary_is_within_the_limit_whatever_it_names(sentence, names):
    line = summary(sentence, [plain(name, 48) or "x" for name in names])
    assert 0 < len(line) <= SUMMARY_LIMIT
    assert line.isprintable()


@pytest.mark.parametrize("maximum", ["60", "1142.25"])
def test_a_summary_never_announces_items_that_it_does_not_name(maximum):
    unknown = [uncounted("x" * 200, UncountedReason.ROUTE_NOT_CONVERTIBLE)] * 13
    line = summary(
        f"At least {maximum} MME/day on the active list; not counted: ", [uncounted_item(one) for one in unknown]
    )
    assert "xxx" in line
    assert "(+12 more)" in line


# ---- single words ----


def uncounted(name, reason=UncountedReason.DOSE_MISSING, detail="no dose"):
    return Uncounted(reference="MedicationRequest/a", medication=name, reason=reason, detail=detail)


def test_what_was_not_counted_is_named_with_what_is_missing():
    one = uncounted("oxycodone 5 mg")
    assert uncounted_line(one) == "- oxycodone 5 mg: no dose"
    assert uncounted_item(one) == "oxycodone 5 mg (dose missing)"


def test_every_reason_reads_as_words():
    said = {reason: uncounted_item(uncounted("x", reason)) for reason in UncountedReason}
    assert len(set(said.values())) == len(UncountedReason)
    assert not any("-" in words or "convertible" in words or "reference" in words for words in said.values())
    assert said[UncountedReason.ROUTE_NOT_CONVERTIBLE] == "x (no MME factor by this route)"
    assert said[UncountedReason.UNIT_UNKNOWN] == "x (unit unknown)"


def test_a_path_from_a_request_is_harmless_too():
    assert not MARKUP.search(uncounted_line(uncounted("x", detail=f"prefetch.{EVIL}.entry[0]: not an order")))


def left_out(reason, detail=""):
    return left_out_lines([Ignored(reference="r", medication="fentanyl", reason=reason, detail=detail)])


def test_what_a_prescriber_would_look_for_is_said_to_be_left_out():
    assert left_out(IgnoredReason.OUTSIDE_PERIOD, "last supply ended on 2026-04-09") == [
        "- fentanyl: last supply ended on 2026-04-09"
    ]
    for reason in (IgnoredReason.PARTIAL_AGONIST, IgnoredReason.OPIOID_USE_DISORDER_TREATMENT, IgnoredReason.REPLACED):
        assert len(left_out(reason, "why")) == 1


def test_what_nobody_looks_for_is_not_said():
    for reason in (IgnoredReason.NOT_AN_OPIOID, IgnoredReason.ANTAGONIST, IgnoredReason.ENTERED_IN_ERROR):
        assert left_out(reason) == []
    assert left_out(IgnoredReason.NOT_ACTIVE, "ended") == []
    assert left_out(IgnoredReason.NOT_ACTIVE, "on hold") == ["- fentanyl: on hold"]
    assert left_out(IgnoredReason.NOT_ACTIVE, "stopped now") == ["- fentanyl: stopped now"]


def test_what_is_left_out_twice_for_one_reason_is_said_once():
    stopped = [
        Ignored(reference=str(number), medication="fentanyl", reason=reason, detail="stopped now")
        for number, reason in enumerate((IgnoredReason.REPLACED, IgnoredReason.NOT_ACTIVE))
    ]
    assert left_out_lines(stopped) == ["- fentanyl: stopped now"]


@pytest.mark.parametrize(
    ("amount", "words"),
    [("142.5", "142.5 MME/day"), ("120.00", "120 MME/day"), ("22.505", "22.51 MME/day"), ("0", "0 MME/day")],
)
def test_an_amount_is_rounded_as_by_hand(amount, words):
    assert mme(Decimal(amount)) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "0 days"), (1, "1 day"), (2, "2 days"), (59, "59 days"), (60, "2 months"), (359, "11 months"),
        (364, "11 months"), (365, "12 months"), (551, "18 months"), (729, "24 months"), (730, "2 years"),
    ],
)  # fmt: skip
def test_a_length_is_said_in_the_unit_that_people_use(days, words):
    assert months(days) == words


# ---- in a card ----


def hostile_lists(name):
    """Orders that carry the name wherever a card could show it."""
    unknown = order("u", f"oxycodone {name}", None)
    named = {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "1049584"}], "text": name}
    counted = order("c", "", 2, medicationCodeableConcept=named)
    expired = {**counted, "id": "e", "dispenseRequest": {"validityPeriod": {"end": "2026-01-01"}}}
    referred = order("r", "", None, medicationCodeableConcept=..., medicationReference={"display": f"opium {name}"})
    return [unknown, counted, expired, referred, "no resource"]


@pytest.mark.parametrize("name", ATTEMPTS)
def test_no_card_carries_markup_from_a_request(services, call, name):
    prefetch = {"medications": bundle(*hostile_lists(name)), f"medication {name}": bundle("x")}
    asked = request("order-sign", prefetch, drafts=(draft("d", f"oxycodone {name}", None),))
    cards = services["order-sign"].evaluate(asked, call)
    assert len(cards) == 3
    for card in cards:
        assert len(card.summary.splitlines()) == 1
        for line in card.detail.splitlines():
            own = re.sub(r"^(- )|\*\*", "", line)
            assert not MARKUP.search(own.replace("\\\\", "")), line


# ---- the words of the total ----


BUTORPHANOL = {
    "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": "886634"}]},
    "dosageInstruction": [
        {
            "timing": {"repeat": {"frequency": 1, "period": 4, "periodUnit": "h"}},
            "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "spray"}}],
        }
    ],
}


def total_card(service, call, *drafts):
    asked = request("order-sign", {"medications": bundle(), "conditions": None}, drafts=drafts)
    return next(card for card in service.evaluate(asked, call) if card.source.topic.value == "MmeTotal")


def test_opioid_without_a_factor_is_shown_with_the_figure_of_the_research_table(services, call):
    card = total_card(services["order-sign"], call, draft("a", "butorphanol", None, **BUTORPHANOL))
    assert "cdc-2022 has no factor for butorphanol" in card.detail
    assert "For orientation, not in the total: 42 MME/day by heal-2025" in card.detail
    assert "42" not in card.summary


def test_a_long_sentence_names_its_first_item_in_fewer_letters():
    long = uncounted(
        "acetaminophen 33.3 MG/ML / hydrocodone bitartrate 0.5 MG/ML Oral Solution", UncountedReason.NO_FACTOR
    )
    sentence = "At least 1212.86 MME/day on the active list, provisional factors (1200.5 scheduled); not counted: "
    line = summary(sentence, [uncounted_item(long)] * 3)
    assert line == f"{sentence}acetaminophen 33.3 MG/M… (+2 more)."


def test_provisional_factors_are_said_in_the_summary_and_the_detail(knowledge, call):
    services = {one.hook: one for one in offered.build(knowledge, guideline="us-cdc-2022", table="ca-2017")}
    card = total_card(services["order-sign"], call, draft("a", "oxycodone ER 40"))
    assert card.summary == "120 MME/day with this order, provisional factors: oxycodone."
    assert "(factors: ca-2017, provisional)" in card.detail
    assert card.detail.count("not yet checked against its source") == 1
