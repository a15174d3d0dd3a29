"""The opioids of an imported release beside those of `ingredients.csv`: their codes, and those that are new."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from opioids.names.words import words_of
from opioids.rxnorm_release import RxNormRelease
from opioids.tables import Row, rows_of


def with_released(rows: Sequence[Row], release: RxNormRelease | None) -> tuple[list[Row], dict[str, str]]:
    """The ingredient rows with the codes of a release, and the names of its opioids by RxCUI.

    An opioid that is not known here becomes an ingredient without a factor: its orders are uncounted, never
    ignored.
    """
    if release is None:
        return list(rows), {}
    by_rxcui = {row["rxcui"]: row["name"] for row in rows if row["rxcui"]}
    by_name = _by_name(rows)
    names = {
        rxcui: by_rxcui.get(rxcui) or by_name.get(words_of(name)) or name for rxcui, name in release.ingredients.items()
    }
    codes = {name: rxcui for rxcui, name in names.items()}
    found = [{**row, "rxcui": row["rxcui"] or codes.get(row["name"], "")} for row in rows]
    new = sorted(set(codes) - {row["name"] for row in rows})
    return [*found, *(_new_row(name, codes[name], release) for name in new)], names


def _by_name(rows: Iterable[Row]) -> dict[tuple[str, ...], str]:
    """What single ingredients are called, synonyms included."""
    found = {
        words_of(row["name"]): row["ingredient"]
        for row in rows_of("formulary/names.csv")
        if row["kind"] == "synonym" and not row["beside"]
    }
    return {**found, **{words_of(row["name"]): row["name"] for row in rows}}


def _new_row(name: str, rxcui: str, release: RxNormRelease) -> Row:
    return {
        "name": name,
        "rxcui": rxcui,
        "rxcui_salts": "",
        "snomed": "",
        "atc": "",
        "atc_combined": "",
        "pharmacology": "agonist",
        "source": f"RxNorm {release.version}",
    }
