"""What stands beside the opioid in a combination product, by the words of its name."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from opioids.names.words import Words, words_of
from opioids.products import Product
from opioids.tables import rows_of


@lru_cache(maxsize=4096)
def partners_of(product: Product) -> tuple[str, ...]:
    """The active partners that a combination's name tells ("acetaminophen"), in the order in which it tells them.

    Where its words tell none, those of the brand that it names. Empty for a product of the opioid alone.
    """
    if not product.combination:
        return ()
    words = words_of(product.name)
    return _told(words) or _of_the_brand(words)


def _told(words: Words) -> tuple[str, ...]:
    known = _partners()
    return tuple(dict.fromkeys(known[word] for word in words if word in known))


def _of_the_brand(words: Words) -> tuple[str, ...]:
    """What the longest brand among the words holds."""
    brands = _brands()
    found = (words[first:last] for first in range(len(words)) for last in range(first + 1, len(words) + 1))
    return brands.get(max(filter(brands.__contains__, found), key=len, default=()), ())


@cache
def _partners() -> dict[str, str]:
    """The names of partners by each word that stands for one of them."""
    rows = rows_of("formulary/partners.csv")
    return {words: row["name"] for row in rows for words in row["words"].split("|") if " " not in words}


@cache
def _brands() -> dict[Words, tuple[str, ...]]:
    """What each brand has beside the opioid, where all of its products have the same."""
    listed = ((row["name"], (row["beside"],)) for row in rows_of("formulary/names.csv") if row["beside"])
    marketed = (
        (row["brand"], _told(words_of(row["name"]))) for row in rows_of("formulary/products.csv") if row["brand"]
    )
    return {**_agreed(listed), **_agreed(marketed)}


def _agreed(told: Iterable[tuple[str, tuple[str, ...]]]) -> dict[Words, tuple[str, ...]]:
    found: dict[Words, set[tuple[str, ...]]] = {}
    for brand, partners in told:
        found.setdefault(words_of(brand), set()).add(partners)
    return {brand: ways.pop() for brand, ways in found.items() if len(ways) == 1}
