"""Reading a drug name: RxNorm style, or ingredient or brand with strength and form in free text.

Names are compared word by word, so hydrocodone is never codeine and dihydrocodeine is neither. A
name that speaks of an opioid but cannot be read in full still says so: it must not pass as harmless.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from opioids.drug_phrases import Named
from opioids.formulary import Formulary
from opioids.names.products import ProductReader
from opioids.names.words import Amount, Words, amount_at, plain, tokens_of, words_of
from opioids.products import Ingredient, Pharmacology, Product, opioids_among
from opioids.tables import rows_of

LONGEST_NAME_READ = 1000
"""Characters; a longer text is no drug name: what follows is not looked at, and no strength is read."""

MOST_AMOUNTS_READ = 12
"""A text with more numbers than this is no drug name either, and no strength is read."""

_IN_BRACKETS = re.compile(r"\[[^\]]*\]")

_HOMEOPATHIC = re.compile(
    r"\b(?:globuli|hom(?:o|oe|eo)opath\w*"
    r"|(?:opium|morphinum|codeinum)\b[a-z ]*\b(?:[cd] ?(?:[4-9]|\d{2,4})|\d{1,4} ?(?:ch|dh|ck)))\b"
)
"""A dilution in which nothing is left of an opioid ("Opium C30"); up to D3 something is."""
_REFERENCE = re.compile(
    r"(?:^|/)(?:medication|medicationrequest|medicationknowledge|substance)/\S+$"
    r"|^#|^urn:|^https?:|^[0-9a-f]{8}-[0-9a-f]{4}-"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameReading:
    """What a drug name speaks of.

    `product` is None when it names an opioid but not which product. `outline` then holds what can be told
    all the same (form, route, what else is in it); both are None when it names several opioids, or none.
    `assumptions` is what had to be assumed to read the product.
    """

    opioids: tuple[Ingredient, ...] = ()
    antagonists: tuple[Ingredient, ...] = ()
    product: Product | None = None
    outline: Product | None = None
    assumptions: tuple[str, ...] = ()


NOTHING = NameReading()


class NameReader:
    """Reads names against one formulary and remembers recent ones (drug names repeat all day)."""

    def __init__(self, formulary: Formulary, *, remembered: int = 4096) -> None:
        self._phrases = formulary.phrases
        self._products = ProductReader(formulary)
        self._by_name = {plain(product.name): product for product in formulary.products.values()}
        self.read = lru_cache(maxsize=remembered)(self._read)

    def _read(self, name: str) -> NameReading:
        text = plain(name[:LONGEST_NAME_READ])
        if self._phrases.first_words.isdisjoint(words_of(text)):
            return NOTHING
        parts = tuple(self._parts(text))
        mentions = [part for part in parts if isinstance(part, Named)]
        if _HOMEOPATHIC.search(text) and not any(isinstance(part, Amount) and part.measured for part in parts):
            return NOTHING
        found = tuple(dict.fromkeys(one for mention in mentions for one in mention.ingredients))
        opioids = opioids_among(found)
        antagonists = tuple(one for one in found if one.pharmacology is Pharmacology.ANTAGONIST)
        found_product = self._by_name.get(text)
        assumptions: tuple[str, ...] = ()
        if found_product is None and len(opioids) == 1 and not self._is_another_drug(text, mentions):
            senseless = len(name) > LONGEST_NAME_READ or len(parts) - len(mentions) > MOST_AMOUNTS_READ
            seen = mentions if senseless else parts
            found_product, assumptions = self._products.read(name.strip(), text, opioids[0], seen)
        whole = found_product is not None and found_product.components[0].strength is not None
        return NameReading(
            opioids=opioids,
            antagonists=antagonists,
            product=found_product if whole else None,
            outline=None if whole else found_product,
            assumptions=assumptions,
        )

    def _is_another_drug(self, text: str, mentions: Iterable[Named]) -> bool:
        """Whether only a brand in brackets speaks of the opioid, behind another drug's name, as in RxNorm's own names.

        "Magnesium Salicylate 600 MG Oral Tablet [MST 600]" is no morphine, although MST is.
        """
        outside = _IN_BRACKETS.sub(" ", text)
        if outside == text or not all(one.is_brand for one in mentions):
            return False
        spoken_of = any(isinstance(part, Named) for part in self._parts(outside))
        return not spoken_of and any(
            len(word) >= 4 for word in {*telling_words(outside)} - _words("form_words", "words")
        )

    def _parts(self, text: str) -> Iterator[Named | Amount]:
        """What the name speaks of, longest phrase first at each word, and the amounts between."""
        book, tokens = self._phrases, tokens_of(text)
        texts = tuple(token.text for token in tokens)
        at = 0
        while at < len(texts):
            length = self._phrase_at(texts, at) if texts[at] in book.starts else 0
            if length:
                yield book.names[texts[at : at + length]]
                at += length
            elif tokens[at].is_number:
                amount, at = amount_at(tokens, at)
                yield amount
            else:
                at += 1

    def _phrase_at(self, texts: Words, at: int) -> int:
        """How many words the longest phrase known has that begins here; 0 when none does."""
        names, longest = self._phrases.names, self._phrases.longest
        return next((length for length in range(longest, 0, -1) if texts[at : at + length] in names), 0)


# ---- whether a text names a drug at all ----


def names_a_drug_plainly(text: str) -> bool:
    """Whether a text plausibly names a drug, so that a name without an opioid can be believed to be of none.

    "Medication", "See order", "Compound analgesic" and references ("Medication/123") do not.
    """
    return any(len(word) >= 4 for word in telling_words(text))


def telling_words(text: str) -> list[str]:
    """The words of a text that may name a drug: not numbers, not words such as "tablet", not references."""
    read = plain(text[:LONGEST_NAME_READ])
    if _REFERENCE.search(read):
        return []
    return [word for word in words_of(read) if word.isalpha() and len(word) > 1 and word not in _words("vague_words")]


def tell_a_drug(words: Iterable[str]) -> bool:
    """Whether some of the telling words of a text are no mere abbreviations of an opioid and of another drug alike."""
    return not _words("unsure_words").issuperset(words)


@cache
def _words(table: str, column: str = "word") -> frozenset[str]:
    """The words in a column of a table of the formulary, those of its phrases each by itself."""
    phrases = (phrase for row in rows_of(f"formulary/{table}.csv") for phrase in row[column].split("|"))
    return frozenset(word for phrase in phrases for word in phrase.split())
