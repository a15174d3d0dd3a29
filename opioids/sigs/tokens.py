"""Written directions cut into numbers, words and marks; and the few ways in which the grammar looks at them.

Before the first token and behind the last stands an END, so that the grammar may look around without asking how far.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum, auto
from typing import TypeAlias, TypeVar

from opioids.sigs.german import in_english, with_english_numbers

T = TypeVar("T")


class Kind(StrEnum):
    """What a token is."""

    NUMBER = auto()
    FRACTION = auto()
    WORD = auto()
    MARK = auto()
    UNREADABLE = auto()
    END = auto()


@dataclass(slots=True, kw_only=True, eq=False)
class Token:
    """One number, word or mark in lower case, and its place: it knows the tokens before and behind it.

    A reader is given the token at which it may begin, and answers with the token behind what it read. `spaced`: white
    space (or the start) stands before it.
    """

    kind: Kind
    text: str
    spaced: bool
    value: Decimal = Decimal(0)
    before: Token = field(init=False, repr=False)
    next: Token = field(init=False, repr=False)

    @property
    def is_first(self) -> bool:
        """Whether a direction begins here."""
        return self.before.kind is Kind.END

    def skip(self, *words: str) -> Token:
        """The token behind this one when it is one of `words`, else this one."""
        return self.next if self.text in words else self

    def phrase(self, table: Phrases[T]) -> Found[T] | None:
        """The longest phrase of `table` that stands here."""
        for words, meaning in table.get(self.text, ()):
            end = self.next  # the first word is known to match: it is the key
            for word in words[1:]:
                if end.text != word:
                    break
                end = end.next
            else:
                return meaning, end
        return None

    def behind(self, table: Phrases[T]) -> Token | None:
        """The token behind the longest phrase of `table` that stands here."""
        found = self.phrase(table)
        return found[1] if found else None

    def past(self, table: Phrases[T]) -> Token:
        """The token behind the longest phrase of `table` that stands here, else this one."""
        return self.behind(table) or self

    @contextmanager
    def left_out(self) -> Iterator[None]:
        """While this lasts, those beside this token stand side by side."""
        self.before.next, self.next.before = self.next, self.before
        try:
            yield
        finally:
            self.before.next = self.next.before = self

    def until(self, end: Token) -> Iterator[Token]:
        """This token and those behind it, without `end`."""
        token = self
        while token is not end:
            yield token
            token = token.next


Found: TypeAlias = tuple[T, Token]
"""What was read, and the token behind it."""

Phrases: TypeAlias = Mapping[str, tuple[tuple[tuple[str, ...], T], ...]]
"""Phrases by their first word, the longest first."""


def words_in(text: str) -> list[str]:
    """The words of a table written in one string."""
    return text.split()


# What keyboards and word processors write for the same sign. Nothing else is normalised: a general
# normalisation would turn 10² into 102 and 1½ into 11/2.
_SAME_SIGNS = (
    dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")  # hyphens, dashes and the minus sign
    | dict.fromkeys(map(ord, "\u00b5\u03bc"), "u")  # the micro sign and the Greek letter
    | {ord("»"): ">>", ord("«"): "<<", ord("\u2044"): "/", ord("\u00d7"): "x", ord("\u2019"): "'"}
    | {ord("½"): " 1/2 ", ord("¼"): " 1/4 ", ord("¾"): " 3/4 "}
    | {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}
)
_WITHOUT_STOPS = str.maketrans("", "", ".()")
_FRACTIONS = {"1/2": Decimal("0.5"), "1/4": Decimal("0.25"), "3/4": Decimal("0.75")}

# No alternative can match the same text in two ways, so that matching is linear.
_TOKEN = re.compile(
    r"""
      (?P<fraction> (?<![0-9.,/]) (?:1/2|1/4|3/4) (?![0-9.,/]*[0-9]) )
    | (?P<comma>    (?<![0-9.,]) 0,[0-9]{1,3} (?![0-9.,]*[0-9]) )
    | (?P<number>   [1-9][0-9]{0,2} (?:,[0-9]{3})+ (?![0-9]) (?:\.[0-9]+)?
                  | [0-9]+ (?:\.[0-9]+)?
                  | (?<![0-9a-z.]) \.[0-9]+ )
    | (?P<initials> [a-z] (?:\.[a-z])+ (?![a-z]) \.? )
    | (?P<word>     [a-z]+ (?:'[a-z]+)? (?:\((?:s|es)\))? )
    | (?P<mark>     \S )
    """,
    re.VERBOSE,
)
_SENSIBLE_NUMBER = re.compile(r"[0-9]{0,6}(?:\.[0-9]{1,4})?")
# "1.000 mg" is a thousand to one half of the world, and one to the other.
_THOUSANDS_OR_DECIMALS = re.compile(r"0*[1-9][0-9]*\.[0-9]{3}")

# Words whose full stop marks an abbreviation, not the end of a clause.
_ABBREVIATIONS = frozenset(words_in("tab tabs cap caps supp mg mcg ml tsp tbsp hr hrs h max d wk wks disp qty"))

_EVERY = re.compile(r"\bq\.(?=(?:[3468]|12)(?![0-9.]))")
"""The Latin "every" of "q.6h."; "q.5h" may be every half hour."""


def tokens(text: str) -> Token:
    """The first token of `text`, whatever it holds; an END when there is none."""
    first = before = _end()
    for token in _cut(text):
        before.next, token.before = token, before
        before = token
    last = _end()
    before.next, last.before = last, before
    return first.next


def _end() -> Token:
    end = Token(kind=Kind.END, text="", spaced=True)
    end.before = end.next = end
    return end


def _cut(text: str) -> Iterable[Token]:
    clean = _EVERY.sub("q", with_english_numbers(text.lower().translate(_SAME_SIGNS)))
    found: list[Token] = []
    for match in _TOKEN.finditer(clean):
        found.extend(_unglued(_token(match, clean), before_digit=clean[match.end() : match.end() + 1].isdecimal()))
    return _without_abbreviation_stops(found)


def _token(match: re.Match[str], text: str) -> Token:
    written, start = match.group(), match.start()
    spaced = start == 0 or text[start - 1].isspace()
    match match.lastgroup:
        case "fraction":
            return Token(kind=Kind.FRACTION, text=written, spaced=spaced, value=_FRACTIONS[written])
        case "comma":
            # "0,5" can only be a half: no thousands begin with a zero.
            return _number(written.replace(",", "."), spaced)
        case "number":
            return _number(written.replace(",", ""), spaced)
        case "mark":
            return Token(kind=Kind.MARK, text=written, spaced=spaced)
        case _:
            return Token(kind=Kind.WORD, text=in_english(written.translate(_WITHOUT_STOPS)), spaced=spaced)


def _number(written: str, spaced: bool) -> Token:
    # Longer numbers mean something else (an identifier, a telephone) and would not stay exact in arithmetic.
    if not _SENSIBLE_NUMBER.fullmatch(written) or _THOUSANDS_OR_DECIMALS.fullmatch(written):
        return Token(kind=Kind.UNREADABLE, text=written, spaced=spaced)
    return Token(kind=Kind.NUMBER, text=written, spaced=spaced, value=Decimal(written))


def _unglued(token: Token, *, before_digit: bool) -> tuple[Token, ...]:
    """Parts "bidx7 days" and "q4hprn", as some systems print them: the words on both sides must then be known."""
    if token.kind is Kind.WORD and token.text not in ("x", "max", "prn"):
        for tail in ("x", "prn") if before_digit else ("prn",):
            if token.text.endswith(tail):
                head = Token(kind=Kind.WORD, text=token.text.removesuffix(tail), spaced=token.spaced)
                return head, Token(kind=Kind.WORD, text=tail, spaced=False)
    return (token,)


def _without_abbreviation_stops(found: list[Token]) -> Iterable[Token]:
    for at, token in enumerate(found):
        if token.text != "." or token.spaced or at == 0:
            yield token
        elif at + 1 < len(found) and found[at + 1].kind is Kind.NUMBER and not found[at + 1].spaced:
            # "tab.5": a lost space or a lost zero, and nobody can tell which.
            yield Token(kind=Kind.UNREADABLE, text=token.text, spaced=False)
        elif found[at - 1].text not in _ABBREVIATIONS:
            yield token


def phrases(table: Mapping[T, str]) -> Phrases[T]:
    """A table of meanings, each with its phrases separated by "|", made ready for `Token.phrase`."""
    by_first: dict[str, list[tuple[tuple[str, ...], T]]] = {}
    for meaning, written in table.items():
        for each in written.split("|"):
            words = tuple(token.text for token in _cut(each))
            by_first.setdefault(words[0], []).append((words, meaning))
    return {
        first: tuple(sorted(alternatives, key=lambda alternative: -len(alternative[0])))
        for first, alternatives in by_first.items()
    }


def wordings(written: str) -> Phrases[None]:
    """Phrases separated by "|" that all mean the same, made ready for `Token.phrase`."""
    return phrases({None: written})


def after_up_to(at: Token) -> Token:
    """The token behind "up to" when it stands at `at`, else `at`."""
    return at.next.next if at.text == "up" and at.next.text == "to" else at
