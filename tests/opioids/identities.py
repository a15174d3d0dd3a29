"""Codes to identify a drug by, and what was found, for the tests of identities."""

from __future__ import annotations

from decimal import Decimal

from opioids.drug_codes import Code, CodeSystem
from opioids.identity import Identified, Identity
from opioids.prescriptions import Refusal, UncountedReason


def rx(*codes: str) -> list[Code]:
    return [Code(CodeSystem.RXNORM, code) for code in codes]


def strength_of(found: Identity) -> tuple[str, Decimal | None]:
    """The opioid of the product that was found, and its strength."""
    assert isinstance(found, Identified), found
    component = found.product.components[0]
    return component.ingredient.name, component.strength and component.strength.value


def reason_of(found: Identity) -> UncountedReason:
    """Why none was found, which says something in words too."""
    assert isinstance(found, Refusal), found
    assert found.detail
    return found.reason
