"""What is taken beside the opioid, or is being written, and adds to its risk."""

from __future__ import annotations

from opioids.drug_classes import DrugClass
from opioids.values import quickly_made


@quickly_made
class Companion:
    """A medicine of weight beside an opioid: its class and its ingredient.

    `written` is true when it is being written, `taken` when it is on the list already: both for a renewal, and for a
    higher dose, which is `raised`. `opioid_too` is true for a product that holds both.
    """

    drug_class: DrugClass
    ingredient: str
    medication: str
    written: bool
    taken: bool
    opioid_too: bool
    raised: bool = False

    @property
    def is_new(self) -> bool:
        """Whether it comes with the orders being written."""
        return self.written and not self.taken
