"""What opioids have done for the patient, as far as the record shows."""

from __future__ import annotations

from enum import StrEnum


class Benefit(StrEnum):
    """What scores of pain and function in the record show since opioids were started or raised."""

    IMPROVED = "improved"
    NOT_IMPROVED = "not improved"
    NOT_DOCUMENTED = "not documented"
