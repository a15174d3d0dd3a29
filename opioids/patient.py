"""What matters about a patient beside medicines: age, and the groups of conditions of the record."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from opioids.conditions import END_OF_LIFE, ConditionGroup
from opioids.values import maker, quickly_made

ADULT_AGE = 18
OLDER_AGE = 65
"""Whole years."""


@quickly_made
class Patient:
    """Facts about the patient. `conditions` tells for each group found whether a code says so.

    `age` is in whole years, None when unknown; `conditions_seen` is false when the chart's problem
    list was not sent, so that a missing condition means nothing. `past` are the groups of which only the
    history is recorded, `suspected` those of which no diagnosis is confirmed: they may add a risk, and never
    keep advice from a patient. `died` is true when the record says so.
    """

    age: int | None
    conditions: Mapping[ConditionGroup, bool]
    conditions_seen: bool
    past: frozenset[ConditionGroup] = frozenset()
    suspected: frozenset[ConditionGroup] = frozenset()
    died: bool = False

    @property
    def is_child(self) -> bool:
        """Whether the patient is known to be under age."""
        return self.age is not None and self.age < ADULT_AGE

    @property
    def is_older(self) -> bool:
        """Whether the patient is known to be of an age at which opioids need more care."""
        return self.age is not None and self.age >= OLDER_AGE

    @property
    def present(self) -> AbstractSet[ConditionGroup]:
        """The groups that the patient has now, as far as the record tells: those of more than history."""
        return self.conditions.keys() - self.past

    @property
    def is_at_end_of_life(self) -> bool:
        """Whether palliative care or a terminal illness is recorded, and not only suspected."""
        return not END_OF_LIFE.isdisjoint(self.conditions.keys() - self.suspected)

    def with_groups(self, groups: frozenset[ConditionGroup]) -> Patient:
        """The same patient with groups that a measured value or an answer stands for."""
        if not groups:
            return self
        return replace(
            self,
            conditions={**self.conditions, **dict.fromkeys(groups, True)},
            past=self.past - groups,
            suspected=self.suspected - groups,
        )


make_patient = maker(Patient)
