"""By what a service judges, and how much it says."""

from __future__ import annotations

from dataclasses import dataclass

from opioids.conversion import ConversionTable
from opioids.guideline import Guideline
from opioids.knowledge import Knowledge
from opioids.later_steps import Measure
from opioids.rules import MOST_AT_ONCE, RULES, Rule
from opioids.shelf import Shelf
from opioids.tapers.profiles import Practice


@dataclass(frozen=True, slots=True, kw_only=True)
class Standards:
    """By what a service judges: the knowledge, one guideline, one conversion table; and how much it says.

    `about` is the page that cards link to as their basis, empty where the service does not know its address;
    `ask_again_days` is for how long a reason to override silences a topic, None where it does not.
    """

    knowledge: Knowledge
    guideline: Guideline
    table: ConversionTable
    rules: tuple[Rule, ...] = RULES
    most_at_once: int = MOST_AT_ONCE
    about: str = ""
    ask_again_days: int | None = None

    @property
    def shelf(self) -> Shelf:
        """The products that are marketed where the guideline holds."""
        return self.knowledge.shelf_of(self.guideline.jurisdiction)

    @property
    def practice(self) -> Practice:
        """What is usual with orders and tapers, and no guideline's."""
        return self.knowledge.tapers.practice

    def measure(self, table: ConversionTable) -> Measure:
        """How a change of dose is measured by a table."""
        return Measure(table=table, shelf=self.shelf, practice=self.practice)
