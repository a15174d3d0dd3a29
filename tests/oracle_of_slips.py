"""How far two words are apart, counted the slow and plain way."""

from __future__ import annotations

from functools import cache


@cache
def naive_slips(one: str, other: str) -> int:
    """The optimal string alignment distance, from its definition."""
    if not one or not other:
        return len(one) + len(other)
    found = [
        naive_slips(one[:-1], other) + 1,
        naive_slips(one, other[:-1]) + 1,
        naive_slips(one[:-1], other[:-1]) + (one[-1] != other[-1]),
    ]
    if one[-2:] == other[-2:][::-1] and len(one) > 1 and len(other) > 1:
        found.append(naive_slips(one[:-2], other[:-2]) + 1)
    return min(found)
