"""The naive calculator's factors (specification, chapter 6), from the tables' own files: plain, banded, by patch."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

KNOWLEDGE = Path(__file__).resolve().parents[2] / "opioids" / "knowledge"


def rows(path: str) -> list[dict[str, str]]:
    """The rows of one file of knowledge."""
    with (KNOWLEDGE / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TABLES = sorted(folder.name for folder in (KNOWLEDGE / "conversion_tables").iterdir() if folder.is_dir())
CONVERTING = {
    table: [row for row in rows(f"conversion_tables/{table}/factors.csv") if row["status"] in ("counted", "lookup")]
    for table in TABLES
}

SYSTEMIC = ("oral", "sublingual", "buccal", "transmucosal", "nasal", "rectal", "injection", "transdermal")
"""The routes of a row that says `any`: not a cream, nor what is put beside a nerve."""

LABELLED_12 = Fraction(12)
DELIVERED_12 = Fraction("12.5")


@dataclass(frozen=True)
class Rule:
    """The rows of one ingredient by one route: one factor, bands by the patient's total, or patches by strength."""

    rows: tuple[dict[str, str], ...]
    route: str

    @property
    def per(self) -> str:
        return self.rows[0]["per"]

    @property
    def by_patch(self) -> bool:
        return self.rows[0]["status"] == "lookup"

    def factor_at(self, total: Fraction) -> Fraction:
        """The factor for a patient who takes `total` a day of the ingredient; bands are `(above, up_to]`."""
        for row in self.rows:
            above, up_to = row.get("above") or "0", row.get("up_to")
            if not up_to or total <= Fraction(up_to):
                assert len(self.rows) == 1 or total >= Fraction(above)
                return Fraction(row["factor"])
        raise AssertionError("a gap between bands")


def rule_of(ingredient: str, route: str, noun: str, table: str) -> Rule | str:
    """The rule for an ingredient by a route, or why there is none."""
    of_drug = [row for row in CONVERTING[table] if row["ingredient"] == ingredient]
    by_any = ("any",) if route in SYSTEMIC else ()
    found = [row for row in of_drug if row["route"] in (route, *by_any) and _is_of_form(row, noun)]
    if found:
        return Rule(tuple(found), route)
    return "route-not-convertible" if of_drug else "no-factor"


def _is_of_form(row: dict[str, str], noun: str) -> bool:
    return not row.get("form") or noun in row["form"].split("|")


def scale_of(rule: Rule, *, is_rate: bool) -> Fraction | None:
    """By what a dose in mg (or mcg/h worn) is multiplied to be what the factor is for; None when it cannot be."""
    if rule.per == "mcg/h":
        return Fraction(1) if is_rate else None
    if not is_rate:
        return Fraction(1) if rule.per == "mg" else Fraction(1000)
    if rule.route != "transdermal":
        return None
    return Fraction(24, 1000) if rule.per == "mg" else Fraction(24)


def of_patches(rule: Rule, strength: Fraction | None, worn: tuple[Fraction, Fraction]) -> Fraction | str:
    """MME for each mcg/h worn, by the strength of the patch; of an unknown one only a listed rate can be told."""
    listed = {Fraction(row["strength"]): Fraction(row["mme"]) for row in rule.rows}
    if strength is None:
        if worn[0] not in (0, worn[1]) or worn[1] not in listed:
            return "strength-unknown"
        strength = worn[1]
    strength = LABELLED_12 if strength == DELIVERED_12 else strength
    return listed[strength] / strength if strength in listed else "no-factor"
