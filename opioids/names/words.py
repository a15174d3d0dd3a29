"""The words and amounts of a drug name, whatever the letters, spaces and numbers it is written with.

Nothing is guessed: a number that can be read in two ways ("2,5", "½", "2 500") is kept as one that cannot be
read, so that it spoils the strength it belongs to instead of passing for another one.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from html import unescape
from typing import NamedTuple

from opioids.products import Strength, StrengthUnit

Words = tuple[str, ...]

_WORD = re.compile(r"[a-z]+|\d+")
_TOKEN = re.compile(r"(?P<number>\.?\d(?:[\d.,]*\d)?)|[a-z]+")
_PLAIN_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,6})?")
_BARE_FRACTION = re.compile(r"\.\d{1,6}")
_COMMA_FRACTION = re.compile(r"0,\d{0,5}[1-9]\d{0,5}")
"""With a decimal comma; after a nought it can be nothing else, while "2,5" may be two numbers."""
_DECIMAL_COMMA = re.compile(r"\d{1,4},(?:\d|25|75)")
"""One place, or quarters: "5,10" and "5,15" may be two strengths in any language."""
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d{1,6})?")
_CONTINENTAL = re.compile(
    r"\b(?:\w*tabletten?|\w*kapseln?|\w*pflaster|\w*tropfen|ampullen?|zapfchen|retard|\w+losung"
    r"|comprimes?|gelules?|comprimidos?|capsulas?|parches?|compresse|capsule rigide|liberacion|liberation|sirop"
    r"|tablet (?:fo|mga|msr|mva|omhuld)|pleisters?|drank|zetpil|injvlst|depot\w+|tabletter|mikrog\w*|microgramos"
    r"|palladon|transtec|hydromorphon|hydromorfon|oxycodon|oxikodon|morphin|morfine?|kodein"
    r"|buprenorphin|buprenorfine?|methadon|metadon)\b"
)
"""Words of languages whose decimals have a comma: beside them "2,5" is a number, and "2,500" may be 2.5."""

_UNREADABLE_DIGITS = "0,,0"
"""Stands in for ½, ¹ and the like; no number that holds it can be read."""

_ENTITY = re.compile(r"&(?:#[0-9]{2,6};?|#x[0-9a-f]{2,6};|[a-z0-9]{2,6};)")
"""A name with its semicolon: without one, "codeine&paracetamol" would begin with the sign of a paragraph, &para."""


def plain(text: str) -> str:
    """Lower-case ASCII with single spaces: "µg" becomes "mcg", accents, marks and hidden letters go.

    Some systems send what their pages hold: the 160 of "5&#160;mg" is a space, no strength.
    """
    lower = text.lower()
    if "&" in lower:
        lower = _without_entities(_without_entities(lower))
    if not lower.isascii():
        lower = "".join(map(_ascii_for, unicodedata.normalize("NFD", lower)))
    return " ".join(lower.split())


def _without_entities(text: str) -> str:
    return _ENTITY.sub(lambda entity: unescape(entity.group()).lower(), text)


def words_of(text: str) -> Words:
    """The lower-case words and numbers of a drug name; punctuation separates, and so do digits."""
    return tuple(_WORD.findall(plain(text)))


def _ascii_for(letter: str) -> str:
    if letter.isascii():
        return letter
    if letter in "\N{MICRO SIGN}\N{GREEK SMALL LETTER MU}":
        return "mc"
    if letter.isnumeric():
        return _UNREADABLE_DIGITS
    category = unicodedata.category(letter)
    if category in ("Mn", "Cf"):
        return ""
    if category == "Pd" or letter == "\N{MINUS SIGN}":
        return "-"
    return "/" if letter in "\N{FRACTION SLASH}\N{DIVISION SLASH}" else " "


class Token(NamedTuple):
    """A word or a number of a name. `before` is what stands between it and the one before.

    `value` is a number's value, None for words and for numbers that cannot be read.
    """

    text: str
    before: str
    is_number: bool
    value: Decimal | None


def tokens_of(text: str) -> list[Token]:
    """The words and numbers of a plain text, in order."""
    tokens: list[Token] = []
    end = 0
    continental = "," in text and _CONTINENTAL.search(text) is not None
    for match in _TOKEN.finditer(text):
        before, written = text[end : match.start()], match.group()
        end = match.end()
        number = match["number"] is not None
        glued = bool(tokens) and not before
        value = None
        if number and not (written.startswith(".") and glued) and not _continues(written, before, tokens):
            value = _continental_value(written) if continental else _value(written)
        tokens.append(Token(written.lstrip(".") if number else written, before, number, value))
    return tokens


def _continues(written: str, before: str, tokens: list[Token]) -> bool:
    """Whether a number may be the rest of the one before it, as in "2 500"; not after "#3" or "No. 3"."""
    follows = bool(tokens) and tokens[-1].is_number and before == " " and len(written) == 3 and written.isdigit()
    return follows and not tokens[-1].before.endswith("#") and [one.text for one in tokens[-2:-1]] != ["no"]


def _value(written: str) -> Decimal | None:
    if _PLAIN_NUMBER.fullmatch(written):
        return Decimal(written)
    if _BARE_FRACTION.fullmatch(written):
        return Decimal("0" + written)
    if _COMMA_FRACTION.fullmatch(written):
        return Decimal(written.replace(",", "."))
    if _THOUSANDS.fullmatch(written):
        return Decimal(written.replace(",", ""))
    return None


def _continental_value(written: str) -> Decimal | None:
    if _DECIMAL_COMMA.fullmatch(written):
        return Decimal(written.replace(",", "."))
    return None if _THOUSANDS.fullmatch(written) else _value(written)


# ---- amounts ----

_MASS = {
    **dict.fromkeys(["mg", "mgs", "mgm", "milligram", "milligrams", "milligramme", "milligrammes"], Decimal(1)),
    **dict.fromkeys(["mcg", "mcgs", "ug", "ugs", "microgram", "micrograms", "microgramme"], Decimal("0.001")),
    **dict.fromkeys(["microgrammes", "mikrogramm", "mikrogram", "mikrog", "microgramos"], Decimal("0.001")),
    **dict.fromkeys(["g", "gm", "gms", "gram", "grams", "gramme", "grammes"], Decimal(1000)),
}
_PER = {
    **dict.fromkeys(["ml", "mls", "cc", "milliliter", "milliliters"], StrengthUnit.MG_PER_ML),
    **dict.fromkeys(["millilitre", "millilitres"], StrengthUnit.MG_PER_ML),
    **dict.fromkeys(
        ["h", "hr", "hrs", "hour", "hours", "std", "stunde", "heure", "hora", "ora", "uur", "time", "timme"],
        StrengthUnit.MCG_PER_HOUR,
    ),
    **dict.fromkeys(["actuat", "actuation", "actuations", "act", "spray", "puff"], StrengthUnit.MG_PER_ACTUATION),
}
_PER_SOMETHING_ELSE = frozenset(["kg", "g", "l", "liter", "litre", "m", "cm", "sq", "min", "minute"]) | frozenset(
    ["d", "day", "days", "wk", "week", "weeks", "month"]
)
_JOINS = frozenset("-/+")
_RELEASED_OVER = frozenset(map(Decimal, (8, 12, 24)))
"""Hours over which forms that are swallowed give their drug."""


class Amount(NamedTuple):
    """A strength, or several joined by a hyphen or a slash ("5-325 mg").

    `values` are in mg as far as a unit is stated (the first `measured` of them), else the bare numbers; None
    is a number that cannot be read. `per` is what they are dissolved or given in; None cannot be read.
    """

    values: tuple[Decimal | None, ...]
    measured: int
    per: StrengthUnit | None
    per_count: Decimal

    def strength(self, value: Decimal) -> Strength | None:
        """The strength that one of the values is.

        An amount per several hours is no rate: it is what an extended-release form holds ("15 mg/12 hr oral tablet").
        """
        if self.per is StrengthUnit.MCG_PER_HOUR:
            if self.per_count == 1:
                return Strength(value=value * 1000, unit=self.per)
            return Strength(value=value, unit=StrengthUnit.MG) if self.per_count in _RELEASED_OVER else None
        return Strength(value=value / self.per_count, unit=self.per) if self.per else None


def amount_at(tokens: list[Token], at: int) -> tuple[Amount, int]:
    """The amount that starts with the number at `at`, and where the text goes on."""
    numbers: list[Decimal | None] = []
    factors: list[Decimal | None] = []
    goes_on = True
    while goes_on:
        numbers.append(tokens[at].value)
        factor = _MASS.get(tokens[at + 1].text) if at + 1 < len(tokens) else None
        factors.append(factor)
        at += 1 if factor is None else 2
        goes_on = _joins(tokens, at)
    measured = max((place + 1 for place, factor in enumerate(factors) if factor), default=0)
    per: tuple[StrengthUnit | None, Decimal, int] = (StrengthUnit.MG, Decimal(1), at)
    if measured:
        per = _per(tokens, at) or per
    elif len(numbers) > 1:  # "7.5/325 per 15 mL": the marketed products tell whether these are milligrams
        per = _dissolved(tokens, at) or per
    unit: Decimal | None = None
    for place in range(measured - 1, -1, -1):  # "5-325 mg": a unit is that of the numbers before it as well
        unit = factors[place] or unit
        number = numbers[place]
        numbers[place] = number * unit if number and unit else None
    return Amount(tuple(numbers), measured, per[0], per[1]), per[2]


def _joins(tokens: list[Token], at: int) -> bool:
    """Whether another number of the same amount follows, rather than what it is dissolved in."""
    if at >= len(tokens) or not tokens[at].is_number or tokens[at].before.strip(" .") not in _JOINS:
        return False
    return at + 1 == len(tokens) or tokens[at + 1].text not in _PER


def _dissolved(tokens: list[Token], at: int) -> tuple[StrengthUnit | None, Decimal, int] | None:
    """The volume behind bare numbers, from "per 15 mL" or "/5 mL"."""
    found = _per(tokens, at)
    return found if found and found[0] is StrengthUnit.MG_PER_ML else None


def _per(tokens: list[Token], at: int) -> tuple[StrengthUnit | None, Decimal, int] | None:
    """What an amount is dissolved or given in, from "/5 mL", "per hour" or "in 1 mL"; None if nothing is said."""
    if at < len(tokens) and tokens[at].text in ("per", "in"):
        at += 1
    elif at >= len(tokens) or tokens[at].before.strip(" .") != "/":
        return None
    count: Decimal | None = Decimal(1)
    if at < len(tokens) and tokens[at].is_number:
        count = tokens[at].value
        at += 1
    word = tokens[at].text if at < len(tokens) else ""
    if word in _PER:
        return (_PER[word], count, at + 1) if count else (None, Decimal(1), at + 1)
    return (None, Decimal(1), at + 1) if word in _PER_SOMETHING_ELSE else None
