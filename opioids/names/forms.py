"""The dose form, route and release that the words of a drug name tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from opioids.names.words import Words, words_of
from opioids.products import DoseForm, Route
from opioids.tables import Row, record, rows_of

_SCHEDULE = re.compile(r"\bc[- ]?(?:ii|iii|iv|v)\b|\bschedule (?:ii|iii|iv|v)\b")
"""The legal class of a drug: the IV in "C-IV" is no vein."""

_EXTENDED = re.compile(
    r"\b(?:er|xr|sr|cr|mr|xl|(?<! a )la|lp|mga|contin|continus|mono|retard(?:iert|tabletten?|kapseln?)?)\b"
    r"|\bdepot(?:tab|kap)"
    r"|\b(?<!every )(?:8|12|24)[ -]?(?:h|hrs?|hours?|std)\b"
    r"|\b(?:extended|modified|sustained|controlled|prolonged|slow)[ -]release|\blong[ -]acting|\bl\.p\."
    r"|\b(?:liberation|liberacion|rilascio) prol"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What the words of a name say of its form.

    `stated_route` is None where the form only has its usual one; `beside` holds "dispersible".
    """

    dose_form: DoseForm | None
    stated_route: Route | None
    extended: bool
    beside: frozenset[str]


class _Row(NamedTuple):
    rank: int
    dose_form: DoseForm
    certain: bool
    other_routes: frozenset[str]
    beside: frozenset[str]


class FormReader:
    """Reads forms and routes by the words of `form_words.csv` and `route_words.csv`: the first row found decides."""

    def __init__(self) -> None:
        self._forms = _table("formulary/form_words.csv")
        self._routes = _table("formulary/route_words.csv")
        self._longest = max(map(len, [*self._forms, *self._routes]))

    def read(self, text: str) -> Shape:
        """What a plain text says of form, route and release."""
        words = words_of(_SCHEDULE.sub(" ", text))
        form, route = self._first(words, self._forms), self._first(words, self._routes)
        found, stated = form or route, None
        if form is None and route:
            stated = route.dose_form.route
        elif form:
            said = route.dose_form.route if route else None
            if form.certain or said == form.dose_form.route:
                stated = form.dose_form.route
            if said in form.other_routes:
                stated = said
        return Shape(
            dose_form=found.dose_form if found else None,
            stated_route=stated,
            extended=bool(_EXTENDED.search(text)),
            beside=found.beside if found else frozenset(),
        )

    def _first(self, words: Words, table: Mapping[Words, _Row]) -> _Row | None:
        lengths = range(1, self._longest + 1)
        phrases = (words[at : at + length] for at in range(len(words)) for length in lengths)
        found = (table[phrase] for phrase in phrases if phrase in table)
        return min(found, key=lambda row: row.rank, default=None)


def _table(path: str) -> dict[Words, _Row]:
    rows = enumerate(rows_of(path))
    return {words_of(phrase): _row(rank, row, path) for rank, row in rows for phrase in row["words"].split("|")}


def _row(rank: int, row: Row, path: str) -> _Row:
    return _Row(
        rank=rank,
        dose_form=record(DoseForm, row, path),
        certain=row["certain"] == "yes",
        other_routes=frozenset(filter(None, row["other_routes"].split("|"))),
        beside=frozenset(filter(None, [row["feature"]])),
    )
