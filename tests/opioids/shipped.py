"""What is shipped, read once for all tests that look into it."""

from __future__ import annotations

from opioids.conditions import load_conditions
from opioids.formulary import load_formulary
from opioids.identity import Identifier

FORMULARY = load_formulary()
IDENTIFIER = Identifier(FORMULARY)
CONDITIONS = load_conditions()
