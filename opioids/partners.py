"""What stands beside the opioid in a combination product, by the words of its name."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from opioids.products import Product
from opioids.tables import rows_of

_WORDS = re.compile(r"[a-z]+")


@lru_cache(maxsize=4096)
def partners_of(product: Product) -> tuple[str, ...]:
    """The active partners that a combination's name tells ("acetaminophen"), in the order in which it tells them.

    Empty for a product of the opioid alone, and where a brand's name tells none.
    """
    if not product.combination:
        return ()
    known = _partners()
    told = (known.get(word) for word in _WORDS.findall(product.name.lower()))
    return tuple(dict.fromkeys(name for name in told if name))


@cache
def _partners() -> dict[str, str]:
    """The names of partners by each word that stands for one of them."""
    rows = rows_of("formulary/partners.csv")
    return {words: row["name"] for row in rows for words in row["words"].split("|") if " " not in words}
