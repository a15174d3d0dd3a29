"""Words that are close to the name of an opioid: a slip of the pen must not make an opioid harmless.

"oxycodne" is no drug, and it is not ignored either: the order is uncounted until somebody looks. The same for a
name written in one word with its salt or form, of which a display that is cut off shows a part ("codeinph"). Words that
are names of other drugs in their own right ("Dilantin" beside Dolantin) are known and left alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

SHORTEST_WORD = 5
"""Letters; shorter words are close to too many others to mean anything."""

LONG_INGREDIENT = 8
"""From so many letters on, the name of an ingredient may be two slips away, not only one."""

LONG_BRAND = 9
"""The same for brands of marketed products; other brands are made to look like anything."""

SHORTEST_BRAND = 6
"""Letters; shorter brands look like ordinary words ("Actiq", "action")."""

SHORTEST_START = 7
"""Letters of the start of an ingredient's name that stand for it ("hydromorph"); fewer begin other names."""

MOST_CUT_OFF = 4
"""Letters that may be missing at the end of a name, where a display is cut off."""

WHOLE_NAME = 8
"""Letters of a medicine's name that no other's begins with: whatever salt or form it is joined with, it is meant."""

LEAST_JOINED = 2
"""Letters of a salt or a form that tell it where it is joined with a shorter name and cut off ("codeinph")."""

LEAST_BEFORE_MORE = 3
"""Letters of a whole salt or form behind which more may stand ("morphinsulfatretard")."""

LEAST_JOINED_WITH_BRAND = 4
"""The same behind a brand, of which some end as ordinary words do."""

LEAST_OF_MAKER = 4
"""Letters of a maker's name that tell it where it is joined with a name ("Morphinhexal")."""

LONGEST_WORD = 40


class Likeness:
    """Finds which name of an opioid a word is close to."""

    def __init__(
        self,
        ingredients: Iterable[str],
        marketed: Iterable[str],
        brands: Iterable[str],
        others: Collection[str],
        joined: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        """Compare words with single words that name opioids.

        Args:
            ingredients: opioids and their synonyms.
            marketed: brands of products that are known by code.
            brands: other brands.
            others: words that are known to mean something else.
            joined: salts, forms and makers that are written in one word with a name, and how many letters tell each.
        """
        self._ingredients = tuple(sorted(set(ingredients)))
        self._joined = frozenset(word[:end] for word, least in joined.items() for end in range(least, len(word) + 1))
        self._begins_joined = tuple(word for word in joined if len(word) >= LEAST_BEFORE_MORE)
        self._whole = frozenset(self._ingredients)
        self._others = others
        allowed = {name: 1 for name in brands if len(name) >= SHORTEST_BRAND}
        allowed |= {name: _allowed(name, LONG_BRAND) for name in marketed if len(name) >= SHORTEST_BRAND}
        allowed |= {name: _allowed(name, LONG_INGREDIENT) for name in self._ingredients if len(name) >= SHORTEST_WORD}
        self._names = frozenset(allowed)
        self._shelves = _shelves(allowed)

    def find(self, words: Sequence[str]) -> tuple[str, str] | None:
        """(what is written, the opioid's name) of the first word that is close to one; None when none is."""
        for word in words:
            if (
                SHORTEST_WORD <= len(word) <= LONGEST_WORD
                and word not in self._others
                and (name := self._close_to(word))
            ):
                return word, name
        return next(((" ".join(pair), "".join(pair)) for pair in pairwise(words) if "".join(pair) in self._names), None)

    def _close_to(self, word: str) -> str | None:
        letters = _letters(word)
        found: list[tuple[int, str]] = []
        for most in (1, 2):
            for length in range(len(word) - most, len(word) + most + 1):
                shelf = self._shelves.get((length, most), ())
                # A slip changes two letters at most: what differs in more need not be looked at closely.
                near = [name for name, own in shelf if (letters ^ own).bit_count() <= 2 * most]
                found += [(count, name) for name in near if (count := slips(word, name, most)) <= most]
        if found:
            return min(found)[1]
        if len(word) < SHORTEST_START:
            return None
        longest = len(word) + MOST_CUT_OFF
        begun = (name for name in self._ingredients if name.startswith(word) and len(name) <= longest)
        return next(begun, None) or self._joined_in(word)

    def _joined_in(self, word: str) -> str | None:
        """The name that a word begins with, where the rest of it may be a salt or a form, also a part of one."""
        for length in range(len(word) - 1, SHORTEST_WORD - 1, -1):
            name, rest = word[:length], word[length:]
            if name in self._names and self._may_follow(rest, name):
                return name
        return None

    def _may_follow(self, rest: str, name: str) -> bool:
        if name not in self._whole:
            return rest in self._joined and len(rest) >= LEAST_JOINED_WITH_BRAND
        return len(name) >= WHOLE_NAME or rest in self._joined or rest.startswith(self._begins_joined)


def _allowed(name: str, long: int) -> int:
    return 2 if len(name) >= long else 1


def _shelves(allowed: Mapping[str, int]) -> dict[tuple[int, int], list[tuple[str, int]]]:
    """The names with their letters, by their length and by how many slips away from them a word may be."""
    found: dict[tuple[int, int], list[tuple[str, int]]] = {}
    for name in sorted(allowed):
        found.setdefault((len(name), allowed[name]), []).append((name, _letters(name)))
    return found


def _letters(word: str) -> int:
    """The letters of a word as a set of bits."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 31)
    return bits


def slips(one: str, other: str, most: int) -> int:
    """How many letters are wrong, missing, too many or swapped with their neighbour; any number above `most`, if more.

    The optimal string alignment distance: no letter is mended twice.
    """
    one, other = _without_what_is_the_same(one, other)
    before: list[int] = []
    above = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        row = [at]
        for place, another in enumerate(other, start=1):
            least = min(above[place] + 1, row[-1] + 1, above[place - 1] + (letter != another))
            if at > 1 and place > 1 and letter == other[place - 2] and one[at - 2] == another:
                least = min(least, before[place - 2] + 1)
            row.append(least)
        if min(row) > most and min(above) > most:
            return most + 1
        before, above = above, row
    return above[-1]


def _without_what_is_the_same(one: str, other: str) -> tuple[str, str]:
    """Two words without the start and the end that they share."""
    shorter = min(len(one), len(other))
    start = next((at for at in range(shorter) if one[at] != other[at]), shorter)
    one, other = one[start:], other[start:]
    shorter -= start
    end = next((at for at in range(shorter) if one[-1 - at] != other[-1 - at]), shorter)
    return one[: len(one) - end], other[: len(other) - end]
