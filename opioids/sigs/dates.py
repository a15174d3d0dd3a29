"""Dates in written directions: where they end, never which day they are ("3/4" is in March or in April)."""

from __future__ import annotations

from opioids.sigs.tokens import Direction, Kind, skip, words_in

_MONTHS = frozenset(
    words_in(
        "january february march april may june july august september october november december"
        " jan feb mar apr jun jul aug sep sept oct nov dec"
    )
)


def after_date(direction: Direction, at: int) -> int | None:
    """Where "10/12/2026", "2026-10-12", "10/12", "March 3, 2026" or "March" ends; None when no date stands at `at`."""
    if direction[at].text in _MONTHS:
        return _after_month(direction, at)
    written = "".join("9" if token.kind is Kind.NUMBER else token.text for token in direction[at : at + 5])
    if written in ("9/9/9", "9-9-9"):
        return at + 5
    return at + 3 if written[:3] == "9/9" and written[3:4] not in ("/", "9") else None


def _after_month(direction: Direction, at: int) -> int | None:
    day = skip(direction, at + 1, ".")
    if direction[day].kind is not Kind.NUMBER or len(direction[day].text) > 2:
        # "Do not fill until March".
        return at + 1
    after = skip(direction, day + 1, "st", "nd", "rd", "th")
    year = direction[skip(direction, after, ",")]
    return skip(direction, after, ",") + 1 if year.kind is Kind.NUMBER and len(year.text) == 4 else after
